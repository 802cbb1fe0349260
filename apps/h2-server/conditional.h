/* SPDX-License-Identifier: MIT */
/*
 * Conditions of a request (RFC 9110 13) against the state of what it is for, in the order of
 * RFC 9110 13.2.2. Pure functions.
 *
 * Invariants:
 * - They are asked only when the answer would be a 200 without them.
 * - A date that cannot be read, or was sent twice, is no condition; a tag that cannot be read
 *   matches nothing. So what is doubtful is sent whole, and what was to be guarded stays guarded.
 */
#ifndef H2KIT_APPS_CONDITIONAL_H
#define H2KIT_APPS_CONDITIONAL_H

#include <time.h>

#include "asked.h"

struct validators {
    const char *etag;
    time_t modified;
};

/* 0: go on; 304, or 412. */
int conditional_status(const struct asked *asked, const struct validators *now);
/* 1 when If-Range lets the field Range count. */
int conditional_range(const struct asked *asked, const struct validators *now);

#endif
