/* SPDX-License-Identifier: MIT */
#include "huffman_vbmi.h"
#include "huffman_window.h"

/* Where the decoder is in a string. Bits of word beyond count are those of *at and what follows,
 * or zero. */
struct place {
    uint64_t word;
    uint32_t count;
    const uint8_t *at;
    uint8_t *out;
};

/* A code longer than a window, after a step that found none. Returns 0 when it is EOS, or is longer
 * than `most` bits. */
static inline int take_long(struct place *p, uint32_t most)
{
    uint32_t length = one_symbol(p->word, p->out);
    if (length > HPACK__HUFFMAN_LONGEST || length > most) {
        return 0;
    }
    p->out++;
    p->word <<= length;
    p->count -= length;
    return 1;
}

/* The octets from `at` to `end`, fewer than eight, to the left, with ones behind. */
static inline uint64_t load_rest(const uint8_t *at, const struct hpack__huffman_input *in)
{
    uint32_t rest = (uint32_t)(in->end - at) * 8;
    uint64_t word = 0;
    if (in->readable - at >= 8) {
        word = load_be64(at);
    } else if (in->end - in->begin >= 8) {
        word = rest > 0 ? load_be64(in->end - 8) << (64 - rest) : 0;
    } else {
        for (uint32_t i = 0; i < rest; i += 8) {
            word |= (uint64_t)*at++ << (56 - i);
        }
    }
    return word | ~UINT64_C(0) >> rest;
}

/* The last octets: fewer than eight, with ones behind. No symbol lies whole in the ones, as only EOS
 * is all ones, so that the string ends right when at most seven bits are left and the next window
 * is all ones. Returns its end, or NULL. */
static inline uint8_t *take_rest(struct place p, const struct hpack__huffman_input *in)
{
    uint64_t more = load_rest(p.at, in);
    int32_t left = (int32_t)(in->end - p.at) * 8; /* below zero: ones were taken as bits */
    for (;;) {
        uint32_t taken = (63 - p.count) & ~UINT32_C(7);
        p.word |= more >> p.count;
        more = ~(~more << taken);
        left -= (int32_t)taken;
        p.count |= 56;
        uint32_t entry = take_windows(&p.word, &p.count, &p.out);
        int32_t rest = left + (int32_t)p.count;
        if (rest <= MOST_PADDING && p.word >> 56 == 0xff) {
            return rest >= 0 ? p.out : NULL;
        }
        if (rest < 0) {
            return NULL;
        }
        if (ENTRY_COUNT(entry) == 0 && p.count >= HPACK__HUFFMAN_LONGEST &&
            !take_long(&p, (uint32_t)rest)) {
            return NULL;
        }
    }
}

/* From `at` on, behind the first `count` bits of word. */
static uint8_t *decode_from(uint8_t *out, const uint8_t *at, const struct hpack__huffman_input *in,
                            uint64_t word, uint32_t count)
{
    struct place p = {word, count, at, out};
    while (in->end - p.at >= 8) {
        p.word |= load_be64(p.at) >> p.count;
        p.at += (63 - p.count) >> 3;
        p.count |= 56;
        uint32_t entry = take_windows(&p.word, &p.count, &p.out);
        if (ENTRY_COUNT(entry) == 0 && p.count >= HPACK__HUFFMAN_LONGEST &&
            !take_long(&p, HPACK__HUFFMAN_LONGEST)) {
            return NULL;
        }
    }
    return take_rest(p, in);
}

uint8_t *hpack__huffman_decode_portable(uint8_t *out, const uint8_t *data,
                                        const struct hpack__huffman_input *in)
{
    return decode_from(out, data, in, 0, 0);
}

/* The wide way takes less time in all, but its result comes later. That pays for long strings, and
 * for shorter ones when more input follows that can be worked on meanwhile. */
static inline int is_worth_wide(const uint8_t *data, const struct hpack__huffman_input *in)
{
    const ptrdiff_t length = in->end - data;
    return length >= HPACK__VBMI_WORTH_ALONE ||
           (length >= HPACK__VBMI_WORTH && in->readable - data >= HPACK__VBMI_WORTH_INPUT);
}

/* rfc: 7541#5.2 */
uint8_t *hpack__huffman_decode_whole(uint8_t *out, const uint8_t *data,
                                     const struct hpack__huffman_input *in)
{
    if (!is_worth_wide(data, in) || !hpack__vbmi_is_there()) {
        return decode_from(out, data, in, 0, 0);
    }
    struct hpack__vbmi v = {out, data, in->end, 0};
    int result = hpack__vbmi_decode(&v);
    if (result != HPACK__VBMI_GO_ON) {
        return result == HPACK__VBMI_END ? v.out : NULL;
    }
    if (v.bit == 0) {
        return decode_from(v.out, v.at, in, 0, 0);
    }
    return decode_from(v.out, v.at + 1, in, (uint64_t)*v.at << (56 + v.bit), 8 - v.bit);
}

/* ---- Public ------------------------------------------------------------------------------- */

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
    const size_t room = out->capacity - out->length;
    if (room / 8 < length / 5 + 1 + HPACK__HUFFMAN_SLACK / 8) {
        return 0;
    }
    const struct hpack__huffman_input in = {data, data + length, data + length};
    const uint8_t *end = hpack__huffman_decode_whole(out->data + out->length, data, &in);
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
