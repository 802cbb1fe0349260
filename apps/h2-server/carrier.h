/* SPDX-License-Identifier: MIT */
/*
 * What carries a request and its answer: a stream of an h2session, or an HTTP/1.1 connection. All
 * that a request needs of it, so that it need not know which it is.
 *
 * Invariant: calls may come from inside the events of the carrier. After carrier_fail() the request
 * may be gone.
 */
#ifndef H2KIT_APPS_CARRIER_H
#define H2KIT_APPS_CARRIER_H

#include <stddef.h>
#include <stdint.h>

#include <h2session/h2session.h>

#include "h2_conn.h"

struct carrier {
    h2session *session; /* NULL: HTTP/1.1 */
    struct h1_conn *http1;
    uint32_t stream_id;
    struct h2_conn *transport;
};

/* Return 0 or a negative H2SESSION_ERR_. */
int carrier_respond(const struct carrier *carrier, const h2session_message *message);
/* Before the response; HTTP/1.0 does not have such, then nothing is sent. */
int carrier_inform(const struct carrier *carrier, const hpack_field *fields, size_t count);
/* A response with a body and fields behind it, which over HTTP/1.1 only those get who want them.
 * They are borrowed until the body has left. */
int carrier_respond_trailed(const struct carrier *carrier, const h2session_message *message,
                            const hpack_field *trailers, size_t count);
int carrier_resume(const struct carrier *carrier);
int carrier_consume(const struct carrier *carrier, size_t length);
/* After calls from outside of the events of the carrier. */
void carrier_wake(const struct carrier *carrier);
/* Ends the exchange without its answer, or in the middle of it. */
int carrier_fail(const struct carrier *carrier);

#endif
