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
#include "octets.h"

enum { HPACK__CHAIN_LIMIT = 32, HPACK__NOT_FOUND = UINT32_MAX >> 1 };

struct hpack__link {
    uint32_t pair_hash, name_hash;
    uint32_t older_pair, older_name; /* numbers */
};

/* Without memory there is one chain, which leads nowhere. */
struct hpack__index {
    struct hpack__link *links;
    const uint32_t *pairs, *names; /* number of the newest entry of each chain; behind the links */
    uint32_t capacity; /* of links: 0 or a power of two; there are twice as many chains */
    uint32_t mask;     /* number of chains less one */
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

/* A multiplication moves differences up; turning by half brings them down for the next one. */
static inline uint64_t hpack__mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
    return hash << 32 | hash >> 32;
}

/* Two lanes, so that one multiplication need not wait for the other. */
static inline uint64_t hpack__hash_octets(const char *octets, uint32_t length, uint64_t seed)
{
    uint64_t a = seed ^ length;
    uint64_t b = ~seed;
    if (length == 0) {
        return hpack__mix(a, length); /* with b nothing of the seed would be left */
    }
    const char *end = octets + length;
    if (length >= 16) {
        for (; end - octets > 16; octets += 16) {
            a = hpack__mix(a, hpack__load64(octets));
            b = hpack__mix(b, hpack__load64(octets + 8));
        }
        a = hpack__mix(a, hpack__load64(end - 16));
        b = hpack__mix(b, hpack__load64(end - 8));
    } else if (length >= 8) {
        a = hpack__mix(a, hpack__load64(octets));
        b = hpack__mix(b, hpack__load64(end - 8));
    } else if (length >= 4) {
        a = hpack__mix(a, hpack__load32(octets) << 32 | hpack__load32(end - 4));
    } else {
        const uint8_t *o = (const uint8_t *)octets;
        a = hpack__mix(a, (uint64_t)o[0] << 16 | (uint64_t)o[length / 2] << 8 | o[length - 1]);
    }
    return hpack__mix(a, b);
}

static inline uint64_t hpack__name_hash(const hpack_field *field)
{
    const uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
    return field->token != HPACK_TOKEN_NONE
               ? field->token * seed
               : hpack__hash_octets(field->name, field->name_length, seed);
}

/* name: what the function above gives. */
static inline struct hpack__hashes hpack__pair_hashes(const hpack_field *field, uint64_t name)
{
    uint64_t pair = hpack__hash_octets(field->value, field->value_length, name);
    return (struct hpack__hashes){(uint32_t)(pair >> 8), (uint32_t)(name >> 8)};
}

static inline struct hpack__hashes hpack__index_hash(const hpack_field *field)
{
    return hpack__pair_hashes(field, hpack__name_hash(field));
}

/* Names with tokens are equal when their tokens are. */
static inline int hpack__same_name(const hpack_field *a, const hpack_field *b)
{
    return a->token == b->token &&
           (a->token != HPACK_TOKEN_NONE || (a->name_length == b->name_length &&
                                             hpack__same_octets(a->name, b->name, a->name_length)));
}

static inline int hpack__same_value(const hpack_field *a, const hpack_field *b)
{
    return a->value_length == b->value_length &&
           hpack__same_octets(a->value, b->value, a->value_length);
}

/* Follow the whole chain. */
uint32_t hpack__index_search_pair(const struct hpack__index *x, const struct hpack__table *t,
                                  const hpack_field *field, uint32_t hash);
uint32_t hpack__index_search_name(const struct hpack__index *x, const struct hpack__table *t,
                                  const hpack_field *field, uint32_t hash);

/* Position of the newest entry with the same name and value, or the same name, or NOT_FOUND. Most
 * often it is the first of its chain, or the chain is empty. */
static inline uint32_t hpack__index_find_pair(const struct hpack__index *x,
                                              const struct hpack__table *t,
                                              const hpack_field *field, uint32_t hash)
{
    uint32_t position = x->inserted - 1 - x->pairs[hash & x->mask];
    if (position >= t->count) {
        return HPACK__NOT_FOUND;
    }
    const hpack_field *row = hpack__table_at(t, position);
    if (hpack__same_value(row, field) && hpack__same_name(row, field)) {
        return position;
    }
    return hpack__index_search_pair(x, t, field, hash);
}

static inline uint32_t hpack__index_find_name(const struct hpack__index *x,
                                              const struct hpack__table *t,
                                              const hpack_field *field, uint32_t hash)
{
    uint32_t position = x->inserted - 1 - x->names[hash & x->mask];
    if (position >= t->count) {
        return HPACK__NOT_FOUND;
    }
    if (hpack__same_name(hpack__table_at(t, position), field)) {
        return position;
    }
    return hpack__index_search_name(x, t, field, hash);
}

/* Whether the newest entry with that hash of the name is the same field; its position, or NOT_FOUND.
 * Finds most fields that repeat, without a look at all of a long value for its hash. */
static inline uint32_t hpack__index_find_newest(const struct hpack__index *x,
                                                const struct hpack__table *t,
                                                const hpack_field *field, uint32_t name_hash)
{
    uint32_t position = x->inserted - 1 - x->names[name_hash & x->mask];
    if (position >= t->count) {
        return HPACK__NOT_FOUND;
    }
    const hpack_field *row = hpack__table_at(t, position);
    return hpack__same_value(row, field) && hpack__same_name(row, field) ? position
                                                                         : HPACK__NOT_FOUND;
}

/* The entry that was just pushed to the table. There is room for its link. */
void hpack__index_add(struct hpack__index *x, struct hpack__hashes hashes);

#endif
