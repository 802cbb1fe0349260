/* SPDX-License-Identifier: MIT */
/*
 * Octets waiting to be sent: one FIFO of pieces, each either in memory of the queue (frames) or
 * lent (body octets, never copied). Octets never move once committed, because the transport may
 * still read what it was lent by peek. Memory is taken in chunks when needed and given back as it
 * drains; an empty queue holds none, or one small chunk when it was told to keep it.
 *
 * Invariants: bytes equals the sum of the pieces; pieces of the queue's own memory lie in the
 * chunks in order; a reserve is open from h2session__out_queue_reserve() to
 * h2session__out_queue_commit().
 */
#ifndef H2SESSION_SRC_OUT_QUEUE_H
#define H2SESSION_SRC_OUT_QUEUE_H

#include <h2frame/h2frame.h>

#include "memory.h"

struct out_chunk;

struct out_piece {
    const uint8_t *data;
    size_t length;
    uint32_t owner; /* lent: the stream that lent it; 0: the queue's own memory */
    uint32_t last;  /* lent: 1 when the release callback is wanted */
};

enum { OUT_QUEUE_PIECES = 2 };

struct out_queue {
    const struct memory *memory;
    struct out_chunk *first_chunk;
    struct out_chunk *last_chunk;
    struct out_piece *pieces; /* ring: the one below, or memory of its own */
    struct out_piece first_pieces[OUT_QUEUE_PIECES];
    uint32_t piece_capacity;
    uint32_t piece_first;
    uint32_t piece_count;
    uint32_t keeps;           /* holds a chunk and a ring that are small when empty */
    uint32_t joins;           /* the last piece ends where the last chunk is free */
    uint32_t exceeded;        /* the smallest chunk has been too small */
    uint64_t bytes;           /* waiting */
    uint64_t total_committed; /* since the beginning */
    uint64_t total_sent;
    uint64_t frames; /* commits that were not empty, since the beginning */
};

/* Called when a lent piece with `last` has been sent whole. */
typedef void (*out_queue_release)(void *ctx, uint32_t owner);

void h2session__out_queue_init(struct out_queue *q, const struct memory *memory);
void h2session__out_queue_free(struct out_queue *q);

/* n contiguous writable octets at the tail, or NULL when there is no memory. The room for the
 * piece entry is taken here as well, so that commit cannot fail. A second reserve without commit
 * replaces the first. */
uint8_t *h2session__out_queue_reserve(struct out_queue *q, size_t n);
/* The first n octets of the reserve join the queue; n may be 0. */
void h2session__out_queue_commit(struct out_queue *q, size_t n);

/* Reserve and commit in one: n octets that belong to the queue already and are to be written before
 * anything else is done with it. NULL without memory. */
uint8_t *h2session__out_queue_extend(struct out_queue *q, size_t n);

/* The same, and behind them the lent piece, length > 0. NULL without memory: nothing is changed. */
uint8_t *h2session__out_queue_extend_and_lend(struct out_queue *q, size_t n,
                                              const struct out_piece *lent);

/* Whether memory for the next few frames stays when the queue has drained; with 0 it goes. */
void h2session__out_queue_keep(struct out_queue *q, uint32_t keeps);

/* Octets that a reserve could have now without a new chunk. */
size_t h2session__out_queue_room(const struct out_queue *q);
/* Where they are: what is written there joins the queue by an extend that follows, of no more than
 * these. There is room. */
uint8_t *h2session__out_queue_tail(const struct out_queue *q);

/* Appends a lent piece, length > 0. 0, or -1 without memory. */
int h2session__out_queue_lend(struct out_queue *q, const uint8_t *data, size_t length,
                              uint32_t owner, uint32_t last);

/* Up to capacity pieces from the head, adjacent own octets merged. Returns how many. */
size_t h2session__out_queue_peek(const struct out_queue *q, h2frame_bytes *pieces, size_t capacity);

/* n octets of the head have been sent; n <= bytes. */
void h2session__out_queue_sent(struct out_queue *q, size_t n, out_queue_release release, void *ctx);

/* Moves all of `from` behind all of `to`, without copying octets; `from` is empty afterwards.
 * Neither may have an open reserve. 0, or -1 without memory (both unchanged). */
int h2session__out_queue_splice(struct out_queue *to, struct out_queue *from);

void h2session__out_queue_check(const struct out_queue *q);

#endif
