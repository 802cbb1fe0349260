/* SPDX-License-Identifier: MIT */
#include "representation.h"

#include <stdio.h>
#include <string.h>

#include "coding.h"

enum { NOT_ACCEPTABLE = 406 };

static int is_older(const struct stored *a, const struct stored *b)
{
    const struct timespec *first = &a->facts->identity.modified;
    const struct timespec *second = &b->facts->identity.modified;
    return first->tv_sec < second->tv_sec ||
           (first->tv_sec == second->tv_sec && first->tv_nsec < second->tv_nsec);
}

/* Takes the file with this coding that lies beside, if there is one. */
static int take_sibling(struct store *store, const struct asked *asked, const char *name,
                        enum coding coding, struct representation *out)
{
    const struct store_moment moment = {asked->now, asked->turn};
    char beside[STATIC_PATH_SIZE + 32];
    struct stored found;
    (void)snprintf(beside, sizeof beside, "%s%s", name, coding_ending(coding));
    if (store_get(store, beside, &moment, &found) != 0) {
        return 0;
    }
    if (found.is_folder || is_older(&found, &out->stored)) {
        stored_release(&found);
        return 0;
    }
    stored_move(&out->stored, &found);
    out->coding = coding_name(coding);
    return 1;
}

static int is_for_gzip(const struct representation_options *o, const struct representation *r)
{
    const uint64_t size = r->stored.facts->identity.size;
    return o->gzip_level > 0 && size >= o->gzip_least && size <= o->gzip_most &&
           coding_pays(r->mime);
}

static void take_gzip(struct store *store, const struct representation_options *options,
                      const char *name, struct representation *out)
{
    out->coding = coding_name(CODING_GZIP);
    if (!store_compress(store, name, (int)options->gzip_level, &out->stored)) {
        etag_make(out->own_etag, &out->stored.facts->identity, out->coding, 1);
        out->etag = out->own_etag;
        out->compress = 1;
    }
}

/* Takes the octets that have this coding, if there are any. */
static int take(struct store *store, const struct representation_options *options,
                const struct asked *asked, const char *name, enum coding coding,
                struct representation *out)
{
    if (coding == CODING_IDENTITY ||
        (options->precompressed && take_sibling(store, asked, name, coding, out))) {
        return 1;
    }
    if (coding == CODING_GZIP && is_for_gzip(options, out) &&
        store->gzip_pool.in_use < GZIP_AT_A_TIME && asked_find(asked, HPACK_TOKEN_RANGE) == NULL) {
        take_gzip(store, options, name, out);
        return 1;
    }
    return 0;
}

/* rfc: 9110#12.5.3 */
int representation_choose(struct store *store, const struct representation_options *options,
                          const struct asked *asked, const char *name, struct representation *out)
{
    struct coding_order order = {1, {CODING_IDENTITY}};
    size_t i = 0;
    out->mime = out->stored.facts->mime;
    out->coding = NULL;
    out->etag = NULL;
    out->compress = 0;
    out->varies = options->precompressed || is_for_gzip(options, out);
    if (out->varies) {
        coding_accepted(asked, &order);
    }
    while (i < order.count && !take(store, options, asked, name, order.codings[i], out)) {
        i++;
    }
    if (i == order.count) {
        stored_release(&out->stored);
        return NOT_ACCEPTABLE;
    }
    if (out->etag == NULL) {
        out->etag = out->stored.facts->etag;
    }
    return 0;
}
