/* SPDX-License-Identifier: MIT */
/*
 * The sending windows of all streams (RFC 9113 6.9.2). They move together whenever the peer changes
 * INITIAL_WINDOW_SIZE, which it may do as often as it likes; so a stream keeps only how far its
 * window is ahead of that value, and a change costs the same for one stream and for a thousand.
 * Pure: no session, no frames.
 *
 * Invariant: no stream is further ahead than `highest`, so a value that fits with it fits for all.
 * Only when it does not fit the streams have to be looked at; the caller then tells the true
 * highest, and it takes a WINDOW_UPDATE to make it wrong again.
 */
#ifndef H2SESSION_SRC_SEND_WINDOWS_H
#define H2SESSION_SRC_SEND_WINDOWS_H

#include <stdint.h>

struct send_windows {
    int64_t initial; /* INITIAL_WINDOW_SIZE of the peer */
    int64_t highest; /* >= 0: a new stream is ahead by 0 */
};

void h2session__send_windows_init(struct send_windows *w, uint32_t initial);

/* What may be sent; negative after the peer lowered the value. */
static inline int64_t send_window(const struct send_windows *w, int64_t ahead)
{
    return w->initial + ahead;
}

/* Takes n octets off. 0, or -1 (nothing taken) when n exceeds the window; 0 always fits. */
int h2session__send_windows_charge(const struct send_windows *w, int32_t *ahead, uint32_t n);

/* WINDOW_UPDATE of the peer. 0, or -1 (unchanged) when the window would exceed 2^31-1. */
int h2session__send_windows_credit(struct send_windows *w, int32_t *ahead, uint32_t increment);

/* A new INITIAL_WINDOW_SIZE. 0, or -1 (unchanged) when some window could exceed 2^31-1: find the
 * stream that is furthest ahead and call again with that, or 0 when none is ahead, in highest. */
int h2session__send_windows_change(struct send_windows *w, uint32_t initial);

#endif
