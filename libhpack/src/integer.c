/* SPDX-License-Identifier: MIT */
#include "integer.h"

/* rfc: 7541#5.1 */
int hpack__integer_read(struct hpack__integer *r, const uint8_t **at, const uint8_t *end)
{
    while (*at < end) {
        uint8_t octet = *(*at)++;
        r->value += (uint64_t)(octet & 0x7f) << (7 * r->octets);
        r->octets++;
        if (r->value > UINT32_MAX) {
            return HPACK_ERR_INTEGER;
        }
        if ((octet & 0x80) == 0) {
            return 0;
        }
        if (r->octets == HPACK__INTEGER_OCTETS) {
            return HPACK_ERR_INTEGER;
        }
    }
    return HPACK__MORE;
}

uint32_t hpack__integer_length(uint32_t value, unsigned prefix)
{
    uint32_t mask = (1U << prefix) - 1;
    if (value < mask) {
        return 1;
    }
    uint32_t length = 2;
    for (uint32_t rest = (value - mask) >> 7; rest > 0; rest >>= 7) {
        length++;
    }
    return length;
}

uint8_t *hpack__integer_write(uint8_t *out, uint32_t value, unsigned prefix, uint8_t first)
{
    uint32_t mask = (1U << prefix) - 1;
    if (value < mask) {
        *out++ = (uint8_t)(first | value);
        return out;
    }
    *out++ = (uint8_t)(first | mask);
    uint32_t rest = value - mask;
    while (rest >= 0x80) {
        *out++ = (uint8_t)(rest | 0x80);
        rest >>= 7;
    }
    *out++ = (uint8_t)rest;
    return out;
}
