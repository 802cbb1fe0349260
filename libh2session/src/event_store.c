/* SPDX-License-Identifier: MIT */
#include "event_store.h"

#include <stdalign.h>
#include <stdint.h>

#include "check.h"

enum { ALIGN = alignof(max_align_t), BLOCK_SIZE = 4096 };

struct event_block {
    struct event_block *next;
    size_t capacity; /* of data */
    size_t used;
    size_t read;
    alignas(max_align_t) uint8_t data[];
};

/* Stands before each record. */
struct record_head {
    alignas(max_align_t) size_t size; /* with this head, a multiple of ALIGN */
};

void h2session__event_store_init(struct event_store *s, const struct memory *memory)
{
    *s = (struct event_store){.memory = memory};
}

static void free_first(struct event_store *s)
{
    struct event_block *block = s->first;
    s->first = block->next;
    s->last = s->first != NULL ? s->last : NULL;
    s->bytes -= sizeof *block + block->capacity;
    h2session__memory_free(s->memory, block, sizeof *block + block->capacity);
}

void h2session__event_store_free(struct event_store *s)
{
    while (s->first != NULL) {
        free_first(s);
    }
    h2session__event_store_init(s, s->memory);
}

static int add_block(struct event_store *s, size_t room)
{
    size_t standard = BLOCK_SIZE - sizeof(struct event_block);
    size_t capacity = room > standard ? room : standard;
    struct event_block *block =
        h2session__memory_new(s->memory, sizeof(struct event_block) + capacity);
    if (block == NULL) {
        return -1;
    }
    block->next = NULL;
    block->capacity = capacity;
    block->used = 0;
    block->read = 0;
    if (s->last != NULL) {
        s->last->next = block;
    } else {
        s->first = block;
    }
    s->last = block;
    s->bytes += sizeof *block + capacity;
    return 0;
}

void *h2session__event_store_add(struct event_store *s, size_t size)
{
    RUN_CHECK(h2session__event_store_check(s));
    size_t whole = sizeof(struct record_head) + (size + ALIGN - 1) / ALIGN * ALIGN;
    if ((s->last == NULL || s->last->capacity - s->last->used < whole) &&
        add_block(s, whole) != 0) {
        return NULL;
    }
    struct record_head *head = (struct record_head *)(void *)(s->last->data + s->last->used);
    head->size = whole;
    s->last->used += whole;
    if (s->reading == NULL) {
        s->reading = s->last;
    }
    RUN_CHECK(h2session__event_store_check(s));
    return head + 1;
}

void *h2session__event_store_next(struct event_store *s)
{
    struct event_block *block = s->reading;
    if (block == NULL) {
        return NULL;
    }
    struct record_head *head = (struct record_head *)(void *)(block->data + block->read);
    block->read += head->size;
    if (block->read == block->used) {
        s->reading = block->next;
    }
    RUN_CHECK(h2session__event_store_check(s));
    return head + 1;
}

void h2session__event_store_clear(struct event_store *s)
{
    while (s->first != s->reading) {
        free_first(s);
    }
    RUN_CHECK(h2session__event_store_check(s));
}

void h2session__event_store_check(const struct event_store *s)
{
    size_t bytes = 0;
    int unread = 0;
    const struct event_block *last = NULL;
    for (const struct event_block *b = s->first; b != NULL; b = b->next) {
        unread |= b == s->reading;
        check_that(b->read <= b->used && b->used <= b->capacity && b->used > 0);
        check_that(unread ? b->read < b->used : b->read == b->used);
        bytes += sizeof *b + b->capacity;
        last = b;
    }
    check_that(unread == (s->reading != NULL));
    check_that(last == s->last && bytes == s->bytes);
}
