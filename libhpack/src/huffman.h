/* SPDX-License-Identifier: MIT */
/*
 * The Huffman code of RFC 7541 Appendix B: length, encoder, and a decoder that can stop and go on
 * at any octet of input or output.
 *
 * The decoder keeps the bits it could not resolve at the left of a 64-bit word; bits beyond
 * bit_count are zero between calls, and bit_count < 64. A string ends well only with at most seven
 * bits left, all ones (RFC 7541 5.2). Nothing is written beyond the room or read beyond the input;
 * octets of the room behind the result may be overwritten.
 */
#ifndef HPACK_SRC_HUFFMAN_H
#define HPACK_SRC_HUFFMAN_H

#include <hpack/hpack.h>

struct hpack__huffman {
    uint64_t bits;
    uint32_t bit_count;
};

/* Decodes from *at up to end into *out up to out_end, and moves both. Returns when the input is
 * used up or no further octet fits. Error: HUFFMAN_EOS. */
int hpack__huffman_decode(struct hpack__huffman *h, const uint8_t **at, const uint8_t *end,
                          uint8_t **out, uint8_t *out_end);

/* After the last octet was decoded: 0 or HUFFMAN_PADDING, HUFFMAN_EOS. */
int hpack__huffman_finish(const struct hpack__huffman *h);

/* A string inside a larger input. Octets of [begin, readable) may be read. */
struct hpack__huffman_input {
    const uint8_t *begin, *end; /* end of the string */
    const uint8_t *readable;
};

/* Decodes a whole string, from data to in->end. There is room at out for its length * 8 / 5 octets
 * and HPACK__HUFFMAN_SLACK more, of which all may be overwritten. Returns the end of the decoded
 * octets, or NULL when the string is not right; what is wrong, the calls above tell. */
uint8_t *hpack__huffman_decode_whole(uint8_t *out, const uint8_t *data,
                                     const struct hpack__huffman_input *in);

/* The same on any processor. */
uint8_t *hpack__huffman_decode_portable(uint8_t *out, const uint8_t *data,
                                        const struct hpack__huffman_input *in);

enum { HPACK__HUFFMAN_SLACK = 16 };

/* Most octets that length octets of input can give, with what is pending. length < 2^60. */
static inline size_t hpack__huffman_most(const struct hpack__huffman *h, size_t length)
{
    return (length * 8 + h->bit_count) / 5;
}

/* Writes the Huffman form, when it ends at limit or before, and returns its end; else NULL. Octets
 * up to out_end may be overwritten; limit <= out_end. */
uint8_t *hpack__huffman_write(uint8_t *out, const uint8_t *limit, const uint8_t *out_end,
                              const uint8_t *data, size_t length);
/* The same on any processor. */
uint8_t *hpack__huffman_write_portable(uint8_t *out, const uint8_t *limit, const uint8_t *out_end,
                                       const uint8_t *data, size_t length);

/* Generated tables. */
extern const uint32_t hpack__huffman_code[256]; /* the code, to the right */
extern const uint8_t hpack__huffman_bits[256];  /* its length: 5 to 30 */

enum { HPACK__HUFFMAN_WINDOW = 12, HPACK__HUFFMAN_RANGES = 21, HPACK__HUFFMAN_LONGEST = 30 };

struct hpack__huffman_range {
    uint32_t end, first; /* codes of this length, aligned to the left of 32 bits */
    uint32_t offset;     /* place of the first of them in the order */
    uint32_t length;
};

extern const uint32_t hpack__huffman_window[1 << HPACK__HUFFMAN_WINDOW];
extern const struct hpack__huffman_range hpack__huffman_range[HPACK__HUFFMAN_RANGES];
extern const uint8_t hpack__huffman_order[256];

#endif
