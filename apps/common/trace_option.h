/* SPDX-License-Identifier: MIT */
/*
 * --trace FORMAT[:FILE], the same for every program: which format the frame log has and where it goes.
 *
 *   text          what --verbose prints        ndjson         one JSON object a line
 *   text:FILE     the same, to a file          ndjson:FILE
 *
 * Invariants:
 * - Without FILE, and with "-", it goes to standard output.
 * - A file is made anew. What could not be written to it is told at the end, once.
 */
#ifndef H2KIT_APPS_TRACE_OPTION_H
#define H2KIT_APPS_TRACE_OPTION_H

#include "exit_code.h"
#include "options.h"
#include "trace.h"

#define TRACE_OPTION_ARGUMENT "FORMAT[:FILE]"
#define TRACE_OPTION_HELP                                                                          \
    "Log every frame to FILE or standard output, as \"text\", which is what --verbose does, or "   \
    "as "                                                                                          \
    "\"ndjson\": one JSON object a line, for programs to read."

/* Opens what the value says; NULL is "text". Time zero is now. With EXIT_CODE_USAGE and
 * EXIT_CODE_LOCAL there is one line in error. */
enum exit_code trace_option_open(struct trace *trace, const char *value,
                                 char error[OPTIONS_ERROR_SIZE]);
/* Says which format follows, where the format has a line for that. */
void trace_option_begin(const struct trace *trace, const char *program);
/* Returns 0, or the errno with which a write failed. One that was not opened (all zero) is fine. */
int trace_option_close(struct trace *trace);

#endif
