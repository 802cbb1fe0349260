/* SPDX-License-Identifier: MIT */
/*
 * Text of a peer, made fit for a terminal or a log: octets that a terminal might obey are written
 * as \x1b, so that a peer can neither move the cursor nor forge a line.
 *
 * Invariants:
 * - Printable ASCII and the space pass unchanged, every other octet becomes \xNN; what comes out
 *   is one line of printable ASCII whatever went in.
 * - No state, no memory: any length of input is fine.
 */
#ifndef H2KIT_APPS_ESCAPE_H
#define H2KIT_APPS_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/* Writes the text to a stream. */
void escape_print(FILE *out, const char *text, size_t length);

/* Writes it to out with a NUL at the end, cut between two octets of the text when it does not fit;
 * capacity is at least 1. Returns the length written, without the NUL. */
size_t escape_copy(char *out, size_t capacity, const char *text, size_t length);

#endif
