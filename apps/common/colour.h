/* SPDX-License-Identifier: MIT */
/*
 * --color WHEN, the same for every program: whether what is printed has the colours of a terminal.
 *
 * Invariant: "auto" means a terminal other than TERM=dumb while NO_COLOR is unset or empty; "always" and
 * "never" look at nothing.
 */
#ifndef H2KIT_APPS_COLOUR_H
#define H2KIT_APPS_COLOUR_H

#include <stdint.h>
#include <stdio.h>

enum colour_mode { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

/* NULL is "auto". Returns 0, or -1 for what is none of the three. */
int colour_read(enum colour_mode *mode, const char *when);
/* 0 or 1 */
uint32_t colour_wanted(enum colour_mode mode, FILE *out);

#endif
