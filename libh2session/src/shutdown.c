/* SPDX-License-Identifier: MIT */
/*
 * The end of a connection that is not the peer's fault. A server announces it with the highest
 * stream id and a PING; when the PING comes back, no request sent before the announcement can
 * still be under way, and the second GOAWAY names the last stream (RFC 9113 6.8).
 */
#include <string.h>

#include "session.h"

static const uint8_t SHUTDOWN_PING[8] = {'s', 'h', 'u', 't', 'd', 'o', 'w', 'n'};

static int final_goaway(h2session *s)
{
    s->shutdown = SHUTDOWN_FINAL;
    return h2session__out_frame_goaway(s, s->last_peer_id, H2FRAME_CODE_NO_ERROR,
                                       H2SESSION_REASON_NONE);
}

int h2session_shutdown(h2session *s)
{
    if (s == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    if (s->failed != 0 || s->terminated || s->shutdown != SHUTDOWN_NONE) {
        return s->failed;
    }
    int result = 0;
    if (s->config.role == H2SESSION_CLIENT || s->eof) {
        result = final_goaway(s);
    } else {
        s->shutdown = SHUTDOWN_ANNOUNCED;
        result = h2session__out_frame_goaway(s, H2FRAME_MAX_STREAM_ID, H2FRAME_CODE_NO_ERROR,
                                             H2SESSION_REASON_NONE);
        result = result != 0 ? result : h2session__out_frame_ping(s, SHUTDOWN_PING, 0);
    }
    return h2session__session_submitted(s, result);
}

int h2session__shutdown_ping_acked(h2session *s, const uint8_t opaque[8], int *taken)
{
    *taken = s->shutdown == SHUTDOWN_ANNOUNCED && memcmp(opaque, SHUTDOWN_PING, 8) == 0;
    return *taken ? final_goaway(s) : 0;
}

int h2session_terminate(h2session *s, uint32_t code)
{
    if (s == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    if (s->failed != 0) {
        return s->failed;
    }
    return h2session__session_submitted(
        s, h2session__fault_terminate(s, 0, code, H2SESSION_REASON_APPLICATION));
}
