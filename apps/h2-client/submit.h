/* SPDX-License-Identifier: MIT */
/*
 * Puts requests of the plan on streams.
 */
#ifndef H2KIT_CLIENT_SUBMIT_H
#define H2KIT_CLIENT_SUBMIT_H

#include "fetch.h"

/* Submits waiting requests of the origin while there is room for them, and begins the end of the
 * connection when there is nothing left to do on it. */
void submit_waiting(struct fetch *fetch);

/* The session did not take a request with these fields: it fails, saying why. */
void submit_failed(struct fetch *fetch, struct request *request, const struct fields *fields,
                   int result);

#endif
