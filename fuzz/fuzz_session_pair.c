/* SPDX-License-Identifier: MIT */
/*
 * A client and a server session wired together in memory. The input schedules: which side's octets
 * move, how many, when time passes, what the applications do, and where the connection is cut.
 *
 * Two sessions that are both right never blame each other: no fault may be told but those of limits
 * and deadlines. Every octet of a body arrives in its place, each stream is closed once on each
 * side, memory is bounded and given back. When nothing was cut and no limit was met, everything that
 * was begun comes to its end.
 */
#include <h2session/h2session.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "session_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    MEMORY_BOUND = 4 * 1024 * 1024,
    STREAMS = 24, /* requests, and promises */
    PATTERN = 251,
    BODY_MAX = 70000,
    TURNS_MAX = 20000
};

struct side;

/* One direction of a stream: what is sent, and what has come. */
struct body {
    struct side *side;
    uint32_t id;
    uint32_t length;
    uint32_t offset;
    uint32_t chunk;
    uint32_t lend;
    uint32_t held; /* asked so many times before it goes on; 255: until the end */
    uint32_t fails;
    uint32_t received; /* by the other side */
};

struct side {
    struct pair *pair;
    h2session *s;
    uint32_t role;
    size_t in_use;
    uint32_t opened;
    uint32_t closed;
    uint32_t limited; /* a limit or a deadline was met, or the application ended something */
    struct body bodies[2 * STREAMS + 2]; /* by stream id */
    uint32_t owed[2 * STREAMS + 2];      /* octets received and not consumed */
    uint32_t unanswered[2 * STREAMS + 2];
    uint32_t unanswered_count;
};

struct pair {
    struct input in;
    struct side client;
    struct side server;
    uint64_t now_ns;
    uint32_t cut; /* no octets move any more */
    uint32_t manual;
    uint32_t requests;
};

static uint8_t pattern[BODY_MAX + PATTERN];

static void stop(const char *why, uint32_t number)
{
    fprintf(stderr, "%s: %u (%s)\n", why, number, h2session_reason_name(number));
    abort();
}

static void *counting_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    struct side *side = ctx;
    side->in_use += new_size - old_size;
    if (side->in_use > MEMORY_BOUND) {
        stop("too much memory", (uint32_t)side->in_use);
    }
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

/* ---- Bodies ---- */

static struct body *body_of(struct side *side, uint32_t id)
{
    return id < sizeof side->bodies / sizeof side->bodies[0] ? &side->bodies[id] : NULL;
}

static struct body *new_body(struct side *side, uint32_t id)
{
    struct input *in = &side->pair->in;
    struct body *body = body_of(side, id);
    uint32_t shape = input_octet(in);
    *body = (struct body){.side = side, .id = id, .lend = shape & 1, .fails = shape == 255};
    body->length = shape & 2 ? input_below(in, BODY_MAX) : input_octet(in);
    body->chunk = shape & 4 ? 1 + input_octet(in) + body->length / 200 : BODY_MAX;
    body->held = shape & 8 ? input_octet(in) : 0;
    return body;
}

static int read_body(h2session *s, h2session_read_event *event, void *user)
{
    struct body *body = user;
    (void)s;
    if (body->held > 0) {
        body->held -= body->held < 255;
        return H2SESSION_DEFER;
    }
    uint32_t left = body->length - body->offset;
    if (body->fails && left < body->length / 2) {
        body->side->limited = 1;
        event->code = H2FRAME_CODE_CANCEL;
        return H2SESSION_FAIL;
    }
    size_t n = left < body->chunk ? left : body->chunk;
    n = body->lend || n < event->capacity ? n : event->capacity;
    const uint8_t *from = pattern + body->id % PATTERN + body->offset;
    if (body->lend && n > 0) {
        event->lend = from;
    } else {
        memcpy(event->buffer, from, n);
    }
    event->length = n;
    body->offset += (uint32_t)n;
    event->flags = body->offset == body->length ? H2SESSION_BODY_END : 0;
    return 0;
}

/* ---- Events ---- */

/* Reasons that may be told although both sides are right. */
static int is_innocent(uint32_t reason)
{
    return reason == H2SESSION_REASON_CONCURRENT_STREAMS ||
           reason == H2SESSION_REASON_PUSH_PARENT ||
           (reason >= H2SESSION_REASON_LIMIT_CONTINUATIONS &&
            reason <= H2SESSION_REASON_TIMEOUT_IDLE) ||
           (reason >= H2SESSION_REASON_LIMIT_MEMORY &&
            reason <= H2SESSION_REASON_LIMIT_PRIORITY_NODES);
}

static int on_fault(h2session *s, const h2session_fault_event *event, void *user)
{
    struct side *side = user;
    (void)s;
    if (!is_innocent(event->reason)) {
        stop("a fault between sessions that are right", event->reason);
    }
    side->limited = 1;
    return 0;
}

static int on_headers(h2session *s, const h2session_headers_event *event, void *user)
{
    struct side *side = user;
    (void)s;
    if (event->kind == H2SESSION_HEADERS_REQUEST || event->kind == H2SESSION_HEADERS_PUSH) {
        side->opened++;
    }
    if (event->kind == H2SESSION_HEADERS_REQUEST && body_of(side, event->stream_id) != NULL) {
        side->unanswered[side->unanswered_count++] = event->stream_id;
    }
    return 0;
}

static int on_data(h2session *s, const h2session_data_event *event, void *user)
{
    struct side *side = user;
    struct side *peer = side == &side->pair->client ? &side->pair->server : &side->pair->client;
    struct body *body = body_of(peer, event->stream_id);
    (void)s;
    if (body == NULL || body->received + event->length > body->length ||
        memcmp(event->data, pattern + body->id % PATTERN + body->received, event->length) != 0) {
        stop("octets of a body differ", event->stream_id);
    }
    body->received += (uint32_t)event->length;
    side->owed[event->stream_id] += (uint32_t)event->length;
    return 0;
}

static int on_stream_closed(h2session *s, const h2session_stream_closed_event *event, void *user)
{
    struct side *side = user;
    (void)s;
    (void)event;
    side->closed++;
    return 0;
}

/* ---- What the applications do ---- */

static const hpack_field POST[] = {
    FIELDS_OF_REQUEST("POST", "/"),
    {"x-long", "0123456789012345678901234567890123456789", 6, 40, 0, 0},
};
static const hpack_field GET[] = {FIELDS_OF_REQUEST("GET", "/style")};

static void request(struct pair *p)
{
    struct side *side = &p->client;
    uint32_t id = h2session_next_stream_id(side->s);
    if (p->requests == STREAMS || body_of(side, id) == NULL) {
        return;
    }
    struct body *body = new_body(side, id);
    uint32_t with_body = body->length > 0 || (id & 2);
    const h2session_message m = {
        .size = sizeof m,
        .fields = with_body ? POST : GET,
        .field_count = with_body ? 5 : 4,
        .read = with_body ? read_body : NULL,
        .read_user = body,
    };
    if (h2session_submit_request(side->s, &m, &id) == 0) {
        side->opened++;
        p->requests++;
    }
}

static void respond(struct pair *p)
{
    struct side *side = &p->server;
    if (side->unanswered_count == 0) {
        return;
    }
    uint32_t at = input_below(&p->in, side->unanswered_count);
    uint32_t id = side->unanswered[at];
    uint32_t way = input_octet(&p->in);
    side->unanswered[at] = side->unanswered[--side->unanswered_count];
    if (way & 1) {
        (void)!h2session_submit_informational(side->s, id, INTERIM, 1);
    }
    if (way & 2) {
        const h2session_message promise = {.size = sizeof promise, .fields = GET, .field_count = 4};
        uint32_t promised = 0;
        if (h2session_submit_push(side->s, id, &promise, &promised) == 0) {
            side->opened++;
            if (body_of(side, promised) != NULL) {
                side->unanswered[side->unanswered_count++] = promised;
            }
        }
    }
    struct body *body = new_body(side, id);
    const h2session_message m = {
        .size = sizeof m,
        .fields = OK,
        .field_count = 2,
        .read = way & 4 ? read_body : NULL,
        .read_user = body,
    };
    int result = h2session_submit_response(side->s, id, &m);
    if (result == 0 && (way & 12) == 12) {
        (void)!h2session_submit_trailers(side->s, id, TRAILERS, 1);
    }
}

static void settings(struct side *side)
{
    struct input *in = &side->pair->in;
    static const uint32_t ids[] = {
        H2FRAME_SETTING_INITIAL_WINDOW_SIZE, H2FRAME_SETTING_HEADER_TABLE_SIZE,
        H2FRAME_SETTING_MAX_FRAME_SIZE, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS};
    h2frame_setting entry = {.id = ids[input_below(in, 4)], .value = input_below(in, 65536)};
    entry.value += entry.id == H2FRAME_SETTING_MAX_FRAME_SIZE ? 16384 : 0;
    side->limited |= entry.id == H2FRAME_SETTING_MAX_CONCURRENT_STREAMS;
    side->limited |= entry.id == H2FRAME_SETTING_INITIAL_WINDOW_SIZE && entry.value < 64;
    (void)!h2session_submit_settings(side->s, &entry, 1);
}

static void resume_all(struct side *side, uint32_t all)
{
    for (uint32_t id = 1; id < sizeof side->bodies / sizeof side->bodies[0]; id++) {
        struct body *body = &side->bodies[id];
        if (body->side != NULL && (all || body->held < 255)) {
            body->held = all ? 0 : body->held;
            (void)!h2session_resume(side->s, id);
        }
    }
}

/* With manual credit: all that has been received is given back. */
static void consume(struct side *side)
{
    for (uint32_t id = 1; side->pair->manual && id < 2 * STREAMS + 2; id++) {
        if (side->owed[id] > 0 && h2session_consume(side->s, id, side->owed[id]) == 0) {
            side->owed[id] = 0;
        }
    }
}

static void end_something(struct side *side)
{
    struct input *in = &side->pair->in;
    uint32_t what = input_octet(in);
    side->limited = 1;
    side->pair->client.limited = side->pair->server.limited = 1;
    if (what < 200) {
        (void)!h2session_submit_reset(side->s, 1 + what % (2 * STREAMS), H2FRAME_CODE_CANCEL);
    } else if (what < 240) {
        (void)!h2session_shutdown(side->s);
    } else {
        (void)!h2session_terminate(side->s, H2FRAME_CODE_NO_ERROR);
    }
}

static void do_something(struct side *side)
{
    struct input *in = &side->pair->in;
    switch (input_below(in, 6)) {
    case 0:
        (void)!h2session_submit_ping(side->s, (const uint8_t *)"pingpong");
        break;
    case 1:
        settings(side);
        break;
    case 2:
        (void)!h2session_submit_window_size(side->s, input_below(in, 50),
                                            65535 + input_below(in, 65536));
        break;
    case 3:
        (void)!h2session_set_stream_priority(side->s, input_below(in, 50), input_below(in, 8),
                                             input_octet(in) & 1);
        break;
    case 4:
        resume_all(side, 0);
        break;
    default:
        end_something(side);
        break;
    }
}

/* ---- The wire ---- */

static void pass_time(struct pair *p, uint64_t step_ns)
{
    p->now_ns += step_ns;
    (void)!h2session_tick(p->client.s, p->now_ns);
    (void)!h2session_tick(p->server.s, p->now_ns);
}

/* At most n octets of what one side lends, in fragments; the other side takes all of them. */
static size_t move(struct side *from, struct side *to, size_t most, size_t fragment)
{
    h2frame_bytes pieces[3];
    size_t count = 0;
    size_t moved = 0;
    if (from->pair->cut) {
        return 0;
    }
    (void)!h2session_peek(from->s, pieces, 3, &count);
    for (size_t i = 0; i < count && moved < most; i++) {
        size_t length = pieces[i].length < most - moved ? pieces[i].length : most - moved;
        for (size_t at = 0; at < length;) {
            size_t n = fragment < length - at ? fragment : length - at;
            size_t consumed = 0;
            int result = h2session_recv(to->s, pieces[i].data + at, n, to->pair->now_ns, &consumed);
            if (consumed != n || (result != 0 && !to->limited)) {
                stop("octets were not taken", (uint32_t)-result);
            }
            at += n;
        }
        moved += length;
    }
    if (h2session_sent(from->s, moved, from->pair->now_ns) != 0 && !from->limited) {
        stop("sent failed", 0);
    }
    consume(to);
    return moved;
}

static void step(struct pair *p)
{
    struct input *in = &p->in;
    uint32_t what = input_octet(in);
    struct side *side = what & 16 ? &p->client : &p->server;
    struct side *other = what & 16 ? &p->server : &p->client;
    switch (what % 16) {
    case 0:
    case 1:
        request(p);
        break;
    case 2:
    case 3:
        respond(p);
        break;
    case 4:
        do_something(side);
        break;
    case 5:
        pass_time(p, (uint64_t)input_octet(in) << input_below(in, 36));
        break;
    case 6:
        if (what == 6 + 32) { /* the tail is lost */
            p->cut = 1;
        }
        break;
    default:
        (void)move(side, other, 1 + input_below(in, 40000), 1 + input_below(in, 20000));
        break;
    }
}

/* ---- Life ---- */

static void open_side(struct pair *p, struct side *side, uint32_t role, uint32_t options)
{
    h2session_config config;
    const h2session_callbacks callbacks = {
        .size = sizeof callbacks,
        .on_headers = on_headers,
        .on_data = on_data,
        .on_stream_closed = on_stream_closed,
        .on_fault = on_fault,
    };
    side->pair = p;
    side->role = role;
    if (h2session_config_init(&config, sizeof config, role) != 0) {
        abort();
    }
    config.resize = counting_resize;
    config.resize_ctx = side;
    config.flags = p->manual ? H2SESSION_MANUAL_CONSUME : 0;
    config.enable_push = role == H2SESSION_CLIENT && (options & 2);
    if (options & 4) {
        config.initial_window_size = 1000;
        config.header_table_size = 100;
        config.max_frame_size = 20000;
    }
    if (options & 8) {
        config.max_concurrent_streams = 3;
    }
    if (h2session_new(&side->s, &config, &callbacks, side) != 0) {
        abort();
    }
}

/* Everything that is under way comes to its end, as far as nothing was cut. */
static void settle(struct pair *p)
{
    size_t moved = 1;
    for (int i = 0; i < TURNS_MAX && moved > 0; i++) {
        while (p->server.unanswered_count > 0) {
            respond(p);
        }
        resume_all(&p->client, 1);
        resume_all(&p->server, 1);
        moved = move(&p->client, &p->server, SIZE_MAX, SIZE_MAX);
        moved += move(&p->server, &p->client, SIZE_MAX, SIZE_MAX);
        moved += p->server.unanswered_count;
        if (getenv("DBG") && (i < 12 || i % 5000 < 3))
            fprintf(stderr, "turn %d moved %zu un %u\n", i, moved, p->server.unanswered_count);
    }
    if (moved > 0) {
        stop("it never ends", 0);
    }
    uint32_t open = h2session_stream_count(p->client.s) + h2session_stream_count(p->server.s);
    if (open > 0 && !p->cut && !p->client.limited && !p->server.limited) {
        stop("streams are left open", open);
    }
}

static void close_side(struct side *side)
{
    if (side->pair->cut) {
        (void)!h2session_recv_eof(side->s, side->pair->now_ns);
    }
    h2session_free(side->s);
    if (side->opened != side->closed) {
        stop("streams opened and closed differ in number", side->role);
    }
    if (side->in_use != 0) {
        stop("memory is not given back", (uint32_t)side->in_use);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pair p;
    memset(&p, 0, sizeof p);
    p.in = (struct input){data, size, 0};
    for (size_t i = 0; i < sizeof pattern; i++) {
        pattern[i] = (uint8_t)(i % PATTERN);
    }
    uint32_t options = input_octet(&p.in);
    p.manual = options & 1;
    p.now_ns = 1;
    open_side(&p, &p.client, H2SESSION_CLIENT, options);
    open_side(&p, &p.server, H2SESSION_SERVER, options >> 3);
    while (input_left(&p.in)) {
        step(&p);
    }
    settle(&p);
    close_side(&p.client);
    close_side(&p.server);
    return 0;
}
