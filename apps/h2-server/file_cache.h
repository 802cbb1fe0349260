/* SPDX-License-Identifier: MIT */
/*
 * Small files in memory: a map from names to octets, the least recently used go first. It knows no
 * file system: who uses it says what belongs under a name, and whether that still holds.
 *
 * Invariants:
 * - Everything that was handed out and not given back counts against the limit, also what has left
 *   the map since: memory never exceeds limit_bytes. What does not fit is not kept.
 * - A file that is held does not change and stands until its last holder lets go.
 * - Not for use by several threads at a time.
 */
#ifndef H2KIT_APPS_FILE_CACHE_H
#define H2KIT_APPS_FILE_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "counter.h"
#include "file_facts.h"

struct file_cache;

/* For those who want to know; see counter.h. */
struct file_cache_counters {
    counter hits;
    counter misses;
    counter octets; /* now */
};

struct cached_file {
    struct file_facts facts; /* the user's, as is `checked`; all zero at first */
    uint8_t *data;
    size_t length;
    uint64_t checked; /* when the facts were last seen to hold */
    /* The cache's own. */
    struct file_cache *cache;
    struct cached_file *next_in_bucket;
    struct cached_file *newer;
    struct cached_file *older;
    size_t cost; /* octets of all of it */
    uint32_t holders;
    uint32_t in_map;
    uint64_t hash;
    char name[]; /* the data follow it */
};

struct file_cache {
    size_t limit_bytes;
    size_t used_bytes;
    struct cached_file **buckets; /* NULL: nothing is kept */
    size_t bucket_count;          /* a power of two */
    struct cached_file *newest;
    struct cached_file *oldest;
    uint64_t departures;                  /* files that have left the map */
    struct file_cache_counters *counters; /* NULL: nobody wants to know */
};

/* limit 0, and no memory for the map: a cache that keeps nothing. */
void file_cache_init(struct file_cache *cache, size_t limit_bytes);
/* Nothing may be held any more. */
void file_cache_clear(struct file_cache *cache);

/* What is kept under a name, held for the caller; NULL: nothing. */
struct cached_file *file_cache_find(struct file_cache *cache, const char *name);
/* The same for one that is in the map, by itself. */
void file_cache_hold(struct cached_file *file);
/* Room for so many octets, held for the caller, who fills it; it is in the map from
 * file_cache_keep() on, in place of what was there. NULL when there is no room. */
struct cached_file *file_cache_make(struct file_cache *cache, const char *name, size_t length);
void file_cache_keep(struct cached_file *file);
/* Takes it out of the map; the caller still holds it. */
void file_cache_forget(struct cached_file *file);
/* Lets go. */
void file_cache_release(struct cached_file *file);

#endif
