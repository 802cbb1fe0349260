/* SPDX-License-Identifier: MIT */
/*
 * What the kinds of answers share: the request, the place where the answer is put, and the answers
 * that have a page for a body.
 *
 * Invariant: each answer_ function that returns nothing makes a whole answer; exactly one of them
 * is called for a request.
 */
#ifndef H2KIT_APPS_ANSWER_H
#define H2KIT_APPS_ANSWER_H

#include <stdint.h>

#include "asked.h"
#include "body.h"
#include "page.h"
#include "response.h"

struct answer_options {
    uint32_t nosniff;    /* files too are what their type says, for browsers as well */
    uint32_t error_gzip; /* compress pages of errors when the client accepts it */
};

struct answer {
    const struct answer_options *options;
    const struct asked *asked;
    struct response *response;
    struct body *body;
};

/* The page of a status; without a body when the status has none. */
void answer_status(const struct answer *a, int status);
/* As that, with a location, from malloc(), which is taken. */
void answer_location(const struct answer *a, int status, char *location);
/* As that, for 416: the length that ranges are held against. */
void answer_unsatisfiable(const struct answer *a, uint64_t length);
/* 200 with a page. */
void answer_page(const struct answer *a, const struct page *page);
/* 200 with a page from malloc(), which is taken; NULL: 503. */
void answer_made_page(const struct answer *a, char *html, size_t length);

#endif
