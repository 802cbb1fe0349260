/* SPDX-License-Identifier: MIT */
/*
 * Whether somebody who is waited for keeps up with a rate. A look at the last octet would not do: a
 * peer that takes or sends one now and then would keep everything it was given for ever. So there
 * is patience in store, a time: it runs out while the peer is waited for and is filled up by
 * octets, each for as long as it takes at the rate. Octets that come fast fill it up to a maximum,
 * so that a pause is forgiven then.
 *
 * Pure. The caller looks from time to time; between two looks nothing is done but counting octets.
 */
#ifndef H2SESSION_SRC_PROGRESS_H
#define H2SESSION_SRC_PROGRESS_H

#include <stdint.h>

struct progress_rule {
    uint32_t rate;    /* octets a second, > 0 */
    int32_t grace_ms; /* patience at the start, >= 0 */
    int32_t most_ms;  /* and at most, >= grace_ms */
};

/* All zero is the start. */
struct progress {
    uint32_t moved;     /* octets since the last look, kept at UINT32_MAX */
    int32_t balance_ms; /* patience beside grace_ms */
};

static inline void progress_moved(struct progress *p, uint32_t octets)
{
    p->moved += octets <= UINT32_MAX - p->moved ? octets : UINT32_MAX - p->moved;
}

/* A look, so long after the one before; waiting: the peer is waited for now. 0; or -1: patience has
 * run out, moved stands. */
int h2session__progress_look(struct progress *p, const struct progress_rule *rule,
                             int32_t elapsed_ms, int waiting);

#endif
