/* SPDX-License-Identifier: MIT */
/*
 * Buffers of one size, shared by all connections of a loop.
 *
 * Invariants:
 * - A connection holds a buffer only while octets of it are in there, so that an idle connection
 *   owns none; get and put are O(1).
 * - At most BUFFER_POOL_SPARE buffers wait for the next user; others go back to the system.
 * - The pool does not limit how many buffers are out: each user takes at most one or two.
 */
#ifndef H2KIT_APPS_BUFFER_POOL_H
#define H2KIT_APPS_BUFFER_POOL_H

#include <stddef.h>
#include <stdint.h>

enum { BUFFER_SIZE = 65536, BUFFER_POOL_SPARE = 8 };

struct buffer_pool {
    void *spare[BUFFER_POOL_SPARE];
    size_t spare_count;
    size_t out_count; /* buffers in use */
};

/* A buffer of BUFFER_SIZE octets, not cleared; NULL when out of memory. */
uint8_t *buffer_pool_get(struct buffer_pool *pool);
/* Gives it back; NULL is fine. */
void buffer_pool_put(struct buffer_pool *pool, uint8_t *buffer);
/* Frees the spare ones. Nothing may be out. */
void buffer_pool_clear(struct buffer_pool *pool);

#endif
