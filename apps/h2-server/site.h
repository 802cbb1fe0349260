/* SPDX-License-Identifier: MIT */
/*
 * What the server has to give: the files below a folder, or the built-in page. It makes the answer
 * to a request without knowing how either travels.
 *
 * Invariants:
 * - Every request gets an answer: what fails on the way is one too (404, 503, ...).
 * - Nothing here waits for anything but files.
 * - Not for use by several threads at a time; several sites can share a folder.
 */
#ifndef H2KIT_APPS_SITE_H
#define H2KIT_APPS_SITE_H

#include <stdint.h>

#include "answer.h"
#include "asked.h"
#include "body.h"
#include "ready_answers.h"
#include "representation.h"
#include "response.h"
#include "store.h"

enum { SITE_ERROR_SIZE = STORE_ERROR_SIZE, SITE_INDEX_SIZE = 256 };

struct site_options {
    struct store_options store; /* folder NULL: the built-in page */
    struct representation_options representation;
    struct answer_options answer;
    const char *const *index_names; /* what stands for a folder, the first that is there */
    size_t index_count;
    uint32_t lists; /* a folder without one is listed */
    uint32_t most_ranges;
    uint32_t test_endpoints; /* see endpoints.h; they go before files */
};

struct site {
    const struct site_options *options;
    struct store store;
    struct ready_answers ready;
    uint32_t has_folder;
    uint64_t boundaries[2]; /* what the next boundary is made of */
};

/* Returns 0, or -1 with one line in error. The options must outlive the site. */
int site_open(struct site *site, const struct site_options *options, char error[SITE_ERROR_SIZE]);
/* After a failed site_open() too. */
void site_close(struct site *site);

/* Fills in both; the body is all zero before. response_clear() and body_clear() are the
 * caller's. The body has no source when there is none to send, as for HEAD. */
void site_answer(struct site *site, const struct asked *asked, struct response *response,
                 struct body *body);

#endif
