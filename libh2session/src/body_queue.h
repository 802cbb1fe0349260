/* SPDX-License-Identifier: MIT */
/*
 * Octets of one body that were copied from the application and wait to be sent: a list of pieces.
 * Large pieces are lent as they are, small ones are gathered in the buffer of whoever takes them.
 *
 * Invariants: bytes is what waits; the piece that was lent last is not counted and stands until
 * the next take, or the end of the queue.
 */
#ifndef H2SESSION_SRC_BODY_QUEUE_H
#define H2SESSION_SRC_BODY_QUEUE_H

#include <stdint.h>

#include "memory.h"

struct body_piece;

struct body_queue {
    const struct memory *memory;
    struct body_piece *first;
    struct body_piece *last;
    struct body_piece *lent;
    size_t bytes;
};

void h2session__body_queue_init(struct body_queue *q, const struct memory *memory);
void h2session__body_queue_free(struct body_queue *q);

/* Appends a copy of the octets; length may be 0. 0, or -1 without memory: nothing has changed. */
int h2session__body_queue_add(struct body_queue *q, const uint8_t *data, size_t length);
/* Takes octets from the front and returns how many: at most `capacity` in `buffer`, or a piece of
 * any length that *lend then points to; otherwise *lend is NULL. 0 when nothing waits. */
size_t h2session__body_queue_take(struct body_queue *q, uint8_t *buffer, size_t capacity,
                                  const uint8_t **lend);
/* Drops what waits, not what is lent. */
void h2session__body_queue_drop(struct body_queue *q);

void h2session__body_queue_check(const struct body_queue *q);

#endif
