/* SPDX-License-Identifier: MIT */
/* What callbacks submit while the session is in the middle of writing: a frame is being traced, or
 * a body source is being asked. What the peer reads must be in order all the same. */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

/* Once the log has `line`, `act` is called once on stream 1; its result is kept. */
struct plan {
    const char *line;
    int (*act)(struct fixture *f);
    int result;
    uint32_t done;
};

static int act_once(struct fixture *f, const char *event, uint32_t id)
{
    struct plan *plan = f->hook_data;
    (void)id;
    if (!plan->done && strcmp(event, "trace") == 0 && fixture_has(f, plan->line)) {
        plan->done = 1;
        plan->result = plan->act(f);
    }
    return 0;
}

static int respond_again(struct fixture *f)
{
    return app_respond(f, 1, ":status 404", NULL);
}

static int inform(struct fixture *f)
{
    return app_inform(f, 1, ":status 103");
}

static int add_trailers(struct fixture *f)
{
    return app_trailers(f, 1, "x-sum 1");
}

static int promise(struct fixture *f)
{
    uint32_t promised = 0;
    return app_push(f, 1, GET_FIELDS, &promised);
}

static int reset_all(struct fixture *f)
{
    assert_int_equal(h2session_submit_reset(f->s, 1, H2FRAME_CODE_CANCEL), 0);
    return h2session_submit_reset(f->s, 3, H2FRAME_CODE_CANCEL);
}

static int terminate(struct fixture *f)
{
    return h2session_terminate(f->s, H2FRAME_CODE_NO_ERROR);
}

static void begin(struct fixture *f, struct plan *plan)
{
    f->hook = act_once;
    f->hook_data = plan;
    f->trace = 1;
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
    peer_headers(f, 1, POST_FIELDS, 0);
    peer_headers(f, 3, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(f), 0);
    fixture_clear(f);
}

static const char HEAD_ENDS[] = "trace out HEADERS 1 1 flags=5 fields";
static const char HEAD_GOES_ON[] = "trace out HEADERS 1 1 flags=4 fields";
static const char DATA_ENDS[] = "trace out DATA 1 10 flags=1";
static const char DATA_BEFORE_TRAILERS[] = "trace out DATA 1 10 flags=0";

struct attempt {
    const char *line;
    int (*act)(struct fixture *f);
    int result;
    uint32_t body; /* 0: none, or one that lends, or H2SESSION_BODY_TRAILERS */
    const char *sent;
};

enum { NO_BODY, BODY, LENT, OWES_TRAILERS };

static const struct attempt ATTEMPTS[] = {
    {HEAD_ENDS, respond_again, H2SESSION_ERR_STREAM_STATE, NO_BODY, NULL},
    {HEAD_ENDS, inform, H2SESSION_ERR_STREAM_STATE, NO_BODY, NULL},
    {HEAD_ENDS, add_trailers, H2SESSION_ERR_STREAM_STATE, NO_BODY, NULL},
    {HEAD_ENDS, promise, H2SESSION_ERR_STREAM_STATE, NO_BODY, NULL},
    {HEAD_GOES_ON, respond_again, H2SESSION_ERR_STREAM_STATE, BODY, NULL},
    {HEAD_GOES_ON, inform, H2SESSION_ERR_STREAM_STATE, BODY, NULL},
    {HEAD_GOES_ON, promise, 0, BODY, "> DATA 1 END_STREAM 10"},
    {HEAD_GOES_ON, add_trailers, 0, BODY, "> HEADERS 1 END_STREAM|END_HEADERS x-sum=1"},
    {DATA_ENDS, add_trailers, H2SESSION_ERR_STREAM_STATE, BODY, NULL},
    {DATA_ENDS, promise, H2SESSION_ERR_STREAM_STATE, BODY, NULL},
    {DATA_ENDS, add_trailers, H2SESSION_ERR_STREAM_STATE, LENT, NULL},
    {DATA_ENDS, promise, H2SESSION_ERR_STREAM_STATE, LENT, NULL},
    {DATA_BEFORE_TRAILERS, add_trailers, 0, OWES_TRAILERS,
     "> HEADERS 1 END_STREAM|END_HEADERS x-sum=1"},
    {DATA_BEFORE_TRAILERS, promise, 0, OWES_TRAILERS, "> DATA 1 10"},
};

/* rfc: 9113#5.1 rfc: 9113#8.1 */
static void nothing_follows_the_end_of_a_response(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ATTEMPTS / sizeof ATTEMPTS[0]; i++) {
        const struct attempt *a = &ATTEMPTS[i];
        struct plan plan = {.line = a->line, .act = a->act};
        struct body body = {.length = 10,
                            .lend = a->body == LENT,
                            .flags = a->body == OWES_TRAILERS ? H2SESSION_BODY_TRAILERS : 0};
        struct fixture f;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        begin(&f, &plan);
        assert_int_equal(app_respond(&f, 1, ":status 200", a->body == NO_BODY ? NULL : &body), 0);
        fixture_drain(&f);
        assert_true(plan.done);
        assert_int_equal(plan.result, a->result);
        assert_true(a->sent == NULL || fixture_has(&f, a->sent));
        peer_reset(&f, 1, H2FRAME_CODE_CANCEL);
        assert_int_equal(fixture_turn(&f), 0);
        body_free(&body);
        fixture_end(&f);
    }
}

static void a_stream_may_end_while_its_head_is_traced(void **state)
{
    static int (*const ACTS[])(struct fixture *) = {reset_all, terminate};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct plan plan = {.line = HEAD_GOES_ON, .act = ACTS[i % 2]};
        struct body body = {.length = 10};
        struct fixture f;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        f.config.priority_scheme =
            i < 2 ? H2SESSION_PRIORITIES_RFC9218 : H2SESSION_PRIORITIES_RFC7540;
        begin(&f, &plan);
        assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        assert_true(plan.done);
        assert_int_equal(plan.result, 0);
        fixture_drain(&f);
        assert_int_equal(body.offset, 0);
        assert_int_equal(h2session_stream_count(f.s), 0);
        body_free(&body);
        fixture_end(&f);
    }
}

/* A source that answers another stream and gives its own trailers before it ends. */
static int answer_other(h2session *s, h2session_read_event *event, void *user)
{
    struct fixture *f = user;
    (void)s;
    event->buffer[0] = 'x';
    event->length = 1;
    event->flags = H2SESSION_BODY_END;
    assert_int_equal(app_respond(f, 3, ":status 200|x-first aaaaaaaa", NULL), 0);
    return app_trailers(f, 1, "x-first aaaaaaaa|x-second bbbbbbbb");
}

/* The encoder has seen the field before: it enters the table with the response and is referred to
 * by the trailers. rfc: 9113#4.3 */
static void field_blocks_go_out_in_the_order_they_were_encoded(void **state)
{
    (void)state;
    hpack_field fields[4];
    struct plan plan = {.line = "never"};
    struct fixture f;
    const h2session_message m = {.size = sizeof m,
                                 .fields = fields,
                                 .field_count = parse_fields(":status 200", fields, 4),
                                 .read = answer_other,
                                 .read_user = &f};
    fixture_init(&f, H2SESSION_SERVER, NULL);
    begin(&f, &plan);
    for (int i = 0; i < 2; i++) { /* the first block of a server leaves the table empty */
        assert_int_equal(app_inform(&f, 1, ":status 103|x-first aaaaaaaa"), 0);
    }
    fixture_drain(&f);
    fixture_clear(&f);
    assert_int_equal(h2session_submit_response(f.s, 1, &m), 0);
    fixture_drain(&f);
    fixture_expect(&f, "trace out HEADERS 1 1 flags=4 fields\n"
                       "trace out HEADERS 3 2 flags=5 fields\n"
                       "trace out DATA 1 1 flags=0\n"
                       "trace out HEADERS 1 16 flags=5 fields\n"
                       "> HEADERS 1 END_HEADERS :status=200\n"
                       "> DATA 1 1\n"
                       "> HEADERS 3 END_STREAM|END_HEADERS :status=200 x-first=aaaaaaaa\n"
                       "> HEADERS 1 END_STREAM|END_HEADERS x-first=aaaaaaaa x-second=bbbbbbbb\n");
    peer_reset(&f, 1, H2FRAME_CODE_CANCEL);
    peer_reset(&f, 3, H2FRAME_CODE_CANCEL);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_end(&f);
}

static int request_and_abort(h2session *s, const h2session_trace_event *event, void *user)
{
    hpack_field fields[4];
    const h2session_message m = {
        .size = sizeof m, .fields = fields, .field_count = parse_fields(GET_FIELDS, fields, 4)};
    struct fixture *f = user;
    uint32_t id = 0;
    if (event->frame->type == H2FRAME_TYPE_SETTINGS) {
        assert_int_equal(h2session_submit_request(s, &m, &id), 0);
        f->opened++;
    }
    return event->frame->type == H2FRAME_TYPE_WINDOW_UPDATE ? H2SESSION_ABORT : 0;
}

static int count_closed(h2session *s, const h2session_stream_closed_event *event, void *user)
{
    struct fixture *f = user;
    (void)s;
    (void)event;
    f->closed++;
    return 0;
}

static void streams_of_a_session_that_is_not_made_are_closed(void **state)
{
    (void)state;
    for (uint32_t scheme = 0; scheme < 2; scheme++) {
        h2session *s = NULL;
        struct fixture f;
        const h2session_callbacks callbacks = {.size = sizeof callbacks,
                                               .on_trace = request_and_abort,
                                               .on_stream_closed = count_closed};
        fixture_init(&f, H2SESSION_CLIENT, NULL);
        f.config.priority_scheme = scheme;
        f.config.connection_window_size = 100000;
        assert_int_equal(h2session_new(&s, &f.config, &callbacks, &f), H2SESSION_ERR_CALLBACK);
        assert_null(s);
        assert_int_equal(f.opened, 1);
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_follows_the_end_of_a_response),
        cmocka_unit_test(a_stream_may_end_while_its_head_is_traced),
        cmocka_unit_test(field_blocks_go_out_in_the_order_they_were_encoded),
        cmocka_unit_test(streams_of_a_session_that_is_not_made_are_closed),
    };
    return cmocka_run_group_tests_name("session_nested", tests, NULL, NULL);
}
