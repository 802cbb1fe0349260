/* SPDX-License-Identifier: MIT */
/* Pushes at a client over time: limits, what the application does in between, the end. */
#include "push_client.h"

#include <stdio.h>

enum { END = H2FRAME_FLAG_END_STREAM };

static void begin(struct fixture *f, void (*configure)(struct fixture *f))
{
    fixture_init(f, H2SESSION_CLIENT, NULL);
    configure(f);
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
    asks(f);
    fixture_clear(f);
}

static uint64_t memory_limit(struct fixture *f)
{
    h2session_memory_info info = {.size = sizeof info};
    assert_int_equal(h2session_memory(f->s, &info), 0);
    return info.limit;
}

/* rfc: 9113#5.1.2 */
static void reserved_streams_are_not_open(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, takes_pushes);
    uint64_t limit = memory_limit(&f);
    peer_promise(&f, 1, 2, STYLE, 1);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_stream_count(f.s), 1);
    assert_int_equal(memory_limit(&f), limit);
    assert_int_equal(h2session_last_peer_stream_id(f.s), 2);
    assert_int_equal(h2session_set_stream_user(f.s, 2, &f), 0);
    peer_headers(&f, 2, ":status 200", 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_stream_count(f.s), 2);
    assert_true(memory_limit(&f) > limit);
    assert_ptr_equal(h2session_stream_user(f.s, 2), &f);
    assert_int_equal(h2session_recv_window(f.s, 2), 65535);
    fixture_end(&f); /* free closes both, each once */
}

static void cancels(struct fixture *f)
{
    assert_int_equal(h2session_submit_reset(f->s, 1, H2FRAME_CODE_CANCEL), 0);
}

static void shuts_down(struct fixture *f)
{
    assert_int_equal(h2session_shutdown(f->s), 0);
}

static void endless_promises_end_the_connection(void **state)
{
    (void)state;
    static const struct {
        void (*configure)(struct fixture *f);
        void (*act)(struct fixture *f);
        const char *promise;
        int taken_back; /* each with RST_STREAM */
        const char *reason;
        uint32_t promises; /* the first of them that is too much */
    } CASES[] = {
        {takes_two_promises, NULL, STYLE, 0, "LIMIT_REFUSED", 2 + 100 + 1},
        {refuses_pushes, NULL, STYLE, 0, "LIMIT_GLITCHES", 1000 + 1},
        {takes_pushes, cancels, STYLE, 0, "LIMIT_GLITCHES", 1000 + 1},
        {takes_pushes, shuts_down, STYLE, 0, "LIMIT_GLITCHES", 1000 + 1},
        {takes_pushes, NULL, POST_FIELDS, 0, "LIMIT_RESETS", 200 + 1},
        {takes_pushes, NULL, STYLE, 1, "LIMIT_RESETS", 200 + 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture f;
        char fault[120];
        (void)snprintf(fault, sizeof fault, "fault connection 0 ENHANCE_YOUR_CALM %s",
                       CASES[i].reason);
        begin(&f, CASES[i].configure);
        if (CASES[i].act != NULL) {
            CASES[i].act(&f);
        }
        for (uint32_t k = 1; k <= CASES[i].promises; k++) {
            assert_false(fixture_has(&f, fault));
            fixture_clear(&f);
            peer_promise(&f, 1, 2 * k, CASES[i].promise, 1);
            if (CASES[i].taken_back) {
                peer_reset(&f, 2 * k, H2FRAME_CODE_CANCEL);
            }
            (void)fixture_turn(&f);
        }
        assert_true(fixture_has(&f, fault));
        fixture_end(&f);
    }
}

static void pushes_that_open_make_up_for_refusals(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, takes_two_promises);
    for (uint32_t k = 1; k <= 300; k++) {
        peer_promise(&f, 1, 2 * k, STYLE, 1);
        if (k == 102) { /* the 100th refusal has been */
            peer_headers(&f, 2, ":status 204", END);
            peer_headers(&f, 4, ":status 200", 0);
        }
        fixture_clear(&f);
        int result = fixture_turn(&f);
        assert_int_equal(result, k <= 102 + 2 + 100 ? 0 : H2SESSION_ERR_LIMIT);
    }
    fixture_end(&f);
}

/* The application resets the request between two fragments of a promise on it. */
static void request_reset_while_the_promise_comes(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, takes_pushes);
    peer_promise(&f, 1, 2, STYLE, 2);
    size_t cut = f.in.length / 2;
    size_t consumed = 0;
    assert_int_equal(h2session_recv(f.s, f.in.data, cut, 1, &consumed), 0);
    assert_int_equal(h2session_submit_reset(f.s, 1, H2FRAME_CODE_CANCEL), 0);
    assert_int_equal(h2session_recv(f.s, f.in.data + cut, f.in.length - cut, 1, &consumed), 0);
    fixture_drain(&f);
    fixture_expect(&f, "closed 1 CANCEL APPLICATION\nfault stream 2 CANCEL PUSH_PARENT\n"
                       "> RST_STREAM 1 CANCEL\n> RST_STREAM 2 CANCEL\n");
    f.in.length = 0;
    fixture_end(&f);
}

static void promised_stream_is_given_up(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, takes_pushes);
    peer_promise(&f, 1, 2, STYLE, 1);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_submit_reset(f.s, 2, H2FRAME_CODE_CANCEL), 0);
    peer_headers(&f, 2, ":status 200", 0);
    peer_data(&f, 2, 100, END);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "push 2 of 1" STYLE_LOG "\nclosed 2 CANCEL APPLICATION\n"
                       "> RST_STREAM 2 CANCEL\n");
    assert_int_equal(h2session_stream_count(f.s), 1);
    fixture_end(&f);
}

/* rfc: 9113#6.8 */
static void promises_after_the_own_goaway_are_dropped(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, takes_pushes);
    peer_promise(&f, 1, 2, STYLE, 1);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_shutdown(f.s), 0);
    peer_promise(&f, 1, 4, STYLE "|x-n v", 2);
    peer_headers(&f, 4, ":status 200", END);
    peer_headers(&f, 2, ":status 200|x-n v", END);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "push 2 of 1" STYLE_LOG "\nresponse 2 end :status=200 x-n=v\nend 2\n"
                       "closed 2 NO_ERROR NONE remote\n> GOAWAY 0 last=2 NO_ERROR\n");
    peer_headers(&f, 1, ":status 200", END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

static void pushes_can_be_switched_off_for_good(void **state)
{
    (void)state;
    struct fixture f;
    const h2frame_setting off = {H2FRAME_SETTING_ENABLE_PUSH, 0};
    const h2frame_setting on = {H2FRAME_SETTING_ENABLE_PUSH, 1};
    begin(&f, takes_pushes);
    assert_int_equal(h2session_local_setting(f.s, H2FRAME_SETTING_ENABLE_PUSH), 1);
    assert_int_equal(h2session_submit_settings(f.s, &on, 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_settings(f.s, &off, 1), 0);
    peer_promise(&f, 1, 2, STYLE, 1);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "fault stream 2 REFUSED_STREAM PUSH_DISABLED"));
    peer_ack(&f);
    peer_promise(&f, 1, 4, STYLE, 1);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_PEER);
    assert_true(fixture_has(&f, "fault connection 0 PROTOCOL_ERROR PUSH_DISABLED"));
    fixture_end(&f);
}

static int abort_in_push(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)f;
    (void)stream_id;
    return strcmp(event, "push") == 0 ? H2SESSION_ABORT : 0;
}

static int free_in_push(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)stream_id;
    if (strcmp(event, "push") == 0) {
        f->freed = 1;
        h2session_free(f->s);
    }
    return 0;
}

static int ask_and_cancel_in_push(struct fixture *f, const char *event, uint32_t stream_id)
{
    if (strcmp(event, "push") == 0) {
        assert_int_equal(app_request(f, GET_FIELDS, NULL, NULL), 0);
        assert_int_equal(h2session_submit_reset(f->s, 1, H2FRAME_CODE_CANCEL), 0);
        assert_int_equal(h2session_set_stream_user(f->s, stream_id, f), 0);
        return H2SESSION_PAUSE;
    }
    return 0;
}

static void event_may_do_what_others_may(void **state)
{
    (void)state;
    static const fixture_hook HOOKS[] = {abort_in_push, free_in_push, ask_and_cancel_in_push};
    for (size_t i = 0; i < 3; i++) {
        struct fixture f;
        begin(&f, takes_pushes);
        f.hook = HOOKS[i];
        peer_promise(&f, 1, 2, STYLE, 1);
        peer_headers(&f, 2, ":status 204", END);
        int result = fixture_turn(&f);
        assert_int_equal(result, i == 0 ? H2SESSION_ERR_CALLBACK : 0);
        assert_int_equal(fixture_has(&f, "end 2"), i == 2);
        fixture_end(&f);
    }
}

static void trace_tells_which_headers_open_a_pushed_stream(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    takes_pushes(&f);
    f.trace = 1;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    asks(&f);
    fixture_clear(&f);
    peer_promise(&f, 1, 2, STYLE, 2);
    peer_headers(&f, 2, ":status 103", 0);
    peer_headers(&f, 2, ":status 200", END);
    assert_int_equal(fixture_feed(&f), 0);
    const char *text = fixture_text(&f);
    assert_non_null(strstr(text, "trace in PUSH_PROMISE 1"));
    assert_non_null(strstr(text, "trace in CONTINUATION 1"));
    const char *first = strstr(text, "trace in HEADERS 2");
    assert_non_null(first);
    assert_non_null(strstr(first, "flags=4 fields opens\ninformational 2"));
    assert_non_null(strstr(first, "flags=5 fields\nresponse 2"));
    fixture_drain(&f);
    fixture_end(&f);
}

/* A server that promises and gives nothing would keep a connection open for ever.
 * rfc: 9113#5.1.2 */
static void promises_do_not_keep_a_connection_from_being_idle(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    f.config.enable_push = 1;
    f.config.idle_timeout_ns = 5;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    asks(&f);
    peer_promise(&f, 1, 2, STYLE, 1);
    peer_promise(&f, 1, 4, STYLE, 1);
    peer_headers(&f, 1, ":status 200", END);
    f.now_ns = 10;
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_deadline_ns(f.s), 15);
    peer_headers(&f, 2, ":status 200", 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_deadline_ns(f.s), UINT64_MAX);
    peer_data(&f, 2, 1, END);
    f.now_ns = 20;
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_deadline_ns(f.s), 25);
    fixture_clear(&f);
    assert_int_equal(h2session_tick(f.s, 25), 0);
    fixture_expect(&f, "fault connection 0 NO_ERROR TIMEOUT_IDLE\nclosed 4 CANCEL TIMEOUT_IDLE\n");
    fixture_end(&f);
}

static void option_is_for_clients(void **state)
{
    (void)state;
    static const struct {
        uint32_t role;
        uint32_t value;
        uint32_t flags;
        int result;
    } CASES[] = {{H2SESSION_CLIENT, 1, H2SESSION_PUSH_ANY_ORIGIN, 0},
                 {H2SESSION_CLIENT, 2, 0, H2SESSION_ERR_CONFIG},
                 {H2SESSION_CLIENT, 1, 0x80000000, H2SESSION_ERR_CONFIG},
                 {H2SESSION_SERVER, 1, 0, H2SESSION_ERR_CONFIG}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture f;
        fixture_init(&f, CASES[i].role, NULL);
        f.config.enable_push = CASES[i].value;
        f.config.flags = CASES[i].flags;
        assert_int_equal(fixture_start(&f), CASES[i].result);
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserved_streams_are_not_open),
        cmocka_unit_test(endless_promises_end_the_connection),
        cmocka_unit_test(pushes_that_open_make_up_for_refusals),
        cmocka_unit_test(request_reset_while_the_promise_comes),
        cmocka_unit_test(promised_stream_is_given_up),
        cmocka_unit_test(promises_after_the_own_goaway_are_dropped),
        cmocka_unit_test(pushes_can_be_switched_off_for_good),
        cmocka_unit_test(event_may_do_what_others_may),
        cmocka_unit_test(trace_tells_which_headers_open_a_pushed_stream),
        cmocka_unit_test(promises_do_not_keep_a_connection_from_being_idle),
        cmocka_unit_test(option_is_for_clients),
    };
    return cmocka_run_group_tests_name("session_push_life", tests, NULL, NULL);
}
