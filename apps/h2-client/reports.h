/* SPDX-License-Identifier: MIT */
/*
 * What is told when all is done: --stat, --json and --har, as the options say.
 */
#ifndef H2KIT_CLIENT_REPORTS_H
#define H2KIT_CLIENT_REPORTS_H

#include "client_options.h"
#include "log.h"
#include "record.h"

/* 1 when one of them is wanted. */
uint32_t reports_wanted(const struct client_options *options);
/* 1 when standard output is for a report that programs read, and not for bodies. */
uint32_t reports_take_stdout(const struct client_options *options);
/* Remembers the time of day; before the requests are made. */
void reports_begin(struct record_book *book, const struct client_options *options);
/* Writes them. 0, or the exit status, having told why. */
enum exit_code reports_write(const struct record_book *book, const struct client_options *options,
                             const struct log *log);

#endif
