/* SPDX-License-Identifier: MIT */
#include "session_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_fields.h"
#include <session_callbacks.h>

enum { MEMORY_BOUND = 16 * 1024 * 1024, REQUESTS = 4, DRAIN_MAX = 4096 };

struct run {
    h2session *s;
    uint32_t options;
    uint32_t seed;
    size_t in_use;
    uint32_t opened;
    uint32_t closed;
    char *log;
    size_t log_length;
    size_t log_capacity;
    uint32_t data_stream;
    size_t data_length;
    uint64_t data_hash;
    uint64_t output_hash;
    uint64_t output_length;
};

static void stop(const struct run *r, const char *why)
{
    fprintf(stderr, "%s\n%s", why, r->log != NULL ? r->log : "");
    abort();
}

static void *counting_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    struct run *r = ctx;
    r->in_use += new_size - old_size;
    if (r->in_use > MEMORY_BOUND) {
        stop(r, "too much memory in use");
    }
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

static uint64_t hash(uint64_t h, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        h = (h ^ data[i]) * UINT64_C(1099511628211);
    }
    return h;
}

/* ---- The log ---- */

static void add_line(struct run *r, const char *event, uint64_t a, uint64_t b, uint64_t c)
{
    if (r->log_capacity - r->log_length < 128) {
        r->log_capacity = r->log_capacity * 2 + 4096;
        r->log = realloc(r->log, r->log_capacity);
        if (r->log == NULL) {
            abort();
        }
    }
    r->log_length +=
        (size_t)snprintf(r->log + r->log_length, 128, "%s %llu %llu %llu\n", event,
                         (unsigned long long)a, (unsigned long long)b, (unsigned long long)c);
}

static void flush_data(struct run *r)
{
    if (r->data_length > 0) {
        add_line(r, "data", r->data_stream, r->data_length, r->data_hash);
    }
    r->data_length = 0;
    r->data_hash = 0;
}

static void note(struct run *r, const char *event, uint64_t a, uint64_t b, uint64_t c)
{
    flush_data(r);
    add_line(r, event, a, b, c);
}

/* ---- The application ---- */

static uint32_t choice(const struct run *r, uint32_t stream_id, uint32_t event)
{
    uint32_t x = (stream_id * UINT32_C(2654435761)) ^ (r->seed * UINT32_C(40503)) ^ event;
    x ^= x >> 15;
    return x * UINT32_C(2246822519) >> 24;
}

static int read_body(h2session *s, h2session_read_event *event, void *user)
{
    static const uint8_t LENT[3000] = {'l', 'e', 'n', 't'};
    struct run *r = user;
    uint32_t way = choice(r, event->stream_id, 7);
    (void)s;
    if (way % 16 == 1) {
        event->code = H2FRAME_CODE_CANCEL;
        return H2SESSION_FAIL;
    }
    if (way % 16 == 2) {
        return H2SESSION_DEFER;
    }
    if (way % 2) {
        event->lend = LENT;
        event->length = 1 + way * 11;
    } else {
        event->length = event->capacity < way ? event->capacity : way;
        memset(event->buffer, 'p', event->length);
    }
    event->flags = H2SESSION_BODY_END | (way % 16 == 4 ? H2SESSION_BODY_TRAILERS : 0);
    return 0;
}

static const hpack_field REQUEST[] = {FIELDS_OF_REQUEST("POST", "/")};
static const hpack_field HEAD_REQUEST[] = {FIELDS_OF_REQUEST("HEAD", "/")};

static void submit_response(struct run *r, uint32_t stream_id, uint32_t way)
{
    h2session_message message = {.size = sizeof message, .fields = OK, .field_count = 2};
    if (way % 3 != 0) {
        message.read = read_body;
        message.read_user = r;
    }
    int result = h2session_submit_response(r->s, stream_id, &message);
    if (result == 0 && way % 7 == 0) {
        result = h2session_submit_trailers(r->s, stream_id, TRAILERS, 1);
    }
    note(r, "respond", stream_id, way, (uint64_t)-result);
}

static const hpack_field PROMISE[] = {FIELDS_OF_REQUEST("GET", "/p")};

static void submit_push(struct run *r, uint32_t stream_id, uint32_t way)
{
    const h2session_message message = {.size = sizeof message, .fields = PROMISE, .field_count = 4};
    uint32_t promised = 0;
    int result = h2session_submit_push(r->s, stream_id, &message, &promised);
    r->opened += result == 0;
    note(r, "promise", stream_id, promised, (uint64_t)-result);
    if (result == 0 && way % 4 != 0) {
        submit_response(r, promised, way);
    }
}

/* What the application does after an event; the callback's answer. */
static int act(struct run *r, uint32_t stream_id, uint32_t event)
{
    uint32_t way = choice(r, stream_id, event);
    int result = 0;
    switch (way % 32) {
    case 0:
        result = h2session_submit_reset(r->s, stream_id, H2FRAME_CODE_CANCEL);
        break;
    case 1:
        result = h2session_submit_ping(r->s, (const uint8_t *)"pingping");
        break;
    case 2:
        result = h2session_submit_informational(r->s, stream_id, INTERIM, 1);
        break;
    case 3:
        result = h2session_shutdown(r->s);
        break;
    case 4:
        result = h2session_submit_trailers(r->s, stream_id, TRAILERS, 1);
        break;
    case 5:
        result = way == 5 ? h2session_terminate(r->s, H2FRAME_CODE_NO_ERROR) : 0;
        break;
    case 6:
        return event == H2SESSION_HEADERS_REQUEST || event == H2SESSION_HEADERS_PUSH
                   ? H2SESSION_REFUSE_STREAM
                   : 0;
    case 7:
        return way == 7 ? H2SESSION_ABORT : 0;
    default:
        if (r->options & SESSION_MORE && way % 2) {
            submit_push(r, stream_id, way);
        }
        submit_response(r, stream_id, way);
        break;
    }
    note(r, "act", stream_id, way, (uint64_t)-result);
    return r->options & SESSION_PAUSE ? H2SESSION_PAUSE : 0;
}

static int on_headers(h2session *s, const h2session_headers_event *e, void *user)
{
    (void)s;
    struct run *r = user;
    uint64_t h = 0;
    for (size_t i = 0; i < e->field_count; i++) {
        h = hash(h, (const uint8_t *)e->fields[i].name, e->fields[i].name_length);
        h = hash(h, (const uint8_t *)e->fields[i].value, e->fields[i].value_length);
    }
    note(r, "headers", e->stream_id, e->kind * 2 + e->end_stream, h);
    r->opened += e->kind == H2SESSION_HEADERS_REQUEST || e->kind == H2SESSION_HEADERS_PUSH;
    return act(r, e->stream_id, e->kind);
}

static int on_data(h2session *s, const h2session_data_event *e, void *user)
{
    (void)s;
    struct run *r = user;
    if (r->data_stream != e->stream_id) {
        flush_data(r);
    }
    r->data_stream = e->stream_id;
    r->data_length += e->length;
    r->data_hash = hash(r->data_hash, e->data, e->length);
    return r->options & SESSION_PAUSE ? H2SESSION_PAUSE : 0;
}

static int on_stream_end(h2session *s, const h2session_stream_end_event *e, void *user)
{
    (void)s;
    note(user, "end", e->stream_id, 0, 0);
    return act(user, e->stream_id, 9);
}

static int on_stream_closed(h2session *s, const h2session_stream_closed_event *e, void *user)
{
    struct run *r = user;
    r->closed++;
    note(r, "closed", e->stream_id, e->code, e->reason);
    if (h2session_submit_reset(s, e->stream_id, 0) == 0) {
        stop(r, "a closed stream could be reset");
    }
    return 0;
}

static int on_settings(h2session *s, const h2session_settings_event *e, void *user)
{
    (void)s;
    note(user, "settings", e->ack, e->settings_count, 0);
    return 0;
}

static int on_ping(h2session *s, const h2session_ping_event *e, void *user)
{
    (void)s;
    note(user, "ping", e->ack, hash(0, e->opaque, 8), 0);
    return 0;
}

static int on_goaway(h2session *s, const h2session_goaway_event *e, void *user)
{
    (void)s;
    note(user, "goaway", e->last_stream_id, e->code,
         hash(0, e->debug_data.data, e->debug_data.length));
    return 0;
}

static int on_fault(h2session *s, const h2session_fault_event *e, void *user)
{
    (void)s;
    note(user, "fault", e->stream_id, e->code, e->reason);
    return 0;
}

static int on_trace(h2session *s, const h2session_trace_event *e, void *user)
{
    (void)s;
    (void)user;
    return e->frame == NULL ? H2SESSION_ABORT : 0;
}

/* ---- One run ---- */

static void open_session(struct run *r, uint32_t role)
{
    h2session_config config;
    const h2session_callbacks callbacks = {
        .size = sizeof callbacks,
        CALLBACKS_OF_STREAMS,
        CALLBACKS_OF_CONNECTION,
        .on_trace = r->options & SESSION_TRACE ? on_trace : NULL,
    };
    if (h2session_config_init(&config, sizeof config, role) != 0) {
        abort();
    }
    config.resize = counting_resize;
    config.resize_ctx = r;
    config.flags = r->options & SESSION_MANUAL ? H2SESSION_MANUAL_CONSUME : 0;
    if (r->options & SESSION_SMALL) {
        config.max_concurrent_streams = 2;
        config.initial_window_size = 100;
        config.connection_window_size = 65535;
        config.max_header_list_size = 300;
        config.field_count_limit = 6;
        config.continuation_limit = 2;
        config.header_table_size = 64;
        config.reset_burst = 4;
        config.glitch_burst = 6;
        config.ack_queue_limit = 3;
        config.refused_limit = 2;
        config.promised_streams_limit = 2;
    }
    if (r->options & SESSION_MORE) {
        config.enable_push = role == H2SESSION_CLIENT;
        config.enable_connect_protocol = role == H2SESSION_SERVER;
    }
    if (h2session_new(&r->s, &config, &callbacks, r) != 0) {
        abort();
    }
}

static void submit_requests(struct run *r)
{
    for (uint32_t i = 0; i < REQUESTS; i++) {
        h2session_message message = {
            .size = sizeof message,
            .fields = i == 1 ? HEAD_REQUEST : REQUEST,
            .field_count = 4,
            .read = i % 2 ? NULL : read_body,
            .read_user = r,
        };
        uint32_t id = 0;
        r->opened += h2session_submit_request(r->s, &message, &id) == 0;
    }
}

static void feed(struct run *r, const uint8_t *data, size_t length)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, data, length);
    size_t at = 0;
    int result = 0;
    do {
        size_t consumed = 0;
        result = h2session_recv(r->s, copy + at, length - at, 1, &consumed);
        if (consumed > length - at || (result != 0 && consumed != length - at)) {
            stop(r, "consumed is wrong");
        }
        at += consumed;
    } while (result == 0 && at < length);
    free(copy);
}

/* A session that failed once must say so again. */
static void drain(struct run *r)
{
    for (int i = 0; i < DRAIN_MAX; i++) {
        h2frame_bytes pieces[3];
        size_t count = 0;
        size_t total = 0;
        int result = h2session_peek(r->s, pieces, 3, &count);
        if (result != 0) {
            note(r, "peek", (uint64_t)-result, 0, 0);
        }
        for (size_t k = 0; k < count; k++) {
            r->output_hash = hash(r->output_hash, pieces[k].data, pieces[k].length);
            total += pieces[k].length;
        }
        r->output_length += total;
        if (total == 0) {
            return;
        }
        result = h2session_sent(r->s, total, 2);
        if (result != 0) {
            note(r, "sent", (uint64_t)-result, 0, 0);
        }
    }
    stop(r, "output without end");
}

static void close_session(struct run *r)
{
    drain(r);
    uint64_t deadline = h2session_deadline_ns(r->s);
    if (deadline != UINT64_MAX) {
        int result = h2session_tick(r->s, deadline);
        note(r, "tick", (uint64_t)-result, 0, 0);
    }
    drain(r);
    if (r->seed % 2) {
        int result = h2session_recv_eof(r->s, 3);
        note(r, "eof", (uint64_t)-result, h2session_wants(r->s), h2session_stream_count(r->s));
        drain(r);
    }
    h2session_free(r->s);
    flush_data(r);
    if (r->opened != r->closed) {
        stop(r, "streams announced and closed differ in number");
    }
    if (r->in_use != 0) {
        stop(r, "memory not given back");
    }
}

static void run_once(struct run *r, uint32_t role, const uint8_t *data, size_t size, int cut)
{
    static const uint8_t greeting[] = {0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0};
    uint32_t random = r->seed * 2 + 1;
    open_session(r, role);
    if (role == H2SESSION_CLIENT) {
        submit_requests(r);
        drain(r);
    }
    if (r->options & SESSION_GREET) {
        if (role == H2SESSION_SERVER) {
            feed(r, h2frame_preface(), H2FRAME_PREFACE_LENGTH);
        }
        feed(r, greeting, sizeof greeting);
        drain(r);
    }
    for (size_t at = 0; at < size;) {
        random = random * 1103515245u + 12345u;
        size_t n = cut ? 1 + (random >> 16) % (1 + r->seed % 16) : size;
        n = n < size - at ? n : size - at;
        feed(r, data + at, n);
        at += n;
    }
    close_session(r);
}

void session_run(uint32_t role, const uint8_t *data, size_t size)
{
    if (size < 2) {
        return;
    }
    struct run whole = {.options = data[0], .seed = data[1]};
    struct run pieces = {.options = data[0], .seed = data[1]};
    run_once(&whole, role, data + 2, size - 2, 0);
    run_once(&pieces, role, data + 2, size - 2, 1);
    int same = whole.log_length == pieces.log_length &&
               (whole.log_length == 0 || memcmp(whole.log, pieces.log, whole.log_length) == 0) &&
               whole.output_length == pieces.output_length &&
               whole.output_hash == pieces.output_hash;
    if (!same) {
        fprintf(stderr, "whole:\n%s", whole.log != NULL ? whole.log : "");
        stop(&pieces, "pieces:");
    }
    free(whole.log);
    free(pieces.log);
}
