/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "session.h"

struct trailers {
    size_t size; /* of the whole allocation */
    size_t count;
    hpack_field fields[];
};

struct trailers *h2session__trailers_copy(const struct memory *m, const hpack_field *fields,
                                          size_t count)
{
    size_t size = sizeof(struct trailers) + count * sizeof *fields;
    size_t octets = size;
    for (size_t i = 0; i < count; i++) {
        size += (size_t)fields[i].name_length + fields[i].value_length;
    }
    struct trailers *t = h2session__memory_new(m, size);
    if (t == NULL) {
        return NULL;
    }
    t->size = size;
    t->count = count;
    char *to = (char *)t + octets;
    for (size_t i = 0; i < count; i++) {
        t->fields[i] = fields[i];
        t->fields[i].name = to;
        memcpy(to, fields[i].name, fields[i].name_length);
        to += fields[i].name_length;
        t->fields[i].value = to;
        if (fields[i].value_length > 0) {
            memcpy(to, fields[i].value, fields[i].value_length);
            to += fields[i].value_length;
        }
    }
    return t;
}

const hpack_field *h2session__trailers_fields(const struct trailers *t, size_t *count)
{
    *count = t->count;
    return t->fields;
}

void h2session__trailers_free(const struct memory *m, struct trailers *t)
{
    if (t != NULL) {
        h2session__memory_free(m, t, t->size);
    }
}
