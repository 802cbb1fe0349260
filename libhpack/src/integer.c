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

uint32_t hpack__integer_length_more(uint32_t rest)
{
    uint32_t length = 2;
    for (rest >>= 7; rest > 0; rest >>= 7) {
        length++;
    }
    return length;
}

uint8_t *hpack__integer_write_more(uint8_t *out, uint32_t rest)
{
    while (rest >= 0x80) {
        *out++ = (uint8_t)(rest | 0x80);
        rest >>= 7;
    }
    *out++ = (uint8_t)rest;
    return out;
}
