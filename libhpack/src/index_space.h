/* SPDX-License-Identifier: MIT */
/*
 * The one numbering over both tables (RFC 7541 2.3.3): 1 to 61 are the static entries, 62 is the
 * newest dynamic entry, and so on to the oldest. All else, 0 included, names nothing.
 */
#ifndef HPACK_SRC_INDEX_SPACE_H
#define HPACK_SRC_INDEX_SPACE_H

#include "dynamic_table.h"
#include "static_table.h"

enum { HPACK__FIRST_DYNAMIC = HPACK__STATIC_COUNT + 1 };

/* The row with that index, or NULL. rfc: 7541#2.3.3, 7541#6.1 */
static inline const hpack_field *hpack__index_row(const struct hpack__table *t, uint32_t index)
{
    if (index - 1 < HPACK__STATIC_COUNT) {
        return &hpack__static_row[index];
    }
    /* Index 0 wraps around to a position beyond any table. */
    uint32_t position = index - HPACK__FIRST_DYNAMIC;
    return position < t->count ? hpack__table_at(t, position) : NULL;
}

#endif
