/* SPDX-License-Identifier: MIT */
/*
 * What is asked for: a request as the content of the server sees it, whatever carried it here.
 *
 * Invariants:
 * - Fields are views and live as long as what asked_read() was given; asked_keep() makes a copy
 *   that stands by itself, of the fields that content looks at.
 * - A field that may stand once only and was sent twice counts as not sent (asked_only): nobody
 *   can say which of the two was meant.
 */
#ifndef H2KIT_APPS_ASKED_H
#define H2KIT_APPS_ASKED_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <hpack/hpack.h>

enum method { METHOD_GET, METHOD_HEAD, METHOD_UPLOAD, METHOD_OTHER };

struct asked {
    enum method method;
    const char *path; /* with its query; NULL: there was none */
    size_t path_length;
    const hpack_field *fields;
    size_t field_count;
    uint64_t tokens;  /* a bit for each token below 64 that a field has */
    time_t now;       /* the caller's to set, as are the two below */
    const char *date; /* now, as the field "date" has it */
    uint64_t turn;    /* the same for all requests that one turn of the loop brought */
    void *storage;    /* of asked_keep() */
};

/* Method, path and fields out of a field section; nothing else is written. */
void asked_read(struct asked *asked, const hpack_field *fields, size_t count);
/* The first field with this HPACK_TOKEN_, or NULL. */
const hpack_field *asked_find(const struct asked *asked, uint32_t token);
/* The one field with this HPACK_TOKEN_; NULL also when there are several. */
const hpack_field *asked_only(const struct asked *asked, uint32_t token);

/* Returns 0, or -1 when out of memory. date is the caller's to set anew. */
int asked_keep(struct asked *copy, const struct asked *asked);
/* What asked_keep() took; one that took nothing is fine. */
void asked_clear(struct asked *asked);

#endif
