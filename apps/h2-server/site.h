/* SPDX-License-Identifier: MIT */
/*
 * What the server has to give: the files below a folder, or the built-in page. It makes the answer
 * to a request without knowing how either travels.
 *
 * Invariants:
 * - Every request gets an answer: what fails on the way is one too (404, 503, ...).
 * - Nothing here waits for anything but files.
 */
#ifndef H2KIT_APPS_SITE_H
#define H2KIT_APPS_SITE_H

#include <stdint.h>

#include "asked.h"
#include "body.h"
#include "response.h"
#include "static_files.h"

enum { SITE_ERROR_SIZE = 512 };

struct site_options {
    const char *folder; /* NULL: the built-in page */
};

struct site {
    const struct site_options *options;
    struct static_root root; /* fd -1: none */
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
