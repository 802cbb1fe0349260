/* SPDX-License-Identifier: MIT */
#include "static_table.h"

#include "octets.h"

uint32_t hpack_token(const char *name, size_t length)
{
    if (length == 0 || length > 255) {
        return HPACK_TOKEN_NONE;
    }
    const uint8_t *octets = (const uint8_t *)name;
    const uint32_t *factor = hpack__token_factor;
    uint32_t sum = (uint32_t)length * factor[0] + octets[0] * factor[1] +
                   octets[length / 2] * factor[2] + octets[length - 1] * factor[3];
    uint32_t token = hpack__token_slot[sum >> 8 & 0xff];
    const hpack_field *row = &hpack__static_row[token];
    if (row->name_length != length || !hpack__same_octets(row->name, name, length)) {
        return HPACK_TOKEN_NONE;
    }
    return token;
}
