/* SPDX-License-Identifier: MIT */
#include "slab.h"

#include <assert.h>
#include <stddef.h>

#include "bits.h"
#include "check.h"
#include "cold.h"

enum { ALL_FREE = (1 << SLAB_ITEMS) - 1 };

struct slab_block {
    struct slab_block *next; /* among the open ones */
    struct slab_block *previous;
    uint64_t free; /* bit i: place i is free; 64 bits so that items are aligned */
    unsigned char items[];
};

static size_t size_of(const struct slab *a)
{
    return sizeof(struct slab_block) + (size_t)SLAB_ITEMS * a->item_size;
}

void h2session__slab_init(struct slab *a, const struct memory *memory, uint32_t item_size)
{
    assert(item_size % 8 == 0);
    *a = (struct slab){.memory = memory, .item_size = item_size};
}

static void link_block(struct slab *a, struct slab_block *block)
{
    block->previous = NULL;
    block->next = a->open;
    if (a->open != NULL) {
        a->open->previous = block;
    }
    a->open = block;
}

static void unlink_block(struct slab *a, struct slab_block *block)
{
    if (block->previous != NULL) {
        block->previous->next = block->next;
    } else {
        a->open = block->next;
    }
    if (block->next != NULL) {
        block->next->previous = block->previous;
    }
}

COLD static struct slab_block *new_block(struct slab *a)
{
    struct slab_block *block = h2session__memory_new(a->memory, size_of(a));
    if (block != NULL) {
        block->free = ALL_FREE;
        link_block(a, block);
    }
    return block;
}

void *h2session__slab_take(struct slab *a, uint8_t *place)
{
    RUN_CHECK(h2session__slab_check(a));
    struct slab_block *block = a->open != NULL ? a->open : new_block(a);
    if (block == NULL) {
        return NULL;
    }
    uint32_t i = lowest_bit((uint32_t)block->free);
    block->free &= block->free - 1;
    if (block->free == 0) {
        unlink_block(a, block);
    }
    if (block == a->spare) {
        a->spare = NULL;
    }
    a->used++;
    *place = (uint8_t)i;
    RUN_CHECK(h2session__slab_check(a));
    return block->items + (size_t)i * a->item_size;
}

COLD static void free_block(struct slab *a, struct slab_block *block)
{
    unlink_block(a, block);
    h2session__memory_free(a->memory, block, size_of(a));
}

void h2session__slab_give(struct slab *a, void *item, uint8_t place)
{
    RUN_CHECK(h2session__slab_check(a));
    unsigned char *items = (unsigned char *)item - (size_t)place * a->item_size;
    struct slab_block *block = (void *)(items - offsetof(struct slab_block, items));
    assert(place < SLAB_ITEMS && (block->free >> place & 1) == 0);
    if (block->free == 0) {
        link_block(a, block);
    }
    block->free |= UINT64_C(1) << place;
    a->used--;
    if (block->free == ALL_FREE && a->spare != NULL) {
        free_block(a, block);
    } else if (block->free == ALL_FREE) {
        a->spare = block;
    }
    RUN_CHECK(h2session__slab_check(a));
}

void h2session__slab_trim(struct slab *a)
{
    if (a->spare != NULL) {
        free_block(a, a->spare);
        a->spare = NULL;
    }
    RUN_CHECK(h2session__slab_check(a));
}

void h2session__slab_check(const struct slab *a)
{
    const struct slab_block *previous = NULL;
    uint32_t unused = 0;
    for (const struct slab_block *b = a->open; b != NULL; b = b->next) {
        check_that(b->previous == previous && b->free != 0 && b->free <= ALL_FREE);
        unused += b->free == ALL_FREE;
        check_that(b->free != ALL_FREE || b == a->spare);
        previous = b;
    }
    check_that(unused == (a->spare != NULL ? 1u : 0u));
}
