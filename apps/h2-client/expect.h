/* SPDX-License-Identifier: MIT */
/*
 * --expect-continue (RFC 9110 10.1.1): the body waits for 100 (Continue), but not for ever.
 *
 * Invariants:
 * - A body is released by 100, by a final response that has a body itself, or after EXPECT_WAIT_NS.
 * - When the whole answer is there and the body still waits, it is not sent: the stream is reset
 *   with NO_ERROR, which counts as complete.
 */
#ifndef H2KIT_CLIENT_EXPECT_H
#define H2KIT_CLIENT_EXPECT_H

#include "fetch.h"

/* A request whose body is held is about to be submitted. */
void expect_started(struct fetch *fetch);
/* A field section of an answer. */
void expect_answered(struct request *request, const h2session_headers_event *event);
/* The whole answer is there. */
void expect_ended(struct fetch *fetch, struct request *request);

#endif
