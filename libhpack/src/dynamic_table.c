/* SPDX-License-Identifier: MIT */
#include "dynamic_table.h"

#include <string.h>

#include "check.h"

enum { FIRST_ENTRIES = 8, FIRST_LOG = 512 };

static size_t memory_size(const struct hpack__sizes *s)
{
    return ((size_t)s->rows + s->entries) * sizeof(hpack_field) + s->log;
}

void hpack__table_init(struct hpack__table *t, uint32_t limit)
{
    memset(t, 0, sizeof *t);
    t->limit = limit;
}

void hpack__table_release(struct hpack__table *t, const struct hpack__memory *m)
{
    const struct hpack__sizes sizes = hpack__table_sizes(t);
    hpack__free(m, t->rows, memory_size(&sizes));
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

/* ---- Memory ------------------------------------------------------------------------------- */

static hpack_field moved_row(const struct hpack__move *move, const hpack_field *row)
{
    hpack_field to = *row;
    to.name = hpack__moved(move, row->name);
    to.value = hpack__moved(move, row->value);
    return to;
}

int hpack__table_resize(struct hpack__table *t, const struct hpack__memory *m,
                        const struct hpack__sizes *sizes, struct hpack__move *move)
{
    const struct hpack__sizes old = hpack__table_sizes(t);
    hpack_field *rows = hpack__resize(m, NULL, 0, memory_size(sizes));
    *move = (struct hpack__move){NULL, 0, NULL, NULL, 0};
    if (rows == NULL) {
        return HPACK_ERR_NOMEM;
    }
    hpack_field *ring = rows + sizes->rows;
    char *log = (char *)(ring + sizes->entries);
    *move = (struct hpack__move){t->log, t->log_used, log, t->rows, memory_size(&old)};
    if (t->log_used > 0) {
        memcpy(log, t->log, t->log_used);
    }
    for (uint32_t i = 0; i < t->rows_count; i++) {
        rows[i] = moved_row(move, &t->rows[i]);
    }
    for (uint32_t i = 0; i < t->count; i++) {
        ring[i] = moved_row(move, hpack__table_at(t, t->count - 1 - i));
    }
    t->rows = rows;
    t->ring = ring;
    t->log = log;
    t->rows_capacity = sizes->rows;
    t->capacity = sizes->entries;
    t->log_capacity = sizes->log;
    t->newest = t->count - 1;
    return 0;
}

void hpack__end_move(const struct hpack__memory *m, const struct hpack__move *move)
{
    hpack__free(m, move->memory, move->size);
}

int hpack__table_more_log(const struct hpack__table *t, size_t more, struct hpack__sizes *sizes)
{
    if (more > SIZE_MAX / 4 - t->log_used) {
        return HPACK_ERR_NOMEM;
    }
    if (more > t->log_capacity - t->log_used) {
        size_t capacity = t->log_capacity > FIRST_LOG ? t->log_capacity : FIRST_LOG;
        while (capacity < t->log_used + more) {
            capacity *= 2;
        }
        sizes->log = capacity;
    }
    return 0;
}

void hpack__table_more_entries(const struct hpack__table *t, size_t more,
                               struct hpack__sizes *sizes)
{
    uint32_t most = t->limit / HPACK__ENTRY_OVERHEAD;
    uint32_t needed = more < most - t->count ? t->count + (uint32_t)more : most;
    if (needed > t->capacity) {
        sizes->entries = t->capacity > FIRST_ENTRIES ? t->capacity : FIRST_ENTRIES;
        while (sizes->entries < needed) {
            sizes->entries *= 2;
        }
    }
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
    t->log_kept = end;
    hpack__table_check(t);
}

void hpack__table_tidy_up(struct hpack__table *t, const struct hpack__memory *m)
{
    size_t held = t->log_used;
    hpack__table_compact(t, 0);
    if (t->log_capacity > HPACK__LARGE_LOG && held < t->log_capacity / 8) {
        struct hpack__move move;
        struct hpack__sizes sizes = hpack__table_sizes(t);
        sizes.log /= 2;
        /* Without memory for a smaller log the large one stays. */
        if (hpack__table_resize(t, m, &sizes, &move) == 0) {
            hpack__end_move(m, &move);
        }
    }
}

void hpack__table_trim(struct hpack__table *t, const struct hpack__memory *m)
{
    const struct hpack__sizes old = hpack__table_sizes(t);
    struct hpack__move move;
    t->rows_count = 0;
    hpack__table_compact(t, 0);
    struct hpack__sizes sizes = {0, 1, t->log_used};
    while (sizes.entries < t->count) {
        sizes.entries *= 2;
    }
    if (t->count == 0) {
        hpack__free(m, t->rows, memory_size(&old));
        t->rows = NULL;
        t->ring = NULL;
        t->log = NULL;
        t->rows_capacity = 0;
        t->capacity = 0;
        t->log_capacity = 0;
    } else if (memory_size(&sizes) < memory_size(&old) &&
               hpack__table_resize(t, m, &sizes, &move) == 0) {
        /* Without memory for less, what there is stays. */
        hpack__end_move(m, &move);
    }
    hpack__table_check(t);
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
    assert(t->log_kept <= t->log_used && t->log_used <= t->log_capacity);
    assert(t->rows_count <= t->rows_capacity);
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
    assert(t->log == NULL || last <= t->log + t->log_kept);
}
#endif
