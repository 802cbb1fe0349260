/* SPDX-License-Identifier: MIT */
#include "h1_buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 1024 };

void *h1_memory_libc(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

size_t h1_buffer_length(const struct h1_buffer *b)
{
    return b->end - b->start;
}

int h1_buffer_reserve(struct h1_buffer *b, size_t length)
{
    const size_t waiting = h1_buffer_length(b);
    if (length <= b->capacity - b->end) {
        return 0;
    }
    if (b->start > 0) {
        memmove(b->data, b->data + b->start, waiting);
        b->start = 0;
        b->end = waiting;
    }
    if (length <= b->capacity - waiting) {
        return 0;
    }
    if (length > SIZE_MAX / 4 - waiting) {
        return -1;
    }
    size_t capacity = b->capacity == 0 ? SMALLEST : b->capacity;
    while (capacity < waiting + length) {
        capacity *= 2;
    }
    uint8_t *data = b->memory.resize(b->memory.ctx, b->data, b->capacity, capacity);
    if (data == NULL) {
        return -1;
    }
    b->data = data;
    b->capacity = capacity;
    return 0;
}

int h1_buffer_add(struct h1_buffer *b, const void *data, size_t length)
{
    if (length == 0) {
        return 0;
    }
    if (h1_buffer_reserve(b, length) != 0) {
        return -1;
    }
    memcpy(b->data + b->end, data, length);
    b->end += length;
    return 0;
}

void h1_buffer_take(struct h1_buffer *b, size_t length)
{
    assert(length <= h1_buffer_length(b));
    b->start += length;
    if (b->start == b->end) {
        b->start = 0;
        b->end = 0;
    }
}

void h1_buffer_reset(struct h1_buffer *b)
{
    if (b->data != NULL) {
        (void)b->memory.resize(b->memory.ctx, b->data, b->capacity, 0);
    }
    b->data = NULL;
    b->start = 0;
    b->end = 0;
    b->capacity = 0;
}
