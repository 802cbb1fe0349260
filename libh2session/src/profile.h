/* SPDX-License-Identifier: MIT */
/*
 * Which rules a profile only tells of instead of enforcing them: data, one row a rule. Pure. What
 * keeps memory, framing, compression and windows right is in no row, and so always enforced.
 */
#ifndef H2SESSION_SRC_PROFILE_H
#define H2SESSION_SRC_PROFILE_H

#include <stdint.h>

enum {
    FORGIVE_NOT = 0,
    FORGIVE_GO_ON = 1, /* the frame or the entry with the fault has no further effect, or its normal
                         * one: whoever found it goes on when the fault has been told */
    FORGIVE_MESSAGE = 2 /* the message is judged again without the rule, and delivered as it is */
};

/* What becomes of a fault with this reason. profile: H2SESSION_PROFILE_; role: that of the session. */
uint32_t h2session__profile_forgives(uint32_t profile, uint32_t role, uint32_t reason);

#endif
