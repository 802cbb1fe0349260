/* SPDX-License-Identifier: MIT */
/*
 * The resize hook of a configuration, carried along by the object that owns memory.
 *
 * Every block is resized and freed with the size it was last given, so that a hook can keep books
 * without headers of its own.
 */
#ifndef H2FRAME_MEMORY_H
#define H2FRAME_MEMORY_H

#include <stddef.h>

struct h2frame__memory {
    void *(*resize)(void *ctx, void *ptr, size_t old_size, size_t new_size);
    void *ctx;
};

/* The hook used when the configuration has none. */
void *h2frame__libc_resize(void *ctx, void *ptr, size_t old_size, size_t new_size);

static inline void *h2frame__alloc(const struct h2frame__memory *memory, size_t size)
{
    return memory->resize(memory->ctx, NULL, 0, size);
}

static inline void h2frame__release(const struct h2frame__memory *memory, void *ptr, size_t size)
{
    if (ptr != NULL) {
        memory->resize(memory->ctx, ptr, size, 0);
    }
}

#endif
