/* SPDX-License-Identifier: MIT */
/*
 * Self-checks of the units. Each stateful unit has a <unit>__check() that aborts when one of its
 * invariants does not hold; its mutators run it at entry and exit through RUN_CHECK(), which is
 * nothing unless H2_CHECKS is defined. Checks are about this code only: nothing that a peer or
 * the application can cause may fail one.
 */
#ifndef H2SESSION_SRC_CHECK_H
#define H2SESSION_SRC_CHECK_H

#include <stdlib.h>

#ifdef H2_CHECKS
#define RUN_CHECK(call) (call)
#else
#define RUN_CHECK(call) ((void)0)
#endif

/* Unlike assert(), also there when NDEBUG is defined. */
static inline void check_that(int holds)
{
    if (!holds) {
        abort();
    }
}

#endif
