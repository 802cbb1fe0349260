/* SPDX-License-Identifier: MIT */
/*
 * The files of the served folder, by name, with what is known of each: read from the folder, and
 * kept in memory for the next time.
 *
 * Invariants:
 * - What is handed out from memory is what lay under that name at `turn`: the file system is asked
 *   each turn of the loop in which the name is. A file is kept only when it has not changed for
 *   STORE_SETTLED seconds, so that a further change within one tick of the file system's clock
 *   cannot go unseen.
 * - Reading a large file takes time that nobody has asked for: it is kept when it is asked for
 *   again, when four such have room, and not more of them in a second than STORE_LARGE_A_SECOND.
 * - A stored file is the caller's until stored_release(), or until its octets were handed on to a
 *   body (body_hold()).
 */
#ifndef H2KIT_APPS_STORE_H
#define H2KIT_APPS_STORE_H

#include <stdint.h>
#include <time.h>

#include "file_cache.h"
#include "file_facts.h"
#include "gzip_body.h"
#include "mime.h"
#include "static_files.h"

enum {
    STORE_ERROR_SIZE = 512,
    STORE_SETTLED = 2,
    STORE_SMALL = 64 * 1024,                 /* octets; what is more is large */
    STORE_LARGE_A_SECOND = 64 * 1024 * 1024, /* octets */
    STORE_ASKED = 64                         /* large files that are remembered */
};

struct store_options {
    const char *folder;
    const char *mime_types_file; /* NULL: the built-in table alone */
    uint32_t follow_links;
    size_t cache_bytes;      /* 0: nothing is kept */
    size_t cache_file_bytes; /* files up to this size are */
};

struct store {
    struct static_root root;
    struct file_cache cache;
    struct mime_types *mime_types;
    struct gzip_pool gzip_pool;
    size_t cache_file_bytes;
    uint64_t asked[STORE_ASKED]; /* marks of large files that were asked for */
    time_t large_second;         /* in which so much was read of such */
    size_t large_read;
};

/* When something is looked for: the time, and a number that is the same within one turn of the
 * loop. */
struct store_moment {
    time_t now;
    uint64_t turn;
};

struct stored {
    int fd;                     /* -1: cached */
    struct cached_file *cached; /* NULL: in fd */
    const struct file_facts *facts;
    struct file_facts own; /* of a file that is not cached */
    uint32_t is_folder;    /* then there is a descriptor and nothing else */
};

/* Returns 0, or -1 with one line in error. */
int store_open(struct store *store, const struct store_options *options,
               char error[STORE_ERROR_SIZE]);
void store_close(struct store *store);

/* Returns 0, or the status to answer with and nothing is to be released. out must not move. */
int store_get(struct store *store, const char *name, const struct store_moment *moment,
              struct stored *out);
/* Holds a file that is in the map of the cache, as store_get() would give it. Returns 1, or 0 when its
 * name stands for something else by now. */
int store_again(struct store *store, const struct store_moment *moment, struct cached_file *cached);
/* Puts in place of a cached file its octets compressed by gzip, which are cached from then on.
 * Returns 1, or 0 when the file is not cached or large, or there is no room. */
int store_compress(struct store *store, const char *name, int level, struct stored *stored);
void stored_move(struct stored *to, struct stored *from);
void stored_release(struct stored *stored);

#endif
