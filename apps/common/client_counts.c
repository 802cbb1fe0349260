/* SPDX-License-Identifier: MIT */
#include "client_counts.h"

#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { SMALLEST = 64 };

int client_counts_open(struct client_counts *counts, uint32_t limit)
{
    memset(counts, 0, sizeof *counts);
    const int status = uv_mutex_init(&counts->mutex);
    if (status != 0) {
        return status;
    }
    if (getrandom(&counts->seed, sizeof counts->seed, 0) != (ssize_t)sizeof counts->seed) {
        counts->seed = (uint64_t)time(NULL);
    }
    counts->limit = limit;
    counts->opened = 1;
    return 0;
}

void client_counts_close(struct client_counts *counts)
{
    if (counts->opened) {
        uv_mutex_destroy(&counts->mutex);
        free(counts->slots);
        memset(counts, 0, sizeof *counts);
    }
}

/* ---- The table: a client stands at its place, or behind others without a gap ---------------- */

static size_t place_of(const struct client_counts *counts, const struct client_key *key)
{
    /* Mixing of splitmix64. */
    uint64_t x = key->prefix + counts->seed + key->family;
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (size_t)(x ^ (x >> 31)) & (counts->capacity - 1);
}

/* Where it is, or the gap where it would be. */
static struct client_key *find(const struct client_counts *counts, const struct client_key *key)
{
    size_t at = place_of(counts, key);
    while (counts->slots[at].family != 0 &&
           (counts->slots[at].prefix != key->prefix || counts->slots[at].family != key->family)) {
        at = (at + 1) & (counts->capacity - 1);
    }
    return &counts->slots[at];
}

/* At least half of the table stays empty. */
static int make_room(struct client_counts *counts)
{
    if (2 * (counts->clients + 1) <= counts->capacity) {
        return 0;
    }
    struct client_counts larger = *counts;
    larger.capacity = counts->capacity == 0 ? SMALLEST : 2 * counts->capacity;
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL) {
        return -1;
    }
    for (size_t i = 0; i < counts->capacity; i++) {
        if (counts->slots[i].family != 0) {
            *find(&larger, &counts->slots[i]) = counts->slots[i];
        }
    }
    free(counts->slots);
    counts->slots = larger.slots;
    counts->capacity = larger.capacity;
    return 0;
}

/* Takes one away and closes the gap, by those behind it that it kept from their place. */
static void drop(struct client_counts *counts, struct client_key *slot)
{
    const size_t mask = counts->capacity - 1;
    size_t gap = (size_t)(slot - counts->slots);
    for (size_t at = (gap + 1) & mask; counts->slots[at].family != 0; at = (at + 1) & mask) {
        const size_t wanted = place_of(counts, &counts->slots[at]);
        if (((at - wanted) & mask) >= ((at - gap) & mask)) {
            counts->slots[gap] = counts->slots[at];
            gap = at;
        }
    }
    memset(&counts->slots[gap], 0, sizeof counts->slots[gap]);
    counts->clients--;
    if (counts->clients == 0) {
        free(counts->slots);
        counts->slots = NULL;
        counts->capacity = 0;
    }
}

/* ---- Clients ------------------------------------------------------------------------------- */

static struct client_key key_of(const struct sockaddr *address)
{
    struct client_key key = {0, AF_INET, 0};
    if (address->sa_family != AF_INET6) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        key.prefix = in.sin_addr.s_addr;
        return key;
    }
    struct sockaddr_in6 in6;
    memcpy(&in6, address, sizeof in6);
    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
        uint32_t inner = 0;
        memcpy(&inner, in6.sin6_addr.s6_addr + 12, sizeof inner);
        key.prefix = inner;
        return key;
    }
    key.family = AF_INET6;
    memcpy(&key.prefix, in6.sin6_addr.s6_addr, sizeof key.prefix);
    return key;
}

int client_counts_enter(struct client_counts *counts, const struct sockaddr *address,
                        struct client_key *key)
{
    memset(key, 0, sizeof *key);
    if (counts->limit == 0) {
        return 0;
    }
    *key = key_of(address);
    int result = -1;
    uv_mutex_lock(&counts->mutex);
    if (make_room(counts) == 0) {
        struct client_key *slot = find(counts, key);
        if (slot->family == 0) {
            *slot = *key;
            counts->clients++;
        }
        if (slot->count < counts->limit) {
            slot->count++;
            result = 0;
        }
    }
    uv_mutex_unlock(&counts->mutex);
    if (result != 0) {
        key->family = 0;
    }
    return result;
}

void client_counts_leave(struct client_counts *counts, const struct client_key *key)
{
    if (key->family == 0) {
        return;
    }
    uv_mutex_lock(&counts->mutex);
    struct client_key *slot = find(counts, key);
    assert(slot->count > 0);
    if (--slot->count == 0) {
        drop(counts, slot);
    }
    uv_mutex_unlock(&counts->mutex);
}
