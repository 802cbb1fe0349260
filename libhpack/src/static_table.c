/* SPDX-License-Identifier: MIT */
#include "static_table.h"

#include <string.h>

uint32_t hpack__static_find(uint32_t token, const char *value, uint32_t value_length)
{
    if (!hpack__token_is_static(token)) {
        return 0;
    }
    for (uint32_t i = token; hpack__static_row[i].token == token; i++) {
        if (hpack__static_row[i].value_length == value_length &&
            (value_length == 0 || memcmp(hpack__static_row[i].value, value, value_length) == 0)) {
            return i;
        }
    }
    return 0;
}

int hpack_static_table_entry(uint32_t index, hpack_field *out)
{
    if (index == 0 || index > HPACK__STATIC_COUNT || out == NULL) {
        return HPACK_ERR_USAGE;
    }
    *out = hpack__static_row[index];
    return 0;
}
