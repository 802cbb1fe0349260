/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static void *libc_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

void h2session__memory_init(struct memory *m, void *(*resize)(void *, void *, size_t, size_t),
                            void *ctx)
{
    m->resize = resize != NULL ? resize : libc_resize;
    m->ctx = resize != NULL ? ctx : NULL;
}

void *h2session__memory_new(const struct memory *m, size_t size)
{
    return m->resize(m->ctx, NULL, 0, size);
}

void *h2session__memory_zero(const struct memory *m, size_t size)
{
    void *ptr = h2session__memory_new(m, size);
    if (ptr != NULL) {
        memset(ptr, 0, size);
    }
    return ptr;
}

void *h2session__memory_resize(const struct memory *m, void *ptr, size_t old_size, size_t new_size)
{
    return m->resize(m->ctx, ptr, old_size, new_size);
}

void h2session__memory_free(const struct memory *m, void *ptr, size_t size)
{
    if (ptr != NULL) {
        (void)m->resize(m->ctx, ptr, size, 0);
    }
}
