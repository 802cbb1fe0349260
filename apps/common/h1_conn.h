/* SPDX-License-Identifier: MIT */
/*
 * One HTTP/1.1 connection of a server (RFC 9112), as a machine without socket and clock. Requests and
 * answers look as they do over HTTP/2: h2session_headers_event in, h2session_message out.
 *
 * Invariants:
 * - Exchanges come one after the other: of what a client sends ahead nothing is looked at before the
 *   answer to the request before it has left.
 * - Nothing of a request is told before its head is complete and in order. A request that is not is
 *   refused with a status, and the connection closes.
 * - on_done follows each on_request exactly once, also from h1_conn_free(); the body source is not
 *   called afterwards.
 * - A body waits while `body_window` octets of it are not consumed. What was received and not looked
 *   at is kept: whoever feeds stops within one read after H1_WANT_READ has gone.
 * - Body sources get NULL for the session, and stream id 1.
 */
#ifndef H2KIT_APPS_H1_CONN_H
#define H2KIT_APPS_H1_CONN_H

#include <stddef.h>
#include <stdint.h>

#include <h2session/h2session.h>

#include "h1_head.h"

struct h1_conn;

/* All times in nanoseconds. */
struct h1_config {
    struct h1_limits limits;
    uint64_t body_limit; /* octets: 413; 0: none */
    size_t body_window;
    uint64_t first_timeout; /* nothing came at all; 0: idle_timeout */
    uint64_t idle_timeout;  /* between requests; for an answer when the client has ended its side */
    uint64_t head_timeout;  /* from the first octet of a head to its last: 408 */
    uint64_t body_timeout;  /* a body may take so long, and a second more for each */
    uint64_t body_rate;     /* ... so many octets: 408 */
    /* Patience with who does not take the answer: grows with each octet at body_rate, from
     * body_timeout at the start to this at most; 0: body_timeout. */
    uint64_t output_max;
    uint32_t manual_consume;
    uint32_t is_https;
    /* As in h2session_config; NULL: libc. */
    void *(*resize)(void *ctx, void *ptr, size_t old_size, size_t new_size);
    void *resize_ctx;
};

/* How an exchange ended. */
enum h1_done {
    H1_DONE_COMPLETE,
    H1_DONE_REFUSED, /* without an answer so far: on_refused comes next */
    H1_DONE_CUT, /* from this side: the answer, or the request, could not be brought to its end */
    H1_DONE_LOST /* the connection went */
};

/* Those that return int end the connection when that is not 0. */
struct h1_callbacks {
    int (*on_request)(struct h1_conn *c, const h2session_headers_event *event, void *user);
    int (*on_data)(struct h1_conn *c, const uint8_t *data, size_t length, void *user);
    int (*on_end)(struct h1_conn *c, void *user); /* of the request, also without a body */
    void (*on_done)(struct h1_conn *c, enum h1_done how, void *user);
    /* Submits the answer to what was refused; there is no request. */
    int (*on_refused)(struct h1_conn *c, int status, void *user);
    /* "Upgrade: h2c" of a request without a body. Returns 1: done, 101 is sent and what was received
     * after it is h1_conn_rest(); 0: no, the request comes by on_request. NULL: never. */
    int (*on_upgrade)(struct h1_conn *c, const hpack_field *settings,
                      const h2session_headers_event *event, void *upgrade_user);
    void *upgrade_user;
};

enum { H1_WANT_READ = 1, H1_WANT_WRITE = 2, H1_WANT_CLOSE = 4, H1_UPGRADED = 8 };

/* How it ended, with H1_WANT_CLOSE. */
enum h1_error { H1_CLEAN, H1_BROKEN, H1_NOMEM };

/* Defaults but for callbacks and times, which are those of an HTTP/2 server's configuration. */
void h1_config_init(struct h1_config *config, const h2session_config *session);

/* Both are copied. Returns 0, or -1 when out of memory. */
int h1_conn_new(struct h1_conn **out, const struct h1_config *config,
                const struct h1_callbacks *callbacks, void *user, uint64_t now);
void h1_conn_free(struct h1_conn *c);

void h1_conn_recv(struct h1_conn *c, const uint8_t *data, size_t length, uint64_t now);
void h1_conn_recv_eof(struct h1_conn *c, uint64_t now);
/* Lends what is to be sent until h1_conn_sent() has covered it. */
void h1_conn_peek(struct h1_conn *c, const uint8_t **data, size_t *length);
void h1_conn_sent(struct h1_conn *c, size_t length, uint64_t now);
/* After the deadline, and after calls of the application from outside a callback. */
void h1_conn_tick(struct h1_conn *c, uint64_t now);
uint64_t h1_conn_deadline_ns(const struct h1_conn *c); /* UINT64_MAX: none */
uint32_t h1_conn_wants(const struct h1_conn *c);
enum h1_error h1_conn_error(const struct h1_conn *c);
/* Of the request that runs: HTTP/1.x. */
uint32_t h1_conn_minor(const struct h1_conn *c);
/* A running exchange completes, with "connection: close" when that can still be said. */
void h1_conn_shutdown(struct h1_conn *c);
/* After the upgrade. */
void h1_conn_rest(const struct h1_conn *c, const uint8_t **data, size_t *length);

/* For the application; also inside callbacks. 0, or a negative H2SESSION_ERR_. */
int h1_conn_submit_response(struct h1_conn *c, const h2session_message *message);
/* An interim response, 1xx but 101, before the response. A client of HTTP/1.0 does not know such: it
 * gets nothing, and 0 is returned (RFC 9110 15.2). */
int h1_conn_submit_informational(struct h1_conn *c, const hpack_field *fields, size_t count);
/* Before the response: what follows its body, if it has one. Sent to clients that said "TE:
 * trailers", in chunks and so without the length; names are announced. Borrowed until the body has
 * left. */
int h1_conn_set_trailers(struct h1_conn *c, const hpack_field *fields, size_t count);
int h1_conn_resume(struct h1_conn *c);
int h1_conn_consume(struct h1_conn *c, size_t length);
/* The request cannot be answered, or not to its end: 500 when no answer has begun, else the
 * connection is cut. */
int h1_conn_fail(struct h1_conn *c);

#endif
