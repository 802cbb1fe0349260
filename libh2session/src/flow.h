/* SPDX-License-Identifier: MIT */
/*
 * One flow-control window (RFC 9113 5.2, 6.9): of the connection, or the receiving one of a stream
 * (those for sending are in send_windows.h). Pure: no session, no frames.
 *
 * window is what may still be sent or received; it may be negative after a SETTINGS change and
 * never exceeds 2^31-1. A receiving window also knows its target size and the credit that has
 * been consumed but not announced yet: window + pending + (octets held by the application) equals
 * size. After size was lowered pending may be negative: so much credit is to be swallowed first,
 * because what the peer was given cannot be taken back.
 */
#ifndef H2SESSION_SRC_FLOW_H
#define H2SESSION_SRC_FLOW_H

#include <stdint.h>

#include "check.h"

#define FLOW_MAX INT64_C(0x7fffffff)

struct flow {
    int32_t window;
    int32_t size;    /* receiving: target */
    int64_t pending; /* receiving: consumed, not announced; below 0: owed to a smaller size */
};

void h2session__flow_init(struct flow *f, uint32_t size);

/* Aborts when the invariants are broken; used when H2_CHECKS is defined. */
void h2session__flow_check(const struct flow *f);

/* Takes n octets off the window. 0, or -1 (nothing taken) when n exceeds it; 0 always fits. */
static inline int h2session__flow_charge(struct flow *f, uint32_t n)
{
    RUN_CHECK(h2session__flow_check(f));
    /* An empty frame may be sent whatever the window is. rfc: 9113#6.9.1 */
    if (n > 0 && (int64_t)n > f->window) {
        return -1;
    }
    f->window -= (int32_t)n; /* at most the window, or 0 */
    RUN_CHECK(h2session__flow_check(f));
    return 0;
}

/* Sending: WINDOW_UPDATE from the peer. 0, or -1 (unchanged) when it would exceed 2^31-1. */
static inline int h2session__flow_credit(struct flow *f, uint32_t increment)
{
    RUN_CHECK(h2session__flow_check(f));
    int64_t window = f->window + (int64_t)increment; /* rfc: 9113#6.9.1 */
    if (window > FLOW_MAX) {
        return -1;
    }
    f->window = (int32_t)window;
    RUN_CHECK(h2session__flow_check(f));
    return 0;
}

/* INITIAL_WINDOW_SIZE changed by delta (RFC 9113 6.9.2): moves the window, and the size as far as
 * its range goes. 0, or -1 (unchanged) when the window would exceed 2^31-1. */
int h2session__flow_shift(struct flow *f, int64_t delta);

/* Receiving: a new target size, at most 2^31-1. Returns the increment to announce now, which is 0
 * unless the size grew; it is added to the window. */
uint32_t h2session__flow_resize(struct flow *f, uint32_t size);

/* Receiving: the application is done with n octets. */
static inline void h2session__flow_consume(struct flow *f, uint32_t n)
{
    f->pending += n;
    RUN_CHECK(h2session__flow_check(f));
}

/* Receiving: adds all pending credit to the window, as far as its range goes; returns how much. */
uint32_t h2session__flow_announce(struct flow *f);

/* Receiving: whether there is something to announce now: when the pending credit is at least half of
 * the target size. */
static inline int flow_is_due(const struct flow *f)
{
    return f->pending > 0 && f->pending >= f->size - f->pending;
}

/* Receiving: increment to announce now, 0 when not worth it yet; the returned credit is added to the
 * window. */
static inline uint32_t h2session__flow_update(struct flow *f)
{
    return flow_is_due(f) ? h2session__flow_announce(f) : 0;
}

#endif
