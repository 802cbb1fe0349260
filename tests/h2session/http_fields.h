/* SPDX-License-Identifier: MIT */
/*
 * Field sections for the tests of the HTTP rules: literal tables, and the two ways a field reaches
 * the rules, with and without its token.
 */
#ifndef H2KIT_TESTS_HTTP_FIELDS_H
#define H2KIT_TESTS_HTTP_FIELDS_H

#include <hpack/hpack.h>

enum { FIELDS_MAX = 8 };

/* A field of string literals, which may hold NULs. Tables end with a field whose name is NULL. */
#define F(n, v)                                                                                    \
    {                                                                                              \
        .name = (n), .value = (v), .name_length = sizeof(n) - 1, .value_length = sizeof(v) - 1     \
    }

static inline size_t fields_count(const hpack_field *fields)
{
    size_t count = 0;
    while (count < FIELDS_MAX && fields[count].name != NULL) {
        count++;
    }
    return count;
}

static inline void fields_set_tokens(hpack_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fields[i].token = hpack_token(fields[i].name, fields[i].name_length);
    }
}

#endif
