/* SPDX-License-Identifier: MIT */
#include "sides.h"

#include <stdlib.h>
#include <string.h>

#include <h2session/h2session.h>
#include <nghttp2/nghttp2.h>

#include "corpus.h"

size_t side_allocations;
size_t side_live;
const uint8_t side_body[SIDE_BODY_MAX];

const char *const SIDE_REQUEST[SIDE_REQUEST_FIELDS][2] = {
    {":method", "GET"},
    {":scheme", "https"},
    {":authority", "shop.example.org"},
    {":path", NULL},
    {"user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                   "Chrome/126.0.0.0 Safari/537.36"},
    {"accept", "application/json, text/plain, */*"},
    {"accept-encoding", "gzip, deflate, br"},
    {"accept-language", "en-US,en;q=0.9"},
    {"referer", "https://shop.example.org/catalogue"},
    {"cookie", "session=3f9a1c7e5b2d4860a1b2c3d4e5f60718"},
};
const char *const SIDE_RESPONSE[SIDE_RESPONSE_FIELDS][2] = {
    {":status", "200"},
    {"server", "h2kit"},
    {"date", "Sun, 23 Nov 2025 06:12:00 GMT"},
    {"content-type", "application/json"},
    {"etag", "\"5d8c72a5-1a2b\""},
    {"cache-control", "private, max-age=60"},
    {"vary", "accept-encoding"},
    {"x-frame-options", "deny"},
};

const char *side_path(uint32_t number)
{
    static char paths[SIDE_PATHS][48];
    char *path = paths[number % SIDE_PATHS];
    if (path[0] == '\0') {
        static const char BEGIN[] = "/api/v1/items/000000?expand=owner";
        memcpy(path, BEGIN, sizeof BEGIN);
        uint32_t digits = (number % SIDE_PATHS + 1) * UINT32_C(104729) % UINT32_C(999983);
        for (char *at = path + 19; digits > 0; digits /= 10) {
            *at-- = (char)('0' + digits % 10);
        }
    }
    return path;
}

/* ---- libh2session --------------------------------------------------------------------------- */

static void *our_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    (void)ctx;
    side_live += new_size - old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    side_allocations++;
    return realloc(ptr, new_size);
}

struct our_conn {
    h2session *session;
    struct side_app *app;
};

static hpack_field our_field(const char *name, const char *value)
{
    return (hpack_field){
        .name = name,
        .value = value,
        .name_length = (uint32_t)strlen(name),
        .value_length = (uint32_t)strlen(value),
        .token = hpack_token(name, strlen(name)),
    };
}

static const hpack_field *our_response(void)
{
    static hpack_field fields[SIDE_RESPONSE_FIELDS];
    for (size_t i = 0; i < SIDE_RESPONSE_FIELDS && fields[i].name == NULL; i++) {
        fields[i] = our_field(SIDE_RESPONSE[i][0], SIDE_RESPONSE[i][1]);
    }
    return fields;
}

static int our_read(h2session *s, h2session_read_event *event, void *user)
{
    (void)s;
    const struct our_conn *c = user;
    event->lend = side_body;
    event->length = c->app->body;
    event->flags = H2SESSION_BODY_END;
    return 0;
}

static int our_on_end(h2session *s, const h2session_stream_end_event *event, void *user)
{
    struct our_conn *c = user;
    c->app->messages++;
    if (!c->app->answers) {
        return 0;
    }
    const h2session_message message = {
        .size = sizeof message,
        .fields = our_response(),
        .field_count = SIDE_RESPONSE_FIELDS,
        .read = c->app->body > 0 ? our_read : NULL,
        .read_user = c,
    };
    bench_require(h2session_submit_response(s, event->stream_id, &message) == 0, "no response");
    return 0;
}

static int our_on_data(h2session *s, const h2session_data_event *event, void *user)
{
    (void)s;
    struct side_app *app = ((struct our_conn *)user)->app;
    int in_place =
        event->data >= app->in && event->data + event->length <= app->in + app->in_length;
    app->octets += event->length;
    app->copied += in_place ? 0 : event->length;
    return 0;
}

static int our_on_closed(h2session *s, const h2session_stream_closed_event *event, void *user)
{
    (void)s;
    struct our_conn *c = user;
    c->app->messages += event->code == H2FRAME_CODE_NO_ERROR;
    return 0;
}

static void *our_open(int role, struct side_app *app)
{
    struct our_conn *c = calloc(1, sizeof *c);
    h2session_config config;
    uint32_t ours = role == SIDE_SERVER ? H2SESSION_SERVER : H2SESSION_CLIENT;
    bench_require(c != NULL && h2session_config_init(&config, sizeof config, ours) == 0,
                  "no memory");
    c->app = app;
    config.resize = our_resize;
    config.initial_window_size = 1 << 23;
    config.connection_window_size = 1 << 24;
    config.max_concurrent_streams = 256;
    config.assumed_peer_streams = 256;
    config.ack_queue_limit = 1 << 30;
    config.output_frame_limit = 1 << 30;
    config.glitch_burst = UINT32_MAX;
    config.window_update_free = 0;
    h2session_callbacks callbacks = {.size = sizeof callbacks, .on_data = our_on_data};
    if (role == SIDE_SERVER) {
        callbacks.on_stream_end = our_on_end;
    } else {
        callbacks.on_stream_closed = our_on_closed;
    }
    bench_require(h2session_new(&c->session, &config, &callbacks, c) == 0, "no session");
    return c;
}

static void our_receive(void *conn, const uint8_t *data, size_t length)
{
    struct our_conn *c = conn;
    size_t consumed;
    c->app->in = data;
    c->app->in_length = length;
    int result = h2session_recv(c->session, data, length, 0, &consumed);
    bench_require(result == 0 && consumed == length, h2session_error_text(result));
}

static void our_send(void *conn, side_output output, void *ctx)
{
    enum { PIECES = 64 };
    struct our_conn *c = conn;
    h2frame_bytes pieces[PIECES];
    size_t count = 1;
    while (count > 0) {
        size_t octets = 0;
        bench_require(h2session_peek(c->session, pieces, PIECES, &count) == 0, "cannot send");
        for (size_t i = 0; i < count; i++) {
            octets += pieces[i].length;
            output(ctx, pieces[i].data, pieces[i].length);
        }
        bench_require(h2session_sent(c->session, octets, 0) == 0, "cannot send");
    }
}

static void our_request(void *conn, uint32_t number)
{
    struct our_conn *c = conn;
    static hpack_field fields[SIDE_REQUEST_FIELDS];
    for (size_t i = 0; i < SIDE_REQUEST_FIELDS && fields[i].name == NULL; i++) {
        const char *value = SIDE_REQUEST[i][1];
        fields[i] = our_field(SIDE_REQUEST[i][0], value != NULL ? value : side_path(0));
    }
    fields[3].value = side_path(number);
    const h2session_message message = {
        .size = sizeof message, .fields = fields, .field_count = SIDE_REQUEST_FIELDS};
    uint32_t stream_id;
    bench_require(h2session_submit_request(c->session, &message, &stream_id) == 0, "no request");
}

static void our_close(void *conn)
{
    struct our_conn *c = conn;
    h2session_free(c->session);
    free(c);
}

const struct side SIDE_OURS = {"h2kit", our_open, our_receive, our_send, our_request, our_close};

/* ---- libnghttp2 ----------------------------------------------------------------------------- */

/* Its hook is not told sizes: they stand in front of each block. */
enum { PREFIX = 16 };

static void *peer_realloc(void *ptr, size_t size, void *user)
{
    (void)user;
    size_t *block = ptr != NULL ? (size_t *)(void *)((char *)ptr - PREFIX) : NULL;
    side_allocations++;
    side_live += size - (block != NULL ? *block : 0);
    block = realloc(block, PREFIX + size);
    bench_require(block != NULL, "no memory");
    *block = size;
    return (char *)block + PREFIX;
}

static void *peer_malloc(size_t size, void *user)
{
    return peer_realloc(NULL, size, user);
}

static void *peer_calloc(size_t count, size_t size, void *user)
{
    void *ptr = peer_realloc(NULL, count * size, user);
    return memset(ptr, 0, count * size);
}

static void peer_free(void *ptr, void *user)
{
    (void)user;
    if (ptr != NULL) {
        size_t *block = (size_t *)(void *)((char *)ptr - PREFIX);
        side_live -= *block;
        free(block);
    }
}

static nghttp2_mem peer_memory = {NULL, peer_malloc, peer_free, peer_calloc, peer_realloc};

struct peer_conn {
    nghttp2_session *session;
    struct side_app *app;
    side_output output;
    void *ctx;
    uint64_t left[256]; /* of the body, by stream */
};

static uint64_t *left_of(struct peer_conn *c, int32_t stream_id)
{
    return &c->left[(stream_id >> 1) & 255];
}

static nghttp2_nv peer_field(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

static ssize_t peer_read(nghttp2_session *session, int32_t stream_id, uint8_t *buffer,
                         size_t length, uint32_t *flags, nghttp2_data_source *source, void *user)
{
    (void)session;
    (void)buffer;
    (void)source;
    uint64_t *left = left_of(user, stream_id);
    length = length < *left ? length : *left;
    *left -= length;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY | (*left == 0 ? NGHTTP2_DATA_FLAG_EOF : 0);
    return (ssize_t)length;
}

static int peer_send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head,
                          size_t length, nghttp2_data_source *source, void *user)
{
    (void)session;
    (void)frame;
    (void)source;
    struct peer_conn *c = user;
    c->output(c->ctx, head, H2FRAME_HEAD_LENGTH);
    c->output(c->ctx, side_body, length);
    return 0;
}

static int peer_on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct peer_conn *c = user;
    int carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (!carries || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) {
        return 0;
    }
    c->app->messages++;
    if (!c->app->answers) {
        return 0;
    }
    nghttp2_nv fields[SIDE_RESPONSE_FIELDS];
    for (size_t i = 0; i < SIDE_RESPONSE_FIELDS; i++) {
        fields[i] = peer_field(SIDE_RESPONSE[i][0], SIDE_RESPONSE[i][1]);
    }
    nghttp2_data_provider source = {.read_callback = peer_read};
    *left_of(c, frame->hd.stream_id) = c->app->body;
    return nghttp2_submit_response(session, frame->hd.stream_id, fields, SIDE_RESPONSE_FIELDS,
                                   c->app->body > 0 ? &source : NULL);
}

static int peer_on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id,
                        const uint8_t *data, size_t length, void *user)
{
    (void)session;
    (void)flags;
    (void)stream_id;
    (void)data;
    ((struct peer_conn *)user)->app->octets += length;
    return 0;
}

static int peer_on_closed(nghttp2_session *session, int32_t stream_id, uint32_t code, void *user)
{
    (void)session;
    (void)stream_id;
    ((struct peer_conn *)user)->app->messages += code == NGHTTP2_NO_ERROR;
    return 0;
}

static nghttp2_session_callbacks *peer_callbacks(int role)
{
    static nghttp2_session_callbacks *callbacks[2];
    if (callbacks[role] == NULL) {
        bench_require(nghttp2_session_callbacks_new(&callbacks[role]) == 0, "no memory");
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks[role], peer_on_data);
        nghttp2_session_callbacks_set_send_data_callback(callbacks[role], peer_send_data);
        if (role == SIDE_SERVER) {
            nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks[role], peer_on_frame);
        } else {
            nghttp2_session_callbacks_set_on_stream_close_callback(callbacks[role], peer_on_closed);
        }
    }
    return callbacks[role];
}

static void *peer_open(int role, struct side_app *app)
{
    struct peer_conn *c = calloc(1, sizeof *c);
    bench_require(c != NULL, "no memory");
    c->app = app;
    int result =
        role == SIDE_SERVER
            ? nghttp2_session_server_new3(&c->session, peer_callbacks(role), c, NULL, &peer_memory)
            : nghttp2_session_client_new3(&c->session, peer_callbacks(role), c, NULL, &peer_memory);
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 256},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 23},
    };
    bench_require(result == 0 && nghttp2_submit_settings(c->session, 0, settings, 2) == 0 &&
                      nghttp2_session_set_local_window_size(c->session, 0, 0, 1 << 24) == 0,
                  "no session");
    return c;
}

static void peer_receive(void *conn, const uint8_t *data, size_t length)
{
    struct peer_conn *c = conn;
    ssize_t taken = nghttp2_session_mem_recv(c->session, data, length);
    bench_require(taken == (ssize_t)length, "libnghttp2 does not take its input");
}

static void peer_send(void *conn, side_output output, void *ctx)
{
    struct peer_conn *c = conn;
    c->output = output;
    c->ctx = ctx;
    const uint8_t *data;
    ssize_t length = nghttp2_session_mem_send(c->session, &data);
    for (; length > 0; length = nghttp2_session_mem_send(c->session, &data)) {
        output(ctx, data, (size_t)length);
    }
    bench_require(length == 0, "libnghttp2 cannot send");
}

static void peer_request(void *conn, uint32_t number)
{
    struct peer_conn *c = conn;
    nghttp2_nv fields[SIDE_REQUEST_FIELDS];
    for (size_t i = 0; i < SIDE_REQUEST_FIELDS; i++) {
        const char *value = SIDE_REQUEST[i][1];
        fields[i] = peer_field(SIDE_REQUEST[i][0], value != NULL ? value : side_path(number));
    }
    int32_t id = nghttp2_submit_request(c->session, NULL, fields, SIDE_REQUEST_FIELDS, NULL, NULL);
    bench_require(id > 0, "no request");
}

static void peer_close(void *conn)
{
    struct peer_conn *c = conn;
    nghttp2_session_del(c->session);
    free(c);
}

const struct side SIDE_PEER = {"libnghttp2", peer_open,    peer_receive,
                               peer_send,    peer_request, peer_close};

double session_counted_pass(double (*pass)(const struct side *, const void *), const void *arg,
                            const struct side *side)
{
    double copied = pass(side, arg);
    side_allocations = 0; /* after the call, so that it is no jump */
    return copied;
}
