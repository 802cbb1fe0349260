/* SPDX-License-Identifier: MIT */
/*
 * What hpack-encode and hpack-decode do alike: command line, reading of the input case by case,
 * counting, closing of the output, exit status. What they do with a case is a struct tool_work.
 *
 * Invariants:
 * - Each case that begins in the input is worked exactly once, also a broken one; its number is the
 *   position over all files together.
 * - work->begin() and work->end() are called once each, whatever the input, so that what is written
 *   is whole.
 * - The exit status is EXIT_CODE_LOCAL when a file or memory failed, else TOOL_BROKEN when anything
 *   of the input was wrong, else 0.
 * - Nothing is written to the output before the first input was opened.
 */
#ifndef H2KIT_HPACK_TOOLS_TOOL_H
#define H2KIT_HPACK_TOOLS_TOOL_H

#include <stdio.h>

#include "case_json.h"
#include "exit_code.h"
#include "log.h"
#include "tool_options.h"

/* Wrong options and broken input are one status. */
#define TOOL_BROKEN EXIT_CODE_USAGE

struct tool {
    const struct tool_options *options;
    const struct log *log;
    const struct tool_work *work;
    void *ctx; /* of the work */
    FILE *out;
    uint64_t seq; /* of the case at hand */
    uint64_t input_octets;
    uint64_t output_octets;
    int is_broken;
    struct case_input input;
};

struct tool_work {
    const struct options_program *program;
    const char *notes; /* for --help, below the options */
    enum case_kind kind;
    int takes_text; /* options->text is about the input */
    /* Why the options do not go together, or NULL. */
    const char *(*check)(const struct tool_options *options);
    /* They return 0, or -1 when there is no memory. */
    int (*begin)(struct tool *tool);
    int (*work)(struct tool *tool, const struct case_input *input);
    void (*end)(struct tool *tool);
};

/* The main function of a program; ctx is the memory of its work. */
int tool_main(const struct tool_work *work, void *ctx, int argc, char **argv);

/* Notes that a case is wrong and, when to_log, tells so. */
void tool_case_broken(struct tool *tool, const struct case_error *error, int to_log);

#endif
