/* SPDX-License-Identifier: MIT */
/*
 * Origins of a client's requests that are under way, for the promises that may come on them: each
 * is kept once, however many requests have it, and known by a small number, its place. Pure: no
 * session.
 *
 * At most ORIGINS_MAX are kept at once. Places are reused; memory is given back with the last user.
 */
#ifndef H2SESSION_SRC_PUSH_ORIGINS_H
#define H2SESSION_SRC_PUSH_ORIGINS_H

#include "http_push.h"
#include "memory.h"

enum { ORIGINS_MAX = 255 };

struct push_origin {
    uint32_t users; /* 0: free */
    hpack_field *fields;
    size_t size; /* of what fields points to */
};

struct push_origins {
    const struct memory *memory;
    struct push_origin *places; /* that of number n is places[n - 1] */
    uint32_t capacity;
    uint32_t count; /* places in use */
};

void h2session__push_origins_init(struct push_origins *o, const struct memory *memory);
void h2session__push_origins_free(struct push_origins *o);

/* One more user of the origin: its place, 0 when there is none left, or -1 without memory. */
int h2session__push_origins_take(struct push_origins *o, const hpack_field origin[ORIGIN_FIELDS]);
/* NULL for place 0. */
const hpack_field *h2session__push_origins_get(const struct push_origins *o, uint32_t place);
/* One user less; place 0: no effect. */
void h2session__push_origins_give(struct push_origins *o, uint32_t place);

void h2session__push_origins_check(const struct push_origins *o);

#endif
