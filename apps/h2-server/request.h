/* SPDX-License-Identifier: MIT */
/*
 * One request and its answer.
 *
 *   GET, HEAD   answered when the header section is there
 *   POST, PUT   body taken and dropped, answered at its end like GET, or at its beginning with
 *               --early-response; with --echo-upload the answer is the body itself, as it comes in
 *   others      405
 *
 * Invariants:
 * - At most one response is submitted. If that fails the exchange is cut.
 * - An upload that waits for its end keeps a copy of its path and no open file.
 */
#ifndef H2KIT_APPS_REQUEST_H
#define H2KIT_APPS_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include <h2session/h2session.h>

#include "carrier.h"

struct record;
struct request;
struct server;

/* NULL when out of memory. The carrier is copied. */
struct request *request_new(struct server *server, const struct carrier *carrier);
void request_free(struct request *r);
/* What is to be told of it when it ends; NULL when nobody wants to know, or memory was short. */
const struct record *request_record(const struct request *r);

/* Return what the callback they belong to returns. */
int request_begin(struct request *r, const h2session_headers_event *event);
int request_data(struct request *r, const uint8_t *data, size_t length);
int request_end(struct request *r);

#endif
