/* SPDX-License-Identifier: MIT */
#include "dynamic_table.h"

#include <string.h>

#include "check.h"

enum { FIRST_ENTRIES = 8, FIRST_LOG = 512 };

void hpack__table_init(struct hpack__table *t, uint32_t limit)
{
    memset(t, 0, sizeof *t);
    t->limit = limit;
}

void hpack__table_release(struct hpack__table *t, const struct hpack__memory *m)
{
    hpack__free(m, t->ring, t->capacity * sizeof *t->ring);
    hpack__free(m, t->log, t->log_capacity);
    hpack__table_init(t, 0);
}

/* rfc: 7541#4.3 */
void hpack__table_set_limit(struct hpack__table *t, uint32_t limit)
{
    hpack__table_check(t);
    while (t->size > limit) {
        hpack__evict_oldest(t);
    }
    t->limit = limit;
    hpack__table_check(t);
}

/* The ring doubles. Its entries are put in order at the beginning of the new one. */
static int grow_ring(struct hpack__table *t, const struct hpack__memory *m, uint32_t capacity)
{
    hpack_field *ring = hpack__resize(m, NULL, 0, capacity * sizeof *ring);
    if (ring == NULL) {
        return HPACK_ERR_NOMEM;
    }
    for (uint32_t i = 0; i < t->count; i++) {
        ring[i] = *hpack__table_at(t, t->count - 1 - i);
    }
    hpack__free(m, t->ring, t->capacity * sizeof *t->ring);
    t->ring = ring;
    t->capacity = capacity;
    t->newest = t->count - 1;
    return 0;
}

int hpack__table_grow_ring(struct hpack__table *t, const struct hpack__memory *m, size_t more)
{
    uint32_t most = t->limit / HPACK__ENTRY_OVERHEAD;
    uint32_t needed = more < most - t->count ? t->count + (uint32_t)more : most;
    if (needed <= t->capacity) {
        return 0;
    }
    uint32_t capacity = t->capacity > 0 ? t->capacity : FIRST_ENTRIES;
    while (capacity < needed) {
        capacity *= 2;
    }
    return grow_ring(t, m, capacity);
}

/* Copies the log to new memory and lets the entries follow. */
static int move_log(struct hpack__table *t, const struct hpack__memory *m, size_t capacity,
                    struct hpack__move *move)
{
    char *log = hpack__resize(m, NULL, 0, capacity);
    if (log == NULL) {
        return HPACK_ERR_NOMEM;
    }
    *move = (struct hpack__move){t->log, t->log_used, t->log_capacity, log};
    if (t->log_used > 0) {
        memcpy(log, t->log, t->log_used);
    }
    for (uint32_t i = 0; i < t->count; i++) {
        hpack_field *row = &t->ring[(t->newest - i) & (t->capacity - 1)];
        row->name = hpack__moved(move, row->name);
        row->value = hpack__moved(move, row->value);
    }
    t->log = log;
    t->log_capacity = capacity;
    return 0;
}

void hpack__end_move(const struct hpack__memory *m, const struct hpack__move *move)
{
    hpack__free(m, move->from, move->capacity);
}

int hpack__table_reserve_log(struct hpack__table *t, const struct hpack__memory *m, size_t more,
                             struct hpack__move *move)
{
    *move = (struct hpack__move){NULL, 0, 0, NULL};
    if (more <= t->log_capacity - t->log_used) {
        return 0;
    }
    if (more > SIZE_MAX / 2 - t->log_used) {
        return HPACK_ERR_NOMEM;
    }
    size_t capacity = t->log_capacity > 0 ? t->log_capacity : FIRST_LOG;
    while (capacity < t->log_used + more) {
        capacity *= 2;
    }
    return move_log(t, m, capacity, move);
}

/* Moves one string down to *end of the log, when it lies beyond that. */
static const char *move_down(const struct hpack__table *t, const char *from, uint32_t length,
                             size_t *end)
{
    if (!hpack__in_log(t, from) || (size_t)(from - t->log) < *end) {
        return from;
    }
    char *to = t->log + *end;
    memmove(to, from, length);
    *end += length;
    return to;
}

void hpack__table_compact(struct hpack__table *t, size_t start)
{
    hpack__table_check(t);
    size_t end = start;
    for (uint32_t i = t->count; i > 0; i--) {
        hpack_field *row = &t->ring[(t->newest - (i - 1)) & (t->capacity - 1)];
        row->name = move_down(t, row->name, row->name_length, &end);
        row->value = move_down(t, row->value, row->value_length, &end);
    }
    t->log_used = end;
    hpack__table_check(t);
}

void hpack__table_tidy_up(struct hpack__table *t, const struct hpack__memory *m)
{
    size_t held = t->log_used;
    hpack__table_compact(t, 0);
    if (t->log_capacity > HPACK__LARGE_LOG && held < t->log_capacity / 8) {
        struct hpack__move move;
        /* Without memory for a smaller log the large one stays. */
        if (move_log(t, m, t->log_capacity / 2, &move) == 0) {
            hpack__end_move(m, &move);
        }
    }
}

int hpack__table_info(const struct hpack__table *t, hpack_table_info *info)
{
    if (info == NULL || info->size < sizeof *info) {
        return HPACK_ERR_USAGE;
    }
    info->count = t->count;
    info->size_bytes = t->size;
    info->limit_bytes = t->limit;
    info->reserved = 0;
    info->insertions = t->insertions;
    info->hits = t->hits;
    return 0;
}

int hpack__table_entry(const struct hpack__table *t, uint32_t position, hpack_field *out)
{
    if (position >= t->count || out == NULL) {
        return HPACK_ERR_USAGE;
    }
    *out = *hpack__table_at(t, position);
    return 0;
}

#ifdef H2_CHECKS
void hpack__table_check(const struct hpack__table *t)
{
    uint64_t size = 0;
    const char *last = t->log;
    assert(t->count <= t->capacity && (t->capacity & (t->capacity - 1)) == 0);
    assert(t->log_used <= t->log_capacity);
    for (uint32_t i = t->count; i > 0; i--) {
        const hpack_field *row = hpack__table_at(t, i - 1);
        const char *const strings[] = {row->name, row->value};
        const uint32_t lengths[] = {row->name_length, row->value_length};
        for (int k = 0; k < 2; k++) {
            if (hpack__in_log(t, strings[k])) {
                assert(lengths[k] > 0 && strings[k] >= last);
                last = strings[k] + lengths[k];
            }
        }
        size += hpack__entry_size(lengths[0], lengths[1]);
    }
    assert(size == t->size && size <= t->limit);
    assert(t->log == NULL || last <= t->log + t->log_used);
}
#endif
