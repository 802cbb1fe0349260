/* SPDX-License-Identifier: MIT */
#include "field_copy.h"

#include <string.h>

size_t h2session__field_copy_size(const hpack_field *fields, size_t count)
{
    size_t size = count * sizeof *fields;
    for (size_t i = 0; i < count; i++) {
        size += (size_t)fields[i].name_length + fields[i].value_length;
    }
    return size;
}

static char *put_octets(char *to, const char *from, size_t length)
{
    if (length > 0) { /* `from` may be NULL otherwise */
        memcpy(to, from, length);
    }
    return to + length;
}

void h2session__field_copy_write(hpack_field *to, const hpack_field *fields, size_t count)
{
    char *octets = (char *)(to + count);
    for (size_t i = 0; i < count; i++) {
        to[i] = fields[i];
        to[i].name = octets;
        octets = put_octets(octets, fields[i].name, fields[i].name_length);
        to[i].value = octets;
        octets = put_octets(octets, fields[i].value, fields[i].value_length);
    }
}
