/* SPDX-License-Identifier: MIT */
/*
 * The allocator of one session: the configured resize hook, or libc. Sizes are always given back
 * as they were taken, so that a hook can account for them.
 */
#ifndef H2SESSION_SRC_MEMORY_H
#define H2SESSION_SRC_MEMORY_H

#include <stddef.h>

struct memory {
    void *(*resize)(void *ctx, void *ptr, size_t old_size, size_t new_size);
    void *ctx;
};

/* NULL resize chooses libc. */
void h2session__memory_init(struct memory *m, void *(*resize)(void *, void *, size_t, size_t),
                            void *ctx);
/* New memory, not cleared / cleared; NULL when there is none. size > 0. */
void *h2session__memory_new(const struct memory *m, size_t size);
void *h2session__memory_zero(const struct memory *m, size_t size);
/* NULL on failure, the old memory then still stands. */
void *h2session__memory_resize(const struct memory *m, void *ptr, size_t old_size, size_t new_size);
/* ptr may be NULL. */
void h2session__memory_free(const struct memory *m, void *ptr, size_t size);

#endif
