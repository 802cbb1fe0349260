/* SPDX-License-Identifier: MIT */
/*
 * Messages of a program to the person who started it: "h2-client: cannot connect: ...", one line
 * each, on stderr or where the program wants them.
 *
 * Invariants:
 * - A message is one line, whatever of a peer's text is in it: the whole of it is escaped
 *   (escape.h), and cut at LOG_LINE_SIZE.
 * - A line leaves with one write, so that lines of several processes do not mix.
 */
#ifndef H2KIT_APPS_LOG_H
#define H2KIT_APPS_LOG_H

#include <stdint.h>
#include <stdio.h>

enum { LOG_LINE_SIZE = 1024 };

struct log {
    FILE *out;
    const char *program;  /* stands before each message */
    uint32_t never_waits; /* 1: what a full pipe or terminal does not take at once is left out */
};

#if defined(__GNUC__)
#define LOG_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define LOG_FORMAT(text, first)
#endif

/* Something failed. */
void log_error(const struct log *log, const char *format, ...) LOG_FORMAT(2, 3);
/* Something is odd, but the program goes on as asked. */
void log_warning(const struct log *log, const char *format, ...) LOG_FORMAT(2, 3);

#endif
