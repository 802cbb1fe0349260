/* SPDX-License-Identifier: MIT */
/*
 * Stream states of RFC 9113 5.1 as one table: [state][input] -> next state, verdict. Pure.
 * A reviewer can hold the table in stream_states.c against figure 2 of the RFC.
 *
 * CLOSED covers streams that are gone from the stream table; how they ended matters for what a
 * late frame means, hence the three kinds.
 */
#ifndef H2SESSION_SRC_STREAM_STATES_H
#define H2SESSION_SRC_STREAM_STATES_H

#include <assert.h>

#include "cold.h"
#include "verdict.h"

enum {
    STATE_IDLE = 0,
    STATE_RESERVED_LOCAL = 1,
    STATE_RESERVED_REMOTE = 2,
    STATE_OPEN = 3,
    STATE_HALF_CLOSED_LOCAL = 4,
    STATE_HALF_CLOSED_REMOTE = 5,
    STATE_CLOSED = 6,          /* both sides ended it, or the peer reset it */
    STATE_CLOSED_BY_RESET = 7, /* we reset it: late frames of the peer are drained */
    STATE_COUNT = 8
};

enum {
    INPUT_RECV_HEADERS = 0,
    INPUT_RECV_DATA = 1,
    INPUT_RECV_END_STREAM = 2, /* after the HEADERS or DATA that carried it */
    INPUT_RECV_RST_STREAM = 3,
    INPUT_RECV_WINDOW_UPDATE = 4,
    INPUT_RECV_PRIORITY = 5,
    INPUT_RECV_PUSH_PROMISE = 6, /* on the stream that carries it */
    INPUT_SEND_HEADERS = 7,
    INPUT_SEND_DATA = 8,
    INPUT_SEND_END_STREAM = 9,
    INPUT_SEND_RST_STREAM = 10,
    INPUT_COUNT = 11
};

/* [state][input]: the next state, or a judgement from STATE_COUNT on, which the function below makes
 * a verdict of. */
extern const uint8_t h2session__stream_states_table[STATE_COUNT][INPUT_COUNT];
COLD struct verdict h2session__stream_states_judge(uint32_t cell);

/*
 * Applies an input: *state becomes the next state and the verdict is OK; or *state stands and the
 * verdict says what the peer did wrong (receive inputs) or that the caller may not do that (send
 * inputs: STREAM scope, INTERNAL_ERROR).
 *
 * rfc: 9113#5.1
 * - idle: any frame but HEADERS and PRIORITY is CONNECTION PROTOCOL_ERROR (STREAM_IDLE).
 * - reserved (local): only RST_STREAM, PRIORITY, WINDOW_UPDATE from the peer, else CONNECTION
 *   PROTOCOL_ERROR (STREAM_RESERVED). reserved (remote): only HEADERS, RST_STREAM, PRIORITY.
 * - half-closed (remote): DATA, HEADERS, END_STREAM, PUSH_PROMISE are STREAM STREAM_CLOSED
 *   (STREAM_HALF_CLOSED).
 * - closed: HEADERS and PUSH_PROMISE are CONNECTION STREAM_CLOSED, DATA is STREAM STREAM_CLOSED
 *   (STREAM_CLOSED); WINDOW_UPDATE, RST_STREAM, PRIORITY are IGNORE.
 * - closed by our reset: everything is IGNORE.
 */
static inline struct verdict h2session__stream_states_apply(uint32_t *state, uint32_t input)
{
    assert(*state < STATE_COUNT && input < INPUT_COUNT);
    uint32_t cell = h2session__stream_states_table[*state][input];
    if (cell >= STATE_COUNT) {
        return h2session__stream_states_judge(cell);
    }
    *state = cell;
    return verdict_ok();
}

/* Whether an input is one that the state allows. */
static inline int h2session__stream_states_takes(uint32_t state, uint32_t input)
{
    assert(state < STATE_COUNT && input < INPUT_COUNT);
    return h2session__stream_states_table[state][input] < STATE_COUNT;
}

/* Whether the peer may still send HEADERS or DATA / whether we may. */
static inline int h2session__stream_states_remote_open(uint32_t state)
{
    return state == STATE_OPEN || state == STATE_HALF_CLOSED_LOCAL ||
           state == STATE_RESERVED_REMOTE;
}

static inline int h2session__stream_states_local_open(uint32_t state)
{
    return state == STATE_OPEN || state == STATE_HALF_CLOSED_REMOTE ||
           state == STATE_RESERVED_LOCAL;
}

/* "half-closed (remote)"; for traces and tests. Never NULL. */
const char *h2session__stream_states_name(uint32_t state);

#endif
