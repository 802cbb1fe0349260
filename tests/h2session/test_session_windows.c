/* SPDX-License-Identifier: MIT */
/*
 * Receiving windows: bodies that the application does not take, and windows that grow with what the
 * path carries. Time is simulated. rfc: 9113#6.9.1
 */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, FRAME = 16384, MIB = 1048576, MS = 1000000 };

enum { DEFAULT = -1 };

static void begin(struct fixture *f, int64_t unconsumed_limit)
{
    fixture_init(f, H2SESSION_SERVER, NULL);
    f->config.flags = H2SESSION_MANUAL_CONSUME;
    if (unconsumed_limit != DEFAULT) {
        f->config.unconsumed_limit_bytes = (uint32_t)unconsumed_limit;
    }
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
}

/* The peer sends what both windows allow, at most so much. Returns how much it was. */
static size_t send_all(struct fixture *f, uint32_t id, size_t most)
{
    size_t sent = 0;
    for (;;) {
        int64_t n = h2session_recv_window(f->s, id);
        int64_t connection = h2session_recv_window(f->s, 0);
        n = n < connection ? n : connection;
        n = n < FRAME ? n : FRAME;
        n = (size_t)n < most - sent ? n : (int64_t)(most - sent);
        if (n <= 0) {
            return sent;
        }
        peer_data(f, id, (size_t)n, 0);
        assert_int_equal(fixture_turn(f), 0);
        sent += (size_t)n;
    }
}

/* A body that nobody takes fills the window of its stream. The others have the whole connection. */
static void stalled_stream_does_not_use_up_the_connection(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, DEFAULT);
    for (uint32_t id = 1; id <= 81; id += 2) {
        peer_headers(&f, id, POST_FIELDS, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    size_t held = 0;
    for (uint32_t id = 1; id < 81; id += 2) {
        held += send_all(&f, id, (size_t)100 * MIB);
    }
    assert_int_equal(held, 40 * 65535);
    assert_true(h2session_recv_window(f.s, 0) > MIB / 2);
    assert_int_equal(f.config.unconsumed_limit_bytes, 4 * MIB); /* the default */
    size_t moved = 0;
    while (moved < 20 * MIB) {
        size_t n = send_all(&f, 81, (size_t)100 * MIB);
        assert_int_equal(n, 65535);
        assert_int_equal(h2session_consume(f.s, 81, n), 0);
        fixture_drain(&f);
        moved += n;
    }
    fixture_end(&f);
}

/* However many streams stand still, what is held has a bound: the limit and one window. */
static void unconsumed_octets_have_a_bound(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 2 * MIB);
    size_t held = 0;
    for (uint32_t id = 1; id < 200; id += 2) {
        peer_headers(&f, id, POST_FIELDS, 0);
        assert_int_equal(fixture_turn(&f), 0);
        held += send_all(&f, id, (size_t)100 * MIB);
    }
    assert_true(held > 2 * MIB + MIB / 2);
    assert_true(held <= 3 * MIB);
    assert_int_equal(h2session_recv_window(f.s, 0), 0);
    /* All the room comes back when they are consumed, or gone. */
    for (uint32_t id = 1; id < 100; id += 2) {
        peer_reset(&f, id, H2FRAME_CODE_CANCEL);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(h2session_recv_window(f.s, 0) > MIB / 2);
    for (uint32_t id = 101; id < 200; id += 2) {
        size_t n = (size_t)(65535 - h2session_recv_window(f.s, id));
        assert_int_equal(h2session_consume(f.s, id, n), 0);
    }
    fixture_drain(&f);
    assert_true(h2session_recv_window(f.s, 0) > MIB / 2);
    fixture_end(&f);
}

static int consume_at_once(struct fixture *f, const char *event, uint32_t stream_id)
{
    static size_t seen;
    if (strcmp(event, "data") == 0) {
        size_t n = f->data_total - (f->data_total > seen ? seen : 0);
        seen = f->data_total;
        return h2session_consume(f->s, stream_id, n);
    }
    seen = f->data_total;
    return 0;
}

/* Consuming inside the callback is the same as not having to. */
static void consumed_at_once_costs_no_room(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 0);
    f.hook = consume_at_once;
    fixture_upload(&f);
    assert_int_equal(send_all(&f, 1, 10 * MIB), 10 * MIB);
    assert_true(h2session_recv_window(f.s, 0) > MIB / 2);
    fixture_end(&f);
}

/* ---- Windows that grow ---- */

static void begin_growing(struct fixture *f, uint32_t most)
{
    fixture_init(f, H2SESSION_CLIENT, NULL);
    f->config.window_max_bytes = most;
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
    assert_int_equal(app_request(f, GET_FIELDS, NULL, NULL), 0);
    fixture_drain(f);
    peer_headers(f, 1, ":status 200", 0);
    assert_int_equal(fixture_turn(f), 0);
    fixture_clear(f);
}

static void answer_ping(struct fixture *f)
{
    if (fixture_has(f, "> PING 0")) {
        h2frame_frame ack = {.type = H2FRAME_TYPE_PING, .flags = H2FRAME_FLAG_ACK};
        memcpy(ack.opaque, "windows", 8);
        peer_frame(f, &ack);
    }
    fixture_clear(f);
}

/* One round trip: what the windows allowed at its beginning, but no more than the path carries. */
static size_t round_trip(struct fixture *f, size_t carries, uint64_t rtt_ns)
{
    int64_t window = h2session_recv_window(f->s, 1);
    int64_t connection = h2session_recv_window(f->s, 0);
    size_t n = (size_t)(window < connection ? window : connection);
    n = n < carries ? n : carries;
    for (size_t sent = 0; sent < n; sent += FRAME) {
        peer_data(f, 1, n - sent < FRAME ? n - sent : FRAME, 0);
    }
    assert_int_equal(fixture_feed(f), 0);
    fixture_drain(f);
    f->now_ns += rtt_ns;
    answer_ping(f);
    assert_int_equal(fixture_feed(f), 0);
    fixture_drain(f);
    return n;
}

static void windows_grow_to_what_the_path_carries(void **state)
{
    (void)state;
    struct fixture f;
    begin_growing(&f, 16 * MIB);
    size_t carries = 3 * MIB; /* in a round trip of 100 ms */
    size_t moved = 0;
    int rounds = 0;
    for (; moved < carries && rounds < 60; rounds++) {
        moved = round_trip(&f, carries, 100 * MS);
    }
    assert_int_equal(moved, carries);
    assert_true(rounds < 25);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(round_trip(&f, carries, 100 * MS), carries);
    }
    assert_true(h2session_window_size(f.s, 1) <= 8 * carries);
    assert_true(h2session_window_size(f.s, 0) >= carries);
    fixture_end(&f);
}

static void windows_stay_when_the_path_is_slower(void **state)
{
    (void)state;
    struct fixture f;
    begin_growing(&f, 16 * MIB);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(round_trip(&f, 15000, 100 * MS), 15000);
    }
    assert_int_equal(h2session_window_size(f.s, 1), 65535);
    assert_int_equal(h2session_window_size(f.s, 0), MIB);
    fixture_end(&f);
}

static void growth_has_a_maximum(void **state)
{
    (void)state;
    struct fixture f;
    begin_growing(&f, 2 * MIB);
    for (int i = 0; i < 100; i++) {
        (void)round_trip(&f, 100 * MIB, 100 * MS);
    }
    assert_int_equal(h2session_window_size(f.s, 1), 2 * MIB);
    assert_int_equal(h2session_window_size(f.s, 0), 2 * MIB);
    fixture_end(&f);
}

static void windows_of_the_application_stay(void **state)
{
    (void)state;
    struct fixture f;
    begin_growing(&f, 16 * MIB);
    assert_int_equal(h2session_submit_window_size(f.s, 0, 2 * MIB), 0);
    for (int i = 0; i < 50; i++) {
        (void)round_trip(&f, 100 * MIB, 100 * MS);
    }
    assert_int_equal(h2session_window_size(f.s, 0), 2 * MIB);
    assert_true(h2session_window_size(f.s, 1) >= 2 * MIB);
    assert_int_equal(h2session_submit_window_size(f.s, 1, 100000), 0);
    for (int i = 0; i < 50; i++) {
        (void)round_trip(&f, 100 * MIB, 100 * MS);
    }
    assert_int_equal(h2session_window_size(f.s, 1), 100000);
    fixture_end(&f);
}

/* A stream that the application does not consume is not given more. */
static void stream_that_stands_still_does_not_grow(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.flags = H2SESSION_MANUAL_CONSUME;
    f.config.window_max_bytes = 16 * MIB;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_headers(&f, 3, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(&f), 0);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(send_all(&f, 3, 1000), 1000);
        size_t n = send_all(&f, 1, (size_t)100 * MIB);
        assert_int_equal(h2session_consume(f.s, 1, n), 0);
        fixture_drain(&f);
        f.now_ns += 50 * MS;
        answer_ping(&f);
        assert_int_equal(fixture_turn(&f), 0);
    }
    assert_true(h2session_window_size(f.s, 1) > MIB);
    assert_int_equal(h2session_window_size(f.s, 3), 65535);
    fixture_end(&f);
}

static void without_the_option_nothing_is_measured(void **state)
{
    (void)state;
    struct fixture f;
    begin_growing(&f, 0);
    for (int i = 0; i < 50; i++) {
        (void)round_trip(&f, 100 * MIB, 100 * MS);
    }
    assert_null(strstr((char *)f.output.data, "windows"));
    assert_int_equal(h2session_window_size(f.s, 1), 65535);
    fixture_end(&f);
}

/* A PING of the application with its own octets is told as always. */
static void pings_of_the_application_are_told(void **state)
{
    (void)state;
    struct fixture f;
    begin_growing(&f, 16 * MIB);
    assert_int_equal(h2session_submit_ping(f.s, (const uint8_t *)"12345678"), 0);
    fixture_drain(&f);
    h2frame_frame ack = {.type = H2FRAME_TYPE_PING, .flags = H2FRAME_FLAG_ACK};
    memcpy(ack.opaque, "12345678", 8);
    peer_frame(&f, &ack);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "ping ack"));
    fixture_end(&f);
}

static void grows(struct fixture *f)
{
    f->config.window_max_bytes = 1 << 20;
}

static void data_and_ping_answer(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS, 0);
    for (int i = 0; i < 4; i++) {
        peer_data(f, 1, FRAME - 4, 0);
    }
    answer_ping(f);
    h2frame_frame ack = {.type = H2FRAME_TYPE_PING, .flags = H2FRAME_FLAG_ACK};
    memcpy(ack.opaque, "windows", 8);
    peer_frame(f, &ack);
    peer_data(f, 1, 10, END);
}

static void growth_does_not_depend_on_cuts(void **state)
{
    (void)state;
    const struct scenario sc = {.name = "growth",
                                .role = H2SESSION_SERVER,
                                .configure = grows,
                                .input = data_and_ping_answer};
    scenario_run(&sc);
}

/* The window that SETTINGS raise at the peer must not grow on the way there. rfc: 9113#6.9.2 */
static void window_does_not_outgrow_settings_under_way(void **state)
{
    (void)state;
    struct fixture f;
    const h2frame_setting most = {H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 0x7fffffff};
    h2frame_frame pong = {.size = sizeof pong, .type = H2FRAME_TYPE_PING, .flags = 1};
    memcpy(pong.opaque, "windows", 8);
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.window_max_bytes = 16 * MIB;
    f.now_ns = MS;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    fixture_upload(&f);
    assert_int_equal(h2session_submit_settings(f.s, &most, 1), 0);
    peer_data(&f, 1, 100, 0);
    assert_int_equal(fixture_turn(&f), 0);
    f.now_ns += MS;
    peer_frame(&f, &pong);
    for (int i = 0; i < 40; i++) {
        peer_data(&f, 1, 10000, 0);
        assert_int_equal(fixture_turn(&f), 0);
    }
    int64_t before = h2session_recv_window(f.s, 1);
    peer_ack(&f);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_recv_window(f.s, 1), before + 0x7fffffff - 65535);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stalled_stream_does_not_use_up_the_connection),
        cmocka_unit_test(unconsumed_octets_have_a_bound),
        cmocka_unit_test(window_does_not_outgrow_settings_under_way),
        cmocka_unit_test(consumed_at_once_costs_no_room),
        cmocka_unit_test(windows_grow_to_what_the_path_carries),
        cmocka_unit_test(windows_stay_when_the_path_is_slower),
        cmocka_unit_test(growth_has_a_maximum),
        cmocka_unit_test(windows_of_the_application_stay),
        cmocka_unit_test(stream_that_stands_still_does_not_grow),
        cmocka_unit_test(without_the_option_nothing_is_measured),
        cmocka_unit_test(pings_of_the_application_are_told),
        cmocka_unit_test(growth_does_not_depend_on_cuts),
    };
    return cmocka_run_group_tests_name("session_windows", tests, NULL, NULL);
}
