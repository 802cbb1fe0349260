/* SPDX-License-Identifier: MIT */
/*
 * Plaintext of the next record out of a list of pieces, so that a short frame header does not become
 * a record of its own.
 */
#ifndef H2KIT_APPS_TLS_GATHER_H
#define H2KIT_APPS_TLS_GATHER_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

enum {
    TLS_RECORD_PLAIN = 16384, /* most plaintext of one record */
    /* Buffers of the allocator begin where a page does, those of OpenSSL as well. A copy from the one
     * to the other is slow when both have the same place in their pages, since a processor compares
     * no more of two addresses to see whether a load has to wait for a store. So ours are used from
     * the middle of a page on. */
    TLS_OUT_OF_STEP = 2048
};

/* A place in a list of pieces. */
struct tls_cursor {
    const uv_buf_t *pieces;
    size_t count;
    size_t offset; /* in the first piece */
};

/* The next record's worth: where it lies when one piece has it all, else copied together in staging,
 * which has room for TLS_RECORD_PLAIN. *length is 0 at the end of the list. */
const uint8_t *tls__gather(const struct tls_cursor *at, uint8_t *staging, size_t *length);
void tls__advance(struct tls_cursor *at, size_t length);

#endif
