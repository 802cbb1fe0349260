/* SPDX-License-Identifier: MIT */
/*
 * The two steps of a graceful end. A server announces it with the highest stream id and a PING;
 * when the PING comes back, no request sent before the announcement can still be under way, and the
 * second GOAWAY names the last stream (RFC 9113 6.8).
 */
#include <string.h>

#include "session.h"

static const uint8_t SHUTDOWN_PING[8] = {'s', 'h', 'u', 't', 'd', 'o', 'w', 'n'};

int h2session__goaway_final(h2session *s)
{
    s->shutdown = SHUTDOWN_FINAL;
    return h2session__out_frame_goaway(s, s->last_peer_id, H2FRAME_CODE_NO_ERROR,
                                       H2SESSION_REASON_NONE);
}

int h2session__goaway_announce(h2session *s)
{
    s->shutdown = SHUTDOWN_ANNOUNCED;
    int result = h2session__out_frame_goaway(s, H2FRAME_MAX_STREAM_ID, H2FRAME_CODE_NO_ERROR,
                                             H2SESSION_REASON_NONE);
    s->shutdown_pinged = 1;
    return result != 0 ? result : h2session__out_frame_ping(s, SHUTDOWN_PING, 0);
}

int h2session__goaway_ping_acked(h2session *s, const uint8_t opaque[8], int *taken)
{
    *taken = s->shutdown_pinged && memcmp(opaque, SHUTDOWN_PING, 8) == 0;
    if (!*taken) {
        return 0;
    }
    s->shutdown_pinged = 0;
    return s->shutdown == SHUTDOWN_ANNOUNCED ? h2session__goaway_final(s) : 0;
}
