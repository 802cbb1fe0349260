/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <h2session/h2session.h>

#include "session_sides.h"

enum { STREAMS = 256, LEND_FROM = 2048, PIECES = 32 };

const uint8_t session_body[SESSION_BODY_SIZE];

struct connection {
    h2session *session;
    struct application *app;
    uint64_t left[STREAMS]; /* of the body of each stream */
    const uint8_t *input;   /* of this call */
    size_t input_length;
};

static uint64_t *left_of(struct connection *c, uint32_t stream_id)
{
    return &c->left[stream_id / 2 % STREAMS];
}

static int on_read(h2session *s, h2session_read_event *event, void *user)
{
    struct connection *c = user;
    uint64_t *left = left_of(c, event->stream_id);
    (void)s;
    if (*left > LEND_FROM) {
        event->lend = session_body;
        event->length = *left < SESSION_BODY_SIZE ? (size_t)*left : SESSION_BODY_SIZE;
    } else {
        event->length = *left < event->capacity ? (size_t)*left : event->capacity;
        memcpy(event->buffer, session_body, event->length);
        c->app->copied_octets += event->length;
    }
    *left -= event->length;
    event->flags = *left == 0 ? H2SESSION_BODY_END : 0;
    return 0;
}

static int on_headers(h2session *s, const h2session_headers_event *event, void *user)
{
    struct connection *c = user;
    (void)s;
    c->app->fields += event->field_count;
    return 0;
}

static int on_data(h2session *s, const h2session_data_event *event, void *user)
{
    struct connection *c = user;
    (void)s;
    c->app->body_octets += event->length;
    uintptr_t offset = (uintptr_t)event->data - (uintptr_t)c->input;
    c->app->copied_octets += offset < c->input_length ? 0 : event->length;
    return 0;
}

static int on_stream_end(h2session *s, const h2session_stream_end_event *event, void *user)
{
    struct connection *c = user;
    struct application *app = c->app;
    const struct section *answer = &app->answers[app->requests++ % app->answer_count];
    if (app->silent) {
        return 0;
    }
    *left_of(c, event->stream_id) = app->body;
    const h2session_message message = {
        .size = sizeof message,
        .fields = answer->fields,
        .field_count = answer->count,
        .read = app->body > 0 ? on_read : NULL,
        .read_user = c,
    };
    return h2session_submit_response(s, event->stream_id, &message) == 0 ? 0 : H2SESSION_ABORT;
}

static int on_stream_closed(h2session *s, const h2session_stream_closed_event *event, void *user)
{
    struct connection *c = user;
    (void)s;
    c->app->responses += event->code == H2FRAME_CODE_NO_ERROR;
    return 0;
}

static void *open_connection(int role, struct application *app)
{
    struct connection *c = calloc(1, sizeof *c);
    h2session_config config;
    const int server = role == SESSION_SERVER;
    bench_require(c != NULL, "out of memory");
    bench_require(h2session_config_init(&config, sizeof config,
                                        server ? H2SESSION_SERVER : H2SESSION_CLIENT) == 0,
                  "no configuration");
    config.resize = bench_resize;
    config.initial_window_size = 1U << 20;
    config.connection_window_size = 1U << 24;
    config.max_concurrent_streams = STREAMS;
    config.assumed_peer_streams = STREAMS;
    config.glitch_burst = UINT32_MAX;
    config.ack_queue_limit = UINT32_MAX;
    config.output_frame_limit = 1U << 30;
    config.window_update_free = 1U << 30;
    const h2session_callbacks callbacks = {
        .size = sizeof callbacks,
        .on_headers = on_headers,
        .on_data = on_data,
        .on_stream_end = server ? on_stream_end : NULL,
        .on_stream_closed = on_stream_closed,
    };
    c->app = app;
    int result = h2session_new(&c->session, &config, &callbacks, c);
    bench_require(result == 0, h2session_error_text(result));
    return c;
}

static void close_connection(void *connection)
{
    struct connection *c = connection;
    h2session_free(c->session);
    free(c);
}

static void receive(void *connection, const uint8_t *octets, size_t length)
{
    struct connection *c = connection;
    size_t consumed = 0;
    c->input = octets;
    c->input_length = length;
    int result = h2session_recv(c->session, octets, length, 0, &consumed);
    bench_require(result == 0 && consumed == length, h2session_error_text(result));
}

static void send_all(void *connection, session_sink sink, void *ctx)
{
    struct connection *c = connection;
    size_t count = 0;
    do {
        h2frame_bytes pieces[PIECES];
        size_t length = 0;
        bench_require(h2session_peek(c->session, pieces, PIECES, &count) == 0, "cannot peek");
        for (size_t i = 0; i < count; i++) {
            sink(ctx, pieces[i].data, pieces[i].length);
            length += pieces[i].length;
        }
        bench_require(count == 0 || h2session_sent(c->session, length, 0) == 0, "cannot send");
    } while (count > 0);
}

static void request(void *connection, const struct section *fields)
{
    struct connection *c = connection;
    uint32_t stream_id = 0;
    const h2session_message message = {
        .size = sizeof message,
        .fields = fields->fields,
        .field_count = fields->count,
    };
    int result = h2session_submit_request(c->session, &message, &stream_id);
    bench_require(result == 0, h2session_error_text(result));
}

const struct session_side SESSION_OURS = {"h2kit", open_connection, close_connection,
                                          receive, send_all,        request};
