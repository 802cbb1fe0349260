/* SPDX-License-Identifier: MIT */
/*
 * Huffman coding with AVX-512 VBMI: seven octets at a time decoded, wherever the symbols in them
 * begin, and 32 symbols at a time encoded. For strings that are long enough, on processors that
 * have it, found out when the program runs; every string can be coded without, with the same octets
 * or the same error.
 */
#ifndef HPACK_SRC_HUFFMAN_VBMI_H
#define HPACK_SRC_HUFFMAN_VBMI_H

#include "huffman.h"
#include "huffman_pending.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(HPACK_PORTABLE)
#define HPACK__VBMI 1
#else
#define HPACK__VBMI 0
#endif

/* In octets; strings that are shorter, or have less input from their beginning on, are decoded as
 * fast without. */
enum {
    HPACK__VBMI_WORTH = 16,
    HPACK__VBMI_WORTH_INPUT = 36,
    HPACK__VBMI_WORTH_ALONE = 40,
    HPACK__VBMI_STEP = 16,        /* octets that it may write at a time */
    HPACK__VBMI_ENCODE_STEP = 32, /* symbols */
    HPACK__VBMI_ENCODE_WORTH = 48 /* shorter strings are encoded as fast without */
};

/* A string, of which `at` and the bits of *at that were taken say how far it is decoded. There is
 * room at out for all it can give and HPACK__VBMI_STEP octets more. */
struct hpack__vbmi {
    uint8_t *out;
    const uint8_t *at, *end;
    uint32_t bit; /* below 8, and 0 at end */
};

enum {
    HPACK__VBMI_END,   /* the string is decoded */
    HPACK__VBMI_GO_ON, /* a long code near the end is next */
    HPACK__VBMI_WRONG  /* EOS, or the end is not right */
};

#if HPACK__VBMI

/* On functions that use it. */
#define HPACK__VBMI_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi")))

static inline int hpack__vbmi_is_there(void)
{
    return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}

int hpack__vbmi_decode(struct hpack__vbmi *v);

/* Encodes HPACK__VBMI_ENCODE_STEP symbols at a time, as long as there are so many, their codes are
 * short, and there is room for what they may take. Returns how many it took. */
size_t hpack__vbmi_encode(struct hpack__pending *p, const uint8_t *data, size_t length);

#else

static inline int hpack__vbmi_is_there(void)
{
    return 0;
}

static inline int hpack__vbmi_decode(struct hpack__vbmi *v)
{
    (void)v;
    return HPACK__VBMI_GO_ON;
}

static inline size_t hpack__vbmi_encode(struct hpack__pending *p, const uint8_t *data,
                                        size_t length)
{
    (void)p;
    (void)data;
    (void)length;
    return 0;
}

#endif

/* Generated tables. */
extern const uint8_t hpack__vbmi_length[128];
extern const uint8_t hpack__vbmi_symbol[128];
extern const uint8_t hpack__vbmi_of_eight[16];
extern const uint8_t hpack__vbmi_of_ten[16];
extern const uint8_t hpack__vbmi_bits[128];
extern const uint8_t hpack__vbmi_code_low[128];
extern const uint8_t hpack__vbmi_code_high[128];

#endif
