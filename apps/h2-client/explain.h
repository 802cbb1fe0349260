/* SPDX-License-Identifier: MIT */
/*
 * --explain: errors of HTTP/2 in words: who did what, what followed from it, and where the rule
 * stands. One line each; pure functions over what the session tells.
 */
#ifndef H2KIT_CLIENT_EXPLAIN_H
#define H2KIT_CLIENT_EXPLAIN_H

#include <h2session/h2session.h>

enum { EXPLAIN_SIZE = 640 };

/* What the peer did that this side ends a stream, or the connection, for. last: the latest frame of
 * the peer, as explain_frame() gives it. */
void explain_fault(char out[EXPLAIN_SIZE], const h2session_fault_event *fault, const char *last);
/* RST_STREAM of the peer, or its GOAWAY (stream_id 0). */
void explain_code(char out[EXPLAIN_SIZE], uint32_t stream_id, uint32_t code);

enum { EXPLAIN_FRAME_SIZE = 96 };

/* "DATA <length=3, flags=0x01, stream_id=1>" */
void explain_frame(char out[EXPLAIN_FRAME_SIZE], const h2frame_frame *frame);

#endif
