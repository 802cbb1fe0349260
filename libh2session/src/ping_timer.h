/* SPDX-License-Identifier: MIT */
/*
 * How long a PING of the application takes to come back: from the moment all its octets have been
 * sent to its ACK. One at a time is timed; others that are queued meanwhile are not. Pure: places
 * in the output and times are arguments.
 */
#ifndef H2SESSION_SRC_PING_TIMER_H
#define H2SESSION_SRC_PING_TIMER_H

#include <stdint.h>

enum { PING_NONE = 0, PING_QUEUED = 1, PING_SENT = 2 };

struct ping_timer {
    uint64_t at; /* QUEUED: place in the output behind it; SENT: time */
    uint8_t opaque[8];
    uint32_t state; /* PING_ */
};

/* A PING was queued, its last octet right before `end`. */
void h2session__ping_timer_queued(struct ping_timer *t, const uint8_t opaque[8], uint64_t end);
/* The output has been sent up to that place. */
void h2session__ping_timer_sent(struct ping_timer *t, uint64_t total_sent, uint64_t now_ns);
/* An ACK came: the time it took, at least 1; 0 when that PING was not timed. */
uint64_t h2session__ping_timer_acked(struct ping_timer *t, const uint8_t opaque[8],
                                     uint64_t now_ns);

#endif
