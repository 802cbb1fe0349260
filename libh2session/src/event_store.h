/* SPDX-License-Identifier: MIT */
/*
 * Records in the order they came, each a piece of memory of its own size, in blocks that never
 * move. A record is read once, in order, and stands until the store is cleared after that; records
 * that were not read survive. Memory is taken when needed: a store that was read to its end and
 * cleared holds none.
 *
 * Invariants: blocks before `reading` have been read to their end; `reading` is NULL exactly when
 * all have; bytes is the memory of all blocks.
 */
#ifndef H2SESSION_SRC_EVENT_STORE_H
#define H2SESSION_SRC_EVENT_STORE_H

#include "memory.h"

struct event_block;

struct event_store {
    const struct memory *memory;
    struct event_block *first;
    struct event_block *last;
    struct event_block *reading; /* holds the next record */
    size_t bytes;
};

void h2session__event_store_init(struct event_store *s, const struct memory *memory);
void h2session__event_store_free(struct event_store *s);

/* Appends a record of `size` octets, not cleared, aligned for any type. NULL without memory: the
 * store has not changed then. */
void *h2session__event_store_add(struct event_store *s, size_t size);
/* The next record; NULL when all have been read. */
void *h2session__event_store_next(struct event_store *s);
/* Releases the blocks that have been read to their end. */
void h2session__event_store_clear(struct event_store *s);

void h2session__event_store_check(const struct event_store *s);

#endif
