/* SPDX-License-Identifier: MIT */
/*
 * One limit on the memory of many: what is allocated through it is added up, and beyond the limit
 * there is none, which to whoever asks is what running out of memory is.
 *
 * Invariants:
 * - `used` is the sum of the sizes of all that was allocated and not freed.
 * - May be shared by threads. It outlives whatever was allocated through it.
 */
#ifndef H2KIT_APPS_MEMORY_CAP_H
#define H2KIT_APPS_MEMORY_CAP_H

#include <stdatomic.h>
#include <stddef.h>

struct memory_cap {
    atomic_size_t used;
    size_t limit; /* 0: none */
};

void memory_cap_init(struct memory_cap *cap, size_t limit);
/* The `resize` of h2session_config, with a struct memory_cap as its ctx. */
void *memory_cap_resize(void *ctx, void *ptr, size_t old_size, size_t new_size);

#endif
