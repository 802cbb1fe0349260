/* SPDX-License-Identifier: MIT */
#include "encoder_history.h"

#include "static_table.h"

enum {
    ALWAYS = 8,        /* this many values of a name are indexed before there is a history */
    VOLATILE_USES = 6, /* before that many uses a volatile name has no history */
    WORTH_REPEATS = 4, /* a name is worth it when more than one use in so many is a repetition */
    MOST_USES = UINT8_MAX
};

int hpack__history_miss(struct hpack__history *h, uint32_t token, struct hpack__hashes hashes)
{
    hpack__history_hit(h, token, hashes.name);
    uint32_t at = hpack__history_place(token, hashes.name);
    uint32_t uses = h->names[at].uses;
    uint32_t misses = h->names[at].misses;
    h->names[at].misses++;
    uint8_t *value = &h->values[hashes.pair % HPACK__HISTORY_VALUES];
    uint8_t print = (uint8_t)(hashes.pair >> 16);
    int seen = *value == print;
    *value = print;
    if (seen) {
        return 1;
    }
    if (hpack__name_kind[token] & HPACK__NAME_VOLATILE) {
        /* Of them repetitions have to be seen. */
        return uses >= VOLATILE_USES && (uses - misses) * WORTH_REPEATS > uses;
    }
    return misses < ALWAYS || (uses - misses) * WORTH_REPEATS > uses;
}
