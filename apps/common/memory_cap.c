/* SPDX-License-Identifier: MIT */
#include "memory_cap.h"

#include <stdlib.h>

void memory_cap_init(struct memory_cap *cap, size_t limit)
{
    atomic_init(&cap->used, 0);
    cap->limit = limit;
}

static void give_back(struct memory_cap *cap, size_t size)
{
    (void)atomic_fetch_sub_explicit(&cap->used, size, memory_order_relaxed);
}

/* Takes it before it is there, so that threads cannot pass the limit together. */
static int take(struct memory_cap *cap, size_t size)
{
    const size_t before = atomic_fetch_add_explicit(&cap->used, size, memory_order_relaxed);
    if (cap->limit > 0 && (before > cap->limit || size > cap->limit - before)) {
        give_back(cap, size);
        return -1;
    }
    return 0;
}

void *memory_cap_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    struct memory_cap *cap = ctx;
    if (new_size == 0) {
        free(ptr);
        give_back(cap, old_size);
        return NULL;
    }
    const size_t more = new_size > old_size ? new_size - old_size : 0;
    if (more > 0 && take(cap, more) != 0) {
        return NULL;
    }
    void *memory = realloc(ptr, new_size);
    if (memory == NULL) {
        give_back(cap, more);
        return NULL;
    }
    if (new_size < old_size) {
        give_back(cap, old_size - new_size);
    }
    return memory;
}
