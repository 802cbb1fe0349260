/* SPDX-License-Identifier: MIT */
#include "huffman_pending.h"
#include "huffman_vbmi.h"

size_t hpack_huffman_length(const uint8_t *data, size_t length)
{
    /* Four sums, so that no addition waits for the one before. */
    size_t bits[4] = {0, 0, 0, 0};
    size_t i = 0;
    for (; i + 4 <= length; i += 4) {
        bits[0] += hpack__huffman_bits[data[i]];
        bits[1] += hpack__huffman_bits[data[i + 1]];
        bits[2] += hpack__huffman_bits[data[i + 2]];
        bits[3] += hpack__huffman_bits[data[i + 3]];
    }
    for (; i < length; i++) {
        bits[0] += hpack__huffman_bits[data[i]];
    }
    /* Sums of less than 2^61 octets do not overflow. */
    return (bits[0] + bits[1] + bits[2] + bits[3] + 7) / 8;
}

/* One symbol at a time, whatever its code. Returns 0 when it would pass the limit. */
static int write_ones(struct hpack__pending *p, const uint8_t *limit, const uint8_t *data,
                      size_t length)
{
    for (size_t i = 0; i < length; i++) {
        p->bits = p->bits << hpack__huffman_bits[data[i]] | hpack__huffman_code[data[i]];
        p->count += hpack__huffman_bits[data[i]];
        for (; p->count >= 8; p->count -= 8) {
            if (p->out >= limit) {
                return 0;
            }
            *p->out++ = (uint8_t)(p->bits >> (p->count - 8));
        }
    }
    return 1;
}

/* How often eight octets can be written, of which seven count at the most. */
static inline size_t writes_left(const struct hpack__pending *p)
{
    return p->end - p->out >= 8 ? (size_t)(p->end - p->out - 8) / 8 + 1 : 0;
}

/* Four symbols at a time, as long as their codes are short enough together and there is room.
 * Returns how many it took. */
static inline size_t write_fours(struct hpack__pending *p, const uint8_t *data, size_t length)
{
    const uint8_t *d = data;
    const size_t room = writes_left(p);
    const uint8_t *end = data + 4 * (length / 4 < room ? length / 4 : room);
    for (; d < end; d += 4) {
        const uint32_t last = hpack__huffman_bits[d[3]];
        const uint32_t right = hpack__huffman_bits[d[2]] + last;
        const uint32_t second = hpack__huffman_bits[d[1]];
        const uint32_t all = hpack__huffman_bits[d[0]] + second + right;
        if (all > HPACK__PENDING_MOST) {
            break;
        }
        const uint64_t left_code =
            (uint64_t)hpack__huffman_code[d[0]] << second | hpack__huffman_code[d[1]];
        const uint64_t right_code =
            (uint64_t)hpack__huffman_code[d[2]] << last | hpack__huffman_code[d[3]];
        hpack__pending_put(p, left_code << right | right_code, all);
    }
    return (size_t)(d - data);
}

/* The last three symbols or less. Returns 0, and has written nothing, when their codes are too long
 * together or when there is no room for eight octets. */
static inline int write_rest(struct hpack__pending *p, const uint8_t *data, size_t length)
{
    uint64_t code = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < length; i++) {
        code = code << hpack__huffman_bits[data[i]] | hpack__huffman_code[data[i]];
        bits += hpack__huffman_bits[data[i]];
    }
    if (bits > HPACK__PENDING_MOST || p->end - p->out < 8) {
        return 0;
    }
    hpack__pending_put(p, code, bits);
    return 1;
}

/* Returns 0 when the symbols pass the limit. */
static inline int append(struct hpack__pending *pending, const uint8_t *limit, const uint8_t *data,
                         size_t length)
{
    struct hpack__pending p = *pending;
    for (size_t i = 0; i < length;) {
        size_t taken = write_fours(&p, data + i, length - i);
        i += taken;
        if (p.out > limit) {
            return 0;
        }
        if (taken > 0 && length - i >= 4) {
            continue; /* the room may be enough for more */
        }
        if (length - i < 4 && write_rest(&p, data + i, length - i)) {
            break;
        }
        /* What is left of four, or a long code and what is before it. The copy alone has an
         * address, so that the other one can stay in registers. */
        size_t ones = length - i < 4 ? length - i : 4;
        struct hpack__pending slow = p;
        if (!write_ones(&slow, limit, data + i, ones)) {
            return 0;
        }
        p = slow;
        i += ones;
    }
    *pending = p;
    return 1;
}

/* Returns the end, or NULL when it would be behind the limit. */
static inline uint8_t *finish_string(struct hpack__pending *p, const uint8_t *limit)
{
    if (p->count > 0) {
        if (p->out >= limit) {
            return NULL;
        }
        /* The rest of the last octet is the beginning of EOS, ones. */
        *p->out++ = (uint8_t)(p->bits << (8 - p->count) | 0xffU >> p->count);
    }
    return p->out <= limit ? p->out : NULL;
}

/* Where the wide steps stop before the end, a long code is near, or the end of the room. */
static uint8_t *write_wide(struct hpack__pending p, const uint8_t *limit, const uint8_t *data,
                           size_t length)
{
    size_t i = 0;
    while (i < length) {
        i += hpack__vbmi_encode(&p, data + i, length - i);
        size_t more = length - i < HPACK__VBMI_ENCODE_STEP ? length - i : HPACK__VBMI_ENCODE_STEP;
        if (!append(&p, limit, data + i, more)) {
            return NULL;
        }
        i += more;
    }
    return finish_string(&p, limit);
}

uint8_t *hpack__huffman_write_portable(uint8_t *out, const uint8_t *limit, const uint8_t *out_end,
                                       const uint8_t *data, size_t length)
{
    struct hpack__pending p = {.out = out, .end = out_end};
    return append(&p, limit, data, length) ? finish_string(&p, limit) : NULL;
}

/* rfc: 7541#5.2 */
uint8_t *hpack__huffman_write(uint8_t *out, const uint8_t *limit, const uint8_t *out_end,
                              const uint8_t *data, size_t length)
{
    if (length < HPACK__VBMI_ENCODE_WORTH || !hpack__vbmi_is_there()) {
        return hpack__huffman_write_portable(out, limit, out_end, data, length);
    }
    return write_wide((struct hpack__pending){.out = out, .end = out_end}, limit, data, length);
}

int hpack_huffman_encode(const uint8_t *data, size_t length, hpack_buffer *out)
{
    if (out->length > out->capacity) {
        return HPACK_ERR_BUFFER;
    }
    if (length == 0) {
        return 0;
    }
    if (out->length == out->capacity) {
        return HPACK_ERR_BUFFER;
    }
    const uint8_t *end = out->data + out->capacity;
    const uint8_t *coded_end =
        hpack__huffman_write(out->data + out->length, end, end, data, length);
    if (coded_end == NULL) {
        return HPACK_ERR_BUFFER;
    }
    out->length = (size_t)(coded_end - out->data);
    return 0;
}
