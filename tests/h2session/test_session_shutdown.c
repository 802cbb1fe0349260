/* SPDX-License-Identifier: MIT */
/* The end of a connection: graceful from either side, at once, by GOAWAY or EOF of the peer; and
 * the deadlines, which end it as well. */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };
static const uint64_t SECOND = UINT64_C(1000000000);

static void peer_shutdown_ack(struct fixture *f)
{
    h2frame_frame frame = {.type = H2FRAME_TYPE_PING, .flags = H2FRAME_FLAG_ACK};
    memcpy(frame.opaque, "shutdown", 8);
    peer_frame(f, &frame);
}

/* rfc: 9113#6.8 */
static void server_says_goaway_twice(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    fixture_upload(&f);
    fixture_clear(&f);
    assert_int_equal(h2session_shutdown(f.s), 0);
    assert_int_equal(h2session_shutdown(f.s), 0);
    fixture_drain(&f);
    fixture_expect(&f, "> GOAWAY 0 last=2147483647 NO_ERROR\n> PING 0\n");
    peer_headers(&f, 3, POST_FIELDS, 0); /* under way when the GOAWAY arrived there */
    peer_shutdown_ack(&f);
    peer_headers(&f, 5, POST_FIELDS "|x-table a", 0); /* too late, but in the table */
    peer_data(&f, 5, 100, END);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "request 3 :method=POST :scheme=https :authority=a.example :path=/\n"
                       "> GOAWAY 0 last=3 NO_ERROR\n");
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_READ);
    peer_headers(&f, 1, "x-table a", END);
    assert_int_equal(fixture_feed(&f), 0);
    assert_true(fixture_has(&f, "trailers 1 end x-table=a"));
    assert_int_equal(app_respond(&f, 1, ":status 200", NULL), 0);
    peer_reset(&f, 3, H2FRAME_CODE_CANCEL);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

/* rfc: 9113#6.8 */
static void last_stream_of_goaway_never_grows(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    fixture_upload(&f);
    assert_int_equal(h2session_shutdown(f.s), 0);
    peer_shutdown_ack(&f);
    peer_headers(&f, 3, POST_FIELDS "|X-Bad a", 0);
    peer_window(&f, 0, 0x7fffffff);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_PEER);
    assert_true(fixture_has(&f, "> GOAWAY 0 last=1 FLOW_CONTROL_ERROR"));
    assert_null(strstr(fixture_text(&f), "RST_STREAM"));
    fixture_end(&f);
}

/* Streams after the final GOAWAY are decoded and dropped, but not for ever. */
static void streams_after_the_goaway_have_a_limit(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    fixture_upload(&f);
    assert_int_equal(h2session_shutdown(f.s), 0);
    peer_shutdown_ack(&f);
    for (uint32_t i = 0; i < 1000; i++) {
        peer_headers(&f, 3 + 2 * i, GET_FIELDS, END);
    }
    assert_int_equal(fixture_turn(&f), 0);
    peer_headers(&f, 9999, GET_FIELDS, END);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_LIMIT);
    assert_true(fixture_has(&f, "fault connection 0 ENHANCE_YOUR_CALM LIMIT_GLITCHES"));
    assert_null(strstr(fixture_text(&f), "RST_STREAM"));
    fixture_end(&f);
}

static void client_drains_and_closes(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_CLIENT);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    assert_int_equal(h2session_shutdown(f.s), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), H2SESSION_ERR_CLOSED);
    assert_int_equal(h2session_stream_room(f.s), 0);
    fixture_drain(&f);
    assert_true(fixture_has(&f, "> GOAWAY 0 last=0 NO_ERROR"));
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_READ);
    peer_headers(&f, 1, ":status 200", END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

/* rfc: 9113#6.8 */
static void goaway_of_the_peer_ends_what_it_did_not_begin(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_CLIENT);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    }
    fixture_drain(&f);
    fixture_clear(&f);
    peer_goaway(&f, 3, H2FRAME_CODE_NO_ERROR);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "goaway last=3 NO_ERROR\n"
                       "closed 5 REFUSED_STREAM GOAWAY_NOT_PROCESSED remote unprocessed\n");
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), H2SESSION_ERR_CLOSED);
    peer_headers(&f, 1, ":status 200", END);
    peer_goaway(&f, 1, H2FRAME_CODE_NO_ERROR);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "closed 3 REFUSED_STREAM GOAWAY_NOT_PROCESSED remote unprocessed"));
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

static void terminate_ends_all_at_once(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    fixture_upload(&f);
    fixture_clear(&f);
    assert_int_equal(h2session_terminate(f.s, H2FRAME_CODE_INADEQUATE_SECURITY), 0);
    assert_int_equal(h2session_submit_ping(f.s, (const uint8_t *)"12345678"), H2SESSION_ERR_CLOSED);
    fixture_drain(&f);
    fixture_expect(&f, "closed 1 INADEQUATE_SECURITY APPLICATION\n"
                       "> GOAWAY 0 last=1 INADEQUATE_SECURITY\n");
    peer_ping(&f, 0);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "");
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

static void eof_ends_what_waits_for_the_peer(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 5};
    fixture_begin(&f, H2SESSION_SERVER);
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_headers(&f, 3, GET_FIELDS, END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_respond(&f, 3, ":status 200", &body), 0);
    fixture_clear(&f);
    assert_int_equal(h2session_recv_eof(f.s, 1), 0);
    fixture_expect(&f, "closed 1 CANCEL CONNECTION_ENDED remote\n");
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_WRITE);
    fixture_drain(&f);
    fixture_expect(&f, "closed 3 NO_ERROR NONE\n> HEADERS 3 END_HEADERS :status=200\n"
                       "> DATA 3 END_STREAM 5\n");
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

static void free_closes_what_is_open(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 5, .defer = 9};
    fixture_begin(&f, H2SESSION_SERVER);
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_headers(&f, 3, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_respond(&f, 3, ":status 200", &body), 0);
    assert_int_equal(f.closed, 0);
    fixture_end(&f); /* checks that both were closed */
}

/* ---- Deadlines ---- */

static void idle_connection_ends_without_blame(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.progress_rate = 0;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    assert_int_equal(h2session_deadline_ns(f.s), 1 + 10 * SECOND); /* for the first request */
    f.now_ns = 50 * SECOND;
    fixture_upload(&f);
    assert_int_equal(h2session_deadline_ns(f.s), UINT64_MAX);
    peer_reset(&f, 1, H2FRAME_CODE_CANCEL);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_deadline_ns(f.s), 110 * SECOND);
    f.now_ns = 100 * SECOND;
    peer_ping(&f, 0); /* does not count */
    peer_settings(&f, 0, 0);
    peer_window(&f, 0, 1);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_deadline_ns(f.s), 110 * SECOND);
    assert_int_equal(h2session_tick(f.s, 110 * SECOND - 1), 0);
    fixture_clear(&f);
    assert_int_equal(h2session_tick(f.s, 110 * SECOND), 0);
    fixture_drain(&f);
    fixture_expect(&f, "fault connection 0 NO_ERROR TIMEOUT_IDLE\n> GOAWAY 0 last=1 NO_ERROR\n");
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    assert_int_equal(h2session_deadline_ns(f.s), UINT64_MAX);
    fixture_end(&f);
}

static void time_never_runs_backwards(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    f.now_ns = 50 * SECOND;
    fixture_upload(&f);
    f.now_ns = 40 * SECOND;
    peer_reset(&f, 1, H2FRAME_CODE_CANCEL);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_deadline_ns(f.s), 110 * SECOND);
    fixture_end(&f);
}

/* rfc: 9113#6.5.3 */
static void settings_must_be_acknowledged_in_time(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.now_ns = 5 * SECOND;
    assert_int_equal(fixture_start(&f), 0);
    assert_int_equal(h2session_deadline_ns(f.s), UINT64_MAX);
    fixture_drain(&f);
    assert_int_equal(h2session_deadline_ns(f.s), 15 * SECOND);
    fixture_clear(&f);
    assert_int_equal(h2session_tick(f.s, 16 * SECOND), H2SESSION_ERR_TIMEOUT);
    assert_int_equal(h2session_tick(f.s, 17 * SECOND), H2SESSION_ERR_TIMEOUT);
    fixture_drain(&f);
    fixture_expect(&f, "fault connection 0 SETTINGS_TIMEOUT TIMEOUT_SETTINGS_ACK\n"
                       "> GOAWAY 0 last=0 SETTINGS_TIMEOUT\n");
    fixture_end(&f);
}

static void field_block_must_be_completed_in_time(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.first_request_timeout_ns = 0;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    f.now_ns = 20 * SECOND;
    peer_raw(&f, "000001 01 01 00000001 82");
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_deadline_ns(f.s), 30 * SECOND);
    f.now_ns = 29 * SECOND;
    peer_raw(&f, "000001 09 00 00000001 84"); /* does not prolong it */
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_tick(f.s, 30 * SECOND), H2SESSION_ERR_TIMEOUT);
    assert_true(fixture_has(&f, "fault connection 0 ENHANCE_YOUR_CALM TIMEOUT_FIELD_BLOCK"));
    fixture_end(&f);
}

static void open_requests_are_not_idle(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    f.config.idle_timeout_ns = 5 * SECOND;
    assert_int_equal(fixture_start(&f), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    fixture_greet(&f);
    assert_int_equal(h2session_deadline_ns(f.s), UINT64_MAX);
    peer_headers(&f, 1, ":status 200", END);
    f.now_ns = 3 * SECOND;
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_deadline_ns(f.s), 8 * SECOND);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_says_goaway_twice),
        cmocka_unit_test(last_stream_of_goaway_never_grows),
        cmocka_unit_test(streams_after_the_goaway_have_a_limit),
        cmocka_unit_test(client_drains_and_closes),
        cmocka_unit_test(goaway_of_the_peer_ends_what_it_did_not_begin),
        cmocka_unit_test(terminate_ends_all_at_once),
        cmocka_unit_test(eof_ends_what_waits_for_the_peer),
        cmocka_unit_test(free_closes_what_is_open),
        cmocka_unit_test(idle_connection_ends_without_blame),
        cmocka_unit_test(time_never_runs_backwards),
        cmocka_unit_test(settings_must_be_acknowledged_in_time),
        cmocka_unit_test(field_block_must_be_completed_in_time),
        cmocka_unit_test(open_requests_are_not_idle),
    };
    return cmocka_run_group_tests_name("session_shutdown", tests, NULL, NULL);
}
