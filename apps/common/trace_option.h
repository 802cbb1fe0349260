/* SPDX-License-Identifier: MIT */
/*
 * The options about the frame log, the same for every program.
 *
 *   -v, --verbose          as text, to standard output
 *   --trace text           the same                    --trace text:FILE     the same, to a file
 *   --trace ndjson         one JSON object a line      --trace ndjson:FILE
 *   --hexdump              with the octets that are received
 *   --color WHEN           see colour.h
 *
 * Invariants:
 * - Without FILE, and with "-", it goes to standard output.
 * - A file is made anew. What could not be written to it is told at the end, once.
 */
#ifndef H2KIT_APPS_TRACE_OPTION_H
#define H2KIT_APPS_TRACE_OPTION_H

#include <stddef.h>

#include "exit_code.h"
#include "options.h"
#include "trace.h"

/* A member of what the program's options are read into. */
struct trace_options {
    uint32_t verbose;
    uint32_t hexdump;
    const char *trace;
    const char *color;
};

/* Rows of the program's table; base is the offset of its struct trace_options. heading is that of the
 * group which begins here, or NULL. */
#define TRACE_OPTION_SPECS(base, heading)                                                          \
    {.name = "verbose",                                                                            \
     .letter = 'v',                                                                                \
     .kind = OPTION_FLAG,                                                                          \
     .offset = (base) + offsetof(struct trace_options, verbose),                                   \
     .help = "Print every frame that is sent or received on standard output.",                     \
     .group = (heading)},                                                                          \
        {.name = "trace",                                                                          \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (base) + offsetof(struct trace_options, trace),                                 \
         .argument = "FORMAT[:FILE]",                                                              \
         .help = "Log every frame to FILE or standard output, as \"text\", which is what "         \
                 "--verbose does, or as \"ndjson\": one JSON object a line, for programs to "      \
                 "read."},                                                                         \
        {.name = "hexdump",                                                                        \
         .kind = OPTION_FLAG,                                                                      \
         .offset = (base) + offsetof(struct trace_options, hexdump),                               \
         .help = "Log the octets that are received too, after decryption, in hexadecimal. "        \
                 "Implies --verbose unless --trace is given."},                                    \
    {                                                                                              \
        .name = "color", .kind = OPTION_TEXT,                                                      \
        .offset = (base) + offsetof(struct trace_options, color), .argument = "WHEN",              \
        .help = "Colours in that text: auto (on a terminal, unless NO_COLOR is set), always, "     \
                "never. Default: auto."                                                            \
    }

/* Opens what the options ask for; out stays NULL when that is nothing. Time zero is now. With
 * EXIT_CODE_USAGE and EXIT_CODE_LOCAL there is one line in error. */
enum exit_code trace_option_open(struct trace *trace, const struct trace_options *options,
                                 char error[OPTIONS_ERROR_SIZE]);
/* Says which format follows, where the format has a line for that. */
void trace_option_begin(const struct trace *trace, const char *program);
/* The FILE of --trace; NULL: standard output, or nothing was asked for. */
const char *trace_option_file(const struct trace_options *options);
/* Goes on in a new file of that name (reopen.h), which begins as the first did. Only files on disk are
 * reopened. Returns 0 or an errno. */
int trace_option_reopen(const struct trace *trace, const char *file, const char *program);
/* Returns 0, or the errno with which a write failed. One that was not opened (all zero) is fine. */
int trace_option_close(struct trace *trace);

#endif
