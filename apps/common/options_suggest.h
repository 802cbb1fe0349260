/* SPDX-License-Identifier: MIT */
/*
 * The name somebody probably meant: the nearest name of the table by edits (a letter added, lost,
 * changed, or two neighbours swapped), or the only one that begins with what was typed.
 *
 * Invariants:
 * - Work and memory are fixed: names longer than OPTIONS_NAME_SIZE get no suggestion.
 * - Nothing is suggested that differs in more than a third of its letters.
 */
#ifndef H2KIT_APPS_OPTIONS_SUGGEST_H
#define H2KIT_APPS_OPTIONS_SUGGEST_H

#include <stddef.h>

#include "options.h"

enum { OPTIONS_NAME_SIZE = 63 };

/* A name of the table, or NULL. */
const char *options_suggest(const struct options_program *program, const char *typed,
                            size_t length);

#endif
