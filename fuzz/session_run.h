/* SPDX-License-Identifier: MIT */
/*
 * A session fed with any octets, for the targets session_server and session_client: whatever comes
 * and however it is cut, the events and the octets sent are the same, every stream that was
 * announced is closed exactly once, memory is bounded and given back.
 *
 * Input: one octet of options, one that seeds cuts and the application's actions, then the peer's
 * octets. The application acts by stream id and event only, never by how the input was cut.
 */
#ifndef H2KIT_FUZZ_SESSION_RUN_H
#define H2KIT_FUZZ_SESSION_RUN_H

#include <h2session/h2session.h>

enum {
    SESSION_GREET = 0x1,  /* the peer's preface, SETTINGS and ACK come before the input */
    SESSION_MANUAL = 0x2, /* H2SESSION_MANUAL_CONSUME */
    SESSION_SMALL = 0x4,  /* small limits */
    SESSION_PAUSE = 0x8,  /* callbacks pause */
    SESSION_TRACE = 0x10, /* on_trace is set */
    SESSION_MORE = 0x20   /* pushes, taken or sent; extended CONNECT at a server */
};

/* Runs the input whole and in pieces and compares; aborts on a difference. */
void session_run(uint32_t role, const uint8_t *data, size_t size);

#endif
