/* SPDX-License-Identifier: MIT */
/* Fields of the messages that applications in fuzz targets send. */
#ifndef H2KIT_FUZZ_SESSION_FIELDS_H
#define H2KIT_FUZZ_SESSION_FIELDS_H

#include <h2session/h2session.h>

/* Elements of an array of hpack_field; both are string literals. */
#define FIELDS_OF_REQUEST(method, path)                                                            \
    {":method", method, 7, sizeof(method) - 1, 0, 0}, {":scheme", "https", 7, 5, 0, 0},            \
        {":authority", "a.example", 10, 9, 0, 0},                                                  \
    {                                                                                              \
        ":path", path, 5, sizeof(path) - 1, 0, 0                                                   \
    }

static const hpack_field OK[] = {{":status", "200", 7, 3, 0, 0}, {"x-a", "b", 3, 1, 0, 0}};
static const hpack_field INTERIM[] = {{":status", "103", 7, 3, 0, 0}};
static const hpack_field TRAILERS[] = {{"x-sum", "1", 5, 1, 0, 0}};

#endif
