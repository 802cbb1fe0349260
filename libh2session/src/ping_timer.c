/* SPDX-License-Identifier: MIT */
#include "ping_timer.h"

#include <string.h>

void h2session__ping_timer_queued(struct ping_timer *t, const uint8_t opaque[8], uint64_t end)
{
    if (t->state == PING_NONE) {
        t->state = PING_QUEUED;
        t->at = end;
        memcpy(t->opaque, opaque, sizeof t->opaque);
    }
}

void h2session__ping_timer_sent(struct ping_timer *t, uint64_t total_sent, uint64_t now_ns)
{
    if (t->state == PING_QUEUED && total_sent >= t->at) {
        t->state = PING_SENT;
        t->at = now_ns;
    }
}

uint64_t h2session__ping_timer_acked(struct ping_timer *t, const uint8_t opaque[8], uint64_t now_ns)
{
    if (t->state == PING_NONE || memcmp(t->opaque, opaque, sizeof t->opaque) != 0) {
        return 0;
    }
    /* An ACK before the PING was sent is a guess of the peer. */
    int is_guess = t->state == PING_QUEUED;
    t->state = PING_NONE;
    if (is_guess) {
        return 0;
    }
    return now_ns > t->at ? now_ns - t->at : 1;
}
