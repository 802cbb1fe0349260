/* SPDX-License-Identifier: MIT */
/*
 * Items of one size, allocated a few at a time: what comes and goes with every request. Pure: knows
 * nothing of what the items are.
 *
 * The first block holds SLAB_FIRST items, others SLAB_ITEMS. One is given back when none of its
 * items is in use, but for the smallest, which stays for the next taker. An item does not move. Who
 * takes one is told its place in the block and gives it back with that, so that the item itself
 * holds no link.
 *
 * Invariants: `open` links the blocks with a free place, both ways; `spare` is one of them, without
 * an item in use, or NULL; no other block is without one.
 */
#ifndef H2SESSION_SRC_SLAB_H
#define H2SESSION_SRC_SLAB_H

#include <stdint.h>

#include "memory.h"

enum { SLAB_FIRST = 4, SLAB_ITEMS = 8 };

struct slab_block;

struct slab {
    const struct memory *memory;
    uint32_t item_size; /* a multiple of 8 */
    uint32_t used;      /* items in use */
    struct slab_block *open;
    struct slab_block *spare;
};

void h2session__slab_init(struct slab *a, const struct memory *memory, uint32_t item_size);
/* An item, not cleared, and its place; NULL without memory. */
void *h2session__slab_take(struct slab *a, uint8_t *place);
void h2session__slab_give(struct slab *a, void *item, uint8_t place);
/* Gives back the spare block. */
void h2session__slab_trim(struct slab *a);

void h2session__slab_check(const struct slab *a);

#endif
