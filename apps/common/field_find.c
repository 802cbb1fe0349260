/* SPDX-License-Identifier: MIT */
#include "field_find.h"

#include <string.h>

const hpack_field *field_find(const hpack_field *fields, size_t count, const char *name)
{
    const size_t length = strlen(name);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].name_length == length && memcmp(fields[i].name, name, length) == 0) {
            return &fields[i];
        }
    }
    return NULL;
}
