/* SPDX-License-Identifier: MIT */
/* What an application steers: sizes of windows, ids of streams, its own GOAWAY. */
#include "fixture.h"

#include <string.h>

enum {
    END = H2FRAME_FLAG_END_STREAM,
    MAX = 0x7fffffff,
    WINDOW = H2FRAME_SETTING_INITIAL_WINDOW_SIZE
};

static void begin(struct fixture *f, uint32_t role)
{
    fixture_init(f, role, NULL);
    f->config.connection_window_size = 65535;
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
}

/* ---- Windows ---- */

static void larger_window_is_announced(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER);
    fixture_upload(&f);
    fixture_clear(&f);
    assert_int_equal(h2session_window_size(f.s, 1), 65535);
    assert_int_equal(h2session_submit_window_size(f.s, 1, 100000), 0);
    assert_int_equal(h2session_submit_window_size(f.s, 0, MAX), 0);
    assert_int_equal(h2session_submit_window_size(f.s, 0, MAX), 0);
    fixture_drain(&f);
    fixture_expect(&f, "> WINDOW_UPDATE 1 +34465\n> WINDOW_UPDATE 0 +2147418112\n");
    assert_int_equal(h2session_window_size(f.s, 1), 100000);
    assert_int_equal(h2session_window_size(f.s, 0), MAX);
    assert_int_equal(h2session_recv_window(f.s, 1), 100000);
    for (int i = 0; i < 6; i++) {
        peer_data(&f, 1, 16384, i == 5 ? END : 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "> WINDOW_UPDATE 1 +65536"));
    fixture_end(&f);
}

static void smaller_window_swallows_credit(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER);
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_data(&f, 1, 5535, 0);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_clear(&f);
    assert_int_equal(h2session_submit_window_size(f.s, 1, 20000), 0);
    for (int i = 0; i < 4; i++) {
        peer_data(&f, 1, 10000, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_null(strstr(fixture_text(&f), "> WINDOW_UPDATE 1"));
    assert_int_equal(h2session_recv_window(f.s, 1), 20000);
    peer_data(&f, 1, 10000, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "> WINDOW_UPDATE 1 +10000"));
    fixture_clear(&f);
    /* Nothing at all, and then again. */
    assert_int_equal(h2session_submit_window_size(f.s, 1, 0), 0);
    peer_data(&f, 1, 16384, 0);
    peer_data(&f, 1, 3616, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_recv_window(f.s, 1), 0);
    assert_int_equal(h2session_submit_window_size(f.s, 1, 7), 0);
    fixture_clear(&f);
    fixture_drain(&f);
    fixture_expect(&f, "> WINDOW_UPDATE 1 +7\n");
    peer_data(&f, 1, 8, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "fault stream 1 FLOW_CONTROL_ERROR WINDOW_EXCEEDED"));
    fixture_end(&f);
}

static void windows_of_nothing_are_not_set(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER);
    peer_headers(&f, 1, GET_FIELDS, END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_submit_window_size(NULL, 0, 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_window_size(f.s, 0, UINT32_C(0x80000000)),
                     H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_window_size(f.s, 1, 1), H2SESSION_ERR_STREAM_STATE);
    assert_int_equal(h2session_submit_window_size(f.s, 3, 1), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(h2session_window_size(f.s, 3), 0);
    assert_int_equal(h2session_terminate(f.s, 0), 0);
    assert_int_equal(h2session_submit_window_size(f.s, 0, 1), H2SESSION_ERR_CLOSED);
    fixture_end(&f);
}

/* The windows at the peer move with INITIAL_WINDOW_SIZE; no order of calls takes one beyond 2^31-1.
 * rfc: 9113#6.9.2 */
static void window_that_was_set_meets_the_setting(void **state)
{
    (void)state;
    struct fixture f;
    h2frame_setting entry = {WINDOW, 65535 + 100};
    begin(&f, H2SESSION_SERVER);
    fixture_upload(&f);
    assert_int_equal(h2session_submit_window_size(f.s, 1, MAX - 99), 0);
    assert_int_equal(h2session_submit_settings(f.s, &entry, 1), H2SESSION_ERR_USAGE);
    entry.value--;
    assert_int_equal(h2session_submit_settings(f.s, &entry, 1), 0);
    assert_int_equal(h2session_submit_window_size(f.s, 1, MAX - 98), H2SESSION_ERR_USAGE);
    entry.value = 0;
    assert_int_equal(h2session_submit_settings(f.s, &entry, 1), 0);
    peer_ack(&f);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_recv_window(f.s, 1), MAX);
    assert_int_equal(h2session_submit_window_size(f.s, 1, 10), 0);
    peer_ack(&f);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_recv_window(f.s, 1), MAX - 65634);
    assert_int_equal(h2session_window_size(f.s, 1), 0);
    peer_data(&f, 1, 100, END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "end 1"));
    fixture_end(&f);
}

/* ---- Ids ---- */

/* rfc: 9113#5.1.1 */
static void next_stream_id_only_grows(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t id = 0;
    begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_next_stream_id(f.s), 1);
    assert_int_equal(h2session_set_next_stream_id(f.s, 7), 0);
    assert_int_equal(h2session_set_next_stream_id(f.s, 5), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_set_next_stream_id(f.s, 8), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_set_next_stream_id(NULL, 9), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_set_next_stream_id(f.s, UINT32_C(0x80000001)), H2SESSION_ERR_USAGE);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, &id), 0);
    assert_int_equal(id, 7);
    assert_int_equal(h2session_next_stream_id(f.s), 9);
    assert_int_equal(h2session_set_next_stream_id(f.s, MAX), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, &id), 0);
    assert_int_equal(id, MAX);
    assert_int_equal(h2session_next_stream_id(f.s), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, &id), H2SESSION_ERR_STREAM_IDS);
    fixture_end(&f);
    begin(&f, H2SESSION_SERVER);
    assert_int_equal(h2session_next_stream_id(f.s), 2);
    assert_int_equal(h2session_set_next_stream_id(f.s, 3), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_set_next_stream_id(f.s, 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_set_next_stream_id(f.s, 4), 0);
    fixture_end(&f);
}

/* ---- GOAWAY ---- */

/* rfc: 9113#6.8 */
static void goaway_drops_streams_above_its_last(void **state)
{
    (void)state;
    struct fixture f;
    const h2frame_bytes debug = {(const uint8_t *)"moving", 6};
    begin(&f, H2SESSION_SERVER);
    for (uint32_t id = 1; id <= 5; id += 2) {
        peer_headers(&f, id, POST_FIELDS, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    fixture_clear(&f);
    f.output.length = 0;
    assert_int_equal(h2session_goaway_sent_id(f.s), UINT32_MAX);
    assert_int_equal(h2session_submit_goaway(f.s, 1, H2FRAME_CODE_ENHANCE_YOUR_CALM, &debug), 0);
    assert_int_equal(h2session_goaway_sent_id(f.s), 1);
    peer_data(&f, 5, 10, END);
    peer_headers(&f, 7, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "> GOAWAY 0 last=1 ENHANCE_YOUR_CALM"));
    assert_true(fixture_has(&f, "closed 3 REFUSED_STREAM APPLICATION"));
    assert_true(fixture_has(&f, "closed 5 REFUSED_STREAM APPLICATION"));
    assert_null(strstr(fixture_text(&f), "RST_STREAM"));
    assert_null(strstr(fixture_text(&f), "request 7"));
    assert_memory_equal(f.output.data + H2FRAME_HEAD_LENGTH + 8, "moving", 6);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_READ);
    assert_int_equal(app_respond(&f, 1, ":status 200", NULL), 0);
    peer_data(&f, 1, 1, END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

/* rfc: 9113#6.8 */
static void goaway_never_grows(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER);
    peer_headers(&f, 5, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_submit_goaway(f.s, 7, 0, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_goaway(f.s, MAX, 0, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_goaway(f.s, 4, 0, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_goaway(NULL, 0, 0, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_goaway(f.s, 5, 0, &(h2frame_bytes){NULL, 1}),
                     H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_goaway(f.s, 5, 0, NULL), 0);
    assert_int_equal(h2session_submit_goaway(f.s, 3, 0, NULL), 0);
    assert_int_equal(h2session_submit_goaway(f.s, 3, 0, NULL), 0);
    assert_int_equal(h2session_submit_goaway(f.s, 5, 0, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_shutdown(f.s), 0);
    peer_window(&f, 0, MAX);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_PEER);
    fixture_clear(&f);
    assert_int_equal(h2session_goaway_sent_id(f.s), 3);
    assert_int_equal(h2session_submit_goaway(f.s, 3, 0, NULL), H2SESSION_ERR_PEER);
    fixture_end(&f);
}

static void debug_data_has_a_limit(void **state)
{
    (void)state;
    static uint8_t octets[16384];
    struct fixture f;
    h2frame_bytes debug = {octets, 16384 - 7};
    begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_submit_goaway(f.s, 0, 0, &debug), H2SESSION_ERR_FRAME_SIZE);
    debug.length--;
    assert_int_equal(h2session_submit_goaway(f.s, 0, 0, &debug), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), H2SESSION_ERR_CLOSED);
    fixture_drain(&f);
    fixture_expect(&f, "> GOAWAY 0 last=0 NO_ERROR\n");
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

/* The PING of the announcement comes back, and is not the application's. */
static void goaway_may_cut_a_shutdown_short(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER);
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_headers(&f, 3, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_shutdown(f.s), 0);
    assert_int_equal(h2session_submit_goaway(f.s, 1, 0, NULL), 0);
    fixture_drain(&f);
    fixture_clear(&f);
    h2frame_frame ack = {.type = H2FRAME_TYPE_PING, .flags = H2FRAME_FLAG_ACK};
    memcpy(ack.opaque, "shutdown", 8);
    peer_frame(&f, &ack);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "");
    assert_int_equal(h2session_submit_ping(f.s, ack.opaque), 0); /* this one is */
    peer_frame(&f, &ack);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "ping ack"));
    fixture_end(&f);
}

/* The rest of a request that comes after the GOAWAY is decoded for the table only. */
static void request_that_is_coming_in_is_dropped_as_well(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER);
    fixture_upload(&f);
    peer_headers_cut(&f, 3, GET_FIELDS "|x-table a", END, 2);
    size_t length = f.in.length;
    const size_t half[] = {length / 2};
    uint8_t rest[200];
    assert_true(length - half[0] < sizeof rest);
    memcpy(rest, f.in.data + half[0], length - half[0]);
    assert_int_equal(fixture_feed_cut(&f, half, 1), 0);
    fixture_clear(&f);
    assert_int_equal(h2session_submit_goaway(f.s, 1, 0, NULL), 0);
    octets_add(&f.in, rest, length - half[0]);
    peer_headers(&f, 1, "x-table a", END);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "trailers 1 end x-table=a\nend 1\n> GOAWAY 0 last=1 NO_ERROR\n");
    fixture_end(&f);
}

/* At a client the streams of the peer are pushed ones. */
static void promises_are_dropped_as_well(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    f.config.enable_push = 1;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    peer_promise(&f, 1, 2, GET_FIELDS, 1);
    peer_promise(&f, 1, 4, GET_FIELDS, 1);
    assert_int_equal(fixture_turn(&f), 0);
    peer_promise(&f, 1, 6, GET_FIELDS "|x-table a", 2);
    size_t length = f.in.length;
    const size_t half[] = {length / 2};
    assert_int_equal(fixture_feed_cut(&f, half, 1), 0);
    fixture_clear(&f);
    assert_int_equal(h2session_submit_goaway(f.s, 2, 0, NULL), 0);
    assert_int_equal(h2session_stream_state(f.s, 2), H2SESSION_STATE_RESERVED_REMOTE);
    memmove(f.in.data, f.in.data + half[0], length - half[0]);
    f.in.length = length - half[0];
    peer_promise(&f, 1, 8, GET_FIELDS, 1);
    peer_headers(&f, 4, ":status 200", 0);
    peer_headers(&f, 6, ":status 200", END);
    peer_headers(&f, 2, ":status 200|x-table a", END);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "closed 4 REFUSED_STREAM APPLICATION\n"
                       "response 2 end :status=200 x-table=a\nend 2\n"
                       "closed 2 NO_ERROR NONE remote\n> GOAWAY 0 last=2 NO_ERROR\n");
    peer_headers(&f, 1, ":status 200", END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

static void received_goaway_is_remembered(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_goaway_received_id(f.s), UINT32_MAX);
    peer_goaway(&f, 9, 0);
    peer_goaway(&f, 5, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_goaway_received_id(f.s), 5);
    fixture_end(&f);
}

static int control_failing(struct test_alloc *a, void *arg)
{
    (void)arg;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, a);
    int result = fixture_start(&f);
    if (result == 0) {
        result = h2session_submit_window_size(f.s, 0, MAX);
        f.saw_nomem |= result == H2SESSION_ERR_NOMEM;
        result = h2session_submit_goaway(f.s, 0, 0, NULL);
        fixture_drain(&f);
    }
    int failed = f.saw_nomem || result == H2SESSION_ERR_NOMEM;
    fixture_end(&f);
    return failed;
}

static void submits_survive_every_failing_allocation(void **state)
{
    (void)state;
    test_each_failing_alloc(control_failing, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(larger_window_is_announced),
        cmocka_unit_test(smaller_window_swallows_credit),
        cmocka_unit_test(windows_of_nothing_are_not_set),
        cmocka_unit_test(window_that_was_set_meets_the_setting),
        cmocka_unit_test(next_stream_id_only_grows),
        cmocka_unit_test(goaway_drops_streams_above_its_last),
        cmocka_unit_test(goaway_never_grows),
        cmocka_unit_test(debug_data_has_a_limit),
        cmocka_unit_test(goaway_may_cut_a_shutdown_short),
        cmocka_unit_test(request_that_is_coming_in_is_dropped_as_well),
        cmocka_unit_test(promises_are_dropped_as_well),
        cmocka_unit_test(received_goaway_is_remembered),
        cmocka_unit_test(submits_survive_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("session_control", tests, NULL, NULL);
}
