/* SPDX-License-Identifier: MIT */
#include "encoder_policy.h"

#include "dynamic_table.h"

enum {
    SHORT_COOKIE = 20 /* a shorter one can be guessed octet by octet */
};

/* Names by token: values that hardly ever repeat, and secrets. */
static const uint8_t BY_TOKEN[HPACK_TOKEN_END] = {
    [HPACK_TOKEN_PATH] = HPACK__DO_NOT_INDEX,
    [HPACK_TOKEN_AGE] = HPACK__DO_NOT_INDEX,
    [HPACK_TOKEN_CONTENT_LENGTH] = HPACK__DO_NOT_INDEX,
    [HPACK_TOKEN_ETAG] = HPACK__DO_NOT_INDEX,
    [HPACK_TOKEN_IF_MODIFIED_SINCE] = HPACK__DO_NOT_INDEX,
    [HPACK_TOKEN_IF_NONE_MATCH] = HPACK__DO_NOT_INDEX,
    [HPACK_TOKEN_LOCATION] = HPACK__DO_NOT_INDEX,
    [HPACK_TOKEN_AUTHORIZATION] = HPACK__NEVER_INDEX,
    [HPACK_TOKEN_PROXY_AUTHORIZATION] = HPACK__NEVER_INDEX,
    [HPACK_TOKEN_SET_COOKIE] = HPACK__NEVER_INDEX,
};

/* rfc: 7541#7.1.3 */
enum hpack__indexing hpack__choose_indexing(const hpack_field *field, uint32_t token,
                                            uint32_t table_limit)
{
    if (field->flags & HPACK_FIELD_NEVER_INDEXED) {
        return HPACK__NEVER_INDEX;
    }
    if (BY_TOKEN[token] == HPACK__NEVER_INDEX ||
        (token == HPACK_TOKEN_COOKIE && field->value_length < SHORT_COOKIE)) {
        return HPACK__NEVER_INDEX;
    }
    /* An entry of nearly the size of the table would drive out all others. */
    uint64_t size = hpack__entry_size(field->name_length, field->value_length);
    if ((field->flags & HPACK_FIELD_NO_INDEXING) || size > table_limit - table_limit / 4) {
        return HPACK__DO_NOT_INDEX;
    }
    return BY_TOKEN[token] == HPACK__DO_NOT_INDEX ? HPACK__DO_NOT_INDEX : HPACK__INDEX;
}
