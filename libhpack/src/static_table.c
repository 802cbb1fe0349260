/* SPDX-License-Identifier: MIT */
#include "static_table.h"

uint32_t hpack__static_search(uint32_t token, const char *value, uint32_t value_length)
{
    for (uint32_t i = token; hpack__static_row[i].token == token; i++) {
        if (hpack__static_row[i].value_length == value_length &&
            hpack__same_octets(hpack__static_row[i].value, value, value_length)) {
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
