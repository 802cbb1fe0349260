/* SPDX-License-Identifier: MIT */
/*
 * Octets that wait, for HTTP/1.1: added at the end, taken from the beginning.
 *
 * Invariant: one that is empty and was reset owns no memory. Octets move only when room is made.
 */
#ifndef H2KIT_APPS_H1_BUFFER_H
#define H2KIT_APPS_H1_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct h1_memory {
    void *(*resize)(void *ctx, void *ptr, size_t old_size, size_t new_size);
    void *ctx;
};

struct h1_buffer {
    struct h1_memory memory;
    uint8_t *data;
    size_t start;
    size_t end;
    size_t capacity;
};

/* malloc, realloc and free in that form. */
void *h1_memory_libc(void *ctx, void *ptr, size_t old_size, size_t new_size);

/* Room for so much more at data + end. Returns 0, or -1 when out of memory. */
int h1_buffer_reserve(struct h1_buffer *b, size_t length);
int h1_buffer_add(struct h1_buffer *b, const void *data, size_t length);
void h1_buffer_take(struct h1_buffer *b, size_t length);
void h1_buffer_reset(struct h1_buffer *b);
size_t h1_buffer_length(const struct h1_buffer *b);

#endif
