/* SPDX-License-Identifier: MIT */
#include "huffman.h"

#include <string.h>

/* An entry of the window table. Six bits for a number of four: a shift looks at no others, so that
 * it need not wait for a mask. */
#define ENTRY_BITS(e) ((e)&0x3fU)
#define ENTRY_COUNT(e) ((e) >> 6 & 3U)
#define ENTRY_SYMBOLS(e) ((e) >> 8)

enum {
    STEPS = 4,        /* windows resolved for each refill: 4 * 12 bits of at least 56 */
    ROOM = STEPS * 2, /* octets that a round may write: two for each window */
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
static uint32_t one_symbol(uint64_t bits, uint8_t *symbol)
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
    d[0] = (uint8_t)ENTRY_SYMBOLS(entry);
    d[1] = (uint8_t)(ENTRY_SYMBOLS(entry) >> 8);
    return d + ENTRY_COUNT(entry);
}

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
    while (end - p >= 8 && out_end - d >= ROOM) {
        bits |= load_be64(p) >> count;
        p += (63 - count) >> 3;
        count |= 56;
        uint32_t entry = 0;
        for (int step = 0; step < STEPS; step++) {
            entry = hpack__huffman_window[bits >> (64 - HPACK__HUFFMAN_WINDOW)];
            d = put_symbols(d, entry);
            bits <<= ENTRY_BITS(entry);
            count -= ENTRY_BITS(entry);
        }
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

/* ---- Whole strings ------------------------------------------------------------------------ */

/* The eight octets before end; when there are fewer since begin, those, to the right. */
static inline uint64_t load_last(const uint8_t *begin, const uint8_t *end)
{
    if (end - begin >= 8) {
        return load_be64(end - 8);
    }
    uint64_t last = 0;
    for (const uint8_t *p = begin; p < end; p++) {
        last = last << 8 | *p;
    }
    return last;
}

/* Resolves windows. Returns the last entry, which holds no symbol when a longer code is next. */
static inline uint32_t take_windows(uint64_t *bits, uint32_t *count, uint8_t **out)
{
    uint32_t entry = 0;
    for (int step = 0; step < STEPS; step++) {
        entry = hpack__huffman_window[*bits >> (64 - HPACK__HUFFMAN_WINDOW)];
        *out = put_symbols(*out, entry);
        *bits <<= ENTRY_BITS(entry);
        *count -= ENTRY_BITS(entry);
    }
    return entry;
}

/* The last octets: fewer than eight, left of them, with ones behind; last holds them to the right.
 * left gets negative when ones are taken as bits. */
static uint8_t *decode_tail(uint8_t *out, uint64_t bits, uint32_t count, ptrdiff_t left,
                            uint64_t last)
{
    for (;;) {
        uint64_t more =
            left > 0 ? last << (64 - 8 * left) | ~UINT64_C(0) >> 8 * left : ~UINT64_C(0);
        bits |= more >> count;
        left -= (63 - count) >> 3;
        count |= 56;
        uint32_t entry = take_windows(&bits, &count, &out);
        ptrdiff_t rest = left * 8 + (ptrdiff_t)count;
        if (rest < 8 && bits >> 56 == 0xff) {
            return rest >= 0 ? out : NULL;
        }
        if (rest < 0) {
            return NULL;
        }
        if (ENTRY_COUNT(entry) == 0 && count >= HPACK__HUFFMAN_LONGEST) {
            uint32_t length = one_symbol(bits, out);
            if (length > HPACK__HUFFMAN_LONGEST || (ptrdiff_t)length > rest) {
                return NULL;
            }
            out++;
            bits <<= length;
            count -= length;
        }
    }
}

/* rfc: 7541#5.2 */
uint8_t *hpack__huffman_decode_whole(uint8_t *out, const uint8_t *data, const uint8_t *end,
                                     const uint8_t *begin)
{
    const uint8_t *p = data;
    uint64_t bits = 0;
    uint32_t count = 0;
    while (end - p >= 8) {
        bits |= load_be64(p) >> count;
        p += (63 - count) >> 3;
        count |= 56;
        uint32_t entry = take_windows(&bits, &count, &out);
        if (ENTRY_COUNT(entry) == 0 && count >= HPACK__HUFFMAN_LONGEST) {
            uint32_t length = one_symbol(bits, out);
            if (length > HPACK__HUFFMAN_LONGEST) {
                return NULL;
            }
            out++;
            bits <<= length;
            count -= length;
        }
    }
    return decode_tail(out, bits, count, end - p, load_last(begin, end));
}

/* Whether a full buffer hides symbols that wait in the bits or in the input. */
static int finish_full(struct hpack__huffman *h, const uint8_t *at, const uint8_t *end)
{
    uint8_t beyond;
    uint8_t *to = &beyond;
    int result = hpack__huffman_decode(h, &at, end, &to, &beyond + 1);
    if (result != 0) {
        return result;
    }
    return to != &beyond ? HPACK_ERR_BUFFER : hpack__huffman_finish(h);
}

/* With enough room: the short way. Returns 0 when something is wrong or there is not enough. */
static int decode_with_room(const uint8_t *data, size_t length, hpack_buffer *out)
{
    size_t room = out->capacity - out->length;
    if (room / 8 < length / 5 + 2) {
        return 0;
    }
    const uint8_t *end =
        hpack__huffman_decode_whole(out->data + out->length, data, data + length, data);
    if (end == NULL) {
        return 0;
    }
    out->length = (size_t)(end - out->data);
    return 1;
}

int hpack_huffman_decode(const uint8_t *data, size_t length, hpack_buffer *out)
{
    struct hpack__huffman h = {0, 0};
    const uint8_t *at = data;
    if (length == 0) {
        return 0;
    }
    if (out->length >= out->capacity) {
        return finish_full(&h, at, data + length);
    }
    if (decode_with_room(data, length, out)) {
        return 0;
    }
    uint8_t *to = out->data + out->length;
    uint8_t *to_end = out->data + out->capacity;
    int result = hpack__huffman_decode(&h, &at, data + length, &to, to_end);
    if (result == 0) {
        result = to == to_end ? finish_full(&h, at, data + length) : hpack__huffman_finish(&h);
    }
    if (result == 0) {
        out->length = (size_t)(to - out->data);
    }
    return result;
}
