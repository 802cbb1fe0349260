/* SPDX-License-Identifier: MIT */
/*
 * Where one thread writes the lines of a log: a buffer that is written out at the end of each turn of the
 * loop, or sooner when much is in it. Several threads may write to the same file, each by one of these.
 *
 * Invariants:
 * - Lines are whole: a write begins and ends between two of them (of more than 4 KiB in a pipe only as
 *   long as no other thread writes), and none is written twice.
 * - Nothing here waits for a reader: a pipe or terminal that takes nothing keeps its lines in the
 *   buffer, then loses them. A full disk and a pipe without a reader lose lines too. That is told once,
 *   and counted; log_file_reopen() makes it worth telling again.
 * - log_file_reopen() first writes what there is to the file that was open: of a log that was renamed
 *   no line is lost.
 */
#ifndef H2KIT_APPS_LOG_FILE_H
#define H2KIT_APPS_LOG_FILE_H

#include <stdatomic.h>
#include <stdint.h>

#include "counter.h"
#include "log.h"
#include "loop.h"
#include "text_buffer.h"

struct log_file_config {
    const char *path;      /* "-": standard output, which is never reopened */
    const char *what;      /* "access log": begins what is told */
    const struct log *log; /* where it is told */
    atomic_uint *told;     /* zero at first; of all that write to this file */
    struct loop *loop;
};

struct log_file {
    struct log_file_config config;
    int fd;
    uint32_t is_pipe; /* or something else that can be full for a while */
    uint32_t is_torn; /* the file ends in the middle of a line */
    counter lost;     /* lines */
    struct text_buffer text;
    size_t line; /* where the one that is being written begins */
    struct loop_task flush;
    uv_timer_t retry;
};

/* The strings must outlive it; it does not move. Returns 0 or an errno; then nothing is to be closed. */
int log_file_open(struct log_file *file, const struct log_file_config *config);
/* Writes what there is. The loop may be at its end, but not closed: until then the memory is used. */
void log_file_close(struct log_file *file);
void log_file_reopen(struct log_file *file);

/* A line is added to the text that log_file_begin() gives, with its end of line, and then judged by
 * log_file_end(): 0 done; 1 it did not fit, and is to be begun anew, once. */
struct text_buffer *log_file_begin(struct log_file *file);
int log_file_end(struct log_file *file);

#endif
