/* SPDX-License-Identifier: MIT */
#include "slab.h"

#include <assert.h>
#include <stddef.h>

#include "bits.h"
#include "check.h"
#include "cold.h"

struct slab_block {
    struct slab_block *next; /* among the open ones */
    struct slab_block *previous;
    uint32_t free; /* bit i: place i is free */
    uint32_t all;  /* what that is when all are */
    unsigned char items[];
};

_Static_assert(offsetof(struct slab_block, items) % 8 == 0, "items are not aligned");

static size_t size_of(const struct slab *a, uint32_t items)
{
    return sizeof(struct slab_block) + (size_t)items * a->item_size;
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
    const uint32_t items = a->used == 0 ? SLAB_FIRST : SLAB_ITEMS;
    struct slab_block *block = h2session__memory_new(a->memory, size_of(a, items));
    if (block != NULL) {
        block->all = (1U << items) - 1;
        block->free = block->all;
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
    uint32_t i = lowest_bit(block->free);
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
    const uint32_t items = block->all == (1U << SLAB_FIRST) - 1 ? SLAB_FIRST : SLAB_ITEMS;
    h2session__memory_free(a->memory, block, size_of(a, items));
}

/* No item of the block is in use any more: it stays in the place of a larger one, or goes. */
static void spare_or_free(struct slab *a, struct slab_block *block)
{
    struct slab_block *other = a->spare;
    a->spare = block;
    if (other != NULL && other->all <= block->all) {
        a->spare = other;
        other = block;
    }
    if (other != NULL) {
        free_block(a, other);
    }
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
    block->free |= UINT32_C(1) << place;
    a->used--;
    if (block->free == block->all) {
        spare_or_free(a, block);
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
        check_that(b->previous == previous && b->free != 0 && (b->free & ~b->all) == 0);
        unused += b->free == b->all;
        check_that(b->free != b->all || b == a->spare);
        previous = b;
    }
    check_that(unused == (a->spare != NULL ? 1u : 0u));
}
