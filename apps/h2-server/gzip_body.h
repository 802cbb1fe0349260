/* SPDX-License-Identifier: MIT */
/*
 * A body that is compressed by gzip (RFC 1952) while it is sent.
 *
 * Invariants:
 * - One call of the source reads at most GZIP_INPUT_A_READ octets: what compresses very well does
 *   not hold up the loop. When that many gave nothing yet, what there is is flushed out.
 * - At most GZIP_AT_A_TIME bodies exist in a gzip_pool: each costs about 280 KiB. Who gets none
 *   sends the file as it is.
 * - A file that turns out shorter fails the stream.
 */
#ifndef H2KIT_APPS_GZIP_BODY_H
#define H2KIT_APPS_GZIP_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "body_file.h"

enum { GZIP_INPUT_A_READ = 65536, GZIP_AT_A_TIME = 64 };

struct gzip_body;

struct gzip_pool {
    size_t in_use;
};

/* level: 1 to 9. NULL when out of memory, or when the pool is. */
struct gzip_body *gzip_body_new(struct gzip_pool *pool, const struct body_file *file, int level);
void gzip_body_free(struct gzip_body *body);
/* h2session_read_function over a struct gzip_body * (the address of a pointer to one). */
int gzip_body_read(h2session *session, h2session_read_event *event, void *read_user);

/* Compresses octets that are in memory. Returns memory for the caller to free(), or NULL when out
 * of memory. */
uint8_t *gzip_whole(const uint8_t *data, size_t length, int level, size_t *out_length);

#endif
