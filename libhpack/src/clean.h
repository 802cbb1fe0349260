/* SPDX-License-Identifier: MIT */
/*
 * Whether the octets of a field are those that HTTP/2 allows (RFC 9113 8.2.1), which is what
 * HPACK_FIELD_CLEAN says. Values are looked at eight octets at a time and one by one only when some
 * of them are unusual; names that have a token are known.
 */
#ifndef HPACK_SRC_CLEAN_H
#define HPACK_SRC_CLEAN_H

#include <hpack/hpack.h>

int hpack__is_clean_name(const char *name, uint32_t length);
int hpack__is_clean_value(const char *value, uint32_t length);

/* HPACK_FIELD_CLEAN or 0. field carries its token; known: its name is clean, wherever it is from. */
static inline uint32_t hpack__clean(const hpack_field *field, int known)
{
    return (known || field->token != HPACK_TOKEN_NONE ||
            hpack__is_clean_name(field->name, field->name_length)) &&
                   hpack__is_clean_value(field->value, field->value_length)
               ? HPACK_FIELD_CLEAN
               : 0;
}

#endif
