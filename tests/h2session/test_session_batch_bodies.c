/* SPDX-License-Identifier: MIT */
/* Bodies that a batch queues: two batches wired together, without a callback anywhere. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

enum { END = H2SESSION_BODY_END, STREAMS_MAX = 128 };

/* What one side heard of a stream. */
struct heard {
    uint32_t kind;        /* of the last HEADERS */
    uint32_t trailers;    /* a section of that kind came */
    uint32_t ended;       /* STREAM_END */
    uint32_t closed;      /* STREAM_CLOSED, how often */
    uint32_t rooms;       /* BODY_ROOM, how often */
    size_t received;      /* octets of DATA, checked */
    uint32_t closed_code; /* of the last STREAM_CLOSED */
};

struct side {
    h2session_batch *b;
    h2session *s;
    int lost;   /* what h2session_batch_next() said */
    int failed; /* what a call returned */
    struct heard heard[STREAMS_MAX];
};

struct pair {
    struct side client;
    struct side server;
    uint32_t random;
};

static int begin_side(struct side *side, uint32_t role, struct test_alloc *alloc,
                      const h2session_batch_config *config)
{
    h2session_config session;
    assert_int_equal(h2session_config_init(&session, sizeof session, role), 0);
    session.resize = test_alloc_resize;
    session.resize_ctx = alloc;
    session.max_concurrent_streams = 1000;
    session.assumed_peer_streams = 1000;
    int result = h2session_batch_new(&side->b, &session, config);
    side->s = h2session_batch_session(side->b);
    return result;
}

static int begin(struct pair *p, struct test_alloc *alloc, const h2session_batch_config *config)
{
    memset(p, 0, sizeof *p);
    p->random = 99;
    int result = begin_side(&p->client, H2SESSION_CLIENT, alloc, config);
    return result != 0 ? result : begin_side(&p->server, H2SESSION_SERVER, alloc, config);
}

static void end(struct pair *p)
{
    h2session_batch_free(p->client.b);
    h2session_batch_free(p->server.b);
}

static int note(struct side *side, int result)
{
    side->failed = side->failed != 0 ? side->failed : result;
    return result;
}

static void hear(struct side *side, const h2session_batch_event *event)
{
    struct heard *heard = &side->heard[event->stream_id % STREAMS_MAX];
    switch (event->kind) {
    case H2SESSION_EVENT_HEADERS:
        heard->kind = event->as.headers->kind;
        heard->trailers |= heard->kind == H2SESSION_HEADERS_TRAILERS;
        break;
    case H2SESSION_EVENT_DATA:
        for (size_t i = 0; i < event->as.data->length; i++) {
            assert_int_equal(event->as.data->data[i], body_octet(heard->received++));
        }
        break;
    case H2SESSION_EVENT_STREAM_END:
        heard->ended++;
        break;
    case H2SESSION_EVENT_STREAM_CLOSED:
        heard->closed++;
        heard->closed_code = event->as.stream_closed->code;
        break;
    case H2SESSION_EVENT_BODY_ROOM:
        assert_null(event->as.any);
        heard->rooms++;
        break;
    default:
        break;
    }
}

static void pull(struct side *side)
{
    h2session_batch_event event = {.size = sizeof event};
    int result = h2session_batch_next(side->b, &event);
    while (result == 0 && event.kind != H2SESSION_EVENT_NONE) {
        hear(side, &event);
        result = h2session_batch_next(side->b, &event);
    }
    side->lost = result;
    h2session_batch_clear(side->b);
}

/* Moves what one peek lends, in random fragments. */
static size_t move(struct pair *p, struct side *from, struct side *to)
{
    h2frame_bytes pieces[3];
    size_t count = 0;
    size_t moved = 0;
    (void)note(from, h2session_peek(from->s, pieces, 3, &count));
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < pieces[i].length;) {
            size_t n = 1 + test_rand(&p->random) % 5000;
            size_t consumed = 0;
            n = n < pieces[i].length - at ? n : pieces[i].length - at;
            (void)note(to, h2session_recv(to->s, pieces[i].data + at, n, 1, &consumed));
            at += consumed;
            pull(to);
        }
        moved += pieces[i].length;
    }
    (void)note(from, h2session_sent(from->s, moved, 1));
    pull(from);
    return moved;
}

static void exchange(struct pair *p)
{
    size_t moved;
    do {
        moved = move(p, &p->client, &p->server);
        moved += move(p, &p->server, &p->client);
    } while (moved > 0);
}

static h2session_message message_of(const char *fields, hpack_field *parsed)
{
    return (h2session_message){.size = sizeof(h2session_message),
                               .fields = parsed,
                               .field_count = parse_fields(fields, parsed, FIELDS_MAX)};
}

static uint32_t request(struct pair *p, const char *fields)
{
    static hpack_field parsed[FIELDS_MAX];
    h2session_message message = message_of(fields, parsed);
    uint32_t id = 0;
    (void)note(&p->client, h2session_batch_submit_request(p->client.b, &message, &id));
    return id;
}

static int respond(struct pair *p, uint32_t id, const char *fields)
{
    static hpack_field parsed[FIELDS_MAX];
    h2session_message message = message_of(fields, parsed);
    return note(&p->server, h2session_batch_submit_response(p->server.b, id, &message));
}

/* The octets of a body from `offset` on. */
static int write_body(struct side *side, uint32_t id, size_t offset, size_t length, uint32_t flags)
{
    uint8_t *octets = malloc(length + 1);
    assert_non_null(octets);
    for (size_t i = 0; i < length; i++) {
        octets[i] = body_octet(offset + i);
    }
    int result = h2session_batch_submit_body(side->b, id, octets, length, flags);
    free(octets); /* they were copied */
    return result;
}

static void bodies_go_both_ways(void **state)
{
    (void)state;
    static struct pair p;
    struct test_alloc alloc = {0};
    assert_int_equal(begin(&p, &alloc, NULL), 0);
    uint32_t id = request(&p, POST_FIELDS);
    assert_int_equal(write_body(&p.client, id, 0, 10, 0), 0);
    exchange(&p);
    assert_int_equal(p.server.heard[id].received, 10);
    assert_int_equal(write_body(&p.client, id, 10, 90000, 0), 0);
    exchange(&p);
    assert_int_equal(p.server.heard[id].received, 90010);
    assert_false(p.server.heard[id].ended);
    assert_int_equal(respond(&p, id, ":status 200"), 0);
    assert_int_equal(write_body(&p.server, id, 0, 3000, END), 0);
    assert_int_equal(write_body(&p.client, id, 90010, 5, END), 0);
    exchange(&p);
    assert_int_equal(p.server.heard[id].received, 90015);
    assert_int_equal(p.client.heard[id].received, 3000);
    assert_int_equal(p.client.heard[id].closed, 1);
    assert_int_equal(p.server.heard[id].closed, 1);
    assert_int_equal(p.server.failed, 0);
    assert_int_equal(p.client.failed, 0);
    end(&p);
    assert_int_equal(alloc.live_blocks, 0);
}

static void an_empty_end_ends_the_body(void **state)
{
    (void)state;
    static struct pair p;
    struct test_alloc alloc = {0};
    assert_int_equal(begin(&p, &alloc, NULL), 0);
    uint32_t id = request(&p, POST_FIELDS);
    exchange(&p);
    assert_int_equal(h2session_batch_submit_body(p.client.b, id, NULL, 0, 0), 0);
    exchange(&p);
    assert_false(p.server.heard[id].ended);
    assert_int_equal(h2session_batch_submit_body(p.client.b, id, NULL, 0, END), 0);
    exchange(&p);
    assert_int_equal(p.server.heard[id].ended, 1);
    assert_int_equal(p.server.heard[id].received, 0);
    assert_int_equal(write_body(&p.client, id, 0, 1, END), H2SESSION_ERR_STREAM_STATE);
    end(&p);
}

static void trailers_follow_the_queue(void **state)
{
    (void)state;
    static struct pair p;
    struct test_alloc alloc = {0};
    hpack_field trailers[2];
    size_t count = parse_fields("checksum 7", trailers, 2);
    assert_int_equal(begin(&p, &alloc, NULL), 0);
    /* before the octets went out, and after */
    for (uint32_t early = 0; early < 2; early++) {
        uint32_t id = request(&p, POST_FIELDS);
        assert_int_equal(write_body(&p.client, id, 0, 9000, END | H2SESSION_BODY_TRAILERS), 0);
        if (!early) {
            exchange(&p);
        }
        assert_false(p.server.heard[id].ended);
        assert_int_equal(h2session_submit_trailers(p.client.s, id, trailers, count), 0);
        exchange(&p);
        assert_int_equal(p.server.heard[id].received, 9000);
        assert_int_equal(p.server.heard[id].trailers, 1);
        assert_int_equal(p.server.heard[id].ended, 1);
    }
    end(&p);
}

static void a_full_queue_refuses_and_tells_when_there_is_room(void **state)
{
    (void)state;
    static struct pair p;
    struct test_alloc alloc = {0};
    h2session_batch_config config;
    assert_int_equal(h2session_batch_config_init(&config, sizeof config), 0);
    config.body_limit_bytes = 100000;
    assert_int_equal(begin(&p, &alloc, &config), 0);
    uint32_t id = request(&p, POST_FIELDS);
    size_t offset = 0;
    while (write_body(&p.client, id, offset, 3000, 0) == 0) {
        offset += 3000;
    }
    assert_int_equal(offset, 102000);
    assert_int_equal(h2session_batch_body_waiting(p.client.b, id), 102000);
    assert_int_equal(write_body(&p.client, id, offset, 1, 0), H2SESSION_ERR_OUTPUT_LIMIT);
    assert_true(alloc.live_bytes < 130000);
    exchange(&p);
    assert_int_equal(p.client.heard[id].rooms, 1);
    assert_int_equal(p.server.heard[id].received, offset);
    assert_int_equal(h2session_batch_body_waiting(p.client.b, id), 0);
    assert_int_equal(write_body(&p.client, id, offset, 500, END), 0);
    exchange(&p);
    assert_int_equal(p.client.heard[id].rooms, 1);
    assert_int_equal(p.server.heard[id].ended, 1);
    end(&p);
}

static void a_message_without_body_drops_what_is_queued(void **state)
{
    (void)state;
    static struct pair p;
    struct test_alloc alloc = {0};
    assert_int_equal(begin(&p, &alloc, NULL), 0);
    uint32_t id = request(&p, ":method HEAD|:scheme https|:authority a|:path /");
    exchange(&p);
    assert_int_equal(respond(&p, id, ":status 200|content-length 5"), 0);
    assert_int_equal(write_body(&p.server, id, 0, 5, 0), 0);
    assert_int_equal(h2session_batch_body_waiting(p.server.b, id), 0);
    exchange(&p);
    assert_int_equal(p.client.heard[id].ended, 1);
    assert_int_equal(p.client.heard[id].received, 0);
    end(&p);
}

static void bodies_of_streams_that_ended_are_refused_and_freed(void **state)
{
    (void)state;
    static struct pair p;
    struct test_alloc alloc = {0};
    assert_int_equal(begin(&p, &alloc, NULL), 0);
    uint32_t id = request(&p, POST_FIELDS);
    assert_int_equal(write_body(&p.client, id, 0, 200000, 0), 0);
    (void)move(&p, &p.client, &p.server); /* some of it was lent */
    assert_int_equal(h2session_submit_reset(p.server.s, id, H2FRAME_CODE_CANCEL), 0);
    exchange(&p);
    assert_int_equal(p.client.heard[id].closed_code, H2FRAME_CODE_CANCEL);
    assert_int_equal(write_body(&p.client, id, 0, 1, 0), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(write_body(&p.client, 0, 0, 1, 0), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(write_body(&p.client, 77, 0, 1, 0), H2SESSION_ERR_STREAM_UNKNOWN);
    id = request(&p, POST_FIELDS);
    assert_int_equal(write_body(&p.client, id, 0, 200000, 0), 0);
    (void)move(&p, &p.client, &p.server);
    end(&p); /* in the middle */
    assert_int_equal(alloc.live_blocks, 0);
}

static void wrong_calls_are_refused(void **state)
{
    (void)state;
    static struct pair p;
    struct test_alloc alloc = {0};
    hpack_field parsed[8];
    uint32_t id = 0;
    h2session_message message = message_of(POST_FIELDS, parsed);
    assert_int_equal(begin(&p, &alloc, NULL), 0);
    assert_int_equal(h2session_batch_submit_request(NULL, &message, &id), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_batch_submit_request(p.client.b, NULL, &id), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_batch_submit_request(p.client.b, &message, NULL),
                     H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_batch_submit_response(NULL, 1, &message), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_batch_submit_response(p.server.b, 1, &message),
                     H2SESSION_ERR_STREAM_UNKNOWN);
    message.read = body_read;
    assert_int_equal(h2session_batch_submit_request(p.client.b, &message, &id),
                     H2SESSION_ERR_USAGE);
    id = request(&p, POST_FIELDS);
    assert_int_equal(write_body(&p.client, id, 0, 1, H2SESSION_BODY_TRAILERS), H2SESSION_ERR_USAGE);
    assert_int_equal(write_body(&p.client, id, 0, 1, 8), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_batch_submit_body(p.client.b, id, NULL, 1, 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_batch_submit_body(NULL, id, NULL, 0, 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_batch_body_waiting(NULL, 1), 0);
    end(&p);
    assert_int_equal(alloc.live_blocks, 0);
}

static size_t length_of(uint32_t id)
{
    return (size_t)id * id * 7 % 9001;
}

/* Requests whose bodies are echoed. 0, or 1 when something failed. */
static int echo_many(struct test_alloc *alloc, void *arg)
{
    static struct pair p;
    uint32_t streams = *(const uint32_t *)arg;
    int result = begin(&p, alloc, NULL);
    for (uint32_t i = 0; result == 0 && i < streams; i++) {
        uint32_t id = request(&p, POST_FIELDS);
        result = p.client.failed;
        (void)(result == 0 && note(&p.client, write_body(&p.client, id, 0, length_of(id), END)));
    }
    if (result == 0) {
        exchange(&p);
    }
    for (uint32_t id = 1; result == 0 && id < 2 * streams && p.server.failed == 0; id += 2) {
        if (p.server.heard[id].ended && respond(&p, id, ":status 200") == 0) {
            (void)note(&p.server, write_body(&p.server, id, 0, p.server.heard[id].received, END));
        }
    }
    if (result == 0) {
        exchange(&p);
    }
    int failed = result != 0 || p.client.failed != 0 || p.server.failed != 0;
    for (uint32_t id = 1; !failed && id < 2 * streams; id += 2) {
        assert_int_equal(p.client.heard[id].received, length_of(id));
        assert_int_equal(p.client.heard[id].closed, 1);
        assert_int_equal(p.server.heard[id].closed, 1);
    }
    /* An event that was lost was told. */
    assert_true(p.client.lost == 0 || p.client.failed == H2SESSION_ERR_CALLBACK);
    assert_true(p.server.lost == 0 || p.server.failed == H2SESSION_ERR_CALLBACK);
    end(&p);
    return failed;
}

static void many_bodies_are_found_by_their_streams(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    uint32_t streams = 60;
    assert_int_equal(echo_many(&alloc, &streams), 0);
    assert_int_equal(alloc.live_blocks, 0);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    uint32_t streams = 20; /* more than the chains hold at first */
    test_each_failing_alloc(echo_many, &streams);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_go_both_ways),
        cmocka_unit_test(an_empty_end_ends_the_body),
        cmocka_unit_test(trailers_follow_the_queue),
        cmocka_unit_test(a_full_queue_refuses_and_tells_when_there_is_room),
        cmocka_unit_test(a_message_without_body_drops_what_is_queued),
        cmocka_unit_test(bodies_of_streams_that_ended_are_refused_and_freed),
        cmocka_unit_test(wrong_calls_are_refused),
        cmocka_unit_test(many_bodies_are_found_by_their_streams),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("session_batch_bodies", tests, NULL, NULL);
}
