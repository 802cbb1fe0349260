/* SPDX-License-Identifier: MIT */
/*
 * How long something could not go on, and why: a clock that runs for one cause at a time.
 *
 * Invariants:
 * - Exactly one cause holds at a time, STALL_NONE for "it goes on"; its time goes to that cause
 *   when another one takes its place, or is counted up to the time that is asked for.
 * - Time that goes backwards counts as none.
 */
#ifndef H2KIT_CLIENT_STALL_H
#define H2KIT_CLIENT_STALL_H

#include <stdint.h>

enum stall_cause {
    STALL_NONE = 0,
    STALL_STREAMS = 1,           /* the peer allows no more streams at once */
    STALL_STREAM_WINDOW = 2,     /* the window of the stream is used up */
    STALL_CONNECTION_WINDOW = 3, /* that of the connection is */
    STALL_CAUSES = 4
};

struct stall_clock {
    enum stall_cause cause;
    uint64_t since_ns;
    uint64_t total_ns[STALL_CAUSES];
};

/* From now on it stands still for this cause, or goes on (NONE). */
void stall_set(struct stall_clock *clock, enum stall_cause cause, uint64_t now_ns);
/* How long this cause has held so far. */
uint64_t stall_total_ns(const struct stall_clock *clock, enum stall_cause cause, uint64_t now_ns);

#endif
