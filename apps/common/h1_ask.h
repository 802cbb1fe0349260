/* SPDX-License-Identifier: MIT */
/*
 * One request of HTTP/1.1 on a socket that something else will use afterwards: an upgrade (RFC 7540
 * 3.2), or CONNECT to a proxy (RFC 9110 9.3.6).
 *
 * Invariants:
 * - Nothing that follows the head of the response is taken from the socket.
 * - The callback comes exactly once, never from within h1_ask() itself, unless h1_ask_cancel() was
 *   called before. Reading of the socket has stopped by then.
 * - Interim responses (1xx but 101) are passed over, at most H1_ASK_INTERIM of them; a head has at
 *   most H1_ASK_HEAD octets, and all must be there after timeout_ms.
 * - The socket stays the caller's, also on failure.
 * rfc: 9110#15.2
 */
#ifndef H2KIT_APPS_H1_ASK_H
#define H2KIT_APPS_H1_ASK_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "loop.h"

enum { H1_ASK_HEAD = 16384, H1_ASK_INTERIM = 16 };

struct h1_ask;

struct h1_reply {
    const char *error; /* one line, NULL when there is a response; valid during the callback */
    const char *head;  /* the response up to its empty line */
    size_t length;
    uint32_t status;
    uint32_t is_h2c; /* its field Upgrade names h2c */
};

typedef void (*h1_ask_function)(const struct h1_reply *reply, void *user);

/* Sends the text, which is copied. Returns 0 or a negative libuv error; then no callback comes.
 * timeout_ms 0: none. */
int h1_ask(struct h1_ask **out, struct loop *loop, uv_tcp_t *socket, const char *text,
           uint64_t timeout_ms);
void h1_ask_on_reply(struct h1_ask *ask, h1_ask_function done, void *user);
/* Gives up silently; not after the callback. */
void h1_ask_cancel(struct h1_ask *ask);

#endif
