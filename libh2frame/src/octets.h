/* SPDX-License-Identifier: MIT */
/*
 * Numbers in network order, read from and written to octets.
 *
 * The caller guarantees that as many octets are there as the name says; nothing is checked.
 */
#ifndef H2FRAME_OCTETS_H
#define H2FRAME_OCTETS_H

#include <stdint.h>
#include <string.h>

static inline uint32_t h2frame__get16(const uint8_t *in)
{
    return (uint32_t)in[0] << 8 | in[1];
}

static inline uint32_t h2frame__get24(const uint8_t *in)
{
    return (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
}

static inline uint32_t h2frame__get32(const uint8_t *in)
{
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

/* A stream identifier or window increment: the reserved bit is not looked at. */
static inline uint32_t h2frame__get31(const uint8_t *in)
{
    return h2frame__get32(in) & UINT32_C(0x7fffffff);
}

static inline void h2frame__put16(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

/* Most of what is written are heads: where the compiler tells the order of octets in memory, this is
 * a single store. */
static inline void h2frame__put32(uint8_t *out, uint32_t value)
{
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    value = __builtin_bswap32(value);
    memcpy(out, &value, sizeof value);
#else
    out[0] = (uint8_t)(value >> 24);
    out[1] = (uint8_t)(value >> 16);
    out[2] = (uint8_t)(value >> 8);
    out[3] = (uint8_t)value;
#endif
}

#endif
