/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_log.h"
#include "fixture_ports.h"

/* ---- Octets and fields -------------------------------------------------------------------- */

void octets_room(struct octets *o, size_t more)
{
    size_t capacity = o->capacity > 0 ? o->capacity : 256;
    while (capacity - o->length < more) {
        capacity *= 2;
    }
    if (capacity != o->capacity) {
        o->data = realloc(o->data, capacity);
        assert_non_null(o->data);
        o->capacity = capacity;
    }
}

void octets_add(struct octets *o, const void *data, size_t length)
{
    octets_room(o, length + 1);
    if (length > 0) {
        memcpy(o->data + o->length, data, length);
    }
    o->length += length;
    o->data[o->length] = 0;
}

size_t parse_fields(const char *text, hpack_field *out, size_t capacity)
{
    size_t count = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "|");
        size_t name = strcspn(text, " |");
        assert_true(count < capacity);
        size_t skip = name < length ? name + 1 : name;
        out[count++] = (hpack_field){
            .name = text,
            .value = text + skip,
            .name_length = (uint32_t)name,
            .value_length = (uint32_t)(length - skip),
        };
        text += length + (text[length] == '|' ? 1 : 0);
    }
    return count;
}

/* ---- Bodies ------------------------------------------------------------------------------- */

uint8_t body_octet(size_t i)
{
    return (uint8_t)(i * 7 + (i >> 8));
}

void body_free(struct body *b)
{
    free(b->lent);
    b->lent = NULL;
}

static void fill(struct body *b, h2session_read_event *event, size_t n)
{
    event->length = n;
    if (!b->lend || n == 0) {
        for (size_t i = 0; i < n; i++) {
            event->buffer[i] = body_octet(b->offset + i);
        }
        return;
    }
    if (b->lent == NULL) {
        b->lent = malloc(b->length);
        assert_non_null(b->lent);
        for (size_t i = 0; i < b->length; i++) {
            b->lent[i] = body_octet(i);
        }
    }
    event->lend = b->lent + b->offset;
}

int body_read(h2session *s, h2session_read_event *event, void *user)
{
    (void)s;
    struct body *b = user;
    if (b->defer > 0) {
        b->defer--;
        return H2SESSION_DEFER;
    }
    size_t left = b->length - b->offset;
    size_t n = b->lend || left < event->capacity ? left : event->capacity;
    n = b->chunk > 0 && b->chunk < n ? b->chunk : n;
    if (left == 0 && b->answer != 0) {
        event->code = b->code;
        return b->answer;
    }
    fill(b, event, n);
    b->offset += n;
    if (b->offset == b->length && b->answer == 0 && (!b->late || left == 0)) {
        event->flags = H2SESSION_BODY_END | b->flags;
    }
    return 0;
}

/* ---- Life --------------------------------------------------------------------------------- */

void fixture_init(struct fixture *f, uint32_t role, struct test_alloc *alloc)
{
    *f = (struct fixture){.role = role, .alloc = alloc, .now_ns = 1};
    assert_int_equal(h2session_config_init(&f->config, sizeof f->config, role), 0);
    h2frame_parser_config parser;
    assert_int_equal(h2frame_parser_config_init(&parser, sizeof parser), 0);
    parser.max_frame_size = H2FRAME_MAX_MAX_FRAME_SIZE;
    parser.expect_preface = role == H2SESSION_CLIENT;
    assert_int_equal(h2frame_parser_new(&f->out_parser, &parser), 0);
    hpack_decoder_config decoder;
    assert_int_equal(hpack_decoder_config_init(&decoder, sizeof decoder), 0);
    decoder.section_limit_bytes = decoder.string_limit_bytes = 1 << 24;
    assert_int_equal(hpack_decoder_new(&f->out_decoder, &decoder), 0);
    assert_int_equal(hpack_encoder_new(&f->encoder, NULL), 0);
    octets_add(&f->log, "", 0);
}

int fixture_start(struct fixture *f)
{
    if (f->alloc == NULL) {
        f->alloc = &f->own_alloc;
    }
    f->config.resize = test_alloc_resize;
    f->config.resize_ctx = f->alloc;
    h2session_callbacks callbacks;
    fixture_callbacks(f, &callbacks);
    int result = h2session_new(&f->s, &f->config, &callbacks, f);
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
    return result;
}

void fixture_greet(struct fixture *f)
{
    if (f->role == H2SESSION_SERVER) {
        peer_preface(f);
    }
    peer_settings(f, 0, 0);
    peer_ack(f);
    (void)fixture_turn(f);
    fixture_clear(f);
    f->output.length = 0;
}

void fixture_begin(struct fixture *f, uint32_t role)
{
    fixture_init(f, role, NULL);
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
}

void fixture_end(struct fixture *f)
{
    if (!f->freed) {
        h2session_free(f->s);
    }
    assert_int_equal(f->opened, f->closed);
    if (f->alloc != NULL) {
        assert_int_equal(f->alloc->live_blocks, 0);
    }
    h2frame_parser_free(f->out_parser);
    hpack_decoder_free(f->out_decoder);
    hpack_encoder_free(f->encoder);
    free(f->log.data);
    free(f->output.data);
    free(f->extension.data);
    free(f->in.data);
    if (f->guard.map != NULL) {
        test_guard_free(&f->guard);
    }
}

/* ---- Traffic ------------------------------------------------------------------------------ */

/* One fragment, again and again while the session pauses. */
static int feed_fragment(struct fixture *f, const uint8_t *data, size_t length)
{
    size_t at = 0;
    int result = 0;
    do {
        size_t consumed = 0;
        result = fixture_recv(f, data + at, length - at, &consumed);
        at += consumed;
    } while (!f->freed && result == 0 && at < length);
    return result;
}

int fixture_feed_cut(struct fixture *f, const size_t *cuts, size_t count)
{
    int result = 0;
    size_t start = 0;
    for (size_t i = 0; i < count && !f->freed && result == 0; i++) {
        result = feed_fragment(f, f->in.data + start, cuts[i] - start);
        start = cuts[i];
    }
    f->in.length = 0;
    return result;
}

int fixture_feed(struct fixture *f)
{
    return fixture_feed_cut(f, &f->in.length, 1);
}

void fixture_drain(struct fixture *f)
{
    for (size_t turns = 0; !f->freed; turns++) {
        size_t lent = fixture_peek(f, FIXTURE_PIECES);
        if (lent == 0) {
            break;
        }
        assert_true(turns < 100000);
        fixture_sent(f, lent);
    }
    fixture_flush(f);
}

int fixture_turn(struct fixture *f)
{
    int result = fixture_feed(f);
    fixture_drain(f);
    return result;
}

void fixture_upload(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(f), 0);
}

/* ---- The application ---------------------------------------------------------------------- */

static h2session_message message_of(const char *fields, hpack_field *parsed, struct body *body)
{
    return (h2session_message){
        .size = sizeof(h2session_message),
        .fields = parsed,
        .field_count = parse_fields(fields, parsed, FIELDS_MAX),
        .read = body != NULL ? body_read : NULL,
        .read_user = body,
    };
}

int app_request(struct fixture *f, const char *fields, struct body *body, uint32_t *stream_id)
{
    static hpack_field parsed[FIELDS_MAX];
    h2session_message message = message_of(fields, parsed, body);
    uint32_t id = 0;
    int result = h2session_submit_request(f->s, &message, &id);
    f->opened += result == 0;
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
    if (stream_id != NULL) {
        *stream_id = id;
    }
    return result;
}

int app_respond(struct fixture *f, uint32_t stream_id, const char *fields, struct body *body)
{
    static hpack_field parsed[FIELDS_MAX];
    h2session_message message = message_of(fields, parsed, body);
    int result = h2session_submit_response(f->s, stream_id, &message);
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
    return result;
}

int app_push(struct fixture *f, uint32_t parent_id, const char *fields, uint32_t *promised_id)
{
    static hpack_field parsed[FIELDS_MAX];
    h2session_message message = message_of(fields, parsed, NULL);
    uint32_t id = 0;
    int result = h2session_submit_push(f->s, parent_id, &message, &id);
    f->opened += result == 0;
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
    if (promised_id != NULL) {
        *promised_id = id;
    }
    return result;
}

int app_inform(struct fixture *f, uint32_t stream_id, const char *fields)
{
    hpack_field parsed[32];
    size_t count = parse_fields(fields, parsed, 32);
    return h2session_submit_informational(f->s, stream_id, parsed, count);
}

int app_trailers(struct fixture *f, uint32_t stream_id, const char *fields)
{
    hpack_field parsed[32];
    size_t count = parse_fields(fields, parsed, 32);
    return h2session_submit_trailers(f->s, stream_id, parsed, count);
}

/* ---- Scenarios ---------------------------------------------------------------------------- */

struct run {
    const struct scenario *scenario;
    struct octets log; /* of the first run; the others must equal it */
    struct octets output;
};

static void build(const struct scenario *sc, struct fixture *f)
{
    f->in.length = 0;
    if (!sc->raw) {
        fixture_greet(f);
    }
    if (sc->before != NULL) {
        sc->before(f);
    }
    if (sc->input != NULL) {
        sc->input(f);
    }
}

static void prepare(const struct scenario *sc, struct fixture *f, struct test_alloc *alloc)
{
    fixture_init(f, sc->role, alloc);
    if (sc->configure != NULL) {
        sc->configure(f);
    }
}

static void run_cut(const size_t *cuts, size_t count, void *arg)
{
    struct run *run = arg;
    struct fixture f;
    prepare(run->scenario, &f, NULL);
    assert_int_equal(fixture_start(&f), 0);
    build(run->scenario, &f);
    (void)fixture_feed_cut(&f, cuts, count);
    fixture_drain(&f);
    if (run->log.data == NULL) {
        octets_add(&run->log, f.log.data, f.log.length);
        octets_add(&run->output, f.output.data, f.output.length);
    }
    if (strcmp((char *)run->log.data, fixture_text(&f)) != 0) {
        print_error("%s, whole:\n%s%zu cuts:\n%s", run->scenario->name, (char *)run->log.data,
                    count, fixture_text(&f));
        fail();
    }
    assert_int_equal(run->output.length, f.output.length);
    if (f.output.length > 0) {
        assert_memory_equal(run->output.data, f.output.data, f.output.length);
    }
    if (f.body != NULL) {
        size_t length = f.body->length;
        body_free(f.body);
        f.body->length = length;
    }
    fixture_end(&f);
}

static size_t input_length(const struct scenario *sc)
{
    struct fixture f;
    prepare(sc, &f, NULL);
    assert_int_equal(fixture_start(&f), 0);
    build(sc, &f);
    size_t length = f.in.length;
    fixture_end(&f);
    return length;
}

static int run_failing(struct test_alloc *a, void *arg)
{
    const struct scenario *sc = arg;
    struct fixture f;
    prepare(sc, &f, a);
    if (fixture_start(&f) == 0) {
        build(sc, &f);
        (void)fixture_feed(&f);
        fixture_drain(&f);
    }
    int result = f.saw_nomem ? H2SESSION_ERR_NOMEM : 0;
    if (f.body != NULL) {
        body_free(f.body);
    }
    fixture_end(&f);
    return result;
}

void scenario_run(const struct scenario *sc)
{
    struct run run = {.scenario = sc};
    size_t length = input_length(sc);
    test_each_split(length, run_cut, &run);
    if (sc->expect != NULL && strcmp((char *)run.log.data, sc->expect) != 0) {
        print_error("%s, expected:\n%sgot:\n%s", sc->name, sc->expect, (char *)run.log.data);
        fail();
    }
    free(run.log.data);
    free(run.output.data);
    test_each_failing_alloc(run_failing, (void *)(uintptr_t)sc);
}
