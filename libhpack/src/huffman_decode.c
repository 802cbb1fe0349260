/* SPDX-License-Identifier: MIT */
#include "huffman_window.h"

enum { ROUND_ROOM = STEPS * 2 /* octets that a round may write: two for each window */ };

/* As long as eight octets of input and the room for a round are left: bits are added eight octets
 * at a time, of which as many count as fit, and the rest is read again the next time. */
static int decode_rounds(struct hpack__huffman *h, const uint8_t **at, const uint8_t *end,
                         uint8_t **out, uint8_t *out_end)
{
    const uint8_t *p = *at;
    uint8_t *d = *out;
    uint64_t bits = h->bits;
    uint32_t count = h->bit_count;
    int result = 0;
    while (end - p >= 8 && out_end - d >= ROUND_ROOM) {
        bits |= load_be64(p) >> count;
        p += (63 - count) >> 3;
        count |= 56;
        uint32_t entry = take_windows(&bits, &count, &d);
        if (ENTRY_COUNT(entry) == 0 && count >= HPACK__HUFFMAN_LONGEST) {
            uint32_t length = one_symbol(bits, d);
            if (length > HPACK__HUFFMAN_LONGEST) {
                result = HPACK_ERR_HUFFMAN_EOS;
                break;
            }
            d++;
            bits <<= length;
            count -= length;
        }
    }
    /* The bits beyond count are those of *p, which will be added again. */
    h->bits = count > 0 ? bits & ~UINT64_C(0) << (64 - count) : 0;
    h->bit_count = count;
    *at = p;
    *out = d;
    return result;
}

/* With ones behind the bits: no symbol lies whole in the fill, as only EOS is all ones, and one
 * that ends there is longer than what is left. */
static inline uint64_t filled(uint64_t bits, uint32_t count)
{
    return bits | ~UINT64_C(0) >> count;
}

/* Resolves table entries that lie whole in the bits, as long as there is room for any entry. */
static void decode_windows(struct hpack__huffman *h, uint8_t **out, const uint8_t *out_end)
{
    uint64_t bits = h->bits;
    uint32_t count = h->bit_count;
    uint8_t *d = *out;
    while (out_end - d >= 2) {
        uint32_t entry = hpack__huffman_window[filled(bits, count) >> (64 - HPACK__HUFFMAN_WINDOW)];
        if (ENTRY_COUNT(entry) == 0 || ENTRY_BITS(entry) > count) {
            break;
        }
        d = put_symbols(d, entry);
        bits <<= ENTRY_BITS(entry);
        count -= ENTRY_BITS(entry);
    }
    h->bits = bits;
    h->bit_count = count;
    *out = d;
}

/* Takes one symbol that lies whole in the bits. Returns 0 when there is none. */
static int decode_one(struct hpack__huffman *h, uint8_t **out)
{
    uint8_t symbol;
    uint32_t length = one_symbol(filled(h->bits, h->bit_count), &symbol);
    if (length > h->bit_count || length > HPACK__HUFFMAN_LONGEST) {
        return 0;
    }
    *(*out)++ = symbol;
    h->bits <<= length;
    h->bit_count -= length;
    return 1;
}

/* The end that a string may have: up to seven ones. */
static int is_padding(const struct hpack__huffman *h)
{
    return h->bit_count <= MOST_PADDING && filled(h->bits, h->bit_count) == ~UINT64_C(0);
}

static int is_eos(const struct hpack__huffman *h)
{
    return h->bit_count >= HPACK__HUFFMAN_LONGEST &&
           h->bits >> (64 - HPACK__HUFFMAN_LONGEST) == (1U << HPACK__HUFFMAN_LONGEST) - 1;
}

/* rfc: 7541#5.2 */
int hpack__huffman_decode(struct hpack__huffman *h, const uint8_t **at, const uint8_t *end,
                          uint8_t **out, uint8_t *out_end)
{
    int result = decode_rounds(h, at, end, out, out_end);
    if (result != 0) {
        return result;
    }
    for (;;) {
        while (h->bit_count < 56 && *at < end) {
            h->bits |= (uint64_t) * (*at)++ << (56 - h->bit_count);
            h->bit_count += 8;
        }
        decode_windows(h, out, out_end);
        if (*out == out_end || (*at == end && is_padding(h))) {
            return 0;
        }
        if (h->bit_count < 56 && *at < end) {
            continue;
        }
        if (!decode_one(h, out)) {
            /* Nothing whole is left: the input is used up, or 30 ones are in the way. */
            return is_eos(h) ? HPACK_ERR_HUFFMAN_EOS : 0;
        }
    }
}

/* rfc: 7541#5.2 */
int hpack__huffman_finish(const struct hpack__huffman *h)
{
    if (is_eos(h)) {
        return HPACK_ERR_HUFFMAN_EOS;
    }
    return is_padding(h) ? 0 : HPACK_ERR_HUFFMAN_PADDING;
}
