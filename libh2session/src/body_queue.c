/* SPDX-License-Identifier: MIT */
#include "body_queue.h"

#include <string.h>

#include "check.h"

/* From this length on a copy costs more than a piece of its own in the output. */
enum { LEND_MIN = 4096 };

struct body_piece {
    struct body_piece *next;
    size_t length; /* of data */
    size_t taken;
    uint8_t data[];
};

static void free_piece(struct body_queue *q, struct body_piece *piece)
{
    if (piece != NULL) {
        h2session__memory_free(q->memory, piece, sizeof *piece + piece->length);
    }
}

static void release_lent(struct body_queue *q)
{
    free_piece(q, q->lent);
    q->lent = NULL;
}

/* Takes the first piece out of the list. */
static struct body_piece *unlink_first(struct body_queue *q)
{
    struct body_piece *piece = q->first;
    q->first = piece->next;
    q->last = q->first != NULL ? q->last : NULL;
    q->bytes -= piece->length - piece->taken;
    return piece;
}

void h2session__body_queue_init(struct body_queue *q, const struct memory *memory)
{
    *q = (struct body_queue){.memory = memory};
}

void h2session__body_queue_free(struct body_queue *q)
{
    h2session__body_queue_drop(q);
    release_lent(q);
}

void h2session__body_queue_drop(struct body_queue *q)
{
    while (q->first != NULL) {
        free_piece(q, unlink_first(q));
    }
    RUN_CHECK(h2session__body_queue_check(q));
}

int h2session__body_queue_add(struct body_queue *q, const uint8_t *data, size_t length)
{
    if (length == 0) {
        return 0;
    }
    if (length > SIZE_MAX - sizeof(struct body_piece) - q->bytes) {
        return -1;
    }
    struct body_piece *piece = h2session__memory_new(q->memory, sizeof *piece + length);
    if (piece == NULL) {
        return -1;
    }
    piece->next = NULL;
    piece->length = length;
    piece->taken = 0;
    memcpy(piece->data, data, length);
    if (q->last != NULL) {
        q->last->next = piece;
    } else {
        q->first = piece;
    }
    q->last = piece;
    q->bytes += length;
    RUN_CHECK(h2session__body_queue_check(q));
    return 0;
}

/* Fills the buffer from small pieces, up to the first large one. */
static size_t gather_octets(struct body_queue *q, uint8_t *buffer, size_t capacity)
{
    size_t length = 0;
    while (q->first != NULL && q->first->length < LEND_MIN && length < capacity) {
        struct body_piece *piece = q->first;
        size_t left = piece->length - piece->taken;
        size_t n = left < capacity - length ? left : capacity - length;
        memcpy(buffer + length, piece->data + piece->taken, n);
        length += n;
        piece->taken += n;
        q->bytes -= n;
        if (n == left) {
            free_piece(q, unlink_first(q));
        }
    }
    return length;
}

size_t h2session__body_queue_take(struct body_queue *q, uint8_t *buffer, size_t capacity,
                                  const uint8_t **lend)
{
    *lend = NULL;
    release_lent(q);
    size_t length = 0;
    if (q->first != NULL && q->first->length >= LEND_MIN) {
        q->lent = unlink_first(q);
        *lend = q->lent->data;
        length = q->lent->length;
    } else {
        length = gather_octets(q, buffer, capacity);
    }
    RUN_CHECK(h2session__body_queue_check(q));
    return length;
}

void h2session__body_queue_check(const struct body_queue *q)
{
    size_t bytes = 0;
    const struct body_piece *last = NULL;
    for (const struct body_piece *p = q->first; p != NULL; p = p->next) {
        check_that(p->taken < p->length);
        bytes += p->length - p->taken;
        last = p;
    }
    check_that(bytes == q->bytes && last == q->last);
}
