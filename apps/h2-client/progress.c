/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <inttypes.h>

#include "report_table.h"

void progress_text(const struct progress *progress, uint64_t now_ns, char out[PROGRESS_TEXT_SIZE])
{
    uint64_t time_ms = now_ns > progress->start_ns ? (now_ns - progress->start_ns) / 1000000 : 0;
    uint64_t rate =
        time_ms == 0 ? 0 : (uint64_t)((double)progress->received * 1000.0 / (double)time_ms);
    char received[REPORT_COUNT_SIZE];
    char rate_text[REPORT_COUNT_SIZE];
    char of[REPORT_COUNT_SIZE + 16] = "";

    report_size_text(progress->received, received);
    report_size_text(rate, rate_text);
    if (progress->expected >= progress->received && progress->expected > 0) {
        char expected[REPORT_COUNT_SIZE];

        report_size_text(progress->expected, expected);
        (void)snprintf(of, sizeof of, " of %.12s, %u%%", expected,
                       (unsigned)((double)progress->received * 100.0 / (double)progress->expected));
    }
    (void)snprintf(out, PROGRESS_TEXT_SIZE,
                   "%.12s%s, %.12s/s, %" PRIu32 " running, %" PRIu32 " done", received, of,
                   rate_text, progress->running, progress->done);
}

void progress_show(struct progress *progress, uint64_t now_ns)
{
    char text[PROGRESS_TEXT_SIZE];

    if (progress->out == NULL || now_ns < progress->start_ns + PROGRESS_WAIT_NS) {
        return;
    }
    progress_text(progress, now_ns, text);
    fprintf(progress->out, "\r%s\033[K", text);
    fflush(progress->out);
    progress->is_shown = 1;
}

void progress_clear(struct progress *progress)
{
    if (progress->is_shown) {
        fputs("\r\033[K", progress->out);
        fflush(progress->out);
        progress->is_shown = 0;
    }
}
