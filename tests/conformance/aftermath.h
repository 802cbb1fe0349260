/* SPDX-License-Identifier: MIT */
/*
 * How a connection must behave when something was wrong with it: after the fault of one stream the
 * others go on; after the fault of the connection nothing that comes has any effect.
 */
#ifndef H2KIT_TESTS_CONFORMANCE_AFTERMATH_H
#define H2KIT_TESTS_CONFORMANCE_AFTERMATH_H

#include <fixture.h>

/* A hundred frames of each type, right ones and wrong ones, for the input of a dead session. */
void aftermath_junk(struct fixture *f);

/* Fails the test unless a request on a new stream is answered and ends without fault. Afterwards
 * next_id is above the stream that a client's request took on the peer's side of the connection. */
void aftermath_alive(struct fixture *f, uint32_t peer_next_id);

/* Fails the test unless all is sent, WANT_CLOSE is set, and the junk neither calls back, nor
 * allocates or frees, nor makes output; calls of the application say what the session failed
 * with. */
void aftermath_dead(struct fixture *f);

#endif
