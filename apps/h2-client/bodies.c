/* SPDX-License-Identifier: MIT */
#include "bodies.h"

#include <string.h>

void bodies_stop(struct fetch *fetch, const struct output *output)
{
    if (fetch->is_stopped) {
        return;
    }
    fetch->is_stopped = 1;
    if (output->result == OUTPUT_FAILED) {
        fetch->stop_result = EXIT_CODE_LOCAL;
        log_error(fetch->log, "%s: cannot write: %s",
                  output->path == NULL ? "standard output" : output->path, strerror(output->error));
    }
    if (fetch->conn != NULL) {
        h2_conn_abort(fetch->conn, CONN_CLEAN, "");
    }
}

static void consume(struct fetch *fetch, const struct request *request, size_t length)
{
    if (fetch->session != NULL && request->state == REQUEST_ACTIVE && length > 0) {
        fetch_check(fetch, h2session_consume(fetch->session, request->stream_id, length));
    }
}

static void write_body(struct fetch *fetch, struct request *request, const uint8_t *data,
                       size_t length)
{
    if (output_write(request->output, data, length) != OUTPUT_OK) {
        bodies_stop(fetch, request->output);
    }
}

static void write_held(struct fetch *fetch, struct request *request)
{
    size_t length = request->held_length;

    if (length > 0) {
        write_body(fetch, request, request->held, length);
        request_release_held(request);
        consume(fetch, request, length);
        request->activity_ns = loop_now_ns();
    }
}

void bodies_advance(struct fetch *fetch)
{
    for (; fetch->turn < fetch->list.count && !fetch->is_stopped; fetch->turn++) {
        struct request *request = fetch->list.items[fetch->turn];

        if (!uri_same_origin(fetch->origin, &request->uri)) {
            continue;
        }
        write_held(fetch, request);
        if (request->state != REQUEST_DONE) {
            return;
        }
    }
}

/* Whether octets of this body may be written at once. */
static int has_turn(const struct fetch *fetch, const struct request *request)
{
    return request->output != fetch->output || request == fetch->list.items[fetch->turn];
}

void bodies_take(struct fetch *fetch, struct request *request, const uint8_t *data, size_t length)
{
    if (request->is_discarded || request->output->discard || fetch->is_stopped) {
        consume(fetch, request, length);
    } else if (has_turn(fetch, request)) {
        write_body(fetch, request, data, length);
        consume(fetch, request, length);
    } else if (request_hold(request, data, length) != 0) {
        fetch_fail(fetch, request, EXIT_CODE_LOCAL, "out of memory");
        fetch_cancel(fetch, request);
    }
}
