/* SPDX-License-Identifier: MIT */
/* libnghttp2 twice: with bodies copied into its buffer by the read callback, and with NO_COPY, by
 * which it hands out the heads of DATA frames only. */
#include <stdlib.h>
#include <string.h>

#include "session_sides.h"

enum { STREAMS = 256 };

struct connection {
    nghttp2_session *session;
    struct application *app;
    uint64_t left[STREAMS];
    int no_copy;
    session_sink sink;
    void *ctx;
};

static uint64_t *left_of(struct connection *c, int32_t stream_id)
{
    return &c->left[stream_id / 2 % STREAMS];
}

static ssize_t on_read(nghttp2_session *s, int32_t stream_id, uint8_t *to, size_t length,
                       uint32_t *flags, nghttp2_data_source *source, void *user)
{
    struct connection *c = user;
    uint64_t *left = left_of(c, stream_id);
    (void)s;
    (void)source;
    length = length < *left ? length : (size_t)*left;
    if (c->no_copy) {
        *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    } else {
        memcpy(to, session_body, length);
        c->app->copied_octets += length;
    }
    *left -= length;
    *flags |= *left == 0 ? NGHTTP2_DATA_FLAG_EOF : 0;
    return (ssize_t)length;
}

static int on_send_data(nghttp2_session *s, nghttp2_frame *frame, const uint8_t *head,
                        size_t length, nghttp2_data_source *source, void *user)
{
    struct connection *c = user;
    (void)s;
    (void)frame;
    (void)source;
    c->sink(c->ctx, head, 9);
    c->sink(c->ctx, session_body, length);
    return 0;
}

static int on_header(nghttp2_session *s, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                     void *user)
{
    struct connection *c = user;
    (void)s;
    (void)frame;
    (void)name;
    (void)name_length;
    (void)value;
    (void)value_length;
    (void)flags;
    c->app->fields++;
    return 0;
}

static int on_data(nghttp2_session *s, uint8_t flags, int32_t stream_id, const uint8_t *data,
                   size_t length, void *user)
{
    struct connection *c = user;
    (void)s;
    (void)flags;
    (void)stream_id;
    (void)data;
    c->app->body_octets += length;
    return 0;
}

static int on_frame(nghttp2_session *s, const nghttp2_frame *frame, void *user)
{
    struct connection *c = user;
    struct application *app = c->app;
    if ((frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) ||
        !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) {
        return 0;
    }
    const struct section *answer = &app->answers[app->requests++ % app->answer_count];
    if (app->silent) {
        return 0;
    }
    const nghttp2_data_provider body = {.read_callback = on_read};
    *left_of(c, frame->hd.stream_id) = app->body;
    return nghttp2_submit_response(s, frame->hd.stream_id, answer->nv, answer->count,
                                   app->body > 0 ? &body : NULL);
}

static int on_close(nghttp2_session *s, int32_t stream_id, uint32_t code, void *user)
{
    struct connection *c = user;
    (void)s;
    (void)stream_id;
    c->app->responses += code == NGHTTP2_NO_ERROR;
    return 0;
}

static nghttp2_session *new_session(struct connection *c, int role)
{
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_session *s = NULL;
    bench_require(nghttp2_session_callbacks_new(&callbacks) == 0, "out of memory");
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    if (c->no_copy) {
        nghttp2_session_callbacks_set_send_data_callback(callbacks, on_send_data);
    }
    int result;
    if (role == SESSION_SERVER) {
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
        result = nghttp2_session_server_new3(&s, callbacks, c, NULL, &bench_peer_memory);
    } else {
        result = nghttp2_session_client_new3(&s, callbacks, c, NULL, &bench_peer_memory);
    }
    nghttp2_session_callbacks_del(callbacks);
    bench_require(result == 0, "no session of libnghttp2");
    return s;
}

static void *open_with(int role, struct application *app, int no_copy)
{
    struct connection *c = calloc(1, sizeof *c);
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS},
                                               {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1U << 20}};
    bench_require(c != NULL, "out of memory");
    c->app = app;
    c->no_copy = no_copy;
    c->session = new_session(c, role);
    bench_require(
        nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings, 2) == 0 &&
            nghttp2_session_set_local_window_size(c->session, NGHTTP2_FLAG_NONE, 0, 1 << 24) == 0,
        "libnghttp2 takes no settings");
    return c;
}

static void *open_connection(int role, struct application *app)
{
    return open_with(role, app, 0);
}

static void *open_no_copy(int role, struct application *app)
{
    return open_with(role, app, 1);
}

static void close_connection(void *connection)
{
    struct connection *c = connection;
    nghttp2_session_del(c->session);
    free(c);
}

static void receive(void *connection, const uint8_t *octets, size_t length)
{
    struct connection *c = connection;
    bench_require(nghttp2_session_mem_recv(c->session, octets, length) == (ssize_t)length,
                  "libnghttp2 does not take its input");
}

static void send_all(void *connection, session_sink sink, void *ctx)
{
    struct connection *c = connection;
    ssize_t length = 0;
    c->sink = sink;
    c->ctx = ctx;
    do {
        const uint8_t *octets = NULL;
        length = nghttp2_session_mem_send(c->session, &octets);
        bench_require(length >= 0, "libnghttp2 cannot send");
        if (length > 0) {
            sink(ctx, octets, (size_t)length);
        }
    } while (length > 0);
}

static void request(void *connection, const struct section *fields)
{
    struct connection *c = connection;
    bench_require(nghttp2_submit_request(c->session, NULL, fields->nv, fields->count, NULL, NULL) >
                      0,
                  "libnghttp2 takes no request");
}

const struct session_side SESSION_PEER = {"libnghttp2", open_connection, close_connection,
                                          receive,      send_all,        request};
const struct session_side SESSION_PEER_NO_COPY = {
    "libnghttp2-no-copy", open_no_copy, close_connection, receive, send_all, request};
