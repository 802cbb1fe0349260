/* SPDX-License-Identifier: MIT */
#include "ready_answers.h"

#include <string.h>

enum { OK = 200 };

#define BIT(name) (UINT64_C(1) << HPACK_TOKEN_##name)

/* Fields of a request that may have a say in the answer for a file, whatever file it is. */
static const uint64_t DECIDING = BIT(IF_MATCH) | BIT(IF_MODIFIED_SINCE) | BIT(IF_NONE_MATCH) |
                                 BIT(IF_RANGE) | BIT(IF_UNMODIFIED_SINCE) | BIT(RANGE);

static int is_plain(const struct asked *asked)
{
    return asked->method == METHOD_GET && (asked->tokens & DECIDING) == 0 &&
           asked->path_length > 0 && asked->path_length <= READY_PATH;
}

/* Paths of a site tend to begin alike. */
static struct ready_answer *place_of(struct ready_answers *ready, const struct asked *asked)
{
    const size_t length = asked->path_length;
    const unsigned char *path = (const unsigned char *)asked->path;
    const size_t mixed = length + path[length - 1] * 7U + path[length / 2] * 31U;
    return &ready->places[mixed % READY_ANSWERS];
}

int ready_answers_use(struct ready_answers *ready, struct store *store, const struct answer *a)
{
    const struct asked *asked = a->asked;
    if (!is_plain(asked)) {
        return 0;
    }
    const struct ready_answer *found = place_of(ready, asked);
    if (found->file == NULL || found->path_length != asked->path_length ||
        memcmp(found->path, asked->path, asked->path_length) != 0) {
        return 0;
    }
    const struct store_moment moment = {asked->now, asked->turn};
    if (found->departures != store->cache.departures || !store_again(store, &moment, found->file)) {
        return 0;
    }
    response_set(a->response, OK, found->fields, found->count, asked->date);
    body_set_cached(a->body, found->file);
    return 1;
}

static int varies(const struct response *response)
{
    for (size_t i = 0; i < response->count; i++) {
        if (response->fields[i].token == HPACK_TOKEN_VARY) {
            return 1;
        }
    }
    return 0;
}

void ready_answers_keep(struct ready_answers *ready, const struct answer *a)
{
    const struct asked *asked = a->asked;
    const struct response *response = a->response;
    struct cached_file *file = a->body->cached;
    /* Used texts: some field points into the response itself. */
    if (!is_plain(asked) || response->status != OK || file == NULL || file->length == 0 ||
        file->length > STORE_SMALL || response->used > 0 || response->count > READY_FIELDS ||
        varies(response)) {
        return;
    }
    struct ready_answer *place = place_of(ready, asked);
    place->file = file;
    place->departures = file->cache->departures;
    place->path_length = asked->path_length;
    memcpy(place->path, asked->path, asked->path_length);
    place->count = response->count;
    memcpy(place->fields, response->fields, place->count * sizeof place->fields[0]);
}
