/* SPDX-License-Identifier: MIT */
/*
 * Books over the memory of one session. A meter sums what is live; its accounts, one a class of
 * use, are resize hooks in front of the application's: whoever is given h2session__account_resize
 * and an account has all it allocates written down there. Octets that the session does not
 * allocate itself can be charged and released by hand. Pure: no session, no limit.
 *
 * Invariants: live of the meter is the sum over its accounts; peak is the highest it ever was. A
 * call that fails changes nothing.
 */
#ifndef H2SESSION_SRC_METER_H
#define H2SESSION_SRC_METER_H

#include <stdint.h>

#include "memory.h"

struct meter {
    struct memory hook;
    uint64_t live;
    uint64_t peak;
};

struct account {
    struct meter *meter;
    uint64_t live;
};

/* hook is copied. */
void h2session__meter_init(struct meter *m, const struct memory *hook);
/* The meter must stay where it is. */
void h2session__account_init(struct account *a, struct meter *m);

/* A resize hook; ctx is the account. */
void *h2session__account_resize(void *account, void *ptr, size_t old_size, size_t new_size);

/* So many octets more. 0, or -1 (unchanged) when the sum does not fit 64 bits. */
int h2session__account_charge(struct account *a, uint64_t octets);
/* So many less. 0, or -1 (unchanged) when there are not as many. */
int h2session__account_release(struct account *a, uint64_t octets);

#endif
