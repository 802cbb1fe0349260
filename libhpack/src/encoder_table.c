/* SPDX-License-Identifier: MIT */
#include "encoder_table.h"

#include <string.h>

#include "dynamic_table.h"
#include "static_table.h"

enum {
    FIRST_ENTRIES = 8,
    FIRST_LOG = 128,
    MEDIUM = 64,     /* entries that the first memory is made for at the most */
    PAIRS_A_NAME = 4 /* chains */
};

/* Any number does: a table without entries has no position for it. */
static const uint16_t NOWHERE[1] = {0};

void hpack__entries_init(struct hpack__entries *t, uint32_t limit)
{
    *t = (struct hpack__entries){.pairs = NOWHERE, .names = NOWHERE, .limit = limit};
}

/* Chains of pairs: more than entries, because most are looked for in vain; but tables of the usual
 * size that need a large ring fill little more than half of it. */
static uint32_t pair_chains(uint32_t capacity)
{
    return capacity <= MEDIUM ? capacity * 4 : capacity * 2;
}

/* Chains of both kinds stand behind the ring, then the log. */
static size_t memory_size(uint32_t capacity, uint32_t log_capacity)
{
    const size_t pairs = pair_chains(capacity);
    return capacity * sizeof(struct hpack__entry) +
           (pairs + pairs / PAIRS_A_NAME) * sizeof(uint16_t) + log_capacity;
}

void hpack__entries_release(struct hpack__entries *t, const struct hpack__memory *m)
{
    hpack__free(m, t->ring, memory_size(t->capacity, t->log_capacity));
    hpack__entries_init(t, 0);
}

/* ---- Entries ------------------------------------------------------------------------------ */

static uint32_t size_of(const struct hpack__entry *e)
{
    uint32_t name = e->name < HPACK_TOKEN_END ? hpack__static_row[e->name].name_length
                                              : hpack__name_octets(e->name);
    return (uint32_t)hpack__entry_size(name, e->value_length);
}

/* Octets of the log that so many of the newest entries take. */
static uint32_t octets_of(const struct hpack__entries *t, uint32_t count)
{
    if (count == 0) {
        return 0;
    }
    const struct hpack__entry *oldest = hpack__entries_at(t, count - 1);
    return t->log_used - (oldest->value - hpack__name_octets(oldest->name));
}

/* rfc: 7541#4.3 */
void hpack__entries_set_limit(struct hpack__entries *t, uint32_t limit)
{
    hpack__entries_check(t);
    while (t->size > limit) {
        t->size -= size_of(hpack__entries_at(t, t->count - 1));
        t->count--;
    }
    t->limit = limit;
    hpack__entries_check(t);
}

hpack_field hpack__entries_field(const struct hpack__entries *t, uint32_t position)
{
    const struct hpack__entry *e = hpack__entries_at(t, position);
    const char *value = e->value_length > 0 ? hpack__entry_value(t, e) : "";
    hpack_field field = {.value = value, .value_length = e->value_length};
    if (e->name < HPACK_TOKEN_END) {
        field.token = e->name;
        field.name = hpack__static_row[e->name].name;
        field.name_length = hpack__static_row[e->name].name_length;
    } else {
        field.name_length = hpack__name_octets(e->name);
        field.name = field.name_length > 0 ? hpack__entry_value(t, e) - field.name_length : "";
    }
    return field;
}

/* The entry with that number, which has the hash of its pair, becomes the newest of its chains. */
static void link_entry(struct hpack__entries *t, uint32_t number, uint32_t name_hash)
{
    uint16_t *pairs = (uint16_t *)(t->ring + t->capacity);
    struct hpack__entry *e = hpack__entries_numbered(t, number);
    uint16_t *pair = &pairs[e->pair & t->pair_mask];
    uint16_t *name = &pairs[t->pair_mask + 1 + (name_hash & t->name_mask)];
    e->older_pair = *pair;
    e->older_name = *name;
    *pair = (uint16_t)number;
    *name = (uint16_t)number;
}

/* ---- Memory ------------------------------------------------------------------------------- */

/* The octets of so many of the newest entries go to the beginning of a log. */
static void move_octets(struct hpack__entries *t, char *log, uint32_t count)
{
    const uint32_t live = octets_of(t, count);
    const uint32_t dead = t->log_used - live;
    if (live > 0) {
        memmove(log, t->log + dead, live);
    }
    for (uint32_t i = 0; dead > 0 && i < count; i++) {
        hpack__entries_at(t, i)->value -= dead;
    }
    t->log_used = live;
}

/* Entries of `old` to the larger ring, and to chains, of which there are more. */
static void relink(struct hpack__entries *t, const struct hpack__entries *old)
{
    uint16_t *chains = (uint16_t *)(t->ring + t->capacity);
    const uint32_t count = t->pair_mask + t->name_mask + 2;
    for (uint32_t i = 0; i < count; i++) {
        chains[i] = (uint16_t)(t->inserted - UINT16_MAX / 2); /* no entry: far out of the table */
    }
    for (uint32_t i = t->count; i > 0; i--) {
        *hpack__entries_at(t, i - 1) = *hpack__entries_at(old, i - 1);
        hpack_field field = hpack__entries_field(t, i - 1);
        link_entry(t, (uint32_t)t->inserted - i,
                   hpack__name_chain(field.token, hpack__name_hash(&field, field.token)));
    }
}

/* Moves all to new memory. Returns 0 when there is none. */
static int grow(struct hpack__entries *t, const struct hpack__memory *m, uint32_t capacity,
                uint32_t log_capacity)
{
    struct hpack__entries old = *t;
    struct hpack__entry *ring = hpack__resize(m, NULL, 0, memory_size(capacity, log_capacity));
    if (ring == NULL) {
        return 0;
    }
    const uint32_t pairs = pair_chains(capacity);
    uint16_t *chains = (uint16_t *)(ring + capacity);
    char *log = (char *)(chains + pairs + pairs / PAIRS_A_NAME);
    move_octets(t, log, t->count);
    t->ring = ring;
    t->pairs = chains;
    t->names = chains + pairs;
    t->log = log;
    t->capacity = capacity;
    t->mask = capacity - 1;
    t->pair_mask = pairs - 1;
    t->name_mask = pairs / PAIRS_A_NAME - 1;
    t->log_capacity = log_capacity;
    if (capacity == old.capacity) {
        memcpy(ring, old.ring, memory_size(capacity, 0));
    } else {
        relink(t, &old);
    }
    hpack__free(m, old.ring, memory_size(old.capacity, old.log_capacity));
    return 1;
}

/* A ring for one more entry. */
static uint32_t ring_for(const struct hpack__entries *t, uint32_t kept)
{
    uint32_t capacity = t->capacity;
    if (kept == capacity) {
        capacity = capacity > 0 ? capacity * 2 : FIRST_ENTRIES;
    }
    while (t->capacity == 0 && capacity < t->expected && capacity < MEDIUM) {
        capacity *= 2;
    }
    return capacity;
}

/* A log for so many live octets, which are fewer than the limit: a quarter of it is dead before they
 * are moved, unless that would take more than the limit. */
static uint32_t log_for(const struct hpack__entries *t, uint32_t live)
{
    uint32_t capacity = t->log_capacity;
    if (live <= capacity - capacity / 4 || (live <= capacity && capacity >= t->limit)) {
        return capacity;
    }
    uint64_t wanted = capacity > 0 ? capacity + capacity / 2 : t->expected_octets;
    wanted = wanted > FIRST_LOG ? wanted : FIRST_LOG;
    wanted = live <= wanted - wanted / 4 ? wanted : (uint64_t)live + live / 2;
    wanted = wanted < t->limit ? wanted : t->limit;
    return wanted > capacity ? (uint32_t)wanted : capacity;
}

/* Room for an entry with so many octets when all but the kept ones have gone. */
static int make_room(struct hpack__entries *t, const struct hpack__memory *m, uint32_t kept,
                     uint32_t octets)
{
    const uint32_t capacity = ring_for(t, kept);
    uint32_t log_capacity = log_for(t, octets_of(t, kept) + octets);
    if ((capacity > t->capacity || log_capacity > t->log_capacity) &&
        !grow(t, m, capacity, log_capacity)) {
        return 0;
    }
    if (octets > t->log_capacity - t->log_used) {
        move_octets(t, t->log, kept);
    }
    return 1;
}

static uint32_t append(struct hpack__entries *t, const char *octets, uint32_t length)
{
    uint32_t place = t->log_used;
    if (length > 0) {
        memcpy(t->log + t->log_used, octets, length);
        t->log_used += length;
    }
    return place;
}

/* rfc: 7541#4.4 */
int hpack__entries_add(struct hpack__entries *t, const struct hpack__memory *m,
                       const hpack_field *field, struct hpack__hashes hashes)
{
    hpack__entries_check(t);
    const uint64_t size = hpack__entry_size(field->name_length, field->value_length);
    const uint32_t name = hpack__name_code(field, field->token);
    if (name == 0 || size > t->limit || t->count == HPACK__MOST_ENTRIES) {
        return 0;
    }
    uint32_t kept = t->count;
    uint32_t kept_size = t->size;
    while (kept_size + size > t->limit) {
        kept--;
        kept_size -= size_of(hpack__entries_at(t, kept));
    }
    const uint32_t octets = hpack__name_octets(name) + field->value_length;
    if ((kept == t->capacity || octets > t->log_capacity - t->log_used) &&
        !make_room(t, m, kept, octets)) {
        return 0;
    }
    (void)append(t, field->name, hpack__name_octets(name));
    uint32_t place = append(t, field->value, field->value_length);
    const uint32_t number = (uint32_t)t->inserted++;
    t->count = kept + 1;
    t->size = kept_size + (uint32_t)size;
    struct hpack__entry *e = hpack__entries_numbered(t, number);
    e->value = place;
    e->value_length = field->value_length;
    e->name = (uint16_t)name;
    e->pair = (uint16_t)(hashes.pair >> 16);
    link_entry(t, number, hashes.name);
    hpack__entries_check(t);
    return 1;
}

#ifdef H2_CHECKS
void hpack__entries_check(const struct hpack__entries *t)
{
    uint64_t size = 0;
    uint32_t end = t->log_used;
    assert(t->count <= t->capacity && (t->capacity & (t->capacity - 1)) == 0);
    assert(t->log_used <= t->log_capacity);
    for (uint32_t i = 0; i < t->count; i++) {
        const struct hpack__entry *e = hpack__entries_at(t, i);
        assert(e->name > 0 && e->value + e->value_length == end);
        end = e->value - hpack__name_octets(e->name);
        size += size_of(e);
    }
    assert(end <= t->log_used);
    assert(size == t->size && size <= t->limit);
}
#endif
