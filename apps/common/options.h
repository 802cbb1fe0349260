/* SPDX-License-Identifier: MIT */
/*
 * Options of a program: one table makes the parser and the text of --help.
 *
 * Understood: --name, --name=value, --name value, letters alone (-v), bundled (-nv), with the value
 * attached (-ofile) or after (-o file). "--" ends the options, "-" alone is an operand, options and
 * operands may stand in any order. Long names are not abbreviated: a name that is not in the table
 * is an error, with the nearest name of the table as a suggestion.
 *
 * Invariants:
 * - Each value goes to the member of the target struct that the table says, and nothing else is
 *   written; the target is to be filled with the defaults before.
 * - Texts are not copied: they point into argv.
 * - An option given twice counts as its last value, except that a FLAG counts and a LIST collects.
 */
#ifndef H2KIT_APPS_OPTIONS_H
#define H2KIT_APPS_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { OPTIONS_ERROR_SIZE = 256 };

struct option_list {
    const char **items;
    size_t count;
};

enum option_kind {
    OPTION_FLAG,    /* uint32_t: how often it was given; takes no value */
    OPTION_TEXT,    /* const char * */
    OPTION_LIST,    /* struct option_list */
    OPTION_NUMBER,  /* uint64_t, from min to max */
    OPTION_SIZE,    /* uint64_t in octets, from min to max; written as 4096, 64k, 16m or 1g */
    OPTION_DURATION /* uint64_t in ns, from min to max; written as 500ms, 10s, 2m, 1h or 10 (s) */
};

struct option_spec {
    const char *name; /* without dashes */
    char letter;      /* 0: none */
    enum option_kind kind;
    size_t offset;        /* of the member in the target struct */
    const char *argument; /* what --help calls the value */
    const char *help;
    const char *group; /* heading in --help from here on; NULL: as before */
    uint64_t min;
    uint64_t max;
};

struct options_program {
    const char *name;
    const char *usage;   /* what follows the name: "[OPTION]... URI..." */
    const char *summary; /* one paragraph */
    const struct option_spec *specs;
    size_t spec_count;
    size_t operands_offset; /* member struct option_list that takes the operands */
    /* A second table, which goes on where the first one ends. */
    const struct option_spec *more_specs;
    size_t more_count;
};

/* The options of both tables by position; NULL beyond the last. */
const struct option_spec *options_spec(const struct options_program *program, size_t position);

/* Reads argv[1] and following. Returns 0, or -1 with one line in error that names the option. */
int options_parse(const struct options_program *program, int argc, char **argv, void *target,
                  char error[OPTIONS_ERROR_SIZE]);

/* Reads one value of a LIST whose values are a NUMBER, SIZE or DURATION: kind, name and bounds are
 * those of spec. Returns 0, or -1 with one line in error. */
int options_read_number(const struct option_spec *spec, const char *value, uint64_t *number,
                        char error[OPTIONS_ERROR_SIZE]);

/* Frees the lists that options_parse() filled, also after a failure. */
void options_clear(const struct options_program *program, void *target);

/* Usage, summary and all options in groups; lines of at most 80 columns. */
void options_print_help(const struct options_program *program, FILE *out);

#endif
