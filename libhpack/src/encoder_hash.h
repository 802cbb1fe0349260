/* SPDX-License-Identifier: MIT */
/*
 * Hashes of names and of fields, by which the encoder finds entries and remembers what it saw.
 *
 * A name with a token is told by that, another one by its octets. Fields carry the token of their
 * name, whenever it has one. A hash only leads to candidates; nothing but the size of the output
 * depends on it.
 */
#ifndef HPACK_SRC_ENCODER_HASH_H
#define HPACK_SRC_ENCODER_HASH_H

#include <hpack/hpack.h>

#include "octets.h"

struct hpack__hashes {
    uint32_t pair, name;
};

/* A multiplication moves differences up; turning by half brings them down for the next one. */
static inline uint64_t hpack__mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
    return hash << 32 | hash >> 32;
}

/* Two lanes, so that one multiplication need not wait for the other. */
static inline uint64_t hpack__hash_octets(const char *octets, uint32_t length, uint64_t seed)
{
    uint64_t a = seed ^ length;
    uint64_t b = ~seed;
    if (length == 0) {
        return hpack__mix(a, length); /* with b nothing of the seed would be left */
    }
    const char *end = octets + length;
    if (length >= 16) {
        for (; end - octets > 16; octets += 16) {
            a = hpack__mix(a, hpack__load64(octets));
            b = hpack__mix(b, hpack__load64(octets + 8));
        }
        a = hpack__mix(a, hpack__load64(end - 16));
        b = hpack__mix(b, hpack__load64(end - 8));
    } else if (length >= 8) {
        a = hpack__mix(a, hpack__load64(octets));
        b = hpack__mix(b, hpack__load64(end - 8));
    } else if (length >= 4) {
        a = hpack__mix(a, hpack__load32(octets) << 32 | hpack__load32(end - 4));
    } else {
        const uint8_t *o = (const uint8_t *)octets;
        a = hpack__mix(a, (uint64_t)o[0] << 16 | (uint64_t)o[length / 2] << 8 | o[length - 1]);
    }
    return hpack__mix(a, b);
}

#define HPACK__NAME_SEED UINT64_C(0x9e3779b97f4a7c15)

static inline uint64_t hpack__name_hash(const hpack_field *field, uint32_t token)
{
    return token != HPACK_TOKEN_NONE
               ? token * HPACK__NAME_SEED
               : hpack__hash_octets(field->name, field->name_length, HPACK__NAME_SEED);
}

/* The hash of a name that chooses its chain: tokens are few, and choose different ones. */
static inline uint32_t hpack__name_chain(uint32_t token, uint64_t name_hash)
{
    return token != HPACK_TOKEN_NONE ? token : (uint32_t)(name_hash >> 8);
}

/* name_hash: what the function above gives. */
static inline struct hpack__hashes hpack__pair_hashes(const hpack_field *field, uint64_t name_hash)
{
    uint64_t pair = hpack__hash_octets(field->value, field->value_length, name_hash);
    return (struct hpack__hashes){(uint32_t)(pair >> 8),
                                  hpack__name_chain(field->token, name_hash)};
}

#endif
