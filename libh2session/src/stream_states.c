/* SPDX-License-Identifier: MIT */
#include "stream_states.h"

/* What an input means: the next state, or one of these judgements with the state unchanged. */
enum {
    NEXT_MAX = STATE_COUNT - 1,
    IGNORE = 16, /* no effect, no error */
    BAD_IDLE,    /* CONNECTION PROTOCOL_ERROR */
    BAD_RSVD,    /* CONNECTION PROTOCOL_ERROR: reserved */
    BAD_HALF,    /* STREAM STREAM_CLOSED: after END_STREAM */
    BAD_GONE,    /* CONNECTION STREAM_CLOSED */
    BAD_LATE,    /* STREAM STREAM_CLOSED: closed */
    CALLER       /* this side may not send that */
};

/* Short names keep the table in sight as one picture. */
enum {
    IDLE = STATE_IDLE,
    R_LOCAL = STATE_RESERVED_LOCAL,
    R_REMOTE = STATE_RESERVED_REMOTE,
    OPEN = STATE_OPEN,
    H_LOCAL = STATE_HALF_CLOSED_LOCAL,
    H_REMOTE = STATE_HALF_CLOSED_REMOTE,
    CLOSED = STATE_CLOSED,
    RESET = STATE_CLOSED_BY_RESET
};

/* RFC 9113 5.1, figure 2. A row is a state; the columns are the inputs, received ones first. A
 * stream that becomes reserved does not pass here: PUSH_PROMISE is an input of the stream that
 * carries it. rfc: 9113#5.1 */
/* clang-format off */
const uint8_t h2session__stream_states_table[STATE_COUNT][INPUT_COUNT] = {
/*              HEADERS   DATA      END_STR.  RST     WINDOW    PRIORITY  PUSH_PR.
                HEADERS   DATA      END_STR.  RST                          (sent) */
[IDLE]     = {  OPEN,     BAD_IDLE, BAD_IDLE, BAD_IDLE, BAD_IDLE, IDLE,     BAD_IDLE,
                OPEN,     CALLER,   CALLER,   CALLER },
[R_LOCAL]  = {  BAD_RSVD, BAD_RSVD, BAD_RSVD, CLOSED,   R_LOCAL,  R_LOCAL,  BAD_RSVD,
                H_REMOTE, CALLER,   CALLER,   RESET },
[R_REMOTE] = {  H_LOCAL,  BAD_RSVD, BAD_RSVD, CLOSED,   BAD_RSVD, R_REMOTE, BAD_RSVD,
                CALLER,   CALLER,   CALLER,   RESET },
[OPEN]     = {  OPEN,     OPEN,     H_REMOTE, CLOSED,   OPEN,     OPEN,     OPEN,
                OPEN,     OPEN,     H_LOCAL,  RESET },
[H_LOCAL]  = {  H_LOCAL,  H_LOCAL,  CLOSED,   CLOSED,   H_LOCAL,  H_LOCAL,  H_LOCAL,
                CALLER,   CALLER,   CALLER,   RESET },
[H_REMOTE] = {  BAD_HALF, BAD_HALF, BAD_HALF, CLOSED,   H_REMOTE, H_REMOTE, BAD_HALF,
                H_REMOTE, H_REMOTE, CLOSED,   RESET },
[CLOSED]   = {  BAD_GONE, BAD_LATE, BAD_LATE, IGNORE,   IGNORE,   IGNORE,   BAD_GONE,
                CALLER,   CALLER,   CALLER,   CALLER },
[RESET]    = {  IGNORE,   IGNORE,   IGNORE,   IGNORE,   IGNORE,   IGNORE,   IGNORE,
                CALLER,   CALLER,   CALLER,   CALLER },
};
/* clang-format on */

_Static_assert((int)NEXT_MAX < (int)IGNORE, "states and judgements share the table");

struct verdict h2session__stream_states_judge(uint32_t cell)
{
    switch (cell) {
    case IGNORE:
        return verdict_ignore();
    case BAD_IDLE:
        return verdict_protocol(H2SESSION_REASON_STREAM_IDLE);
    case BAD_RSVD:
        return verdict_protocol(H2SESSION_REASON_STREAM_RESERVED);
    case BAD_HALF:
        return verdict_stream(H2FRAME_CODE_STREAM_CLOSED, H2SESSION_REASON_STREAM_HALF_CLOSED);
    case BAD_GONE:
        return verdict_connection(H2FRAME_CODE_STREAM_CLOSED, H2SESSION_REASON_STREAM_CLOSED);
    case BAD_LATE:
        return verdict_stream(H2FRAME_CODE_STREAM_CLOSED, H2SESSION_REASON_STREAM_CLOSED);
    default:
        assert(cell == CALLER);
        return verdict_stream(H2FRAME_CODE_INTERNAL_ERROR, H2SESSION_REASON_NONE);
    }
}

const char *h2session__stream_states_name(uint32_t state)
{
    static const char *const NAMES[STATE_COUNT] = {
        [STATE_IDLE] = "idle",
        [STATE_RESERVED_LOCAL] = "reserved (local)",
        [STATE_RESERVED_REMOTE] = "reserved (remote)",
        [STATE_OPEN] = "open",
        [STATE_HALF_CLOSED_LOCAL] = "half-closed (local)",
        [STATE_HALF_CLOSED_REMOTE] = "half-closed (remote)",
        [STATE_CLOSED] = "closed",
        [STATE_CLOSED_BY_RESET] = "closed (reset)",
    };
    return state < STATE_COUNT ? NAMES[state] : "unknown";
}
