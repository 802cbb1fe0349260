/* SPDX-License-Identifier: MIT */
/*
 * What is pushed with what: rules "PATH=PUSHED,PUSHED..." of the command line, read where they stand.
 *
 * Invariants:
 * - Paths begin with "/" and have visible ASCII only; a rule names at most PUSH_MOST of them.
 * - A request is for PATH when its path without the query is that, octet by octet.
 * - Pure functions; the texts of the list must outlive its use.
 */
#ifndef H2KIT_APPS_PUSH_RULES_H
#define H2KIT_APPS_PUSH_RULES_H

#include <stddef.h>

#include "options.h"

enum { PUSH_MOST = 32 };

struct push_walk {
    size_t rule;
    const char *next; /* in the rule; NULL: at its beginning */
};

/* Returns 0, or -1 with one line in error. */
int push_rules_check(const struct option_list *rules, char error[OPTIONS_ERROR_SIZE]);
/* The next path to push with a request; *length is 0 behind the last one. A walk that is all zero
 * begins. */
const char *push_rules_next(const struct option_list *rules, const char *path, size_t path_length,
                            struct push_walk *walk, size_t *length);

#endif
