/* SPDX-License-Identifier: MIT */
#include "trace_queue.h"

#include <string.h>
#include <sys/stat.h>

#include "queued_file.h"

enum { LIMIT = 1048576, PATIENCE_MS = 1000 };

static int may_wait(FILE *out)
{
    struct stat facts;
    return fstat(fileno(out), &facts) != 0 || !S_ISREG(facts.st_mode);
}

int trace_queue_open(struct trace_queue *queue, struct trace *trace, const struct log *log)
{
    memset(queue, 0, sizeof *queue);
    if (trace->out == NULL || !may_wait(trace->out)) {
        return 0;
    }
    const struct queued_file_config config = {
        .fd = fileno(trace->out),
        .limit = LIMIT,
        .what = "frame log",
        .log = log,
        .patience_ms = PATIENCE_MS,
    };
    const int error = queued_file_open(&queue->file, &config);
    if (error != 0) {
        return error;
    }
    queue->behind = trace->out;
    trace->out = queued_file_stream(queue->file);
    return 0;
}

void trace_queue_close(struct trace_queue *queue, struct trace *trace)
{
    if (queue->file != NULL) {
        queued_file_close(queue->file);
        trace->out = queue->behind;
        queue->file = NULL;
    }
}
