/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "body_file.h"

int store_open(struct store *store, const struct store_options *o, char error[STORE_ERROR_SIZE])
{
    memset(store, 0, sizeof *store);
    store->root.fd = -1;
    const int reason = static_root_open(&store->root, o->folder, o->follow_links != 0);
    if (reason == ENOSYS && o->follow_links) {
        (void)snprintf(error, STORE_ERROR_SIZE,
                       "following links needs openat2, which this kernel does not have");
        return -1;
    }
    if (reason != 0) {
        (void)snprintf(error, STORE_ERROR_SIZE, "cannot open folder %.200s: %s", o->folder,
                       strerror(reason));
        return -1;
    }
    if (o->mime_types_file != NULL &&
        mime_types_load(&store->mime_types, o->mime_types_file, error, STORE_ERROR_SIZE) != 0) {
        store_close(store);
        return -1;
    }
    store->cache_file_bytes = o->cache_file_bytes;
    file_cache_init(&store->cache, o->cache_bytes);
    return 0;
}

void store_close(struct store *store)
{
    file_cache_clear(&store->cache);
    mime_types_free(store->mime_types);
    store->mime_types = NULL;
    static_root_close(&store->root);
}

/* Whether the file system says that it is the same; the map forgets what is not. */
static int is_still(struct store *store, const struct store_moment *moment,
                    struct cached_file *cached)
{
    if (cached->checked != moment->turn) {
        if (!static_is_still(&store->root, cached->name, &cached->facts.identity)) {
            file_cache_forget(cached);
            return 0;
        }
        cached->checked = moment->turn;
    }
    return 1;
}

int store_again(struct store *store, const struct store_moment *moment, struct cached_file *cached)
{
    if (!is_still(store, moment, cached)) {
        return 0;
    }
    file_cache_hold(cached);
    return 1;
}

/* From memory, if it is there. */
static int get_cached(struct store *store, const char *name, const struct store_moment *moment,
                      struct stored *out)
{
    struct cached_file *cached = file_cache_find(&store->cache, name);
    if (cached == NULL) {
        return 0;
    }
    if (!is_still(store, moment, cached)) {
        file_cache_release(cached);
        return 0;
    }
    out->cached = cached;
    out->facts = &cached->facts;
    return 1;
}

static int is_settled(const struct file_identity *identity, time_t now)
{
    return identity->modified.tv_sec <= now - STORE_SETTLED &&
           identity->changed.tv_sec <= now - STORE_SETTLED;
}

/* Reads the whole of an open file. Returns 0, or -1 when it is not what it was. */
static int read_whole(int fd, uint8_t *data, size_t length)
{
    struct body_file file = {.fd = fd, .left = length};
    size_t at = 0;
    while (at < length) {
        const int64_t got = body_file_take(&file, data + at, length - at);
        if (got <= 0) {
            return -1;
        }
        at += (size_t)got;
    }
    return 0;
}

/* Whether this state of a large file was asked for before. Only the last of those that share a place
 * is known. */
static int is_asked_again(struct store *store, const struct file_identity *identity)
{
    const uint64_t mark =
        (identity->inode ^ identity->device << 32) * UINT64_C(0x9e3779b97f4a7c15) +
        (uint64_t)identity->changed.tv_sec;
    uint64_t *place = &store->asked[mark >> 32 & (STORE_ASKED - 1)];
    const int again = *place == mark;
    *place = mark;
    return again;
}

static int may_keep_large(struct store *store, const struct file_identity *identity, time_t now)
{
    if (identity->size > store->cache.limit_bytes / 4 || !is_asked_again(store, identity)) {
        return 0;
    }
    if (store->large_second != now) {
        store->large_second = now;
        store->large_read = 0;
    }
    store->large_read += (size_t)identity->size;
    return store->large_read <= STORE_LARGE_A_SECOND;
}

static int may_keep(struct store *store, const struct file_identity *identity, time_t now)
{
    if (identity->size > store->cache_file_bytes || !is_settled(identity, now)) {
        return 0;
    }
    return identity->size <= STORE_SMALL || may_keep_large(store, identity, now);
}

/* Moves an open file into the cache, when it is one for it and there is room. */
static void keep(struct store *store, const char *name, const struct store_moment *moment,
                 struct stored *out)
{
    const struct file_identity *identity = &out->own.identity;
    if (!may_keep(store, identity, moment->now)) {
        return;
    }
    struct cached_file *cached = file_cache_make(&store->cache, name, (size_t)identity->size);
    if (cached == NULL) {
        return;
    }
    /* The second look finds a file that changed while it was read. */
    if (read_whole(out->fd, cached->data, cached->length) != 0 ||
        !static_is_still(&store->root, name, identity)) {
        file_cache_release(cached);
        return;
    }
    cached->facts = out->own;
    cached->checked = moment->turn;
    file_cache_keep(cached);
    (void)close(out->fd);
    out->fd = -1;
    out->cached = cached;
    out->facts = &cached->facts;
}

int store_get(struct store *store, const char *name, const struct store_moment *moment,
              struct stored *out)
{
    struct static_file file;
    out->fd = -1;
    out->cached = NULL;
    out->is_folder = 0;
    out->facts = &out->own;
    if (get_cached(store, name, moment, out)) {
        return 0;
    }
    const int status = static_open(&store->root, name, &file);
    if (status != 0) {
        return status;
    }
    out->fd = file.fd;
    out->is_folder = file.is_folder;
    if (!file.is_folder) {
        file_facts_make(&out->own, &file.identity, mime_types_find(store->mime_types, name));
        keep(store, name, moment, out);
    }
    return 0;
}

/* Compresses what is cached into the cache. Returns it held, or NULL. */
static struct cached_file *add_compressed(struct store *store, const char *key, int level,
                                          const struct cached_file *plain)
{
    size_t length = 0;
    uint8_t *octets = gzip_whole(plain->data, plain->length, level, &length);
    struct cached_file *cached =
        octets == NULL ? NULL : file_cache_make(&store->cache, key, length);
    if (cached != NULL) {
        memcpy(cached->data, octets, length);
        cached->facts = plain->facts;
        etag_make(cached->facts.etag, &plain->facts.identity, "gzip", 1);
        (void)snprintf(cached->facts.length, sizeof cached->facts.length, "%zu", length);
        file_cache_keep(cached);
    }
    free(octets);
    return cached;
}

int store_compress(struct store *store, const char *name, int level, struct stored *stored)
{
    /* No name of a file begins with a control character. */
    char key[STATIC_PATH_SIZE + 32];
    struct cached_file *plain = stored->cached;
    if (plain == NULL || plain->length > STORE_SMALL ||
        snprintf(key, sizeof key, "\001%s", name) >= (int)sizeof key) {
        return 0;
    }
    struct cached_file *cached = file_cache_find(&store->cache, key);
    if (cached != NULL && !file_identity_equal(&cached->facts.identity, &plain->facts.identity)) {
        file_cache_forget(cached);
        file_cache_release(cached);
        cached = NULL;
    }
    if (cached == NULL) {
        cached = add_compressed(store, key, level, plain);
    }
    if (cached == NULL) {
        return 0;
    }
    file_cache_release(plain);
    stored->cached = cached;
    stored->facts = &cached->facts;
    return 1;
}

void stored_move(struct stored *to, struct stored *from)
{
    stored_release(to);
    *to = *from;
    if (from->facts == &from->own) {
        to->facts = &to->own;
    }
    from->cached = NULL;
    from->fd = -1;
}

void stored_release(struct stored *stored)
{
    if (stored->cached != NULL) {
        file_cache_release(stored->cached);
    } else if (stored->fd >= 0) {
        (void)close(stored->fd);
    }
    stored->cached = NULL;
    stored->fd = -1;
}
