/* SPDX-License-Identifier: MIT */
/*
 * The decoder's dynamic table (RFC 7541 2.3.2, 4): a ring of entries over one log of octets; and the
 * rows of the block, which stand in the same memory.
 *
 * Entries are rows ready to be handed out. Their octets stand in the log, which is only appended
 * to; so the octets of an evicted entry stay where they are until the log is compacted, and rows
 * copied from entries remain valid until then. Names with a token point to static memory instead.
 * The log may hold other octets, too, between those of entries and behind them.
 *
 * One piece of memory holds rows, ring and log. When one of them grows all move, and what points
 * into the log follows.
 *
 * Invariants:
 * - size is the sum of name + value + 32 of the entries, and size <= limit.
 * - log_kept <= log_used <= log_capacity; octets of entries end at log_kept.
 * - Entries own distinct octets of the log, ascending from the oldest to the newest, a name before
 *   its value. Empty strings never point into the log.
 * - The ring's capacity is 0 or a power of two, and is at least count.
 */
#ifndef HPACK_SRC_DYNAMIC_TABLE_H
#define HPACK_SRC_DYNAMIC_TABLE_H

#include <hpack/hpack.h>

#include "check.h"
#include "memory.h"

enum {
    HPACK__ENTRY_OVERHEAD = 32, /* RFC 7541 4.1 */
    HPACK__DEAD_ALLOWED = 1024, /* dead octets that do not make compaction worth while, and how */
    HPACK__DEAD_AN_ENTRY = 16,  /* many for each entry, which it has to look at */
    HPACK__LARGE_LOG = 4096     /* a log up to this is never given back */
};

struct hpack__table {
    hpack_field *rows; /* of the block; the memory begins here */
    hpack_field *ring;
    char *log;
    size_t log_used, log_kept, log_capacity;
    uint32_t rows_count, rows_capacity;
    uint32_t capacity; /* of the ring */
    uint32_t newest;   /* place in the ring, when count > 0 */
    uint32_t count;
    uint32_t size, limit;
    uint64_t insertions, hits; /* for inspection: entries added, fields taken whole */
};

/* A log that has moved: what stood at from now stands at to. to NULL: it has not. */
struct hpack__move {
    const char *from;
    size_t length; /* used */
    char *to;
    void *memory; /* the old one, */
    size_t size;  /* and its size */
};

static inline const char *hpack__moved(const struct hpack__move *m, const char *pointer)
{
    uintptr_t offset = (uintptr_t)pointer - (uintptr_t)m->from;
    return offset < m->length ? m->to + offset : pointer;
}

static inline uint64_t hpack__entry_size(uint64_t name_length, uint64_t value_length)
{
    return name_length + value_length + HPACK__ENTRY_OVERHEAD;
}

/* Asserts the invariants; does nothing without H2_CHECKS. */
#ifdef H2_CHECKS
void hpack__table_check(const struct hpack__table *t);
#else
#define hpack__table_check(t) ((void)(t))
#endif

/* Entry by position, 0 = newest. position < count. */
static inline const hpack_field *hpack__table_at(const struct hpack__table *t, uint32_t position)
{
    return &t->ring[(t->newest - position) & (t->capacity - 1)];
}

/* An empty table without memory. */
void hpack__table_init(struct hpack__table *t, uint32_t limit);
void hpack__table_release(struct hpack__table *t, const struct hpack__memory *m);

/* Sets the limit and evicts what is beyond it (RFC 7541 4.3). */
void hpack__table_set_limit(struct hpack__table *t, uint32_t limit);

/* What memory is for. */
struct hpack__sizes {
    uint32_t rows;
    uint32_t entries; /* a power of two, or 0 */
    size_t log;
};

static inline struct hpack__sizes hpack__table_sizes(const struct hpack__table *t)
{
    return (struct hpack__sizes){t->rows_capacity, t->capacity, t->log_capacity};
}

/*
 * New memory of these sizes, which hold all that is there. Pointers of entries and rows follow, the
 * move is written to *move for the caller's own pointers, and the old log stands until the caller
 * calls hpack__end_move(). Error: NOMEM.
 */
int hpack__table_resize(struct hpack__table *t, const struct hpack__memory *m,
                        const struct hpack__sizes *sizes, struct hpack__move *move);
void hpack__end_move(const struct hpack__memory *m, const struct hpack__move *move);

/* The sizes that are needed for so many more octets at the end of the log, or entries in the ring, as
 * far as the limit allows any. The present ones when that is enough. Error: NOMEM, for no memory is
 * so large. */
int hpack__table_more_log(const struct hpack__table *t, size_t more, struct hpack__sizes *sizes);
void hpack__table_more_entries(const struct hpack__table *t, size_t more,
                               struct hpack__sizes *sizes);

/* Moves the entries' octets beyond start together to there. Other octets beyond it are gone. */
void hpack__table_compact(struct hpack__table *t, size_t start);

/* Compacts the log, and gives back memory when it is far larger than what it held. */
void hpack__table_tidy_up(struct hpack__table *t, const struct hpack__memory *m);

/* Leaves as little memory as the entries take; the rows are gone. */
void hpack__table_trim(struct hpack__table *t, const struct hpack__memory *m);

/* Octets of entries, of which names with a token do not stand in the log. */
static inline size_t hpack__table_octets(const struct hpack__table *t)
{
    return t->size - (size_t)t->count * HPACK__ENTRY_OVERHEAD;
}

/* When nothing but the entries is needed any more: drops what is behind them in the log, and does
 * the same if there is much dead between them. */
static inline void hpack__table_tidy(struct hpack__table *t, const struct hpack__memory *m)
{
    size_t octets = hpack__table_octets(t);
    size_t dead = octets / 2 + HPACK__DEAD_ALLOWED + (size_t)t->count * HPACK__DEAD_AN_ENTRY;
    if (t->log_kept > octets + dead ||
        (t->log_capacity > HPACK__LARGE_LOG && t->log_used < t->log_capacity / 8)) {
        hpack__table_tidy_up(t, m);
    }
    t->log_used = t->log_kept;
    t->rows_count = 0;
}

/* Fills info for the inspection calls. Error: USAGE. */
int hpack__table_info(const struct hpack__table *t, hpack_table_info *info);
int hpack__table_entry(const struct hpack__table *t, uint32_t position, hpack_field *out);

/* ---- Entries ------------------------------------------------------------------------------ */

static inline int hpack__in_log(const struct hpack__table *t, const char *pointer)
{
    return (uintptr_t)pointer - (uintptr_t)t->log < t->log_used;
}

static inline void hpack__evict_oldest(struct hpack__table *t)
{
    const hpack_field *row = hpack__table_at(t, t->count - 1);
    t->size -= (uint32_t)hpack__entry_size(row->name_length, row->value_length);
    t->count--;
}

/* Evicts until an entry of that size fits. Returns 0 when it never does; the table is then empty.
 * rfc: 7541#4.4 */
static inline int hpack__table_make_room(struct hpack__table *t, uint64_t size)
{
    hpack__table_check(t);
    while (t->count > 0 && t->size + size > t->limit) {
        hpack__evict_oldest(t);
    }
    hpack__table_check(t);
    return size <= t->limit;
}

/* Adds a row as the newest entry. Its size fits, its octets are the newest in the log or static,
 * the ring has room. */
static inline void hpack__table_push(struct hpack__table *t, const hpack_field *row)
{
    hpack__table_check(t);
    assert(t->count < t->capacity);
    t->newest = (t->newest + 1) & (t->capacity - 1);
    t->ring[t->newest] = *row;
    t->count++;
    t->insertions++;
    t->log_kept = t->log_used;
    t->size += (uint32_t)hpack__entry_size(row->name_length, row->value_length);
    hpack__table_check(t);
}

#endif
