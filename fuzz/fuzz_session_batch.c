/* SPDX-License-Identifier: MIT */
/*
 * An event batch beside callbacks: both are fed with the same octets, the callbacks whole and the
 * batch in pieces, and must tell the same events with the same content. With an allocation failing
 * the batch tells the beginning of them, and says so when something is missing.
 *
 * Input: one octet of options, one that seeds the cuts, one that says which allocation fails (0:
 * none does), then the peer's octets.
 */
#include "batch_callbacks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    CLIENT = 0x1,
    PAUSE = 0x2, /* from the first octet on */
    LATE = 0x4,  /* events are pulled at the end only, or when the session pauses */
    EVENTS_MAX = 4096
};

/* A hash for each event; octets of one body that follow each other are one. */
struct told {
    uint64_t hashes[EVENTS_MAX];
    size_t count;
    uint32_t data_stream;
};

struct heap {
    size_t in_use;
    uint32_t calls;
    uint32_t fail_at;
};

static void require(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void *failing_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    struct heap *heap = ctx;
    if (new_size > old_size && ++heap->calls == heap->fail_at) {
        return NULL;
    }
    heap->in_use += new_size - old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

/* ---- What an event says ---- */

static uint64_t add(uint64_t h, const void *data, size_t length)
{
    const uint8_t *octets = data;
    for (size_t i = 0; i < length; i++) {
        h = (h ^ octets[i]) * UINT64_C(1099511628211);
    }
    return h;
}

static uint64_t add_number(uint64_t h, uint64_t number)
{
    return add(h, &number, sizeof number);
}

static uint64_t headers_hash(uint64_t h, const h2session_headers_event *e)
{
    h = add_number(add_number(add_number(h, e->kind), e->end_stream), e->status);
    h = add_number(h, e->parent_stream_id);
    h = add_number(add_number(h, (uint64_t)e->content_length), e->field_count);
    for (size_t i = 0; i < e->field_count; i++) {
        const hpack_field *f = &e->fields[i];
        h = add(add_number(h, f->name_length), f->name, f->name_length);
        h = add(add_number(h, f->value_length), f->value, f->value_length);
        h = add_number(add_number(h, f->token), f->flags);
    }
    return h;
}

static uint64_t bytes_hash(uint64_t h, const h2frame_bytes *b)
{
    return add(add_number(h, b->length), b->data, b->length);
}

static uint64_t content_hash(uint64_t h, const h2session_batch_event *e)
{
    switch (e->kind) {
    case H2SESSION_EVENT_HEADERS:
        return headers_hash(h, e->as.headers);
    case H2SESSION_EVENT_DATA:
        return add(h, e->as.data->data, e->as.data->length);
    case H2SESSION_EVENT_STREAM_CLOSED:
        return add_number(add_number(h, e->as.stream_closed->code), e->as.stream_closed->reason);
    case H2SESSION_EVENT_SETTINGS:
        return add(add_number(h, e->as.settings->ack), e->as.settings->settings,
                   e->as.settings->settings_count * sizeof(h2frame_setting));
    case H2SESSION_EVENT_PING:
        return add(h, e->as.ping->opaque, sizeof e->as.ping->opaque);
    case H2SESSION_EVENT_GOAWAY:
        return bytes_hash(add_number(h, e->as.goaway->code), &e->as.goaway->debug_data);
    case H2SESSION_EVENT_FAULT:
        return add_number(add_number(h, e->as.fault->reason), e->as.fault->value);
    case H2SESSION_EVENT_ALTSVC:
        return bytes_hash(bytes_hash(h, &e->as.altsvc->origin), &e->as.altsvc->value);
    case H2SESSION_EVENT_ORIGIN:
        for (size_t i = 0; i < e->as.origin->origin_count; i++) {
            h = bytes_hash(h, &e->as.origin->origins[i]);
        }
        return h;
    case H2SESSION_EVENT_PRIORITY_UPDATE:
        return bytes_hash(add_number(h, e->as.priority_update->urgency),
                          &e->as.priority_update->value);
    case H2SESSION_EVENT_EXTENSION:
        return add(add_number(h, e->as.extension->type), e->as.extension->payload.data,
                   e->as.extension->payload.length);
    default:
        return h;
    }
}

/* Large frames of extensions come in parts, cut as the input was. */
static void tell_part(struct told *told, const h2session_batch_event *e)
{
    const h2frame_bytes *payload = &e->as.extension->payload;
    if (told->count > 0 && told->count < EVENTS_MAX) {
        uint64_t *h = &told->hashes[told->count - 1];
        *h = add(*h, payload->data, payload->length);
    }
}

static void event_told(void *user, const h2session_batch_event *e)
{
    struct told *told = user;
    uint32_t data_stream = e->kind == H2SESSION_EVENT_DATA ? e->stream_id : 0;
    int joins = data_stream != 0 && data_stream == told->data_stream;
    if (e->kind == H2SESSION_EVENT_EXTENSION && !(e->as.extension->part & H2FRAME_PART_FIRST)) {
        tell_part(told, e);
        return;
    }
    told->data_stream = data_stream;
    if (told->count == EVENTS_MAX) {
        return;
    }
    if (!joins) {
        told->hashes[told->count++] =
            add_number(add_number(UINT64_C(14695981039346656037), e->kind), e->stream_id);
    }
    uint64_t *h = &told->hashes[told->count - 1];
    *h = content_hash(*h, e);
}

/* ---- Runs ---- */

/* A type of extension frames is told, and a client has two requests under way. 0, or the error. */
static int prepare(h2session *s, uint32_t role)
{
    static const hpack_field fields[] = {{":method", "GET", 7, 3, 0, 0},
                                         {":scheme", "https", 7, 5, 0, 0},
                                         {":authority", "a", 10, 1, 0, 0},
                                         {":path", "/", 5, 1, 0, 0}};
    const h2session_message message = {.size = sizeof message, .fields = fields, .field_count = 4};
    uint32_t id = 0;
    int result = h2session_accept_extension(s, 0x42);
    for (uint32_t i = 0; result == 0 && role == H2SESSION_CLIENT && i < 2; i++) {
        result = h2session_submit_request(s, &message, &id);
    }
    return result;
}

static void run_callbacks(const h2session_config *config, const uint8_t *data, size_t size,
                          struct told *told)
{
    h2session *s = NULL;
    size_t consumed = 0;
    require(h2session_new(&s, config, &CALLBACKS, told) == 0, "h2session_new");
    require(prepare(s, config->role) == 0, "prepare");
    (void)!h2session_recv(s, data, size, 1, &consumed);
    (void)!h2session_recv_eof(s, 1);
    size_t count = told->count; /* what free tells has no counterpart */
    h2session_free(s);
    told->count = count;
}

/* 0, or what the batch lost. */
static int pull(h2session_batch *b, struct told *told)
{
    h2session_batch_event event = {.size = sizeof event};
    int result = h2session_batch_next(b, &event);
    while (result == 0 && event.kind != H2SESSION_EVENT_NONE) {
        event_told(told, &event);
        result = h2session_batch_next(b, &event);
    }
    h2session_batch_clear(b);
    return result;
}

static int run_batch(h2session_batch *b, const uint8_t *input, struct told *told, size_t size)
{
    uint32_t random = input[1] * 2u + 1;
    const uint8_t *data = input + 3;
    h2session *s = h2session_batch_session(b);
    int failed = 0;
    for (size_t at = 0; failed == 0 && at < size;) {
        size_t consumed = 0;
        random = random * 1103515245u + 12345u;
        size_t n = 1 + (random >> 16) % (1 + input[1]);
        n = n < size - at ? n : size - at;
        failed = h2session_recv(s, data + at, n, 1, &consumed);
        at += consumed;
        if (!(input[0] & LATE) || consumed < n) {
            (void)pull(b, told);
        }
    }
    int at_eof = h2session_recv_eof(s, 1);
    failed = failed != 0 ? failed : at_eof;
    int lost = pull(b, told);
    require(lost == 0 || failed != 0, "an event was lost in silence");
    return lost != 0 ? lost : (failed == H2SESSION_ERR_NOMEM ? failed : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct told expected, told;
    if (size < 3 || size > 100000) {
        return 0;
    }
    struct heap heap = {.fail_at = data[2]};
    h2session_config config;
    h2session_batch_config batch_config;
    uint32_t role = data[0] & CLIENT ? H2SESSION_CLIENT : H2SESSION_SERVER;
    memset(&expected, 0, sizeof expected);
    memset(&told, 0, sizeof told);
    require(h2session_config_init(&config, sizeof config, role) == 0 &&
                h2session_batch_config_init(&batch_config, sizeof batch_config) == 0,
            "config");
    config.enable_push = role == H2SESSION_CLIENT;
    batch_config.pause_bytes = data[0] & PAUSE ? 1 : batch_config.pause_bytes;
    run_callbacks(&config, data + 3, size - 3, &expected);
    config.resize = failing_resize;
    config.resize_ctx = &heap;
    h2session_batch *b = NULL;
    int lost = h2session_batch_new(&b, &config, &batch_config);
    lost = lost != 0 ? lost : prepare(h2session_batch_session(b), role);
    lost = lost != 0 ? lost : run_batch(b, data, &told, size - 3);
    h2session_batch_free(b);
    require(heap.in_use == 0, "memory not given back");
    if (lost == 0) {
        require(told.count == expected.count &&
                    memcmp(told.hashes, expected.hashes, told.count * sizeof told.hashes[0]) == 0,
                "the batch told other events than the callbacks");
    }
    return 0;
}
