/* SPDX-License-Identifier: MIT */
/*
 * The manual page of a program, and what makes shells complete its options: from the table that its
 * parser and --help are made of.
 *
 * Invariants:
 * - Every option of the table is in each of them; nothing is there that the table does not have.
 * - The page is man(7) for `man` and `mandoc`; no text of the table is taken for a request of it.
 * - Options whose value is a file or a folder complete names of those: FILE or DIR in `argument`.
 */
#ifndef H2KIT_APPS_MANUAL_H
#define H2KIT_APPS_MANUAL_H

#include <stdio.h>

#include "options.h"

struct manual_term {
    const char *term;
    const char *text;
};

/* What the table does not know. Lists end with a term NULL; NULL for none. */
struct manual {
    const struct options_program *program;
    const char *purpose;  /* after the name: "fetch URIs over HTTP/2" */
    const char *see_also; /* "nghttp(1), curl(1)" */
    int exit_codes;       /* EXIT_CODE_OF_, or 0 */
    const struct manual_term *exit_statuses;
    const struct manual_term *environment;
    const struct manual_term *examples; /* term: the command line */
};

void manual_print_man(const struct manual *manual, const char *version, FILE *out);
void manual_print_bash(const struct manual *manual, FILE *out);
void manual_print_zsh(const struct manual *manual, FILE *out);
void manual_print_fish(const struct manual *manual, FILE *out);

#endif
