/* SPDX-License-Identifier: MIT */
/*
 * The static table (RFC 7541 Appendix A) and the tokens of well-known names.
 *
 * Rows 1 to 61 are the entries by index; the rows from 64 on hold only names that have a token.
 * A token is the index of the first row of its name, and all rows of one name follow each other.
 * Row 0 and the gap are empty. Names and values are static. rfc: 7541#2.3.1
 */
#ifndef HPACK_SRC_STATIC_TABLE_H
#define HPACK_SRC_STATIC_TABLE_H

#include <hpack/hpack.h>

#include "octets.h"

enum {
    HPACK__STATIC_COUNT = 61,
    HPACK__STATIC_LONGEST = 27 /* of its names and values */
};

extern const hpack_field hpack__static_row[HPACK_TOKEN_END];

/* Lengths of the names that have a token; 255 for numbers that are none. */
extern const uint8_t hpack__token_length[HPACK_TOKEN_END];

/* What the coders want to know of the name of a token. */
enum {
    HPACK__NAME_STATIC = 0x1,   /* it is in the static table, */
    HPACK__NAME_VALUES = 0x2,   /* and its first entry there has a value */
    HPACK__NAME_SECRET = 0x4,   /* its values may be secrets, */
    HPACK__NAME_SHORT = 0x10,   /* or short ones may be */
    HPACK__NAME_VOLATILE = 0x8, /* on most connections its values seldom repeat */
};
extern const uint8_t hpack__name_kind[HPACK_TOKEN_END];

/* A name with this token in the static table? */
static inline int hpack__token_is_static(uint32_t token)
{
    return (hpack__name_kind[token] & HPACK__NAME_STATIC) != 0;
}

/* As below, for tokens with more than one entry, or one with a value. */
uint32_t hpack__static_search(uint32_t token, const char *value, uint32_t value_length);

/* Index of the entry with the name of that token and this value, 0 when there is none. Names whose
 * first entry has no value have no other. */
static inline uint32_t hpack__static_find(uint32_t token, const char *value, uint32_t value_length)
{
    const uint32_t kind = hpack__name_kind[token];
    if (kind & HPACK__NAME_VALUES) {
        return hpack__static_search(token, value, value_length);
    }
    return value_length == 0 && (kind & HPACK__NAME_STATIC) ? token : 0;
}

/* Generated: the slot of a name comes from its length and three of its octets. */
extern const uint32_t hpack__token_factor[4];
extern const uint8_t hpack__token_slot[256];

/* hpack_token() where a call is too much. */
static inline uint32_t hpack__token(const char *name, size_t length)
{
    if (length - 1 >= HPACK__STATIC_LONGEST) {
        return HPACK_TOKEN_NONE;
    }
    const uint8_t *octets = (const uint8_t *)name;
    const uint32_t *factor = hpack__token_factor;
    uint32_t sum = (uint32_t)length * factor[0] + octets[0] * factor[1] +
                   octets[length / 2] * factor[2] + octets[length - 1] * factor[3];
    uint32_t token = hpack__token_slot[sum >> 8 & 0xff];
    const hpack_field *row = &hpack__static_row[token];
    return row->name_length == length && hpack__same_octets(row->name, name, length)
               ? token
               : HPACK_TOKEN_NONE;
}

#endif
