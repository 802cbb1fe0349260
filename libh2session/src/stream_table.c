/* SPDX-License-Identifier: MIT */
#include "stream_table.h"

#include <assert.h>

#include "check.h"
#include "cold.h"

/* The largest table; more streams than that are treated as out of memory. */
enum {
    TABLE_START = 8,
    TABLE_KEPT = 128, /* the largest that is kept: 2 KiB */
    TABLE_MAX = 1 << 26
};

void h2session__stream_table_init(struct stream_table *t, const struct memory *memory)
{
    *t = (struct stream_table){.memory = memory};
}

void h2session__stream_table_free(struct stream_table *t)
{
    h2session__memory_free(t->memory, t->slots, t->capacity * sizeof *t->slots);
    *t = (struct stream_table){.memory = t->memory, .keeps = t->keeps};
}

void h2session__stream_table_keep(struct stream_table *t, uint32_t keeps)
{
    t->keeps = keeps;
    if (t->count == 0) {
        h2session__stream_table_free(t);
    }
}

/* Slot of the id, or the free slot where the search from i on ended. The table is never full. */
static inline uint32_t search_from(const struct stream_table *t, uint32_t i, uint32_t id)
{
    while (t->slots[i].id != 0 && t->slots[i].id != id) {
        i = (i + 1) & (t->capacity - 1);
    }
    return i;
}

static uint32_t slot_of(const struct stream_table *t, uint32_t id)
{
    return search_from(t, stream_table_home(t, id), id);
}

struct stream *h2session__stream_table_search(const struct stream_table *t, uint32_t id)
{
    if (id == 0) {
        return NULL;
    }
    const struct stream_table_slot *slot = &t->slots[slot_of(t, id)];
    return slot->id == id ? slot->stream : NULL;
}

static inline int is_displaced(const struct stream_table *t, uint32_t i)
{
    return stream_table_home(t, t->slots[i].id) != i;
}

static inline void put(struct stream_table *t, uint32_t i, struct stream_table_slot slot)
{
    t->slots[i] = slot;
    t->displaced += (uint32_t)is_displaced(t, i);
}

static inline void clear(struct stream_table *t, uint32_t i)
{
    t->displaced -= (uint32_t)is_displaced(t, i);
    t->slots[i] = (struct stream_table_slot){0, NULL};
}

COLD static int rehash(struct stream_table *t, uint32_t capacity)
{
    struct stream_table bigger = *t;
    bigger.capacity = capacity;
    bigger.displaced = 0;
    bigger.slots = h2session__memory_zero(t->memory, capacity * sizeof *bigger.slots);
    if (bigger.slots == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < t->capacity; i++) {
        if (t->slots[i].id != 0) {
            put(&bigger, slot_of(&bigger, t->slots[i].id), t->slots[i]);
        }
    }
    h2session__stream_table_free(t);
    *t = bigger;
    return 0;
}

/* Room for one more entry at a load of at most seven eighths: ids that follow each other spread
 * well, and a slot costs as much as a sixth of a stream. */
static int make_room_for_stream(struct stream_table *t)
{
    if (t->count < t->capacity / 8 * 7) {
        return 0;
    }
    if (t->capacity >= TABLE_MAX) {
        return -1;
    }
    return rehash(t, t->capacity > 0 ? t->capacity * 2 : TABLE_START);
}

int h2session__stream_table_insert(struct stream_table *t, uint32_t id, struct stream *stream)
{
    RUN_CHECK(h2session__stream_table_check(t));
    assert(id != 0 && stream != NULL);
    if (make_room_for_stream(t) != 0) {
        return -1;
    }
    uint32_t home = stream_table_home(t, id);
    uint32_t i = search_from(t, home, id);
    assert(t->slots[i].id == 0);
    t->slots[i] = (struct stream_table_slot){id, stream};
    t->displaced += i != home;
    t->count++;
    RUN_CHECK(h2session__stream_table_check(t));
    return 0;
}

/* Closes the gap at `hole`, which is free: an entry further on moves into it unless its search begins behind the
 * hole. No tombstones, so searches stay short however many streams have come and gone. */
static void shift_back(struct stream_table *t, uint32_t hole)
{
    uint32_t mask = t->capacity - 1;
    for (uint32_t i = (hole + 1) & mask; t->slots[i].id != 0; i = (i + 1) & mask) {
        uint32_t home = stream_table_home(t, t->slots[i].id);
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            put(t, hole, t->slots[i]);
            clear(t, i);
            hole = i;
        }
    }
}

void h2session__stream_table_remove(struct stream_table *t, uint32_t id)
{
    RUN_CHECK(h2session__stream_table_check(t));
    if (t->count == 0 || id == 0) {
        return;
    }
    uint32_t home = stream_table_home(t, id);
    uint32_t i = search_from(t, home, id);
    if (t->slots[i].id != id) {
        return;
    }
    t->count--;
    t->displaced -= i != home;
    t->slots[i] = (struct stream_table_slot){0, NULL};
    if (t->count == 0 && !(t->keeps && t->capacity <= TABLE_KEPT)) {
        h2session__stream_table_free(t);
    } else if (t->displaced > 0) {
        shift_back(t, i);
    }
    RUN_CHECK(h2session__stream_table_check(t));
}

struct stream *h2session__stream_table_next(const struct stream_table *t, uint32_t *position)
{
    while (*position < t->capacity) {
        const struct stream_table_slot *slot = &t->slots[*position];
        ++*position;
        if (slot->id != 0) {
            return slot->stream;
        }
    }
    return NULL;
}

void h2session__stream_table_check(const struct stream_table *t)
{
    check_that((t->capacity == 0) == (t->slots == NULL));
    check_that((t->capacity & (t->capacity - 1)) == 0);
    check_that(t->count <= t->capacity / 8 * 7);
    check_that(t->count > 0 || t->capacity == 0 || (t->keeps && t->capacity <= TABLE_KEPT));
    uint32_t count = 0;
    uint32_t displaced = 0;
    for (uint32_t i = 0; i < t->capacity; i++) {
        if (t->slots[i].id != 0) {
            check_that(t->slots[i].stream != NULL && slot_of(t, t->slots[i].id) == i);
            count++;
            displaced += (uint32_t)is_displaced(t, i);
        }
    }
    check_that(count == t->count && displaced == t->displaced);
}

void h2session__reset_ring_init(struct reset_ring *r)
{
    *r = (struct reset_ring){.next = 0};
}

void h2session__reset_ring_free(struct reset_ring *r, const struct memory *memory)
{
    h2session__memory_free(memory, r->ids, RESET_RING_SIZE * sizeof *r->ids);
    r->ids = NULL;
}

int h2session__reset_ring_add(struct reset_ring *r, const struct memory *memory, uint32_t id)
{
    if (r->ids == NULL) {
        r->ids = h2session__memory_zero(memory, RESET_RING_SIZE * sizeof *r->ids);
    }
    if (r->ids == NULL) {
        return -1;
    }
    uint32_t oldest = r->ids[r->next];
    if (oldest > r->forgotten[oldest & 1]) {
        r->forgotten[oldest & 1] = oldest;
    }
    r->ids[r->next] = id;
    r->next = (r->next + 1) % RESET_RING_SIZE;
    return 0;
}

int h2session__reset_ring_has(const struct reset_ring *r, uint32_t id)
{
    int has = id <= r->forgotten[id & 1];
    for (uint32_t i = 0; !has && r->ids != NULL && i < RESET_RING_SIZE; i++) {
        has = r->ids[i] == id;
    }
    return id != 0 && has;
}
