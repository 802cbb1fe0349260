/* SPDX-License-Identifier: MIT */
/*
 * The order of DATA: a session whose streams all have a body to send, let go by the connection's
 * window, and what of which stream came out in which order. Windows of the streams are wide.
 */
#ifndef H2KIT_TESTS_H2SESSION_FIXTURE_ORDER_H
#define H2KIT_TESTS_H2SESSION_FIXTURE_ORDER_H

#include "fixture.h"

enum { ORDER_STREAMS = 8, ORDER_WIDE = 1 << 24 };

#define GET_PRIORITY(value) GET_FIELDS "|priority " value

struct order {
    struct fixture f;
    struct body bodies[ORDER_STREAMS]; /* of stream 2 i + 1 */
};

/* The DATA of an output. */
struct tally {
    size_t octets[ORDER_STREAMS];
    uint32_t last;    /* stream of the last frame */
    char turns[2048]; /* "1 3 1 ": the streams in the order of their turns */
};

/* Starts and greets a session; f is initialised, its configuration may have been changed. */
void order_start(struct order *o);
/* A session of that role with the defaults. */
void order_begin(struct order *o, uint32_t role);
/* The request of stream 2 i + 1 arrives and is answered with a body of that length. */
void order_request(struct order *o, uint32_t i, const char *fields, size_t length);
/* A server with such requests, each with this field priority, NULL: with none. */
void order_requests(struct order *o, const char *const *priorities, uint32_t count, size_t length);
void order_end(struct order *o);

/* Lets so many more octets of DATA pass / all there is. */
struct tally order_octets(struct order *o, size_t octets);
struct tally order_all(struct order *o);
/* Another stream uses up the window of the connection, with those fields of its request, and is
 * closed. */
void order_close_window(struct order *o, uint32_t id, const char *fields);

void order_expect_priority(struct order *o, uint32_t id, uint32_t urgency, uint32_t incremental);

#endif
