/* SPDX-License-Identifier: MIT */
/*
 * Content codings (RFC 9110 8.4.1, 12.5.3): what a client accepts, what is worth compressing.
 *
 * Invariants:
 * - Without the field Accept-Encoding only the identity is given: those who can decode say so.
 * - An element that is malformed counts as not there. Pure functions.
 */
#ifndef H2KIT_APPS_CODING_H
#define H2KIT_APPS_CODING_H

#include <stddef.h>
#include <stdint.h>

#include "asked.h"

/* In the order the server prefers, where a client does not. */
enum coding { CODING_BR, CODING_ZSTD, CODING_GZIP, CODING_IDENTITY, CODING_COUNT };

struct coding_order {
    size_t count; /* acceptable ones; none is possible */
    enum coding codings[CODING_COUNT];
};

/* What the client accepts, the best first. */
void coding_accepted(const struct asked *asked, struct coding_order *order);
int coding_accepts(const struct coding_order *order, enum coding coding);

/* "gzip"; NULL for the identity. */
const char *coding_name(enum coding coding);
/* ".gz": what the name of a file with this coding ends in; "" for the identity. */
const char *coding_ending(enum coding coding);

/* 1 for types that are text, and so become smaller. */
int coding_pays(const char *mime);

#endif
