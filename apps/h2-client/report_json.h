/* SPDX-License-Identifier: MIT */
/*
 * --json: an object for each request on a line of its own, in the order in which they came to their
 * end. README.md of the program describes the members; `version` 1 stands for them, and grows when
 * one changes its meaning or goes away. New members may come without that.
 *
 * Invariant: each line is one whole object in printable ASCII, whatever the peer sent.
 */
#ifndef H2KIT_CLIENT_REPORT_JSON_H
#define H2KIT_CLIENT_REPORT_JSON_H

#include <stdio.h>

#include "record.h"

enum { REPORT_JSON_VERSION = 1 };

/* 0, or -1 when out of memory. */
int report_json(FILE *out, const struct record_book *book);

#endif
