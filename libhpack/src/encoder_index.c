/* SPDX-License-Identifier: MIT */
#include "encoder_index.h"

#include "check.h"

/* Any number does: a table without entries has no position for it. */
static const uint32_t NOWHERE[1] = {0};

void hpack__index_init(struct hpack__index *x)
{
    *x = (struct hpack__index){.pairs = NOWHERE, .names = NOWHERE};
}

/* Chains of both kinds stand behind the links, in the same memory. */
static size_t memory_size(uint32_t capacity)
{
    return capacity * (sizeof(struct hpack__link) + 4 * sizeof(uint32_t));
}

void hpack__index_release(struct hpack__index *x, const struct hpack__memory *m)
{
    hpack__free(m, x->links, memory_size(x->capacity));
    hpack__index_init(x);
}

static uint32_t slot(const struct hpack__index *x, uint32_t hash)
{
    return hash & x->mask;
}

static void add(struct hpack__index *x, struct hpack__hashes hashes, uint32_t number)
{
    uint32_t *chains = (uint32_t *)(x->links + x->capacity);
    uint32_t *pair = chains + slot(x, hashes.pair);
    uint32_t *name = chains + x->mask + 1 + slot(x, hashes.name);
    x->links[number & (x->capacity - 1)] =
        (struct hpack__link){hashes.pair, hashes.name, *pair, *name};
    *pair = number;
    *name = number;
}

void hpack__index_add(struct hpack__index *x, struct hpack__hashes hashes)
{
    assert(x->capacity > 0);
    add(x, hashes, x->inserted);
    x->inserted++;
}

int hpack__index_reserve(struct hpack__index *x, const struct hpack__memory *m,
                         const struct hpack__table *t)
{
    if (x->capacity >= t->capacity) {
        return 0;
    }
    struct hpack__index grown = {
        .capacity = t->capacity, .mask = t->capacity * 2 - 1, .inserted = x->inserted};
    grown.links = hpack__resize(m, NULL, 0, memory_size(grown.capacity));
    if (grown.links == NULL) {
        return HPACK_ERR_NOMEM;
    }
    uint32_t *chains = (uint32_t *)(grown.links + grown.capacity);
    grown.pairs = chains;
    grown.names = chains + grown.mask + 1;
    for (uint32_t i = 0; i < grown.capacity * 4; i++) {
        chains[i] = x->inserted - UINT32_MAX / 2; /* no entry: far out of the table */
    }
    for (uint32_t i = t->count; i > 0; i--) {
        uint32_t number = x->inserted - i;
        const struct hpack__link *link = &x->links[number & (x->capacity - 1)];
        add(&grown, (struct hpack__hashes){link->pair_hash, link->name_hash}, number);
    }
    hpack__index_release(x, m);
    *x = grown;
    return 0;
}

uint32_t hpack__index_search_pair(const struct hpack__index *x, const struct hpack__table *t,
                                  const hpack_field *field, uint32_t hash)
{
    uint32_t number = x->pairs[slot(x, hash)];
    uint32_t last = 0;
    for (int i = 0; i < HPACK__CHAIN_LIMIT; i++) {
        uint32_t position = x->inserted - 1 - number;
        /* Out of the table, or a number of an earlier round of the counter. */
        if (position >= t->count || (i > 0 && position <= last)) {
            break;
        }
        const struct hpack__link *link = &x->links[number & (x->capacity - 1)];
        const hpack_field *row = hpack__table_at(t, position);
        if (link->pair_hash == hash && hpack__same_value(row, field) &&
            hpack__same_name(row, field)) {
            return position;
        }
        last = position;
        number = link->older_pair;
    }
    return HPACK__NOT_FOUND;
}

uint32_t hpack__index_search_name(const struct hpack__index *x, const struct hpack__table *t,
                                  const hpack_field *field, uint32_t hash)
{
    uint32_t number = x->names[slot(x, hash)];
    uint32_t last = 0;
    for (int i = 0; i < HPACK__CHAIN_LIMIT; i++) {
        uint32_t position = x->inserted - 1 - number;
        if (position >= t->count || (i > 0 && position <= last)) {
            break;
        }
        const struct hpack__link *link = &x->links[number & (x->capacity - 1)];
        const hpack_field *row = hpack__table_at(t, position);
        if (link->name_hash == hash && hpack__same_name(row, field)) {
            return position;
        }
        last = position;
        number = link->older_name;
    }
    return HPACK__NOT_FOUND;
}
