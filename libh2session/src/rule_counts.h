/* SPDX-License-Identifier: MIT */
/*
 * How often each rule was met: a short list of reasons and counts, in memory that is taken when
 * the first one is, because most connections never meet any. Pure: knows nothing of the rules.
 *
 * Invariants: a reason stands in at most one row; a count stays at UINT32_MAX once it is there.
 * There are as many rows as distinct reasons were added, so the caller's constants bound them.
 */
#ifndef H2SESSION_SRC_RULE_COUNTS_H
#define H2SESSION_SRC_RULE_COUNTS_H

#include <stdint.h>

#include "memory.h"

struct rule_count {
    uint32_t reason;
    uint32_t count;
};

/* All zero is empty. */
struct rule_counts {
    struct rule_count *rows;
    uint32_t used;
    uint32_t capacity;
};

/* Counts one more. Without memory for a new row nothing is counted. */
void h2session__rule_counts_add(struct rule_counts *c, const struct memory *m, uint32_t reason);
/* The same when the reason has a row, which needs no memory: 1; else 0 and nothing was counted. */
static inline int h2session__rule_counts_hit(struct rule_counts *c, uint32_t reason)
{
    for (uint32_t i = 0; i < c->used; i++) {
        if (c->rows[i].reason == reason) {
            c->rows[i].count += c->rows[i].count < UINT32_MAX;
            return 1;
        }
    }
    return 0;
}
uint32_t h2session__rule_counts_get(const struct rule_counts *c, uint32_t reason);
void h2session__rule_counts_free(struct rule_counts *c, const struct memory *m);

#endif
