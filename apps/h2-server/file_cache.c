/* SPDX-License-Identifier: MIT */
#include "file_cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { OCTETS_A_BUCKET = 4096, FEWEST_BUCKETS = 16, MOST_BUCKETS = 65536, HELD_PASSED = 32 };

void file_cache_init(struct file_cache *cache, size_t limit_bytes)
{
    memset(cache, 0, sizeof *cache);
    if (limit_bytes == 0) {
        return;
    }
    size_t count = FEWEST_BUCKETS;
    while (count < MOST_BUCKETS && count < limit_bytes / OCTETS_A_BUCKET) {
        count *= 2;
    }
    cache->buckets = calloc(count, sizeof *cache->buckets);
    if (cache->buckets != NULL) {
        cache->bucket_count = count;
        cache->limit_bytes = limit_bytes;
    }
}

/* Only names of files that are there get in, so nobody outside can choose them to collide. */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *name != '\0'; name++) {
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    }
    return hash ^ (hash >> 32);
}

static struct cached_file **bucket_of(struct file_cache *cache, uint64_t hash)
{
    return &cache->buckets[hash & (cache->bucket_count - 1)];
}

static void unlink_age(struct file_cache *cache, struct cached_file *file)
{
    *(file->newer == NULL ? &cache->newest : &file->newer->older) = file->older;
    *(file->older == NULL ? &cache->oldest : &file->older->newer) = file->newer;
}

static void link_newest(struct file_cache *cache, struct cached_file *file)
{
    file->newer = NULL;
    file->older = cache->newest;
    *(cache->newest == NULL ? &cache->oldest : &cache->newest->newer) = file;
    cache->newest = file;
}

static void use(struct file_cache *cache, size_t used_bytes)
{
    cache->used_bytes = used_bytes;
    if (cache->counters != NULL) {
        counter_set(&cache->counters->octets, used_bytes);
    }
}

static void give_back(struct cached_file *file)
{
    use(file->cache, file->cache->used_bytes - file->cost);
    free(file);
}

void file_cache_forget(struct cached_file *file)
{
    if (!file->in_map) {
        return;
    }
    struct cached_file **link = bucket_of(file->cache, file->hash);
    while (*link != file) {
        link = &(*link)->next_in_bucket;
    }
    *link = file->next_in_bucket;
    unlink_age(file->cache, file);
    file->in_map = 0;
    file->cache->departures++;
    if (file->holders == 0) {
        give_back(file);
    }
}

void file_cache_release(struct cached_file *file)
{
    assert(file->holders > 0);
    file->holders--;
    if (file->holders == 0 && !file->in_map) {
        give_back(file);
    }
}

void file_cache_clear(struct file_cache *cache)
{
    while (cache->oldest != NULL) {
        file_cache_forget(cache->oldest);
    }
    assert(cache->used_bytes == 0);
    free(cache->buckets);
    cache->buckets = NULL;
}

static struct cached_file *find(struct file_cache *cache, const char *name, uint64_t hash)
{
    struct cached_file *file = *bucket_of(cache, hash);
    while (file != NULL && (file->hash != hash || strcmp(file->name, name) != 0)) {
        file = file->next_in_bucket;
    }
    return file;
}

static void count(struct file_cache *cache, int found)
{
    if (cache->counters != NULL) {
        counter_add(found ? &cache->counters->hits : &cache->counters->misses, 1);
    }
}

static void hold(struct file_cache *cache, struct cached_file *file)
{
    file->holders++;
    if (cache->newest != file) {
        unlink_age(cache, file);
        link_newest(cache, file);
    }
}

void file_cache_hold(struct cached_file *file)
{
    count(file->cache, 1);
    hold(file->cache, file);
}

struct cached_file *file_cache_find(struct file_cache *cache, const char *name)
{
    if (cache->buckets == NULL) {
        return NULL;
    }
    struct cached_file *file = find(cache, name, hash_of(name));
    count(cache, file != NULL);
    if (file != NULL) {
        hold(cache, file);
    }
    return file;
}

/* Lets old ones go until there is room. Those that are held would not give any, and are passed by,
 * but not many of them: clients that hold on to everything must not make this slow. */
static int make_room(struct file_cache *cache, size_t cost)
{
    struct cached_file *file = cache->oldest;
    size_t passed = 0;
    while (cost > cache->limit_bytes - cache->used_bytes && file != NULL && passed < HELD_PASSED) {
        struct cached_file *newer = file->newer;
        if (file->holders == 0) {
            file_cache_forget(file);
        } else {
            passed++;
        }
        file = newer;
    }
    return cost <= cache->limit_bytes - cache->used_bytes ? 0 : -1;
}

struct cached_file *file_cache_make(struct file_cache *cache, const char *name, size_t length)
{
    const size_t name_size = strlen(name) + 1;
    if (length > cache->limit_bytes) {
        return NULL;
    }
    const size_t cost = sizeof(struct cached_file) + name_size + length;
    if (cost > cache->limit_bytes || make_room(cache, cost) != 0) {
        return NULL;
    }
    struct cached_file *file = malloc(cost);
    if (file == NULL) {
        return NULL;
    }
    memset(file, 0, sizeof *file);
    memcpy(file->name, name, name_size);
    file->data = (uint8_t *)file->name + name_size;
    file->length = length;
    file->cache = cache;
    file->cost = cost;
    file->holders = 1;
    file->hash = hash_of(name);
    use(cache, cache->used_bytes + cost);
    return file;
}

void file_cache_keep(struct cached_file *file)
{
    struct file_cache *cache = file->cache;
    struct cached_file *before = find(cache, file->name, file->hash);
    if (before != NULL) {
        file_cache_forget(before);
    }
    struct cached_file **bucket = bucket_of(cache, file->hash);
    file->next_in_bucket = *bucket;
    *bucket = file;
    file->in_map = 1;
    link_newest(cache, file);
}
