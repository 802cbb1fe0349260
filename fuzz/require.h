/* SPDX-License-Identifier: MIT */
/* A property that has to hold, also without assertions. */
#ifndef H2KIT_FUZZ_REQUIRE_H
#define H2KIT_FUZZ_REQUIRE_H

#include <stdlib.h>

static inline void require(int holds)
{
    if (!holds) {
        abort();
    }
}

#endif
