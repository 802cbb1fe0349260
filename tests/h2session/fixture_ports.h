/* SPDX-License-Identifier: MIT */
/*
 * The byte ports and the clock of a session under test, and traces of them.
 *
 * A trace is text, a line a call, in the order of the calls:
 *
 *   recv TIME HEX      h2session_recv() with these octets
 *   peek COUNT         h2session_peek() for so many pieces
 *   sent TIME LENGTH   h2session_sent()
 *   tick TIME          h2session_tick()
 *   eof TIME           h2session_recv_eof()
 *   app TEXT           the application calls from outside of callbacks; the text is its own
 *
 * Time is in nanoseconds. A session has no clock and no randomness, so a trace that is played again
 * to a new one, with the same configuration and an application that answers events as it did, gives
 * the same events and the same octets.
 */
#ifndef H2KIT_TESTS_H2SESSION_FIXTURE_PORTS_H
#define H2KIT_TESTS_H2SESSION_FIXTURE_PORTS_H

#include "fixture.h"

/* One call each. Results other than 0 become lines of the log; with f->trace_to the call becomes a
 * line of the trace. */
int fixture_recv(struct fixture *f, const uint8_t *data, size_t length, size_t *consumed);
/* Octets lent; what they are is logged and kept when they are sent. */
size_t fixture_peek(struct fixture *f, size_t count);
void fixture_sent(struct fixture *f, size_t length);
int fixture_tick(struct fixture *f);
int fixture_eof(struct fixture *f);
/* Adds the line of a call of the application. */
void fixture_trace_app(struct fixture *f, const char *text);

/* Makes the calls of a trace; app makes those of the application. */
void fixture_replay(struct fixture *f, const char *trace,
                    void (*app)(struct fixture *f, const char *text, void *arg), void *arg);

#endif
