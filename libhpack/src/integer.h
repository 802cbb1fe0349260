/* SPDX-License-Identifier: MIT */
/*
 * Integers with a prefix of N bits (RFC 7541 5.1): resumable reader, writer, length.
 *
 * The reader takes values up to 2^32-1 in at most five octets after the prefix; what is longer or
 * larger is refused, zero padding included, so that an integer costs bounded time whatever the
 * peer sends. It keeps its place, so that input may end after any octet.
 *
 * Invariant of the reader: value < 2^36 and octets <= HPACK__INTEGER_OCTETS.
 */
#ifndef HPACK_SRC_INTEGER_H
#define HPACK_SRC_INTEGER_H

#include <hpack/hpack.h>

/* Returned by resumable readers that took all input and need more. */
#define HPACK__MORE 1

enum {
    HPACK__INTEGER_OCTETS = 5, /* most octets after the prefix */
    HPACK__INTEGER_MAX_LENGTH = 1 + HPACK__INTEGER_OCTETS
};

struct hpack__integer {
    uint64_t value;
    uint32_t octets; /* taken after the prefix */
};

/* Begins with the octet that holds the prefix. Returns 0 when that is all, or HPACK__MORE. */
static inline int hpack__integer_begin(struct hpack__integer *r, uint8_t first, unsigned prefix)
{
    uint32_t mask = (1U << prefix) - 1;
    r->value = first & mask;
    r->octets = 0;
    return r->value < mask ? 0 : HPACK__MORE;
}

/* Takes octets from *at, up to end, and moves *at. Returns 0 when the value is complete,
 * HPACK__MORE, or HPACK_ERR_INTEGER. */
int hpack__integer_read(struct hpack__integer *r, const uint8_t **at, const uint8_t *end);

/* Of integers that do not fit the prefix. */
uint32_t hpack__integer_length_more(uint32_t rest);
uint8_t *hpack__integer_write_more(uint8_t *out, uint32_t rest);

/* Octets the integer takes, the prefix octet included: 1 to HPACK__INTEGER_MAX_LENGTH. */
static inline uint32_t hpack__integer_length(uint32_t value, unsigned prefix)
{
    uint32_t mask = (1U << prefix) - 1;
    return value < mask ? 1 : hpack__integer_length_more(value - mask);
}

/* Writes the integer, with the bits of first above the prefix; returns the end. */
static inline uint8_t *hpack__integer_write(uint8_t *out, uint32_t value, unsigned prefix,
                                            uint8_t first)
{
    uint32_t mask = (1U << prefix) - 1;
    if (value < mask) {
        *out++ = (uint8_t)(first | value);
        return out;
    }
    *out++ = (uint8_t)(first | mask);
    return hpack__integer_write_more(out, value - mask);
}

#endif
