/* SPDX-License-Identifier: MIT */
/*
 * The codes of 32 symbols are looked up together, then put together by two in lanes of 32 bits and
 * by four in lanes of 64. What is left to do one after the other is to append eight of those.
 */
#include "huffman_vbmi.h"

#if HPACK__VBMI

#include <immintrin.h>

/* Lanes of four symbols, and the octets that may be written for them. */
enum { QUADS = HPACK__VBMI_ENCODE_STEP / 4, STEP_ROOM = 7 * QUADS + 8 };

struct encode_tables {
    __m512i bits[2], low[2], high[2];
};

HPACK__VBMI_TARGET static inline void load_table(__m512i halves[2], const uint8_t table[128])
{
    halves[0] = _mm512_loadu_si512(table);
    halves[1] = _mm512_loadu_si512(table + 64);
}

HPACK__VBMI_TARGET static inline __m256i look_up(const __m512i halves[2], __m512i symbols)
{
    return _mm512_castsi512_si256(_mm512_permutex2var_epi8(halves[0], symbols, halves[1]));
}

/* Codes and their lengths in lanes of twice as many bits. In the lower half of each lane is the
 * first of two. */
HPACK__VBMI_TARGET static inline void join_32(__m512i *codes, __m512i *bits)
{
    const __m512i lower = _mm512_set1_epi32(0xffff);
    __m512i second_bits = _mm512_srli_epi32(*bits, 16);
    __m512i first = _mm512_sllv_epi32(_mm512_and_si512(*codes, lower), second_bits);
    *codes = _mm512_or_si512(first, _mm512_srli_epi32(*codes, 16));
    *bits = _mm512_add_epi32(_mm512_and_si512(*bits, lower), second_bits);
}

HPACK__VBMI_TARGET static inline void join_64(__m512i *codes, __m512i *bits)
{
    const __m512i lower = _mm512_set1_epi64(0xffffffff);
    __m512i second_bits = _mm512_srli_epi64(*bits, 32);
    __m512i first = _mm512_sllv_epi64(_mm512_and_si512(*codes, lower), second_bits);
    *codes = _mm512_or_si512(first, _mm512_srli_epi64(*codes, 32));
    *bits = _mm512_add_epi64(_mm512_and_si512(*bits, lower), second_bits);
}

/* Returns 0 when one of the symbols has a long code. */
HPACK__VBMI_TARGET static inline int encode_step(const struct encode_tables *t, const uint8_t *data,
                                                 uint64_t codes[QUADS], uint64_t bits[QUADS])
{
    __m256i octets = _mm256_loadu_si256((const __m256i *)data);
    __m512i symbols = _mm512_castsi256_si512(octets);
    __m256i lengths = look_up(t->bits, symbols);
    if ((_mm256_movepi8_mask(octets) | _mm256_testn_epi8_mask(lengths, lengths)) != 0) {
        return 0;
    }
    __m512i low = _mm512_cvtepu8_epi16(look_up(t->low, symbols));
    __m512i high = _mm512_cvtepu8_epi16(look_up(t->high, symbols));
    __m512i joined = _mm512_or_si512(low, _mm512_slli_epi16(high, 8));
    __m512i counts = _mm512_cvtepu8_epi16(lengths);
    join_32(&joined, &counts);
    join_64(&joined, &counts);
    _mm512_storeu_si512(codes, joined);
    _mm512_storeu_si512(bits, counts);
    return 1;
}

/* rfc: 7541#5.2 */
HPACK__VBMI_TARGET size_t hpack__vbmi_encode(struct hpack__pending *pending, const uint8_t *data,
                                             size_t length)
{
    struct hpack__pending p = *pending;
    struct encode_tables t;
    size_t done = 0;
    load_table(t.bits, hpack__vbmi_bits);
    load_table(t.low, hpack__vbmi_code_low);
    load_table(t.high, hpack__vbmi_code_high);
    while (length - done >= HPACK__VBMI_ENCODE_STEP && p.end - p.out >= STEP_ROOM) {
        uint64_t codes[QUADS];
        uint64_t bits[QUADS];
        if (!encode_step(&t, data + done, codes, bits)) {
            break;
        }
        for (int i = 0; i < QUADS; i++) {
            hpack__pending_put(&p, codes[i], (uint32_t)bits[i]);
        }
        done += HPACK__VBMI_ENCODE_STEP;
    }
    *pending = p;
    return done;
}

#endif
