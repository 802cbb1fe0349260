/* SPDX-License-Identifier: MIT */
/*
 * The frame log of a program that serves: what goes to a pipe, a terminal or a socket waits in a queue
 * (queued_file.h), so that nobody is served later because of who reads it. A file on disk is written
 * at once, and nothing of it is ever dropped.
 */
#ifndef H2KIT_APPS_TRACE_QUEUE_H
#define H2KIT_APPS_TRACE_QUEUE_H

#include <stdio.h>

#include "log.h"
#include "trace.h"

struct queued_file;

struct trace_queue {
    struct queued_file *file; /* NULL: there is none */
    FILE *behind;             /* where it leads to */
};

/* Puts it before trace->out, where that needs one. Returns 0 or an errno. */
int trace_queue_open(struct trace_queue *queue, struct trace *trace, const struct log *log);
/* Gives trace->out back. */
void trace_queue_close(struct trace_queue *queue, struct trace *trace);

#endif
