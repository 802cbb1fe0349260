/* SPDX-License-Identifier: MIT */
/*
 * What to do with a field: add it to the dynamic table, send it as a literal, or send it as a
 * literal that nobody on the way may ever index.
 *
 * The rules look at the token, the lengths, the flags and the limit of the table, never at the
 * values; the caller's function may decide before them. The flags of a field only ever forbid more.
 * What the rules leave open, the history of the connection decides (encoder_history.h).
 */
#ifndef HPACK_SRC_ENCODER_POLICY_H
#define HPACK_SRC_ENCODER_POLICY_H

#include <hpack/hpack.h>

#include "dynamic_table.h"
#include "static_table.h"

enum hpack__indexing {
    HPACK__INDEX,
    HPACK__INDEX_BY_HISTORY, /* as what was seen of the name and the value says */
    HPACK__DO_NOT_INDEX,
    HPACK__NEVER_INDEX
};

struct hpack__policy {
    uint32_t kind; /* HPACK_POLICY_ */
    uint32_t (*choose)(void *ctx, const hpack_field *field);
    void *choose_ctx;
};

/* Says all of the above. */
enum hpack__indexing hpack__choose_carefully(const struct hpack__policy *p,
                                             const hpack_field *field, uint32_t table_limit);

/* field carries its token. Most fields need no more than this. */
static inline enum hpack__indexing hpack__choose_indexing(const struct hpack__policy *p,
                                                          const hpack_field *field,
                                                          uint32_t table_limit)
{
    const uint32_t careful = (hpack__name_kind[field->token] & HPACK__NAME_SECRET) | field->flags |
                             (p->choose != NULL) | (p->kind ^ HPACK_POLICY_ADAPTIVE);
    if (careful == 0 && hpack__entry_size(field->name_length, field->value_length) <=
                            table_limit - table_limit / 4) {
        return HPACK__INDEX_BY_HISTORY;
    }
    return hpack__choose_carefully(p, field, table_limit);
}

/* Whether the field could be added, whatever the caller's function and the history say. */
int hpack__may_index(const struct hpack__policy *p, const hpack_field *field, uint32_t table_limit);

#endif
