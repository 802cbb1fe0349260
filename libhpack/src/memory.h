/* SPDX-License-Identifier: MIT */
/*
 * The allocator of one object: the resize hook of its configuration, or libc.
 *
 * Every block is resized and freed with the size it was last given, so that a hook can keep books
 * without headers of its own. Memory is not cleared.
 */
#ifndef HPACK_SRC_MEMORY_H
#define HPACK_SRC_MEMORY_H

#include <hpack/hpack.h>

struct hpack__memory {
    hpack_resize_function resize;
    void *ctx;
};

/* The hook used when the configuration has none. */
void *hpack__libc_resize(void *ctx, void *ptr, size_t old_size, size_t new_size);

static inline void *hpack__resize(const struct hpack__memory *m, void *ptr, size_t old_size,
                                  size_t new_size)
{
    return m->resize(m->ctx, ptr, old_size, new_size);
}

static inline void hpack__free(const struct hpack__memory *m, void *ptr, size_t size)
{
    if (ptr != NULL) {
        (void)m->resize(m->ctx, ptr, size, 0);
    }
}

#endif
