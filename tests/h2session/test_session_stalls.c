/* SPDX-License-Identifier: MIT */
/*
 * Peers that keep a session waiting, in simulated time: what ends, when, and what does not.
 * rfc: 9113#10.5
 */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, WINDOW = H2FRAME_SETTING_INITIAL_WINDOW_SIZE };

static const uint64_t SECOND = UINT64_C(1000000000);

static void begin(struct fixture *f, uint32_t role, uint32_t flags)
{
    fixture_init(f, role, NULL);
    f->now_ns = SECOND;
    f->config.flags = flags;
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
}

/* Does what deadlines ask for, up to a time; what there is to send is taken at once. */
static void run_until(struct fixture *f, uint64_t end_ns)
{
    uint64_t at = h2session_deadline_ns(f->s);
    while (at <= end_ns) {
        f->now_ns = at > f->now_ns ? at : f->now_ns;
        int result = h2session_tick(f->s, f->now_ns);
        assert_true(result == 0 || result == H2SESSION_ERR_TIMEOUT);
        fixture_drain(f);
        uint64_t next = h2session_deadline_ns(f->s);
        assert_true(next > f->now_ns); /* no busy loop */
        at = next;
    }
    f->now_ns = end_ns;
}

static void assert_fault(const struct fixture *f, uint32_t reason, uint64_t value, uint64_t limit)
{
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(f->s, &fault), 0);
    assert_string_equal(h2session_reason_name(fault.reason), h2session_reason_name(reason));
    assert_int_equal(fault.code, H2FRAME_CODE_ENHANCE_YOUR_CALM);
    assert_int_equal(fault.value, value);
    assert_int_equal(fault.limit, limit);
}

static void answer(struct fixture *f, uint32_t stream_id, struct body *body)
{
    peer_headers(f, stream_id, GET_FIELDS, END);
    assert_int_equal(fixture_turn(f), 0);
    assert_int_equal(app_respond(f, stream_id, ":status 200", body), 0);
    fixture_drain(f);
    fixture_clear(f);
}

/* A window of 0 keeps a response, and the next nine octets of it do not keep it longer. */
static void response_without_a_window_ends(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 1000};
    begin(&f, H2SESSION_SERVER, 0);
    peer_settings(&f, WINDOW, 0);
    answer(&f, 1, &body);
    run_until(&f, 9 * SECOND);
    peer_window(&f, 1, 1);
    assert_int_equal(fixture_turn(&f), 0);
    run_until(&f, 39 * SECOND / 4); /* seven eighths of ten seconds are sure */
    assert_int_equal(h2session_stream_count(f.s), 1);
    run_until(&f, 11 * SECOND + SECOND / 500); /* the octet bought two milliseconds */
    assert_int_equal(h2session_stream_count(f.s), 0);
    assert_fault(&f, H2SESSION_REASON_TIMEOUT_PROGRESS, 0, 500);
    assert_true(fixture_has(&f, "closed 1 ENHANCE_YOUR_CALM TIMEOUT_PROGRESS"));
    assert_true(fixture_has(&f, "> RST_STREAM 1 ENHANCE_YOUR_CALM"));
    run_until(&f, 71 * SECOND + SECOND / 500);
    assert_true(fixture_has(&f, "fault connection 0 NO_ERROR TIMEOUT_IDLE"));
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

/* A hundred responses held by an octet each every ten seconds. */
static void dripping_windows_hold_nothing_for_long(void **state)
{
    (void)state;
    struct fixture f;
    enum { STREAMS = 100 };
    static struct body bodies[STREAMS];
    begin(&f, H2SESSION_SERVER, 0);
    peer_settings(&f, WINDOW, 0);
    for (uint32_t i = 0; i < STREAMS; i++) {
        bodies[i] = (struct body){.length = 100000, .lend = 1};
        answer(&f, 1 + 2 * i, &bodies[i]);
    }
    for (int round = 1; round <= 12; round++) {
        run_until(&f, (uint64_t)(1 + 10 * round) * SECOND);
        if (h2session_wants(f.s) == H2SESSION_WANT_CLOSE) {
            break;
        }
        for (uint32_t i = 0; i < STREAMS && h2session_stream_count(f.s) > 0; i++) {
            peer_window(&f, 1 + 2 * i, 1);
        }
        assert_int_equal(fixture_turn(&f), 0);
    }
    assert_int_equal(h2session_rule_count(f.s, H2SESSION_REASON_TIMEOUT_PROGRESS), STREAMS);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    assert_true(f.now_ns <= 81 * SECOND);
    for (uint32_t i = 0; i < STREAMS; i++) {
        body_free(&bodies[i]);
    }
    fixture_end(&f);
}

/* The window of the connection alone holds them all. */
static void closed_connection_window_ends_streams(void **state)
{
    (void)state;
    struct fixture f;
    struct body first = {.length = 65535};
    struct body second = {.length = 10};
    begin(&f, H2SESSION_SERVER, 0);
    answer(&f, 1, &first);
    assert_int_equal(h2session_send_window(f.s, 0), 0);
    answer(&f, 3, &second);
    run_until(&f, 14 * SECOND);
    assert_true(fixture_has(&f, "closed 3 ENHANCE_YOUR_CALM TIMEOUT_PROGRESS"));
    fixture_end(&f);
}

/* Whoever has taken a lot may pause for a minute, as players do. */
static void pause_after_fast_progress_is_forgiven(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 200000, .lend = 1};
    begin(&f, H2SESSION_SERVER, 0);
    answer(&f, 1, &body); /* 65535 at once, more than a minute's worth */
    run_until(&f, 55 * SECOND);
    assert_int_equal(h2session_stream_count(f.s), 1);
    peer_window(&f, 0, 65535);
    peer_window(&f, 1, 65535);
    assert_int_equal(fixture_turn(&f), 0);
    run_until(&f, 110 * SECOND);
    assert_int_equal(h2session_stream_count(f.s), 1);
    run_until(&f, 125 * SECOND);
    assert_int_equal(h2session_stream_count(f.s), 0);
    fixture_end(&f);
    body_free(&body);
}

/* At 500 octets a second it goes on as long as it likes, at 400 it does not. */
static void rate_decides(void **state)
{
    (void)state;
    for (uint32_t rate = 400; rate <= 500; rate += 100) {
        struct fixture f;
        struct body body = {.length = 1 << 20, .lend = 1};
        begin(&f, H2SESSION_SERVER, 0);
        peer_settings(&f, WINDOW, 0);
        answer(&f, 1, &body);
        for (uint64_t t = 1; t < 300; t++) {
            run_until(&f, t * SECOND);
            peer_window(&f, 1, rate);
            peer_window(&f, 0, rate);
            assert_int_equal(fixture_turn(&f), 0);
        }
        assert_int_equal(h2session_stream_count(f.s), rate == 500 ? 1 : 0);
        if (rate == 400) {
            assert_true(fixture_has(&f, "closed 1 ENHANCE_YOUR_CALM TIMEOUT_PROGRESS"));
        }
        fixture_end(&f);
        body_free(&body);
    }
}

static void source_that_defers_is_no_stall(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 10, .defer = 1};
    begin(&f, H2SESSION_SERVER, 0);
    peer_settings(&f, WINDOW, 0);
    answer(&f, 1, &body);
    assert_int_equal(h2session_stream_count(f.s), 1);
    struct body waits = {.length = 10, .defer = 1};
    peer_settings(&f, WINDOW, 5);
    assert_int_equal(fixture_turn(&f), 0);
    answer(&f, 3, &waits); /* it was asked, and said DEFER */
    run_until(&f, 3600 * SECOND);
    assert_true(fixture_has(&f, "closed 1 ENHANCE_YOUR_CALM TIMEOUT_PROGRESS") ||
                h2session_stream_count(f.s) == 2);
    assert_int_equal(h2session_resume(f.s, 3), 0);
    peer_window(&f, 3, 5);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "closed 3 NO_ERROR NONE"));
    fixture_end(&f);
}

static void handler_that_thinks_is_no_stall(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER, 0);
    peer_headers(&f, 1, GET_FIELDS, END);
    assert_int_equal(fixture_turn(&f), 0);
    run_until(&f, 3600 * SECOND);
    assert_int_equal(h2session_stream_count(f.s), 1);
    assert_int_equal(app_respond(&f, 1, ":status 204", NULL), 0);
    fixture_drain(&f);
    /* And the connection is idle from now on, not since the request. */
    run_until(&f, 3659 * SECOND);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_READ);
    run_until(&f, 3661 * SECOND);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

/* A part of an upload every second, for a minute or until it is ended; then it is that time. */
static void upload_slowly(struct fixture *f, void (*send_part)(struct fixture *f))
{
    begin(f, H2SESSION_SERVER, 0);
    fixture_upload(f);
    for (uint64_t t = 2; t < 60 && h2session_stream_count(f->s) > 0; t++) {
        run_until(f, t * SECOND);
        send_part(f);
        assert_int_equal(fixture_turn(f), 0);
    }
}

static void send_an_octet(struct fixture *f)
{
    peer_data(f, 1, 1, 0);
}

static void slow_upload_ends(void **state)
{
    (void)state;
    struct fixture f;
    upload_slowly(&f, send_an_octet);
    assert_int_equal(f.now_ns, 12 * SECOND);
    assert_true(fixture_has(&f, "closed 1 ENHANCE_YOUR_CALM TIMEOUT_PROGRESS"));
    fixture_end(&f);
}

static void send_padding(struct fixture *f)
{
    for (int i = 0; i < 10; i++) {
        peer_padded(f, 1, 1, 255);
    }
}

static void padding_is_no_progress(void **state)
{
    (void)state;
    struct fixture f;
    upload_slowly(&f, send_padding);
    assert_int_equal(f.now_ns, 12 * SECOND);
    fixture_end(&f);
}

/* The window is full because the application does not consume: the peer may not send. */
static void upload_that_is_not_consumed_is_no_stall(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER, H2SESSION_MANUAL_CONSUME);
    peer_headers(&f, 1, POST_FIELDS, 0);
    for (int i = 0; i < 4; i++) {
        peer_data(&f, 1, i < 3 ? 16384 : 16383, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    run_until(&f, 3600 * SECOND);
    assert_int_equal(h2session_stream_count(f.s), 1);
    assert_int_equal(h2session_consume(f.s, 1, 65535), 0);
    fixture_drain(&f);
    run_until(&f, 3680 * SECOND);
    assert_int_equal(h2session_stream_count(f.s), 0);
    fixture_end(&f);
}

/* Both sides talk at their pace once the response has begun, and when the application says so; a
 * half that is left behind after the whole response is no talk. */
static void talks_may_be_slow(void **state)
{
    (void)state;
    struct fixture f;
    struct body talk = {.length = 10, .defer = 1};
    begin(&f, H2SESSION_SERVER, 0);
    for (uint32_t id = 1; id <= 7; id += 2) {
        peer_headers(&f, id, POST_FIELDS, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_respond(&f, 1, ":status 200", &talk), 0);
    assert_int_equal(h2session_set_stream_slow(f.s, 3, 1), 0);
    assert_int_equal(app_respond(&f, 5, ":status 200", NULL), 0);
    fixture_drain(&f);
    fixture_clear(&f);
    run_until(&f, 3600 * SECOND);
    assert_int_equal(h2session_stream_count(f.s), 2);
    assert_true(fixture_has(&f, "closed 5 ENHANCE_YOUR_CALM TIMEOUT_PROGRESS"));
    assert_true(fixture_has(&f, "closed 7 ENHANCE_YOUR_CALM TIMEOUT_PROGRESS"));
    assert_int_equal(h2session_set_stream_slow(f.s, 3, 0), 0);
    run_until(&f, 3620 * SECOND);
    assert_true(fixture_has(&f, "closed 3 ENHANCE_YOUR_CALM TIMEOUT_PROGRESS"));
    assert_int_equal(h2session_set_stream_slow(f.s, 3, 0), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(h2session_set_stream_slow(NULL, 3, 0), H2SESSION_ERR_USAGE);
    fixture_end(&f);
}

static void client_of_a_tunnel_may_be_silent(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER, 0);
    peer_headers(&f, 1, ":method CONNECT|:authority a.example:443", 0);
    assert_int_equal(fixture_turn(&f), 0);
    run_until(&f, 3600 * SECOND);
    assert_int_equal(h2session_stream_count(f.s), 1);
    fixture_end(&f);
}

static void client_waits_as_long_as_it_likes(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 70000};
    begin(&f, H2SESSION_CLIENT, 0);
    assert_int_equal(app_request(&f, POST_FIELDS, &body, NULL), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    peer_headers(&f, 3, ":status 200", 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_deadline_ns(f.s), UINT64_MAX);
    fixture_end(&f);
}

/* But it need not: a server that opens no window, or begins a response and stops. */
static void client_may_ask_for_progress(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 10};
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    f.now_ns = SECOND;
    f.config.progress_rate = 100;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    peer_settings(&f, WINDOW, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_request(&f, POST_FIELDS, &body, NULL), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    fixture_drain(&f);
    peer_headers(&f, 3, ":status 200", 0);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_clear(&f);
    run_until(&f, 100 * SECOND);
    assert_true(fixture_has(&f, "closed 1 ENHANCE_YOUR_CALM TIMEOUT_PROGRESS"));
    assert_true(fixture_has(&f, "closed 3 ENHANCE_YOUR_CALM TIMEOUT_PROGRESS"));
    assert_int_equal(h2session_stream_count(f.s), 1);
    fixture_end(&f);
}

/* Windows are wide open, but nothing is taken from the transport. */
static void output_that_is_not_taken_ends_the_connection(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 1 << 20, .lend = 1};
    h2frame_bytes pieces[16];
    size_t count = 0;
    begin(&f, H2SESSION_SERVER, 0);
    peer_headers(&f, 1, GET_FIELDS, END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    assert_int_equal(h2session_peek(f.s, pieces, 16, &count), 0);
    int result = 0;
    for (size_t octets = 0; result == 0 && f.now_ns < 30 * SECOND;) {
        f.now_ns = h2session_deadline_ns(f.s);
        /* An octet a second does not help. */
        size_t taken = octets < f.now_ns / SECOND ? 1 : 0;
        octets += taken;
        assert_int_equal(h2session_sent(f.s, taken, f.now_ns), 0);
        result = h2session_tick(f.s, f.now_ns);
    }
    assert_int_equal(result, H2SESSION_ERR_TIMEOUT);
    assert_true(f.now_ns <= 12 * SECOND);
    assert_fault(&f, H2SESSION_REASON_TIMEOUT_OUTPUT, 0, 500);
    /* The GOAWAY will not be taken either. */
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_WRITE);
    assert_int_equal(h2session_deadline_ns(f.s), f.now_ns + 5 * SECOND);
    assert_int_equal(h2session_tick(f.s, f.now_ns + 5 * SECOND), H2SESSION_ERR_TIMEOUT);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    assert_int_equal(h2session_deadline_ns(f.s), UINT64_MAX);
    fixture_end(&f);
    body_free(&body);
}

/* Whatever a connection ended for, it does not stay. */
static void ended_connection_has_a_deadline(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct fixture f;
        begin(&f, H2SESSION_SERVER, 0);
        f.now_ns = 3 * SECOND;
        if (kind == 0) {
            peer_window(&f, 0, 0x7fffffff);
            assert_int_equal(fixture_feed(&f), H2SESSION_ERR_PEER);
        } else if (kind == 1) {
            peer_ping(&f, 0);
            assert_int_equal(fixture_feed(&f), 0);
            assert_int_equal(h2session_terminate(f.s, H2FRAME_CODE_NO_ERROR), 0);
        } else {
            f.now_ns = 11 * SECOND;
            assert_int_equal(h2session_tick(f.s, f.now_ns), 0);
        }
        assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_WRITE);
        uint64_t at = h2session_deadline_ns(f.s);
        assert_true(at <= f.now_ns + 5 * SECOND);
        int result = h2session_tick(f.s, at); /* may be the first to bring the time */
        assert_int_equal(h2session_tick(f.s, at + 5 * SECOND), result);
        assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
        fixture_end(&f);
    }
}

/* Nobody looked for an hour: that is not the peer's doing. */
static void late_looks_charge_one_interval(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER, 0);
    fixture_upload(&f);
    for (uint64_t hour = 1; hour <= 4; hour++) {
        assert_int_equal(h2session_tick(f.s, hour * 3600 * SECOND), 0);
        assert_int_equal(h2session_stream_count(f.s), 1);
    }
    fixture_end(&f);
}

static int open_another(struct fixture *f, const char *event, uint32_t stream_id)
{
    if (strcmp(event, "fault") == 0 && stream_id != 0) {
        (void)app_request(f, GET_FIELDS, NULL, NULL);
        return h2session_submit_reset(f->s, stream_id + 2, H2FRAME_CODE_CANCEL) > 0;
    }
    return 0;
}

/* Callbacks may open and reset streams while the slow ones are being ended. */
static void streams_may_come_and_go_meanwhile(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    f.now_ns = SECOND;
    f.config.progress_rate = 100;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    f.hook = open_another;
    for (uint32_t id = 1; id < 100; id += 2) {
        assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
        peer_headers(&f, id, ":status 200", 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    run_until(&f, 40 * SECOND);
    for (uint32_t id = 1; id < 100; id += 2) {
        assert_int_equal(h2session_stream_state(f.s, id), H2SESSION_STATE_CLOSED);
    }
    f.hook = NULL;
    fixture_end(&f);
}

static int pause_at_data(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)f;
    (void)stream_id;
    return strcmp(event, "data") == 0 ? H2SESSION_PAUSE : 0;
}

/* Input that a pause left with the application is not what the peer owes; with none left, it is. */
static void pause_of_the_application_is_not_the_peers(void **state)
{
    (void)state;
    for (uint32_t rest = 0; rest < 2; rest++) {
        struct fixture f;
        size_t consumed = 0;
        begin(&f, H2SESSION_SERVER, 0);
        f.hook = pause_at_data;
        peer_headers(&f, 1, POST_FIELDS, 0);
        peer_data(&f, 1, 10, 0);
        size_t length = f.in.length;
        peer_data(&f, 1, 10, END);
        length = rest ? f.in.length : length;
        assert_int_equal(h2session_recv(f.s, f.in.data, length, f.now_ns, &consumed), 0);
        run_until(&f, 100 * SECOND);
        assert_int_equal(h2session_stream_count(f.s), rest);
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_without_a_window_ends),
        cmocka_unit_test(dripping_windows_hold_nothing_for_long),
        cmocka_unit_test(closed_connection_window_ends_streams),
        cmocka_unit_test(pause_after_fast_progress_is_forgiven),
        cmocka_unit_test(rate_decides),
        cmocka_unit_test(source_that_defers_is_no_stall),
        cmocka_unit_test(handler_that_thinks_is_no_stall),
        cmocka_unit_test(slow_upload_ends),
        cmocka_unit_test(padding_is_no_progress),
        cmocka_unit_test(upload_that_is_not_consumed_is_no_stall),
        cmocka_unit_test(talks_may_be_slow),
        cmocka_unit_test(client_of_a_tunnel_may_be_silent),
        cmocka_unit_test(client_waits_as_long_as_it_likes),
        cmocka_unit_test(client_may_ask_for_progress),
        cmocka_unit_test(output_that_is_not_taken_ends_the_connection),
        cmocka_unit_test(ended_connection_has_a_deadline),
        cmocka_unit_test(late_looks_charge_one_interval),
        cmocka_unit_test(streams_may_come_and_go_meanwhile),
        cmocka_unit_test(pause_of_the_application_is_not_the_peers),
    };
    return cmocka_run_group_tests_name("session_stalls", tests, NULL, NULL);
}
