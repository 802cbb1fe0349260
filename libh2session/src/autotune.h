/* SPDX-License-Identifier: MIT */
/*
 * How large receiving windows should be. A window that is used up in a round trip holds the sender
 * back; so whenever half of one comes in within two round trips the size that is aimed at doubles,
 * up to a maximum. That ends at about four times what the path carries in a round trip: credit comes
 * back in halves of a window, and a sender should never wait for it.
 *
 * The round trip is the shortest that a PING took, so a queue that larger windows build up somewhere
 * is no reason for still larger ones. A PING is sent when the first DATA comes and each time the size
 * has grown, and no more. Sizes never shrink: what was permitted cannot be taken back.
 *
 * Pure: octets and times are arguments.
 */
#ifndef H2SESSION_SRC_AUTOTUNE_H
#define H2SESSION_SRC_AUTOTUNE_H

#include <stdint.h>

enum { AUTOTUNE_PING = 1, AUTOTUNE_GREW = 2 };

struct autotune {
    uint64_t octets;        /* since half a window was full the last time, */
    uint64_t since_ns;      /* at that time */
    uint64_t round_trip_ns; /* 0: not known */
    uint64_t pinged_ns;
    uint32_t size; /* of the windows that are aimed at */
    uint32_t most;
    uint32_t pings; /* under way: 0 or 1 */
    uint32_t begun; /* since_ns counts */
};

void h2session__autotune_init(struct autotune *t, uint32_t size, uint32_t most);

/* So many octets came. AUTOTUNE_ bits: a PING is to be sent now; size has grown. */
uint32_t h2session__autotune_received(struct autotune *t, uint32_t octets, uint64_t now_ns);

/* The PING came back; no effect when none was under way. */
void h2session__autotune_ping_acked(struct autotune *t, uint64_t now_ns);

#endif
