/* SPDX-License-Identifier: MIT */
/*
 * Any sequence of calls: the input says which function of the library is called with what, from
 * outside and from inside of callbacks, and which frames of the peer come between. Frames are right
 * or nearly so, and raw octets.
 *
 * Whatever the order, nothing breaks: results are codes of the library, a session that has failed
 * says so again, what is consumed or lent is within what was given, each stream is closed once,
 * memory is bounded and given back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_api.h"
#include <session_callbacks.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    MEMORY_BOUND = 8 * 1024 * 1024,
    CALLS_MAX = 400,    /* calls that the input can cause */
    CALLBACK_CALLS = 64 /* of them inside callbacks */
};

void api_stop(const char *why, int number)
{
    fprintf(stderr, "%s: %d (%s)\n", why, number, h2session_error_name(number));
    abort();
}

static void *counting_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    struct api_run *r = ctx;
    r->in_use += new_size - old_size;
    if (r->in_use > MEMORY_BOUND) {
        api_stop("too much memory", 0);
    }
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

/* A result has a name of its own, and REENTRANT is for calls inside callbacks. */
static void check(const struct api_run *r, int result, int inside)
{
    (void)r;
    if (result == 0) {
        return;
    }
    if (result > 0 || strcmp(h2session_error_name(result), "UNKNOWN") == 0 ||
        result == H2SESSION_ERR_INTERNAL || result == H2SESSION_ERR_NOMEM ||
        (result == H2SESSION_ERR_REENTRANT && !inside)) {
        api_stop("a result that cannot be", result);
    }
}

static void call(struct api_run *r, int inside)
{
    if (r->calls < CALLS_MAX && r->s != NULL) {
        r->calls++;
        check(r, API_CALLS[input_below(&r->in, API_CALL_COUNT)](r), inside);
        if (r->freed && !inside) {
            r->s = NULL; /* a callback asked for it */
        }
    }
}

/* ---- Callbacks ---- */

/* Some more calls, and what the callback answers. */
static int act(struct api_run *r)
{
    if (r->inside >= CALLBACK_CALLS || r->s == NULL || !input_left(&r->in)) {
        return 0;
    }
    r->inside++;
    uint32_t what = input_octet(&r->in);
    if (what % 4 == 0) {
        call(r, 1);
    } else if (what % 4 == 1) {
        size_t n = 0;
        if (h2session_recv(r->s, r->in.data, 1, 0, &n) != H2SESSION_ERR_REENTRANT || n != 0) {
            api_stop("recv inside a callback", 0);
        }
    } else if (what == 254) {
        h2session_free(r->s);
        r->freed = 1;
    }
    return what >= 240 && what < 248 ? (int)(what % 4) : 0; /* 0, PAUSE, REFUSE_STREAM, ABORT */
}

static int on_headers(h2session *s, const h2session_headers_event *event, void *user)
{
    struct api_run *r = user;
    (void)s;
    r->opened += event->kind == H2SESSION_HEADERS_REQUEST || event->kind == H2SESSION_HEADERS_PUSH;
    return act(r);
}

static int on_data(h2session *s, const h2session_data_event *event, void *user)
{
    (void)s;
    (void)event;
    return act(user);
}

static int on_stream_end(h2session *s, const h2session_stream_end_event *event, void *user)
{
    (void)s;
    (void)event;
    return act(user);
}

static int on_stream_closed(h2session *s, const h2session_stream_closed_event *event, void *user)
{
    struct api_run *r = user;
    (void)s;
    r->closed++;
    int result = act(r);
    /* Only for streams of the peer, and not once the session is being freed. */
    if (result == 0 && r->role == H2SESSION_SERVER && event->stream_id % 2 == 1 && !r->freed &&
        r->s != NULL && input_octet(&r->in) % 4 == 1) {
        r->running++;
        return H2SESSION_STILL_RUNNING;
    }
    return result;
}

static int on_settings(h2session *s, const h2session_settings_event *event, void *user)
{
    (void)s;
    (void)event;
    return act(user);
}

static int on_ping(h2session *s, const h2session_ping_event *event, void *user)
{
    (void)s;
    (void)event;
    return act(user);
}

static int on_goaway(h2session *s, const h2session_goaway_event *event, void *user)
{
    (void)s;
    (void)event;
    return act(user);
}

static int on_fault(h2session *s, const h2session_fault_event *event, void *user)
{
    (void)s;
    (void)event;
    return act(user);
}

static int on_trace(h2session *s, const h2session_trace_event *event, void *user)
{
    (void)s;
    (void)event;
    return act(user);
}

static int on_extension(h2session *s, const h2session_extension_event *event, void *user)
{
    (void)s;
    (void)event;
    return act(user);
}

int api_read_body(h2session *s, h2session_read_event *event, void *user)
{
    static const uint8_t LENT[5000] = {'l'};
    struct api_run *r = user;
    (void)s;
    int result = act(r);
    uint32_t way = input_octet(&r->in);
    if (way < 10 || !input_left(&r->in)) {
        return way % 2 && input_left(&r->in) ? H2SESSION_DEFER : H2SESSION_FAIL;
    }
    if (way < 100) {
        event->lend = LENT;
        event->length = way * 40;
    } else {
        event->length = way < event->capacity ? way : event->capacity;
        memset(event->buffer, 'b', event->length);
    }
    event->flags = way % 4 == 0 ? H2SESSION_BODY_END | (way % 8 ? 0 : H2SESSION_BODY_TRAILERS) : 0;
    return result == H2SESSION_ABORT ? result : 0;
}

/* ---- The peer ---- */

static void recv_all(struct api_run *r, const uint8_t *data, size_t length)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    size_t at = 0;
    int result = 0;
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, data, length);
    do {
        size_t consumed = 0;
        result = h2session_recv(r->s, copy + at, length - at, r->now_ns, &consumed);
        if (consumed > length - at) {
            api_stop("more is consumed than was given", result);
        }
        at += consumed;
        if (r->freed) {
            r->s = NULL;
            break;
        }
        check(r, result, 0);
        if (r->failed != 0 && result != r->failed) {
            api_stop("a failed session changes its mind", result);
        }
        r->failed = result;
    } while (result == 0 && at < length);
    free(copy);
}

static void frame(struct api_run *r, const h2frame_frame *given)
{
    uint8_t octets[600];
    h2frame_frame own = *given;
    h2frame_buffer buffer = {.data = octets, .capacity = sizeof octets};
    own.size = sizeof own;
    if (h2frame_write(&own, &buffer) == 0) {
        recv_all(r, octets, buffer.length);
    }
}

static void block_frame(struct api_run *r, uint32_t type)
{
    hpack_field fields[8];
    uint8_t octets[500];
    hpack_buffer block = {.data = octets, .capacity = sizeof octets};
    h2frame_frame f = {.type = type, .stream_id = api_id(r), .promised_stream_id = api_id(r)};
    f.flags = H2FRAME_FLAG_END_HEADERS;
    f.flags |= type == H2FRAME_TYPE_HEADERS ? input_octet(&r->in) & H2FRAME_FLAG_END_STREAM : 0;
    uint32_t from = r->role == H2SESSION_SERVER || type == H2FRAME_TYPE_PUSH_PROMISE ? 0 : 4;
    size_t count = api_section(r, from, from == 0 ? 4 : 1, fields);
    if (hpack_encoder_encode(r->encoder, fields, count, &block) == 0) {
        f.payload = (h2frame_bytes){octets, block.length};
        frame(r, &f);
    }
}

static void peer_says(struct api_run *r)
{
    static const uint8_t BODY[200] = {'d'};
    h2frame_setting entry;
    uint32_t type = input_octet(&r->in) % 12;
    h2frame_frame f = {.type = type, .stream_id = api_id(r), .weight = 16};
    const uint8_t *octets = NULL;
    size_t raw = 40;
    switch (type) {
    case H2FRAME_TYPE_DATA:
        f.flags = input_octet(&r->in) & H2FRAME_FLAG_END_STREAM;
        f.payload = (h2frame_bytes){BODY, input_octet(&r->in) % 200};
        break;
    case H2FRAME_TYPE_HEADERS:
    case H2FRAME_TYPE_PUSH_PROMISE:
        block_frame(r, type);
        return;
    case H2FRAME_TYPE_SETTINGS:
        f.stream_id = 0;
        f.flags = input_octet(&r->in) & H2FRAME_FLAG_ACK;
        entry.id = 1 + input_octet(&r->in) % 9;
        entry.value = input_octet(&r->in) << input_octet(&r->in) % 24;
        f.settings = &entry;
        f.settings_count = f.flags ? 0 : 1;
        break;
    case H2FRAME_TYPE_CONTINUATION:
    case H2FRAME_TYPE_ALTSVC:
    case 11:
        octets = input_octets(&r->in, &raw); /* sets how many there are */
        recv_all(r, octets, raw);
        return;
    default:
        f.increment = 1 + input_octet(&r->in);
        f.error_code = input_octet(&r->in);
        f.last_stream_id = input_octet(&r->in) % 16;
        f.stream_id = type == H2FRAME_TYPE_PING || type == H2FRAME_TYPE_GOAWAY ? 0 : f.stream_id;
        break;
    }
    frame(r, &f);
}

/* ---- Ports ---- */

static void look_out(struct api_run *r, uint32_t take)
{
    h2frame_bytes pieces[4];
    size_t count = 0;
    int result = h2session_peek(r->s, pieces, 1 + take % 4, &count);
    check(r, result, 0);
    r->failed = r->failed != 0 ? r->failed : result;
    size_t total = 0;
    for (size_t i = 0; i < count && !r->freed; i++) {
        total += pieces[i].length;
    }
    if (r->freed) {
        r->s = NULL;
        return;
    }
    size_t n = take % 3 == 0 ? total : total * (take % 16) / 16;
    result = h2session_sent(r->s, n, r->now_ns);
    check(r, result, 0);
    r->failed = r->failed != 0 ? r->failed : result;
    if (r->freed) {
        r->s = NULL;
    }
}

static void ports(struct api_run *r)
{
    uint32_t what = input_octet(&r->in);
    int result = 0;
    if (what < 180) {
        look_out(r, what);
        return;
    }
    if (what < 200) {
        result = h2session_trim(r->s);
        check(r, result, 0);
        return;
    }
    r->now_ns += (uint64_t)input_octet(&r->in) << input_octet(&r->in) % 36;
    result = what < 250 ? h2session_tick(r->s, r->now_ns) : h2session_recv_eof(r->s, r->now_ns);
    check(r, result, 0);
    r->failed = r->failed != 0 ? r->failed : result;
    if (r->freed) {
        r->s = NULL;
    }
}

/* ---- Life ---- */

static void open_session(struct api_run *r, uint32_t options)
{
    h2session_config config;
    const h2session_callbacks callbacks = {
        .size = sizeof callbacks,
        CALLBACKS_OF_STREAMS,
        CALLBACKS_OF_CONNECTION,
        .on_trace = options & 2 ? on_trace : NULL,
        .on_extension = on_extension,
    };
    r->role = options & 1 ? H2SESSION_SERVER : H2SESSION_CLIENT;
    if (h2session_config_init(&config, sizeof config, r->role) != 0) {
        abort();
    }
    config.resize = counting_resize;
    config.resize_ctx = r;
    config.flags = options & 4 ? H2SESSION_MANUAL_CONSUME : 0;
    config.enable_push = r->role == H2SESSION_CLIENT && (options & 8);
    config.enable_connect_protocol = r->role == H2SESSION_SERVER && (options & 8);
    if (options & 16) {
        config.max_concurrent_streams = 3;
        config.initial_window_size = 300;
        config.max_header_list_size = 400;
        config.header_table_size = 64;
    }
    h2session *s = NULL;
    if (h2session_new(&s, &config, &callbacks, r) != 0) {
        return; /* on_trace asked to abort */
    }
    r->s = s;
    if (options & 32) {
        static const uint8_t greeting[] = {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0};
        if (r->role == H2SESSION_SERVER) {
            recv_all(r, h2frame_preface(), H2FRAME_PREFACE_LENGTH);
        }
        if (r->s != NULL) {
            recv_all(r, greeting, sizeof greeting);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct api_run r = {.in = {data, size, 0}, .now_ns = 1};
    if (hpack_encoder_new(&r.encoder, NULL) != 0) {
        abort();
    }
    open_session(&r, input_octet(&r.in));
    while (input_left(&r.in) && r.s != NULL) {
        uint32_t what = input_octet(&r.in) % 8;
        if (what < 3) {
            call(&r, 0);
        } else if (what < 6) {
            peer_says(&r);
        } else {
            ports(&r);
        }
    }
    if (r.s != NULL) {
        h2session *s = r.s;
        r.s = NULL; /* no more calls */
        h2session_free(s);
    }
    if (r.opened != r.closed) {
        api_stop("streams opened and closed differ in number", (int)(r.opened - r.closed));
    }
    if (r.in_use != 0) {
        api_stop("memory is not given back", 0);
    }
    hpack_encoder_free(r.encoder);
    return 0;
}
