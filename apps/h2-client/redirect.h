/* SPDX-License-Identifier: MIT */
/*
 * --location: a request goes on where a redirect sends it (RFC 9110 15.4).
 *
 * Invariants:
 * - At most --max-redirs times, and never from https to http.
 * - To another origin than that of the URI on the command line go no credentials: neither the fields
 *   authorization, cookie and proxy-authorization, nor an :authority that was given, nor a client
 *   certificate.
 * - 303 makes it GET, as do 301 and 302 with a body; 307 and 308 send the body again, where it can be.
 * - The request keeps its place in the order of bodies; the body of the redirect itself is dropped.
 */
#ifndef H2KIT_CLIENT_REDIRECT_H
#define H2KIT_CLIENT_REDIRECT_H

#include "fetch.h"

/* The final response has come: remembers where it leads, if it is to be followed. */
void redirect_consider(struct fetch *fetch, struct request *request,
                       const h2session_headers_event *event);
/* The answer is complete. 1: the request waits to be sent again, or has failed; 0: it leads nowhere. */
int redirect_follow(struct fetch *fetch, struct request *request);
/* 1 when a URI of the command line has this origin, 0 when none does, -1 when out of memory. */
int redirect_is_named(const struct fetch *fetch, const struct uri *uri);

#endif
