/* SPDX-License-Identifier: MIT */
/*
 * Steps that both Huffman decoders take: windows of 12 bits at the left of a 64-bit word, and
 * single symbols with longer codes.
 *
 * Up to STEPS windows can be resolved after the word was filled to 56 bits or more. A step whose
 * window holds no whole symbol, because a longer code is next, takes no bits and writes no octet
 * that counts.
 */
#ifndef HPACK_SRC_HUFFMAN_WINDOW_H
#define HPACK_SRC_HUFFMAN_WINDOW_H

#include "huffman.h"

/* An entry of the window table. Six bits for a number of four: a shift looks at no others, so that
 * it need not wait for a mask. */
#define ENTRY_BITS(e) ((e)&0x3fU)
#define ENTRY_COUNT(e) ((e) >> 24)
#define ENTRY_FIRST(e) ((uint8_t)((e) >> 8))
#define ENTRY_SECOND(e) ((uint8_t)((e) >> 16))

enum {
    STEPS = 4, /* 4 * 12 bits of at least 56 */
    MOST_PADDING = 7
};

static inline uint64_t load_be64(const uint8_t *p)
{
    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 |
           (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
           (uint64_t)p[6] << 8 | (uint64_t)p[7];
}

/* The one symbol at the left of bits. Returns the length of its code; more than
 * HPACK__HUFFMAN_LONGEST when the bits are those of EOS. */
static inline uint32_t one_symbol(uint64_t bits, uint8_t *symbol)
{
    uint32_t code = (uint32_t)(bits >> 32);
    for (const struct hpack__huffman_range *r = hpack__huffman_range;
         r < hpack__huffman_range + HPACK__HUFFMAN_RANGES; r++) {
        if (code < r->end) {
            *symbol = hpack__huffman_order[r->offset + ((code - r->first) >> (32 - r->length))];
            return r->length;
        }
    }
    return HPACK__HUFFMAN_LONGEST + 1;
}

/* The symbols of an entry, two at the most. What is stored beyond them is overwritten later. */
static inline uint8_t *put_symbols(uint8_t *d, uint32_t entry)
{
    d[0] = ENTRY_FIRST(entry);
    d[1] = ENTRY_SECOND(entry);
    return d + ENTRY_COUNT(entry);
}

/* Resolves windows. Returns the last entry, which holds no symbol when a longer code is next. */
static inline uint32_t take_windows(uint64_t *bits, uint32_t *count, uint8_t **out)
{
    uint64_t word = *bits;
    uint8_t *d = *out;
    uint32_t entry = 0;
    uint32_t sum = 0;
    for (int step = 0; step < STEPS; step++) {
        entry = hpack__huffman_window[word >> (64 - HPACK__HUFFMAN_WINDOW)];
        d = put_symbols(d, entry);
        word <<= ENTRY_BITS(entry);
        sum += entry;
    }
    /* The lengths of four add up to less than 64 and so do not touch the symbols. */
    *count -= ENTRY_BITS(sum);
    *bits = word;
    *out = d;
    return entry;
}

_Static_assert(STEPS *HPACK__HUFFMAN_WINDOW <= 56, "a round has the bits for its steps");

#endif
