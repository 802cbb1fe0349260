/* SPDX-License-Identifier: MIT */
/*
 * What goes with answers beside their fields and body: hints before a page (103, RFC 8297) and
 * trailers behind a body.
 *
 * Invariants:
 * - Both are said on the command line and do not depend on what a client sends.
 * - Trailers have names that mean nothing to HTTP itself: those belong before the body (RFC 9110
 *   6.5.1).
 * - Over HTTP/1.1 hints go to all but clients of HTTP/1.0, trailers to those who ask for them.
 */
#ifndef H2KIT_APPS_EXTRAS_H
#define H2KIT_APPS_EXTRAS_H

#include <h2session/h2session.h>

#include "asked.h"
#include "carrier.h"
#include "options.h"
#include "response.h"

enum { EXTRAS_MOST = 16 }; /* of each */

struct extras {
    hpack_field hints[EXTRAS_MOST + 1]; /* the first one is :status */
    size_t hint_count;                  /* 0: none */
    hpack_field trailers[EXTRAS_MOST];
    size_t trailer_count;
    char *names; /* of the trailers, in lower case */
};

/* hints: values of the field Link. trailers: lines "name: value". The texts must outlive the extras.
 * Returns 0, or -1 with one line in error. */
int extras_read(struct extras *extras, const struct option_list *hints,
                const struct option_list *trailers, char error[OPTIONS_ERROR_SIZE]);
void extras_clear(struct extras *extras);

/* Before the answer is submitted: hints, if it is a page that was asked for by GET. Returns 0 or a
 * negative H2SESSION_ERR_. */
int extras_before(const struct extras *extras, const struct carrier *carrier,
                  const struct asked *asked, const struct response *response);
/* Submits the answer with its trailers, if it has a body. */
int extras_respond(const struct extras *extras, const struct carrier *carrier,
                   const h2session_message *message);

#endif
