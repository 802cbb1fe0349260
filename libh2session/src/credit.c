/* SPDX-License-Identifier: MIT */
/*
 * Credit for DATA that was received: what needs no room any more is given back to the peer with
 * WINDOW_UPDATE, many octets at a time.
 */
#include "session.h"

int h2session__credit_give(h2session *s, struct stream *st, uint32_t n)
{
    if (s->terminated) {
        return 0;
    }
    h2session__flow_consume(&s->recv_flow, n);
    uint32_t increment = h2session__flow_update(&s->recv_flow);
    int result = increment > 0 ? h2session__out_frame_window_update(s, 0, increment) : 0;
    if (result != 0 || st == NULL || !h2session__stream_states_remote_open(st->state)) {
        return result;
    }
    h2session__flow_consume(&st->recv, n);
    increment = h2session__flow_update(&st->recv);
    return increment > 0 ? h2session__out_frame_window_update(s, st->id, increment) : 0;
}
