/* SPDX-License-Identifier: MIT */
/*
 * Priorities of streams that are not open yet: what PRIORITY_UPDATE said last of each (RFC 9218 7).
 * Pure but for memory. Taking a stream's entry drops those of lower ids as well, because such
 * streams cannot be opened any more (RFC 9113 5.1.1). Memory is given back when the last is gone.
 *
 * The caller holds the number of entries against the limit of concurrent streams. Beyond
 * PRIORITY_IDLE_MAX nothing is kept, whatever that limit is: priorities are hints.
 */
#ifndef H2SESSION_SRC_PRIORITY_IDLE_H
#define H2SESSION_SRC_PRIORITY_IDLE_H

#include <stdint.h>

#include "memory.h"

enum { PRIORITY_IDLE_MAX = 1024 };

struct priority_idle_entry {
    uint32_t id;
    uint32_t urgency;
    uint32_t incremental;
};

struct priority_idle {
    struct priority_idle_entry *entries; /* ids descend: the next to be opened is the last */
    uint32_t count;
    uint32_t capacity;
};

/* Keeps an entry, or replaces the one of that id. 0, or -1 without memory. */
int h2session__priority_idle_put(struct priority_idle *p, const struct memory *m,
                                 struct priority_idle_entry entry);
int h2session__priority_idle_has(const struct priority_idle *p, uint32_t id);
/* The stream is opened: 1 and its entry when there is one, else 0. */
int h2session__priority_idle_take(struct priority_idle *p, const struct memory *m, uint32_t id,
                                  struct priority_idle_entry *out);
void h2session__priority_idle_free(struct priority_idle *p, const struct memory *m);

void h2session__priority_idle_check(const struct priority_idle *p);

#endif
