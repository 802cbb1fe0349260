/* SPDX-License-Identifier: MIT */
#include "field_copy.h"
#include "session.h"

struct trailers {
    size_t size; /* of the whole allocation */
    size_t count;
    hpack_field fields[];
};

struct trailers *h2session__trailers_copy(const struct memory *m, const hpack_field *fields,
                                          size_t count)
{
    size_t size = sizeof(struct trailers) + h2session__field_copy_size(fields, count);
    struct trailers *t = h2session__memory_new(m, size);
    if (t == NULL) {
        return NULL;
    }
    t->size = size;
    t->count = count;
    h2session__field_copy_write(t->fields, fields, count);
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
