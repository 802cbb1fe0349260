/* SPDX-License-Identifier: MIT */
#include "rule_counts.h"

#include "check.h"

enum { ROWS_AT_ONCE = 4 };

static struct rule_count *find_row(const struct rule_counts *c, uint32_t reason)
{
    for (uint32_t i = 0; i < c->used; i++) {
        if (c->rows[i].reason == reason) {
            return &c->rows[i];
        }
    }
    return NULL;
}

static int grow_rows(struct rule_counts *c, const struct memory *m)
{
    if (c->used < c->capacity) {
        return 0;
    }
    size_t size = c->capacity * sizeof *c->rows;
    struct rule_count *rows =
        h2session__memory_resize(m, c->rows, size, size + ROWS_AT_ONCE * sizeof *rows);
    if (rows == NULL) {
        return -1;
    }
    c->rows = rows;
    c->capacity += ROWS_AT_ONCE;
    return 0;
}

void h2session__rule_counts_add(struct rule_counts *c, const struct memory *m, uint32_t reason)
{
    struct rule_count *row = find_row(c, reason);
    if (row == NULL) {
        if (grow_rows(c, m) != 0) {
            return;
        }
        row = &c->rows[c->used++];
        *row = (struct rule_count){.reason = reason};
    }
    row->count += row->count < UINT32_MAX;
    RUN_CHECK(check_that(c->used <= c->capacity));
}

uint32_t h2session__rule_counts_get(const struct rule_counts *c, uint32_t reason)
{
    const struct rule_count *row = find_row(c, reason);
    return row != NULL ? row->count : 0;
}

void h2session__rule_counts_free(struct rule_counts *c, const struct memory *m)
{
    h2session__memory_free(m, c->rows, c->capacity * sizeof *c->rows);
    *c = (struct rule_counts){.rows = NULL};
}
