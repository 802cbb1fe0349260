/* SPDX-License-Identifier: MIT */
/*
 * How far a long transfer is, on a terminal: one line on standard error that is written over and in the
 * end removed.
 *
 * Invariants:
 * - Nothing is shown when standard error is no terminal, or the body goes to that terminal, or before
 *   PROGRESS_WAIT_NS.
 * - A message of the program is never on that line: progress_clear() comes before it.
 */
#ifndef H2KIT_CLIENT_PROGRESS_H
#define H2KIT_CLIENT_PROGRESS_H

#include <stdint.h>
#include <stdio.h>

enum { PROGRESS_WAIT_NS = 1000000000, PROGRESS_STEP_MS = 250, PROGRESS_TEXT_SIZE = 160 };

struct progress {
    FILE *out;         /* NULL: nothing is to be shown */
    uint32_t is_shown; /* there is a line */
    uint64_t start_ns;
    uint64_t received; /* octets of bodies */
    uint64_t expected; /* that were announced so far; 0: unknown */
    uint32_t running;
    uint32_t done;
};

/* "12M of 50M, 24%, 3.1M/s, 2 running, 5 done" */
void progress_text(const struct progress *progress, uint64_t now_ns, char out[PROGRESS_TEXT_SIZE]);
/* Shows the line, if it is time. */
void progress_show(struct progress *progress, uint64_t now_ns);
void progress_clear(struct progress *progress);

#endif
