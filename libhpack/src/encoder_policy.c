/* SPDX-License-Identifier: MIT */
#include "encoder_policy.h"

static int fits(const hpack_field *field, uint32_t limit)
{
    return hpack__entry_size(field->name_length, field->value_length) <= limit;
}

static enum hpack__indexing by_policy(uint32_t policy, const hpack_field *field,
                                      uint32_t table_limit)
{
    if (hpack__is_secret(hpack__name_kind[field->token], field->value_length)) {
        return HPACK__NEVER_INDEX;
    }
    if (field->flags & HPACK_FIELD_NO_INDEXING) {
        return HPACK__DO_NOT_INDEX;
    }
    switch (policy) {
    case HPACK_POLICY_ADAPTIVE:
        return fits(field, hpack__largest_entry(table_limit)) ? HPACK__INDEX_BY_HISTORY
                                                              : HPACK__DO_NOT_INDEX;
    case HPACK_POLICY_ALL:
        return fits(field, table_limit) ? HPACK__INDEX : HPACK__DO_NOT_INDEX;
    default:
        return HPACK__DO_NOT_INDEX;
    }
}

enum hpack__indexing hpack__choose_indexing(const struct hpack__policy *p, const hpack_field *field,
                                            uint32_t table_limit)
{
    if (field->flags & HPACK_FIELD_NEVER_INDEXED) {
        return HPACK__NEVER_INDEX;
    }
    switch (p->choose != NULL ? p->choose(p->choose_ctx, field) : HPACK_CHOOSE_POLICY) {
    case HPACK_CHOOSE_POLICY:
        return by_policy(p->kind, field, table_limit);
    case HPACK_CHOOSE_INDEX:
        return (field->flags & HPACK_FIELD_NO_INDEXING) == 0 && fits(field, table_limit)
                   ? HPACK__INDEX
                   : HPACK__DO_NOT_INDEX;
    case HPACK_CHOOSE_NO_INDEX:
        return HPACK__DO_NOT_INDEX;
    default:
        return HPACK__NEVER_INDEX;
    }
}
