/* SPDX-License-Identifier: MIT */
/*
 * Bits on their way out of the Huffman encoder: the pending ones are to the right of a word, older
 * ones above them are spent. Less than eight are pending between calls. Eight octets are written at
 * a time, of which those count that are full.
 */
#ifndef HPACK_SRC_HUFFMAN_PENDING_H
#define HPACK_SRC_HUFFMAN_PENDING_H

#include <stdint.h>

struct hpack__pending {
    uint64_t bits;
    uint32_t count;
    uint8_t *out;
    const uint8_t *end; /* octets before it may be overwritten */
};

static inline void hpack__put_be64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        out[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

enum { HPACK__PENDING_MOST = 56 };

/* More bits: up to HPACK__PENDING_MOST of them, and one at least together with what is pending.
 * There is room for eight octets. */
static inline void hpack__pending_put(struct hpack__pending *p, uint64_t bits, uint32_t count)
{
    p->bits = p->bits << count | bits;
    p->count += count;
    hpack__put_be64(p->out, p->bits << ((64 - p->count) & 63));
    p->out += p->count >> 3;
    p->count &= 7;
}

#endif
