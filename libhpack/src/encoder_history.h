/* SPDX-License-Identifier: MIT */
/*
 * What an encoder remembers of the fields of its connection, to tell names whose values repeat
 * from names whose values do not.
 *
 * For each name two counters: how often it was used, and how often with a value that was not in
 * the tables. Names without a token share a few counters, and both counters of a name are halved
 * before one overflows, so that the recent past counts most. Of values that were not found a print
 * is kept in a small table, where newer ones replace older ones: a value that comes again repeats,
 * whatever its name did before. All of it is a guess that only the size of the output depends on.
 *
 * Invariant: misses <= uses for every name.
 */
#ifndef HPACK_SRC_ENCODER_HISTORY_H
#define HPACK_SRC_ENCODER_HISTORY_H

#include <hpack/hpack.h>

#include "encoder_hash.h"

/* Counters of names without a token, and of all names; prints of values. Which names share one
 * moves the size of gRPC responses by 2 %: compare sizes in the bench before changing how many. */
enum {
    HPACK__HISTORY_SHARED = 55,
    HPACK__HISTORY_NAMES = HPACK_TOKEN_END + HPACK__HISTORY_SHARED,
    HPACK__HISTORY_VALUES = 256
};

struct hpack__history {
    struct {
        uint8_t uses, misses;
    } names[HPACK__HISTORY_NAMES];
    uint8_t values[HPACK__HISTORY_VALUES];
};

/* Counters of the name: those of its token, or one of the rest by its hash. */
static inline uint32_t hpack__history_place(uint32_t token, uint32_t name_hash)
{
    return token != HPACK_TOKEN_NONE ? token : HPACK_TOKEN_END + name_hash % HPACK__HISTORY_SHARED;
}

/* A field that was found in a table. */
static inline void hpack__history_hit(struct hpack__history *h, uint32_t token, uint32_t name_hash)
{
    uint32_t at = hpack__history_place(token, name_hash);
    if (h->names[at].uses == UINT8_MAX) {
        h->names[at].uses /= 2;
        h->names[at].misses /= 2;
    }
    h->names[at].uses++;
}

/* A field that was not. Returns whether it is worth an entry. */
int hpack__history_miss(struct hpack__history *h, uint32_t token, struct hpack__hashes hashes);

#endif
