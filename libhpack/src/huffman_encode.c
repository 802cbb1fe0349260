/* SPDX-License-Identifier: MIT */
#include "huffman.h"

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

static inline void put_be64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        out[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

/* Bits on their way out: the pending ones are to the right, older ones above them are spent. */
struct pending {
    uint64_t bits;
    uint32_t count;
};

/* Four symbols at a time, as long as their codes are short enough together and eight octets can be
 * written. Before and after, less than eight bits are pending. Returns how many it took. */
static inline size_t write_fours(struct pending *pending, uint8_t **at, const uint8_t *limit,
                                 const uint8_t *out_end, const uint8_t *data, size_t length)
{
    uint8_t *out = *at;
    uint64_t bits = pending->bits;
    uint32_t count = pending->count;
    size_t i = 0;
    while (length - i >= 4 && out_end - out >= 8 && out < limit) {
        const uint8_t *d = data + i;
        uint32_t last = hpack__huffman_bits[d[3]];
        uint32_t right = hpack__huffman_bits[d[2]] + last;
        uint32_t second = hpack__huffman_bits[d[1]];
        uint32_t all = hpack__huffman_bits[d[0]] + second + right;
        if (all > 56) {
            break;
        }
        uint64_t left_code =
            (uint64_t)hpack__huffman_code[d[0]] << second | hpack__huffman_code[d[1]];
        uint64_t right_code =
            (uint64_t)hpack__huffman_code[d[2]] << last | hpack__huffman_code[d[3]];
        bits = bits << all | left_code << right | right_code;
        count += all;
        put_be64(out, bits << (64 - count));
        out += count >> 3;
        count &= 7;
        i += 4;
    }
    pending->bits = bits;
    pending->count = count;
    *at = out;
    return i;
}

/* One symbol at a time. Returns 0 when it would pass the limit. */
static int write_ones(struct pending *pending, uint8_t **out, const uint8_t *limit,
                      const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        pending->bits =
            pending->bits << hpack__huffman_bits[data[i]] | hpack__huffman_code[data[i]];
        pending->count += hpack__huffman_bits[data[i]];
        for (; pending->count >= 8; pending->count -= 8) {
            if (*out >= limit) {
                return 0;
            }
            *(*out)++ = (uint8_t)(pending->bits >> (pending->count - 8));
        }
    }
    return 1;
}

/* rfc: 7541#5.2 */
uint8_t *hpack__huffman_write(uint8_t *out, const uint8_t *limit, const uint8_t *out_end,
                              const uint8_t *data, size_t length)
{
    struct pending pending = {0, 0};
    size_t i = 0;
    while (i < length) {
        i += write_fours(&pending, &out, limit, out_end, data + i, length - i);
        /* What is left of four, or a long code and what is before it. */
        size_t ones = length - i < 4 ? length - i : 4;
        if (!write_ones(&pending, &out, limit, data + i, ones)) {
            return NULL;
        }
        i += ones;
    }
    if (pending.count > 0) {
        if (out >= limit) {
            return NULL;
        }
        /* The rest of the last octet is the beginning of EOS, ones. */
        *out++ = (uint8_t)(pending.bits << (8 - pending.count) | 0xffU >> pending.count);
    }
    return out <= limit ? out : NULL;
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
