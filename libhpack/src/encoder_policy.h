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

enum {
    HPACK__SHORT_SECRET = 20 /* a shorter one can be guessed octet by octet */
};

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

/* What the octets of a plain field are less than; 0 when no field is plain. */
static inline uint64_t hpack__plain_limit(const struct hpack__policy *p, uint32_t table_limit)
{
    const uint32_t largest = hpack__largest_entry(table_limit);
    return hpack__policy_is_plain(p) && largest >= HPACK__ENTRY_OVERHEAD
               ? (uint64_t)largest - HPACK__ENTRY_OVERHEAD + 1
               : 0;
}

/* rfc: 7541#7.1.3 */
static inline int hpack__is_secret(uint32_t kind, uint32_t value_length)
{
    const uint32_t either = HPACK__NAME_SECRET | HPACK__NAME_SHORT;
    return (kind & either) != 0 &&
           ((kind & HPACK__NAME_SECRET) || value_length < HPACK__SHORT_SECRET);
}

/* Most fields need no more than this. kind: what is known of the name. */
static inline int hpack__field_is_plain(const hpack_field *field, uint32_t kind,
                                        uint64_t plain_limit)
{
    const uint32_t flags = field->flags & ~(uint32_t)HPACK_FIELD_CLEAN;
    return (uint64_t)field->name_length + field->value_length < plain_limit && flags == 0 &&
           !hpack__is_secret(kind, field->value_length);
}

#endif
