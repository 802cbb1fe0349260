/* SPDX-License-Identifier: MIT */
#include "bodies.h"

#include <string.h>

#include "assets.h"

enum { WIDE_FROM = 128 * 1024 };

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

static int write_plain(const uint8_t *data, size_t length, void *user)
{
    struct request *request = user;

    request->record->decoded_body += length;
    if (request->page != NULL) {
        assets_feed(request, data, length);
    }
    return output_write(request->output, data, length);
}

static enum exit_code result_of(const char *why)
{
    return why == decoder_no_memory ? EXIT_CODE_LOCAL : EXIT_CODE_PROTOCOL;
}

static void fail_decoding(struct fetch *fetch, struct request *request)
{
    const char *why = decoder_error(request->decoder);
    int is_open = request->state == REQUEST_ACTIVE;

    fetch_fail(fetch, request, result_of(why), "%s", why);
    request->is_discarded = 1;
    if (is_open && fetch->session != NULL) {
        fetch_cancel(fetch, request);
    }
}

static void write_body(struct fetch *fetch, struct request *request, const uint8_t *data,
                       size_t length)
{
    int result = 0;

    if (request->is_discarded) {
        return;
    }
    if (request->decoder != NULL) {
        result = decoder_write(request->decoder, data, length, write_plain, request);
    } else {
        if (request->page != NULL) {
            assets_feed(request, data, length);
        }
        result = output_write(request->output, data, length) == OUTPUT_OK ? 0 : DECODER_STOPPED;
    }
    if (result == DECODER_STOPPED) {
        bodies_stop(fetch, request->output);
    } else if (result != 0) {
        fail_decoding(fetch, request);
    }
}

/* All octets of a body have been written: was it all? */
static void finish_body(struct fetch *fetch, struct request *request)
{
    assets_finish(request);
    if (request->decoder != NULL && request->result == EXIT_CODE_OK && !request->is_discarded &&
        decoder_end(request->decoder) != 0) {
        fail_decoding(fetch, request);
    }
}

void bodies_begin(struct fetch *fetch, struct request *request,
                  const h2session_headers_event *event)
{
    static const char name[] = "content-encoding";
    const char *why = "";

    for (size_t i = 0; fetch->options->compressed && i < event->field_count; i++) {
        const hpack_field *field = &event->fields[i];

        if (field->name_length == sizeof name - 1 &&
            memcmp(field->name, name, sizeof name - 1) == 0 && request->decoder == NULL &&
            !decoder_is_plain(field->value, field->value_length)) {
            request->decoder =
                decoder_new(field->value, field->value_length, fetch->options->expansion, &why);
            if (request->decoder == NULL) {
                fetch_fail(fetch, request, result_of(why), "%s", why);
                fetch_cancel(fetch, request);
                return;
            }
        }
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
        finish_body(fetch, request);
    }
}

/* Whether octets of this body may be written at once. */
static int has_turn(const struct fetch *fetch, const struct request *request)
{
    return request->output != fetch->output || request->output->discard ||
           request == fetch->list.items[fetch->turn];
}

/* The usual window is the most of a body that may have to wait in memory. A larger body that does not
 * wait gets a wide one instead, so that the server need not stop for us again and again. */
static void widen(struct fetch *fetch, struct request *request, size_t length)
{
    uint32_t window = session_setup_wide_window(fetch->options);

    if (request->is_wide || request->is_aside || window == 0 || fetch->session == NULL ||
        request->state != REQUEST_ACTIVE) {
        return;
    }
    request->direct_octets += (uint32_t)length;
    if (request->direct_octets >= WIDE_FROM) {
        request->is_wide = 1;
        fetch_check(fetch,
                    h2session_submit_window_size(fetch->session, request->stream_id, window));
    }
}

void bodies_take(struct fetch *fetch, struct request *request, const uint8_t *data, size_t length)
{
    int is_unused = request->output->discard && request->page == NULL;

    if (request->is_discarded || request->is_redirected || is_unused || fetch->is_stopped) {
        widen(fetch, request, length);
        consume(fetch, request, length);
    } else if (has_turn(fetch, request)) {
        write_body(fetch, request, data, length);
        widen(fetch, request, length);
        consume(fetch, request, length);
    } else if (request_hold(request, data, length) != 0) {
        fetch_fail(fetch, request, EXIT_CODE_LOCAL, "out of memory");
        fetch_cancel(fetch, request);
    }
}
