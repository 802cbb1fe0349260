/* SPDX-License-Identifier: MIT */
/* The event batch against the callbacks: the same input gives the same events with the same
 * content, in the same order, however it is cut and whenever they are pulled. */
#include "batch_callbacks.h"
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Events as text, all members ---------------------------------------------------------- */

struct text {
    struct octets octets;
    uint32_t data_stream; /* the last line is DATA of this stream: more octets join it */
};

static void line(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void line(struct text *t, const char *format, ...)
{
    char buffer[400];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    assert_true(n >= 0 && (size_t)n < sizeof buffer);
    octets_add(&t->octets, buffer, (size_t)n);
    t->data_stream = 0;
}

static void write_headers(struct text *t, const h2session_headers_event *e)
{
    line(t, "\nheaders %u kind=%u end=%u status=%u length=%lld parent=%u", e->stream_id, e->kind,
         e->end_stream, e->status, (long long)e->content_length, e->parent_stream_id);
    for (size_t i = 0; i < e->field_count; i++) {
        const hpack_field *f = &e->fields[i];
        line(t, " %.*s=%.*s(%u)", (int)f->name_length, f->name, (int)f->value_length, f->value,
             f->token);
    }
}

static void write_data(struct text *t, const h2session_data_event *e)
{
    uint32_t stream_id = e->stream_id;
    if (t->data_stream != stream_id) {
        line(t, "\ndata %u ", stream_id);
    }
    octets_add(&t->octets, e->data, e->length);
    t->data_stream = stream_id;
}

static void write_settings(struct text *t, const h2session_settings_event *e)
{
    line(t, "\nsettings ack=%u", e->ack);
    for (size_t i = 0; i < e->settings_count; i++) {
        line(t, " %s=%u", h2frame_setting_name(e->settings[i].id), e->settings[i].value);
    }
}

static void write_origins(struct text *t, const h2session_origin_event *e)
{
    line(t, "\norigins");
    for (size_t i = 0; i < e->origin_count; i++) {
        line(t, " %.*s", (int)e->origins[i].length, (const char *)e->origins[i].data);
    }
}

static void write_altsvc(struct text *t, const h2session_altsvc_event *e)
{
    line(t, "\naltsvc %u %.*s %.*s", e->stream_id, (int)e->origin.length,
         (const char *)e->origin.data, (int)e->value.length, (const char *)e->value.data);
}

static void write_priority(struct text *t, const h2session_priority_update_event *e)
{
    line(t, "\npriority %u idle=%u %u %u %.*s", e->stream_id, e->is_idle, e->urgency,
         e->incremental, (int)e->value.length, (const char *)e->value.data);
}

static void write_extension(struct text *t, const h2session_extension_event *e)
{
    line(t, "\nextension %u %x %x %u %u %.*s", e->stream_id, e->type, e->flags, e->length, e->part,
         (int)e->payload.length, (const char *)e->payload.data);
}

static void write_rest(struct text *t, const h2session_batch_event *e)
{
    const h2session_stream_closed_event *c = e->as.stream_closed;
    const h2session_goaway_event *g = e->as.goaway;
    const h2session_fault_event *f = e->as.fault;
    switch (e->kind) {
    case H2SESSION_EVENT_STREAM_END:
        line(t, "\nend %u", e->as.stream_end->stream_id);
        break;
    case H2SESSION_EVENT_STREAM_CLOSED:
        line(t, "\nclosed %u %u %u remote=%u", c->stream_id, c->code, c->reason, c->remote);
        break;
    case H2SESSION_EVENT_PING:
        line(t, "\nping ack=%u %.8s", e->as.ping->ack, (const char *)e->as.ping->opaque);
        break;
    case H2SESSION_EVENT_GOAWAY:
        line(t, "\ngoaway %u %u %.*s", g->last_stream_id, g->code, (int)g->debug_data.length,
             (const char *)g->debug_data.data);
        break;
    case H2SESSION_EVENT_FAULT:
        line(t, "\nfault %u %u %u %u %llu %llu", f->scope, f->code, f->reason, f->stream_id,
             (unsigned long long)f->value, (unsigned long long)f->limit);
        break;
    case H2SESSION_EVENT_ALTSVC:
        write_altsvc(t, e->as.altsvc);
        break;
    case H2SESSION_EVENT_ORIGIN:
        write_origins(t, e->as.origin);
        break;
    case H2SESSION_EVENT_PRIORITY_UPDATE:
        write_priority(t, e->as.priority_update);
        break;
    case H2SESSION_EVENT_EXTENSION:
        write_extension(t, e->as.extension);
        break;
    default:
        fail_msg("event of kind %u", e->kind);
    }
}

static void event_told(void *user, const h2session_batch_event *e)
{
    struct text *t = user;
    /* Every event struct begins with its size. */
    assert_true(*(const size_t *)e->as.any > sizeof(size_t));
    if (e->kind == H2SESSION_EVENT_HEADERS) {
        assert_int_equal(e->stream_id, e->as.headers->stream_id);
        write_headers(t, e->as.headers);
    } else if (e->kind == H2SESSION_EVENT_DATA) {
        write_data(t, e->as.data);
    } else if (e->kind == H2SESSION_EVENT_SETTINGS) {
        write_settings(t, e->as.settings);
    } else {
        write_rest(t, e);
    }
}

/* ---- Runs --------------------------------------------------------------------------------- */

struct run {
    void (*input)(struct fixture *f);
    struct octets in;
    struct text reference; /* what the callbacks told */
    uint32_t role;
    uint32_t pull_late;       /* only when the session pauses, and at the end */
    const char *const *kinds; /* beginnings of lines that the reference must have */
    h2session_batch_config config;
};

static h2session_config config_of(uint32_t role, struct test_alloc *alloc)
{
    h2session_config config;
    assert_int_equal(h2session_config_init(&config, sizeof config, role), 0);
    config.resize = test_alloc_resize;
    config.resize_ctx = alloc;
    config.enable_push = role == H2SESSION_CLIENT;
    return config;
}

enum { EXTENSION = 0x42 };

/* A type of extension frames is told, and a client has one request under way. */
static int prepare(h2session *s, uint32_t role)
{
    hpack_field fields[8];
    const h2session_message message = {.size = sizeof message,
                                       .fields = fields,
                                       .field_count = parse_fields(GET_FIELDS, fields, 8)};
    uint32_t id = 0;
    int result = h2session_accept_extension(s, EXTENSION);
    if (result == 0 && role == H2SESSION_CLIENT) {
        result = h2session_submit_request(s, &message, &id);
    }
    return result;
}

static void run_callbacks(struct run *run)
{
    struct test_alloc alloc = {0};
    h2session_config config = config_of(run->role, &alloc);
    h2session *s = NULL;
    size_t consumed = 0;
    octets_add(&run->reference.octets, "", 0);
    assert_int_equal(h2session_new(&s, &config, &CALLBACKS, &run->reference), 0);
    assert_int_equal(prepare(s, run->role), 0);
    (void)!h2session_recv(s, run->in.data, run->in.length, 1, &consumed);
    (void)!h2session_recv_eof(s, 1);
    h2session_free(s);
}

/* Pulls all there is; the error of the batch, if any. */
static int pull(h2session_batch *b, struct text *to)
{
    h2session_batch_event event = {.size = sizeof event};
    int result = h2session_batch_next(b, &event);
    while (result == 0 && event.kind != H2SESSION_EVENT_NONE) {
        event_told(to, &event);
        result = h2session_batch_next(b, &event);
    }
    h2session_batch_clear(b);
    return result;
}

/* Feeds one fragment in memory of its own, and pulls in between. */
static int feed(struct run *run, h2session_batch *b, h2frame_bytes octets, struct text *to)
{
    uint8_t *copy = malloc(octets.length + 1);
    assert_non_null(copy);
    memcpy(copy, octets.data, octets.length);
    size_t at = 0;
    int result = 0;
    do {
        size_t consumed = 0;
        result =
            h2session_recv(h2session_batch_session(b), copy + at, octets.length - at, 1, &consumed);
        at += consumed;
        if (at < octets.length || !run->pull_late) {
            (void)pull(b, to);
        }
    } while (result == 0 && at < octets.length);
    free(copy);
    return result;
}

static void run_batch(const size_t *cuts, size_t count, void *arg)
{
    struct run *run = arg;
    struct test_alloc alloc = {0};
    h2session_config config = config_of(run->role, &alloc);
    struct text text = {.data_stream = 0};
    h2session_batch *b = NULL;
    size_t start = 0;
    octets_add(&text.octets, "", 0);
    assert_int_equal(h2session_batch_new(&b, &config, &run->config), 0);
    assert_int_equal(prepare(h2session_batch_session(b), run->role), 0);
    for (size_t i = 0; i < count; i++) {
        (void)feed(run, b, (h2frame_bytes){run->in.data + start, cuts[i] - start}, &text);
        start = cuts[i];
    }
    (void)!h2session_recv_eof(h2session_batch_session(b), 1);
    assert_int_equal(pull(b, &text), 0);
    h2session_batch_free(b);
    assert_int_equal(alloc.live_blocks, 0);
    assert_string_equal((char *)text.octets.data, (char *)run->reference.octets.data);
    free(text.octets.data);
}

/* With an allocation failing: what is pulled is the beginning of what there is, and when something
 * is missing the batch says so. */
static int run_failing(struct test_alloc *alloc, void *arg)
{
    struct run *run = arg;
    h2session_config config = config_of(run->role, alloc);
    struct text text = {.data_stream = 0};
    h2session_batch *b = NULL;
    octets_add(&text.octets, "", 0);
    int result = h2session_batch_new(&b, &config, &run->config);
    if (result == 0 && (result = prepare(h2session_batch_session(b), run->role)) == 0) {
        result = feed(run, b, (h2frame_bytes){run->in.data, run->in.length}, &text);
        int at_eof = h2session_recv_eof(h2session_batch_session(b), 1);
        result = result != 0 ? result : at_eof;
        int lost = pull(b, &text);
        assert_true(lost == 0 || (lost == H2SESSION_ERR_NOMEM && result != 0));
        assert_true(lost != 0 || result != H2SESSION_ERR_CALLBACK);
        if (lost != 0) {
            assert_true(strncmp((char *)text.octets.data, (char *)run->reference.octets.data,
                                text.octets.length) == 0);
        }
        result = result == H2SESSION_ERR_PEER && alloc->calls < alloc->fail_at ? 0 : result;
    }
    h2session_batch_free(b);
    free(text.octets.data);
    return result;
}

static void run_all(struct run *run)
{
    struct fixture f;
    fixture_init(&f, run->role, NULL);
    run->input(&f);
    octets_add(&run->in, f.in.data, f.in.length);
    f.s = NULL;
    fixture_end(&f);
    run_callbacks(run);
    for (size_t i = 0; run->kinds[i] != NULL; i++) {
        if (strstr((char *)run->reference.octets.data, run->kinds[i]) == NULL) {
            fail_msg("no event of this kind: %s", run->kinds[i]);
        }
    }
    for (run->pull_late = 0; run->pull_late < 2; run->pull_late++) {
        test_each_split(run->in.length, run_batch, run);
        test_each_failing_alloc(run_failing, run);
    }
    free(run->in.data);
    free(run->reference.octets.data);
}

static h2session_batch_config batch_defaults(void)
{
    h2session_batch_config config;
    assert_int_equal(h2session_batch_config_init(&config, sizeof config), 0);
    return config;
}

enum { END = H2FRAME_FLAG_END_STREAM };

static void to_server(struct fixture *f)
{
    peer_preface(f);
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 100000);
    peer_ack(f);
    peer_headers(f, 1, POST_FIELDS "|content-length 9|empty |cookie a=b", 0);
    peer_data(f, 1, 3, 0);
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_PRIORITY_UPDATE,
                                   .prioritized_stream_id = 3,
                                   .payload = {(const uint8_t *)"u=1, i", 6}});
    peer_headers(f, 3, GET_FIELDS, END);
    peer_padded(f, 1, 6, 20);
    peer_headers(f, 1, "trailer-a value", END);
    peer_ping(f, 0);
    peer_frame(f, &(h2frame_frame){.type = EXTENSION,
                                   .flags = 0x81,
                                   .stream_id = 1,
                                   .payload = {(const uint8_t *)"whatever", 8}});
    peer_headers_cut(f, 5, POST_FIELDS "|more text", 0, 3);
    peer_reset(f, 3, H2FRAME_CODE_CANCEL);
    peer_headers(f, 7, GET_FIELDS "|Upper case", END);
    peer_data(f, 5, 20000, 0);
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_GOAWAY,
                                   .last_stream_id = 2,
                                   .payload = {(const uint8_t *)"bye", 3}});
    peer_goaway(f, 0, H2FRAME_CODE_CANCEL);
    peer_data(f, 9, 1, 0); /* idle: the end of the connection */
    peer_ping(f, 0);
}

static void to_client(struct fixture *f)
{
    peer_settings(f, 0, 0);
    peer_ack(f);
    static const char ORIGINS[] = "\0\x09https://a\0\x0ahttps://bc\0\x01x";
    static const h2frame_bytes VALUE = {(const uint8_t *)"h2=\":1\"", 7};
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_ORIGIN,
                                   .payload = {(const uint8_t *)ORIGINS, sizeof ORIGINS - 1}});
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_ORIGIN});
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_ALTSVC,
                                   .origin = {(const uint8_t *)"https://a", 9},
                                   .payload = VALUE});
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_ALTSVC, .stream_id = 1, .payload = VALUE});
    peer_headers(f, 1, ":status 103|link </a>", 0);
    peer_headers(f, 1, ":status 200|content-length 1000|server x", 0);
    peer_data(f, 1, 400, 0);
    peer_promise(f, 1, 2, GET_FIELDS, 1);
    peer_headers(f, 2, ":status 200|content-length 7", 0);
    peer_data(f, 2, 7, END);
    peer_ping(f, 0);
    peer_data(f, 1, 600, 0);
    peer_headers(f, 1, "checksum 12", END);
}

static const char *const SERVER_KINDS[] = {
    "\nheaders", "\ndata",  "\nend",      "\nclosed",    "\nsettings ack=0", "\nsettings ack=1",
    "\nping",    "\nfault", "\npriority", "\nextension", "\ngoaway",         NULL};
static const char *const CLIENT_KINDS[] = {
    "kind=2", "kind=3", "kind=4", "kind=5", "\naltsvc", "\norigins https://a https://bc", NULL};

static void a_server_pulls_the_events_of_callbacks(void **state)
{
    (void)state;
    struct run run = {.role = H2SESSION_SERVER,
                      .input = to_server,
                      .kinds = SERVER_KINDS,
                      .config = batch_defaults()};
    run_all(&run);
}

static void a_client_pulls_the_events_of_callbacks(void **state)
{
    (void)state;
    struct run run = {.role = H2SESSION_CLIENT,
                      .input = to_client,
                      .kinds = CLIENT_KINDS,
                      .config = batch_defaults()};
    run_all(&run);
}

static void pausing_changes_no_event(void **state)
{
    (void)state;
    struct run run = {.role = H2SESSION_SERVER,
                      .input = to_server,
                      .kinds = SERVER_KINDS,
                      .config = batch_defaults()};
    run.config.pause_bytes = 1;
    run_all(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_pulls_the_events_of_callbacks),
        cmocka_unit_test(a_client_pulls_the_events_of_callbacks),
        cmocka_unit_test(pausing_changes_no_event),
    };
    return cmocka_run_group_tests_name("session_batch", tests, NULL, NULL);
}
