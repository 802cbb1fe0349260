/* SPDX-License-Identifier: MIT */
#include "interrupt.h"

#include <signal.h>

#include "bodies.h"
#include "progress.h"

static void name_half_written(const struct fetch *fetch, const struct output *output)
{
    if (output->path != NULL && output->fd >= 0) {
        log_error(fetch->log, "interrupted: %s is incomplete, it has %llu octets", output->path,
                  (unsigned long long)output->written);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct fetch *fetch = handle->data;

    if (fetch->signal_number != 0) {
        return;
    }
    fetch->signal_number = number;
    progress_clear(&fetch->progress);
    name_half_written(fetch, fetch->output);
    for (size_t i = 0; i < fetch->list.count; i++) {
        const struct request *request = fetch->list.items[i];

        if (request->state == REQUEST_ACTIVE && request->output == &request->own_output) {
            name_half_written(fetch, request->output);
        }
    }
    fetch->stop_result = EXIT_CODE_LOCAL;
    bodies_stop(fetch, fetch->output);
}

void interrupt_begin(struct fetch *fetch)
{
    static const int numbers[] = {SIGINT, SIGTERM};

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        uv_signal_t *handle = &fetch->signals[i];

        (void)uv_signal_init(&fetch->loop->uv, handle);
        handle->data = fetch;
        /* Once: a second signal ends a program that cannot come to its end. */
        (void)uv_signal_start_oneshot(handle, on_signal, numbers[i]);
        uv_unref((uv_handle_t *)handle);
    }
}

void interrupt_end(struct fetch *fetch)
{
    for (size_t i = 0; i < sizeof fetch->signals / sizeof fetch->signals[0]; i++) {
        uv_close((uv_handle_t *)&fetch->signals[i], NULL);
    }
}

void interrupt_finish(const struct fetch *fetch)
{
    if (fetch->signal_number != 0) {
        (void)fflush(NULL);
        (void)signal(fetch->signal_number, SIG_DFL);
        (void)raise(fetch->signal_number);
    }
}
