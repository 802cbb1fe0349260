/* SPDX-License-Identifier: MIT */
/*
 * Finds entries of the encoder's dynamic table by name and value, or by name, without a scan.
 *
 * Each entry has a link with its two hashes and, for each of them, the number of the next older
 * entry in the same chain. Numbers count insertions; they tell the age of an entry, and whether it
 * still is in the table: chains end where they leave it, so eviction has nothing to do. Links stand
 * in a ring of the capacity of the table's ring.
 *
 * A hash only leads to candidates; octets are always compared. Chains run from new to old and are
 * followed for HPACK__CHAIN_LIMIT entries at most, so that values chosen to collide cost bounded
 * time.
 *
 * Fields and rows carry the token of their name, whenever it has one; it stands for the name.
 *
 * Invariant: `inserted` is the number of the next entry; entry at position p has number
 * inserted - 1 - p.
 */
#ifndef HPACK_SRC_ENCODER_INDEX_H
#define HPACK_SRC_ENCODER_INDEX_H

#include <hpack/hpack.h>

#include "dynamic_table.h"

enum { HPACK__CHAIN_LIMIT = 32, HPACK__NOT_FOUND = UINT32_MAX >> 1 };

struct hpack__link {
    uint32_t pair_hash, name_hash;
    uint32_t older_pair, older_name; /* numbers */
};

struct hpack__index {
    struct hpack__link *links;
    uint32_t *pairs, *names; /* number of the newest entry of each chain; one block of memory */
    uint32_t capacity;       /* of links: 0 or a power of two; there are twice as many chains */
    uint32_t inserted;
};

struct hpack__hashes {
    uint32_t pair, name;
};

void hpack__index_init(struct hpack__index *x);
void hpack__index_release(struct hpack__index *x, const struct hpack__memory *m);

/* Follows the table, whose ring has grown. Error: NOMEM; nothing has changed then. */
int hpack__index_reserve(struct hpack__index *x, const struct hpack__memory *m,
                         const struct hpack__table *t);

struct hpack__hashes hpack__index_hash(const hpack_field *field);

/* Position of the newest entry with the same name and value, or the same name, or NOT_FOUND. */
uint32_t hpack__index_find_pair(const struct hpack__index *x, const struct hpack__table *t,
                                const hpack_field *field, uint32_t hash);
uint32_t hpack__index_find_name(const struct hpack__index *x, const struct hpack__table *t,
                                const hpack_field *field, uint32_t hash);

/* The entry that was just pushed to the table. There is room for its link. */
void hpack__index_add(struct hpack__index *x, struct hpack__hashes hashes);

#endif
