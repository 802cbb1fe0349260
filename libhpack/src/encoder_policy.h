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

/* Says all of the above. field carries its token. */
enum hpack__indexing hpack__choose_indexing(const struct hpack__policy *p, const hpack_field *field,
                                            uint32_t table_limit);

/* Whether plain fields are left to the history. */
static inline int hpack__policy_is_plain(const struct hpack__policy *p)
{
    return p->choose == NULL && p->kind == HPACK_POLICY_ADAPTIVE;
}

/* The largest entry under that policy: one of nearly the size of the table would drive out all
 * others. */
static inline uint32_t hpack__largest_entry(uint32_t table_limit)
{
    return table_limit - table_limit / 4;
}

/* The most octets of a plain field; -1 when no field is plain. */
static inline int64_t hpack__plain_octets(const struct hpack__policy *p, uint32_t table_limit)
{
    return hpack__policy_is_plain(p)
               ? (int64_t)hpack__largest_entry(table_limit) - HPACK__ENTRY_OVERHEAD
               : -1;
}

/* Most fields need no more than this. field carries its token. */
static inline int hpack__field_is_plain(const hpack_field *field, int64_t plain_octets)
{
    const uint32_t flags = field->flags & ~(uint32_t)HPACK_FIELD_CLEAN;
    return (int64_t)field->name_length + field->value_length <= plain_octets &&
           ((hpack__name_kind[field->token] & HPACK__NAME_SECRET) | flags) == 0;
}

/* Whether the field could be added, whatever the caller's function and the history say. */
int hpack__may_index(const struct hpack__policy *p, const hpack_field *field, uint32_t table_limit);

#endif
