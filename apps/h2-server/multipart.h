/* SPDX-License-Identifier: MIT */
/*
 * The body multipart/byteranges (RFC 9110 14.6): several ranges of one file, each with a head that
 * says which it is.
 *
 * Invariants:
 * - multipart_length() is exactly what the source produces.
 * - Heads are written as they are needed; memory is one small block whatever the ranges.
 * - A file that turns out shorter fails the stream.
 */
#ifndef H2KIT_APPS_MULTIPART_H
#define H2KIT_APPS_MULTIPART_H

#include <stdint.h>

#include "body_file.h"
#include "range.h"

enum { MULTIPART_BOUNDARY_SIZE = 32 };

struct multipart;

struct multipart_source {
    struct body_file file; /* its octets; offset and left do not count */
    uint64_t size;         /* of the whole */
    const char *mime;      /* of the whole; must outlive the body */
    const char *boundary;  /* shorter than MULTIPART_BOUNDARY_SIZE; copied */
};

/* NULL when out of memory. */
struct multipart *multipart_new(const struct multipart_source *source,
                                const struct range_set *ranges);
void multipart_free(struct multipart *body);
uint64_t multipart_length(const struct multipart *body);
/* h2session_read_function over a struct multipart * (the address of a pointer to one). */
int multipart_read(h2session *session, h2session_read_event *event, void *read_user);

#endif
