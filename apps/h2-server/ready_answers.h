/* SPDX-License-Identifier: MIT */
/*
 * Answers that are ready: as long as a small file stays in memory, the whole of it is answered to each
 * GET of the same path with the same fields, but for the date. So neither path nor file have to be
 * looked up, and no field has to be put together.
 *
 * Invariants:
 * - Nothing is held: what is ready is good as long as no file at all has left the map of the cache, and
 *   whether its own file still is the same is asked as always (store_again()).
 * - Nothing but the path decides about what is kept here: requests with fields that do, like Range,
 *   neither find nor leave anything, and answers that vary are not kept.
 */
#ifndef H2KIT_APPS_READY_ANSWERS_H
#define H2KIT_APPS_READY_ANSWERS_H

#include "answer.h"
#include "store.h"

enum { READY_ANSWERS = 16, READY_PATH = 120, READY_FIELDS = 12 };

struct ready_answer {
    struct cached_file *file; /* NULL: none is ready */
    uint64_t departures;      /* of the cache, when this was kept */
    size_t path_length;
    size_t count;
    hpack_field fields[READY_FIELDS];
    char path[READY_PATH];
};

/* All zero at first. An answer has one place where it can be, chosen by its path. */
struct ready_answers {
    struct ready_answer places[READY_ANSWERS];
};

/* Makes the answer if it is ready and the file is still the same. Returns 1, or 0. */
int ready_answers_use(struct ready_answers *ready, struct store *store, const struct answer *a);
/* Keeps an answer that was made, if it is one for it. */
void ready_answers_keep(struct ready_answers *ready, const struct answer *a);

#endif
