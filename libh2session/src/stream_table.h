/* SPDX-License-Identifier: MIT */
/*
 * Map from stream id to stream: open addressing, grown as needed, given back when empty, unless it
 * was told to keep a small table. Holds pointers only; streams belong to the session. Knows nothing
 * of a stream but its id.
 *
 * Ids that follow each other, as those of most connections do, have slots that follow each other;
 * while no entry stands anywhere but at home, nothing is ever searched or moved.
 */
#ifndef H2SESSION_SRC_STREAM_TABLE_H
#define H2SESSION_SRC_STREAM_TABLE_H

#include <stdint.h>

#include "memory.h"

struct stream;

struct stream_table_slot {
    uint32_t id; /* 0: free */
    struct stream *stream;
};

struct stream_table {
    const struct memory *memory;
    struct stream_table_slot *slots;
    uint32_t capacity; /* 0 or a power of two */
    uint32_t count;
    uint32_t displaced; /* entries that do not stand at home */
    uint32_t keeps;     /* holds a small table when empty */
};

void h2session__stream_table_init(struct stream_table *t, const struct memory *memory);
void h2session__stream_table_free(struct stream_table *t);
/* Whether a small table stays when the last stream goes; with 0 it goes. */
void h2session__stream_table_keep(struct stream_table *t, uint32_t keeps);
/* Slot where the search for an id begins: those of one side upwards, those of the other downwards.
 * The product parts ids that are a round number apart. */
static inline uint32_t stream_table_home(const struct stream_table *t, uint32_t id)
{
    uint32_t n = (id >> 1) + (id >> 12) * UINT32_C(0x9e3779b1);
    return (id & 1 ? n : ~n) & (t->capacity - 1);
}

/* The search from there on, in a table that is not empty. */
struct stream *h2session__stream_table_search(const struct stream_table *t, uint32_t id);

/* NULL when absent. Most streams stand where the search for them begins. */
static inline struct stream *h2session__stream_table_find(const struct stream_table *t, uint32_t id)
{
    if (t->count == 0) {
        return NULL;
    }
    const struct stream_table_slot *slot = &t->slots[stream_table_home(t, id)];
    return slot->id == id && id != 0 ? slot->stream : h2session__stream_table_search(t, id);
}

/* id != 0 and not present. 0, or -1 without memory. */
int h2session__stream_table_insert(struct stream_table *t, uint32_t id, struct stream *stream);
/* No effect when absent. Never allocates. */
void h2session__stream_table_remove(struct stream_table *t, uint32_t id);
/* Walks all: *position starts at 0; NULL at the end. Inserting or removing ends the walk's
 * validity, except that the stream just returned may be removed when the walk then starts over. */
struct stream *h2session__stream_table_next(const struct stream_table *t, uint32_t *position);

void h2session__stream_table_check(const struct stream_table *t);

/*
 * The ids of streams this side reset, so that late frames of the peer are drained instead of
 * punished (RFC 9113 5.1). The latest stand in a ring of fixed size, which is made for the first; of
 * those that fell out of it only the highest id of each side is kept. At and below that id any stream
 * may have been reset: for the sake of those that were, all are taken for it. The peer gains nothing
 * but glitches.
 */
enum { RESET_RING_SIZE = 16 };

struct reset_ring {
    uint32_t *ids; /* NULL: none was reset */
    uint32_t next;
    uint32_t forgotten[2]; /* highest id that fell out: even ones, odd ones */
};

void h2session__reset_ring_init(struct reset_ring *r);
void h2session__reset_ring_free(struct reset_ring *r, const struct memory *memory);
/* 0, or -1 without memory for the ring: nothing has changed. */
int h2session__reset_ring_add(struct reset_ring *r, const struct memory *memory, uint32_t id);
/* Whether this side reset the stream, or may have. */
int h2session__reset_ring_has(const struct reset_ring *r, uint32_t id);

#endif
