/* SPDX-License-Identifier: MIT */
/*
 * The encoder's dynamic table (RFC 7541 2.3.2, 4), in which fields are found by name and value, or
 * by name, without a scan.
 *
 * Entries stand in a ring, their octets in a log, each entry's behind those of the one before it: a
 * name that has no token, then the value. So what is alive can move down as one piece. Entries are
 * counted; the number tells the age of an entry, and whether it still is in the table. For either
 * hash an entry has the number of the next older one in the same chain. Chains end where they leave
 * the table, so eviction has nothing to do. They are followed for HPACK__CHAIN_LIMIT entries at
 * most, so that values chosen to collide cost bounded time. Numbers in chains have 16 bits: one from
 * an earlier round of the counter leads to the wrong entry, which is why octets are always compared.
 *
 * One piece of memory holds ring, chains and log. It grows when an entry needs it; without memory
 * that entry is not added, and nothing has changed.
 *
 * Invariants: size is the sum of name + value + 32 of the entries, and size <= limit; entry at
 * position p has number inserted - 1 - p; the octets of the entries lie side by side, and those of
 * the newest end at log_used.
 */
#ifndef HPACK_SRC_ENCODER_TABLE_H
#define HPACK_SRC_ENCODER_TABLE_H

#include <hpack/hpack.h>

#include "check.h"
#include "encoder_hash.h"
#include "memory.h"

enum {
    HPACK__CHAIN_LIMIT = 32,
    HPACK__MOST_ENTRIES = 1 << 16, /* so many numbers are there */
    HPACK__NOT_FOUND = UINT32_MAX >> 1
};

struct hpack__entry {
    uint32_t value; /* its place in the log */
    uint32_t value_length;
    uint16_t name;                   /* as hpack__name_code() says */
    uint16_t pair;                   /* half of the hash of the pair, which chooses the chain */
    uint16_t older_pair, older_name; /* numbers */
};

/* Without memory there is one chain, which leads nowhere. */
struct hpack__entries {
    struct hpack__entry *ring;
    const uint16_t *pairs, *names; /* number of the newest entry of each chain */
    char *log;
    uint32_t log_used, log_capacity;
    uint32_t capacity;             /* of the ring: 0 or a power of two */
    uint32_t mask;                 /* one less, or 0 */
    uint32_t pair_mask, name_mask; /* numbers of chains less one, or 0 */
    uint32_t count;
    uint32_t size, limit;
    uint32_t expected, expected_octets; /* what the first memory had better have room for */
    uint64_t inserted;                  /* entries of all times */
    uint64_t hits;                      /* for inspection: fields found whole */
};

/* Tells names with tokens, and lengths of other ones, apart. 0: too long for an entry. */
static inline uint32_t hpack__name_code(const hpack_field *field, uint32_t token)
{
    const uint32_t longest = UINT16_MAX - HPACK_TOKEN_END;
    if (token != HPACK_TOKEN_NONE) {
        return token;
    }
    return field->name_length <= longest ? HPACK_TOKEN_END + field->name_length : 0;
}

/* Octets of that name in the log. */
static inline uint32_t hpack__name_octets(uint32_t code)
{
    return code < HPACK_TOKEN_END ? 0 : code - HPACK_TOKEN_END;
}

/* Asserts the invariants; does nothing without H2_CHECKS. */
#ifdef H2_CHECKS
void hpack__entries_check(const struct hpack__entries *t);
#else
#define hpack__entries_check(t) ((void)(t))
#endif

/* An empty table without memory. */
void hpack__entries_init(struct hpack__entries *t, uint32_t limit);
void hpack__entries_release(struct hpack__entries *t, const struct hpack__memory *m);

/* So much may be added soon. */
static inline void hpack__entries_expect(struct hpack__entries *t, size_t count, uint64_t octets)
{
    if (t->ring == NULL) {
        t->expected = count < t->limit ? (uint32_t)count : t->limit;
        t->expected_octets = octets < t->limit ? (uint32_t)octets : t->limit;
    }
}

/* Sets the limit and evicts what is beyond it. rfc: 7541#4.3 */
void hpack__entries_set_limit(struct hpack__entries *t, uint32_t limit);

/* Adds the field as the newest entry and evicts what has to go. Returns 0, and nothing has changed,
 * when there is no memory, the field is larger than the table, its name too long, or the table has
 * MOST_ENTRIES. */
int hpack__entries_add(struct hpack__entries *t, const struct hpack__memory *m,
                       const hpack_field *field, struct hpack__hashes hashes);

/* The entry as a field; it stands until the next one is added. */
hpack_field hpack__entries_field(const struct hpack__entries *t, uint32_t position);

/* ---- Finding ------------------------------------------------------------------------------ */

/* Entry by position, 0 = newest, or by its number. position < count. */
static inline struct hpack__entry *hpack__entries_at(const struct hpack__entries *t,
                                                     uint32_t position)
{
    return &t->ring[((uint32_t)t->inserted - 1 - position) & t->mask];
}

static inline struct hpack__entry *hpack__entries_numbered(const struct hpack__entries *t,
                                                           uint32_t number)
{
    return &t->ring[number & t->mask];
}

/* Of an entry with that number, or at least `count` when it is not in the table. */
static inline uint32_t hpack__entries_position(const struct hpack__entries *t, uint16_t number)
{
    return (uint16_t)((uint32_t)t->inserted - 1 - number);
}

static inline const char *hpack__entry_value(const struct hpack__entries *t,
                                             const struct hpack__entry *e)
{
    return t->log + e->value;
}

/* What is looked for. */
struct hpack__wanted {
    const hpack_field *field;
    uint32_t name;        /* its code, */
    uint32_t name_octets; /* and what of it stands in the log */
};

static inline struct hpack__wanted hpack__wanted(const hpack_field *field, uint32_t token)
{
    const uint32_t name = hpack__name_code(field, token);
    return (struct hpack__wanted){field, name, hpack__name_octets(name)};
}

static inline int hpack__entry_has_name(const struct hpack__entries *t,
                                        const struct hpack__entry *e, const struct hpack__wanted *w)
{
    return e->name == w->name &&
           (w->name_octets == 0 || hpack__same_octets(hpack__entry_value(t, e) - w->name_octets,
                                                      w->field->name, w->name_octets));
}

static inline int hpack__entry_is(const struct hpack__entries *t, const struct hpack__entry *e,
                                  const struct hpack__wanted *w)
{
    return e->value_length == w->field->value_length && hpack__entry_has_name(t, e, w) &&
           hpack__same_octets(hpack__entry_value(t, e), w->field->value, e->value_length);
}

/* Position of the entry with that number, which follows the one at `position` in a chain; NOT_FOUND
 * for a number of an earlier round of the counter, which would lead back. */
static inline uint32_t hpack__entries_older(const struct hpack__entries *t, uint32_t position,
                                            uint16_t number)
{
    const uint32_t older = hpack__entries_position(t, number);
    return older > position ? older : HPACK__NOT_FOUND;
}

/* Position of the newest entry with the same name and value, or NOT_FOUND. */
static inline uint32_t hpack__entries_find_pair(const struct hpack__entries *t,
                                                const struct hpack__wanted *w, uint32_t hash)
{
    const uint16_t pair = (uint16_t)(hash >> 16);
    uint16_t number = t->pairs[pair & t->pair_mask];
    uint32_t position = hpack__entries_position(t, number);
    for (int i = 0; i < HPACK__CHAIN_LIMIT && position < t->count; i++) {
        const struct hpack__entry *e = hpack__entries_numbered(t, number);
        if (e->pair == pair && hpack__entry_is(t, e, w)) {
            return position;
        }
        number = e->older_pair;
        position = hpack__entries_older(t, position, number);
    }
    return HPACK__NOT_FOUND;
}

/* The same for the name alone. */
static inline uint32_t hpack__entries_find_name(const struct hpack__entries *t,
                                                const struct hpack__wanted *w, uint32_t hash)
{
    uint16_t number = t->names[hash & t->name_mask];
    uint32_t position = hpack__entries_position(t, number);
    for (int i = 0; i < HPACK__CHAIN_LIMIT && position < t->count; i++) {
        const struct hpack__entry *e = hpack__entries_numbered(t, number);
        if (hpack__entry_has_name(t, e, w)) {
            return position;
        }
        number = e->older_name;
        position = hpack__entries_older(t, position, number);
    }
    return HPACK__NOT_FOUND;
}

/* Whether the newest entry with that hash of the name is the same field; its position, or NOT_FOUND.
 * Finds most fields that repeat, without a look at all of a long value for its hash. */
static inline uint32_t hpack__entries_find_newest(const struct hpack__entries *t,
                                                  const struct hpack__wanted *w, uint32_t name_hash)
{
    const uint16_t number = t->names[name_hash & t->name_mask];
    const uint32_t position = hpack__entries_position(t, number);
    return position < t->count && hpack__entry_is(t, hpack__entries_numbered(t, number), w)
               ? position
               : HPACK__NOT_FOUND;
}

#endif
