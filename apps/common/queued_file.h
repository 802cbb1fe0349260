/* SPDX-License-Identifier: MIT */
/*
 * A FILE whose lines wait in a queue for a thread of their own, which writes them to a descriptor. Who
 * prints never waits for who reads: a pipe, a terminal or a socket takes what it takes when it takes it.
 *
 * Invariants:
 * - The queue has a limit. A line for which there is no room when it begins is dropped, whole; one that
 *   was begun is kept to its end. Lines keep their order, and none is written twice.
 * - Dropped lines are counted. The first one is told at once, their number at the end. Where the reader
 *   has left nothing is told: nobody misses them.
 * - Blocks printed under flockfile() and ended by fflush() do not mix.
 * - The end waits for a reader only as long as something moves.
 */
#ifndef H2KIT_APPS_QUEUED_FILE_H
#define H2KIT_APPS_QUEUED_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "log.h"

struct queued_file;

struct queued_file_config {
    int fd;                /* stays the caller's, and open until queued_file_close() */
    size_t limit;          /* octets that wait; as many can be on their way */
    const char *what;      /* begins what is told */
    const struct log *log; /* where it is told; it must not wait either */
    uint32_t patience_ms;  /* at the end */
};

/* Returns 0 or an errno. The config's pointers must outlive it. */
int queued_file_open(struct queued_file **out, const struct queued_file_config *config);
/* To print to, from any thread; queued_file_close() closes it. */
FILE *queued_file_stream(struct queued_file *file);
/* NULL is fine. */
void queued_file_close(struct queued_file *file);

#endif
