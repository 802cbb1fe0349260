/* SPDX-License-Identifier: MIT */
#include "priority_idle.h"

#include <string.h>

#include "check.h"

enum { CAPACITY_START = 4 };

/* Where the entry of that id is, or would be inserted. */
static uint32_t place_of(const struct priority_idle *p, uint32_t id)
{
    uint32_t low = 0;
    uint32_t high = p->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (p->entries[middle].id > id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int h2session__priority_idle_has(const struct priority_idle *p, uint32_t id)
{
    uint32_t i = place_of(p, id);
    return i < p->count && p->entries[i].id == id;
}

static int make_room(struct priority_idle *p, const struct memory *m)
{
    if (p->count < p->capacity) {
        return 0;
    }
    uint32_t capacity = p->capacity > 0 ? p->capacity * 2 : CAPACITY_START;
    struct priority_idle_entry *entries = h2session__memory_resize(
        m, p->entries, p->capacity * sizeof *entries, capacity * sizeof *entries);
    if (entries == NULL) {
        return -1;
    }
    p->entries = entries;
    p->capacity = capacity;
    return 0;
}

int h2session__priority_idle_put(struct priority_idle *p, const struct memory *m,
                                 struct priority_idle_entry entry)
{
    RUN_CHECK(h2session__priority_idle_check(p));
    if (h2session__priority_idle_has(p, entry.id)) {
        p->entries[place_of(p, entry.id)] = entry;
        return 0;
    }
    if (p->count == PRIORITY_IDLE_MAX) {
        return 0;
    }
    if (make_room(p, m) != 0) {
        return -1;
    }
    uint32_t i = place_of(p, entry.id);
    memmove(&p->entries[i + 1], &p->entries[i], (p->count - i) * sizeof *p->entries);
    p->entries[i] = entry;
    p->count++;
    RUN_CHECK(h2session__priority_idle_check(p));
    return 0;
}

int h2session__priority_idle_take(struct priority_idle *p, const struct memory *m, uint32_t id,
                                  struct priority_idle_entry *out)
{
    RUN_CHECK(h2session__priority_idle_check(p));
    if (p->count == 0) {
        return 0;
    }
    uint32_t i = place_of(p, id);
    int found = i < p->count && p->entries[i].id == id;
    if (found) {
        *out = p->entries[i];
    }
    p->count = i;
    if (p->count == 0) {
        h2session__priority_idle_free(p, m);
    }
    return found;
}

void h2session__priority_idle_free(struct priority_idle *p, const struct memory *m)
{
    h2session__memory_free(m, p->entries, p->capacity * sizeof *p->entries);
    *p = (struct priority_idle){.count = 0};
}

void h2session__priority_idle_check(const struct priority_idle *p)
{
    check_that(p->count <= p->capacity && (p->capacity == 0) == (p->entries == NULL));
    check_that(p->count <= PRIORITY_IDLE_MAX);
    for (uint32_t i = 1; i < p->count; i++) {
        check_that(p->entries[i - 1].id > p->entries[i].id);
    }
}
