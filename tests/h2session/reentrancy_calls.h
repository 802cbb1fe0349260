/* SPDX-License-Identifier: MIT */
/* Functions of the library that take a session, as a table: for test_session_reentrancy.c, which
 * makes each call in each callback. */
#ifndef H2KIT_TESTS_H2SESSION_REENTRANCY_CALLS_H
#define H2KIT_TESTS_H2SESSION_REENTRANCY_CALLS_H

#include "fixture.h"

enum { CALL_ALLOWED, CALL_REFUSED };

struct reentrancy_call {
    const char *name;                            /* without h2session_ */
    int (*call)(struct fixture *f, uint32_t id); /* 0 or an error */
    int kind;
    uint32_t roles;     /* in which it can do its work, H2SESSION_ bits */
    uint32_t successes; /* with 0 */
};

/* Ends with a row without name. Functions that only look are one row. */
extern struct reentrancy_call reentrancy_calls[];

#endif
