/* SPDX-License-Identifier: MIT */
/*
 * Time since something began. Not every call of a session brings the time, so what begins in one
 * that does not is only armed: its time counts from the next call that does. Pure.
 */
#ifndef H2SESSION_SRC_TIMER_H
#define H2SESSION_SRC_TIMER_H

#include <stdint.h>

enum { TIMER_OFF = 0, TIMER_ARMED = 1, TIMER_RUNNING = 2 };

/* All zero is off. */
struct timer {
    uint64_t since_ns; /* ARMED: the last time known, a lower bound */
    uint32_t state;    /* TIMER_ */
};

/* known: now_ns is the time of this very call. No effect when it is not off. */
static inline void timer_start(struct timer *t, uint64_t now_ns, int known)
{
    if (t->state == TIMER_OFF) {
        *t = (struct timer){now_ns, known ? TIMER_RUNNING : TIMER_ARMED};
    }
}

static inline void timer_stop(struct timer *t)
{
    t->state = TIMER_OFF;
}

/* The time became known. */
static inline void timer_settle(struct timer *t, uint64_t now_ns)
{
    if (t->state == TIMER_ARMED) {
        *t = (struct timer){now_ns, TIMER_RUNNING};
    }
}

/* When so much time will have passed; UINT64_MAX: never, also for timeout 0. That of an armed timer
 * may lie in the past: whoever asks again then knows the time. */
static inline uint64_t timer_end(const struct timer *t, uint64_t timeout_ns)
{
    if (t->state == TIMER_OFF || timeout_ns == 0 || timeout_ns > UINT64_MAX - t->since_ns) {
        return UINT64_MAX;
    }
    return t->since_ns + timeout_ns;
}

#endif
