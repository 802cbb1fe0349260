/* SPDX-License-Identifier: MIT */
#include "huffman.h"

size_t hpack_huffman_length(const uint8_t *data, size_t length)
{
    size_t bits = 0;
    for (size_t i = 0; i < length; i++) {
        bits += hpack__huffman_bits[data[i]];
    }
    return bits / 8 + (bits % 8 != 0);
}

static inline uint8_t *put_be32(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)(value >> 24);
    out[1] = (uint8_t)(value >> 16);
    out[2] = (uint8_t)(value >> 8);
    out[3] = (uint8_t)value;
    return out + 4;
}

uint8_t *hpack__huffman_write(uint8_t *out, const uint8_t *data, size_t length)
{
    uint64_t bits = 0; /* the pending ones are to the right, older ones above them are spent */
    uint32_t pending = 0;
    for (size_t i = 0; i < length; i++) {
        bits = bits << hpack__huffman_bits[data[i]] | hpack__huffman_code[data[i]];
        pending += hpack__huffman_bits[data[i]];
        if (pending >= 32) {
            pending -= 32;
            out = put_be32(out, (uint32_t)(bits >> pending));
        }
    }
    while (pending >= 8) {
        pending -= 8;
        *out++ = (uint8_t)(bits >> pending);
    }
    if (pending > 0) {
        /* RFC 7541 5.2: the rest of the last octet is the beginning of EOS, ones. */
        *out++ = (uint8_t)(bits << (8 - pending) | 0xffU >> pending);
    }
    return out;
}

int hpack_huffman_encode(const uint8_t *data, size_t length, hpack_buffer *out)
{
    size_t needed = hpack_huffman_length(data, length);
    if (out->length > out->capacity || needed > out->capacity - out->length) {
        return HPACK_ERR_BUFFER;
    }
    if (needed > 0) {
        (void)hpack__huffman_write(out->data + out->length, data, length);
        out->length += needed;
    }
    return 0;
}
