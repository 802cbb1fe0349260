/* SPDX-License-Identifier: MIT */
/* Flow control on a session: both windows, both directions (RFC 9113 5.2, 6.9). */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, WINDOW = H2FRAME_SETTING_INITIAL_WINDOW_SIZE };

static void begin(struct fixture *f, uint32_t flags)
{
    fixture_init(f, H2SESSION_SERVER, NULL);
    f->config.flags = flags;
    f->config.connection_window_size = 65535;
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
}

static void answer(struct fixture *f, uint32_t stream_id, struct body *body)
{
    peer_headers(f, stream_id, GET_FIELDS, END);
    assert_int_equal(fixture_feed(f), 0);
    assert_int_equal(app_respond(f, stream_id, ":status 200", body), 0);
    fixture_clear(f);
}

/* rfc: 9113#6.9.1 */
static void sender_keeps_to_the_stream_window(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 20};
    begin(&f, 0);
    peer_settings(&f, WINDOW, 8);
    answer(&f, 1, &body);
    fixture_drain(&f);
    assert_true(fixture_has(&f, "> DATA 1 8"));
    assert_int_equal(h2session_send_window(f.s, 1), 0);
    assert_false(h2session_wants(f.s) & H2SESSION_WANT_WRITE);
    fixture_clear(&f);
    peer_window(&f, 1, 1);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "> DATA 1 1\n");
    peer_window(&f, 1, 100);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "closed 1 NO_ERROR NONE\n> DATA 1 END_STREAM 11\n");
    fixture_end(&f);
}

static void sender_keeps_to_the_connection_window(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 65536, .lend = 1};
    begin(&f, 0);
    peer_settings(&f, WINDOW, 1 << 20);
    answer(&f, 1, &body);
    fixture_drain(&f);
    assert_int_equal(h2session_send_window(f.s, 0), 0);
    assert_false(h2session_wants(f.s) & H2SESSION_WANT_WRITE);
    fixture_clear(&f);
    peer_window(&f, 0, 10);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "> DATA 1 END_STREAM 1\nclosed 1 NO_ERROR NONE\n");
    fixture_end(&f);
    body_free(&body);
}

/* rfc: 9113#6.9.2 */
static void window_may_become_negative(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 100};
    begin(&f, 0);
    peer_settings(&f, WINDOW, 50);
    answer(&f, 1, &body);
    fixture_drain(&f);
    peer_settings(&f, WINDOW, 10);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_send_window(f.s, 1), -40);
    assert_int_equal(h2session_send_window(f.s, 0), 65535 - 50);
    fixture_clear(&f);
    peer_window(&f, 1, 40);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "");
    peer_window(&f, 1, 1);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "> DATA 1 1\n");
    peer_settings(&f, WINDOW, 59);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "settings 1\nclosed 1 NO_ERROR NONE\n> SETTINGS 0 ACK n=0\n"
                       "> DATA 1 END_STREAM 49\n");
    fixture_end(&f);
}

/* However often the value changes, and wherever the frames are cut. rfc: 9113#6.9.2 */
static void toggled_windows_stay_exact(void **state)
{
    (void)state;
    struct fixture f;
    enum { STREAMS = 50 };
    static struct body bodies[STREAMS];
    begin(&f, 0);
    peer_settings(&f, WINDOW, 10);
    for (uint32_t i = 0; i < STREAMS; i++) {
        bodies[i] = (struct body){.length = 40};
        answer(&f, 1 + 2 * i, &bodies[i]);
    }
    fixture_drain(&f); /* each has sent 10 */
    for (uint32_t i = 0; i < STREAMS; i += 5) {
        peer_window(&f, 1 + 2 * i, i + 1);
    }
    for (int i = 0; i < 40; i++) {
        peer_settings(&f, WINDOW, i % 2 == 0 ? 0 : 7);
    }
    peer_settings(&f, WINDOW, 3);
    const size_t cuts[] = {f.in.length / 3, f.in.length / 3 + 7, f.in.length};
    assert_int_equal(fixture_feed_cut(&f, cuts, 3), 0);
    for (uint32_t i = 0; i < STREAMS; i++) {
        int64_t update = i % 5 == 0 ? i + 1 : 0;
        assert_int_equal(h2session_send_window(f.s, 1 + 2 * i), 3 - 10 + update);
    }
    fixture_drain(&f);
    for (uint32_t i = 0; i < STREAMS; i++) {
        int64_t update = i % 5 == 0 ? i + 1 : 0;
        size_t sent = update > 7 ? (size_t)(update - 7) : 0;
        assert_int_equal(bodies[i].offset, 10 + (sent < 30 ? sent : 30));
    }
    peer_settings(&f, WINDOW, 40); /* what all of them still need */
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_stream_count(f.s), 0);
    fixture_end(&f);
}

/* A value that a closed stream would not have stood is fine; one that an open stream does not
 * stand is not, be it by one. rfc: 9113#6.9.2 */
static void overflow_by_settings_is_found_exactly(void **state)
{
    (void)state;
    struct fixture f;
    const uint32_t max = 0x7fffffff;
    begin(&f, 0);
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_headers(&f, 3, POST_FIELDS, 0);
    peer_window(&f, 1, 1000);
    peer_window(&f, 3, 500);
    peer_settings(&f, WINDOW, max - 1000);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_send_window(f.s, 1), max);
    peer_reset(&f, 1, H2FRAME_CODE_CANCEL);
    peer_settings(&f, WINDOW, max - 500);
    peer_settings(&f, WINDOW, 0);
    peer_settings(&f, WINDOW, max - 500);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_send_window(f.s, 3), max);
    peer_settings(&f, WINDOW, max - 499);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_PEER);
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(f.s, &fault), 0);
    assert_int_equal(fault.reason, H2SESSION_REASON_WINDOW_OVERFLOW);
    assert_int_equal(fault.code, H2FRAME_CODE_FLOW_CONTROL_ERROR);
    assert_int_equal(fault.value, (uint64_t)max + 1);
    assert_int_equal(fault.limit, max);
    fixture_end(&f);
}

static void received_octets_are_credited_at_half_a_window(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 0);
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_data(&f, 1, 16384, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_null(strstr(fixture_text(&f), "WINDOW_UPDATE"));
    peer_data(&f, 1, 16384, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "> WINDOW_UPDATE 0 +32768"));
    assert_true(fixture_has(&f, "> WINDOW_UPDATE 1 +32768"));
    assert_int_equal(h2session_recv_window(f.s, 1), 65535);
    fixture_end(&f);
}

static void begin_waiting(struct fixture *f)
{
    fixture_init(f, H2SESSION_SERVER, NULL);
    f->config.flags = H2SESSION_MANUAL_CONSUME;
    f->config.connection_window_size = 65535;
    f->config.unconsumed_limit_bytes = 0;
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
}

static void octets_held_by_the_application_are_not_credited(void **state)
{
    (void)state;
    struct fixture f;
    begin_waiting(&f);
    peer_headers(&f, 1, POST_FIELDS, 0);
    for (int i = 0; i < 3; i++) {
        peer_data(&f, 1, 16384, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_null(strstr(fixture_text(&f), "WINDOW_UPDATE"));
    assert_int_equal(h2session_recv_window(f.s, 1), 65535 - 3 * 16384);
    assert_int_equal(h2session_consume(f.s, 1, 3 * 16384 + 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_consume(f.s, 1, 16384), 0);
    assert_int_equal(h2session_consume(f.s, 1, 2 * 16384), 0);
    fixture_clear(&f);
    fixture_drain(&f);
    fixture_expect(&f, "> WINDOW_UPDATE 0 +49152\n> WINDOW_UPDATE 1 +49152\n");
    fixture_end(&f);
}

/* What was not consumed goes back to the connection when the stream ends. */
static void stream_that_ends_owes_nothing(void **state)
{
    (void)state;
    struct fixture f;
    begin_waiting(&f);
    peer_headers(&f, 1, POST_FIELDS, 0);
    for (int i = 0; i < 3; i++) {
        peer_data(&f, 1, 16384, 0);
    }
    peer_reset(&f, 1, H2FRAME_CODE_CANCEL);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "> WINDOW_UPDATE 0 +49152"));
    assert_int_equal(h2session_recv_window(f.s, 0), 65535);
    assert_int_equal(h2session_consume(f.s, 1, 5), 0);
    fixture_end(&f);
}

/* rfc: 9113#6.9 rfc: 9113#6.1 */
static void padding_and_unwanted_data_are_credited(void **state)
{
    (void)state;
    const uint32_t kinds[] = {0, H2SESSION_MANUAL_CONSUME};
    for (size_t k = 0; k < 2; k++) {
        struct fixture f;
        begin(&f, kinds[k]);
        peer_headers(&f, 1, POST_FIELDS, 0);
        for (int i = 0; i < 130; i++) {
            peer_padded(&f, 1, 0, 255);
        }
        assert_int_equal(fixture_turn(&f), 0);
        assert_true(h2session_recv_window(f.s, 0) + 32768 >= 65535);
        assert_int_equal(h2session_submit_reset(f.s, 1, H2FRAME_CODE_CANCEL), 0);
        for (int i = 0; i < 400; i++) {
            peer_padded(&f, 1, 1000, 255);
            assert_int_equal(fixture_turn(&f), 0);
        }
        assert_true(h2session_recv_window(f.s, 0) + 32768 >= 65535);
        fixture_end(&f);
    }
}

static int reset_on_data(struct fixture *f, const char *event, uint32_t stream_id)
{
    return strcmp(event, "data") == 0 &&
           h2session_submit_reset(f->s, stream_id, H2FRAME_CODE_CANCEL) != 0;
}

/* The rest of a frame whose stream ended in its middle has no taker and is credited. */
static void rest_of_a_frame_is_credited_when_its_stream_ends(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags <= H2SESSION_MANUAL_CONSUME; flags++) {
        struct fixture f;
        begin(&f, flags);
        f.hook = reset_on_data;
        for (uint32_t id = 1; id < 400; id += 2) {
            peer_headers(&f, id, POST_FIELDS, 0);
            peer_data(&f, id, 1000, 0);
            const size_t cuts[] = {f.in.length - 600, f.in.length - 100, f.in.length};
            assert_int_equal(fixture_feed_cut(&f, cuts, 3), 0);
            fixture_drain(&f);
            f.now_ns += UINT64_C(100000000);
        }
        assert_true(h2session_recv_window(f.s, 0) > 32000);
        fixture_end(&f);
    }
}

static void peer_beyond_a_window_is_stopped(void **state)
{
    (void)state;
    struct fixture f;
    begin_waiting(&f);
    peer_headers(&f, 1, POST_FIELDS, 0);
    for (int i = 0; i < 4; i++) {
        peer_data(&f, 1, i < 3 ? 16384 : 16383, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_recv_window(f.s, 0), 0);
    peer_data(&f, 1, 1, 0);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_PEER);
    assert_true(fixture_has(&f, "fault connection 0 FLOW_CONTROL_ERROR WINDOW_EXCEEDED"));
    fixture_end(&f);

    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.flags = H2SESSION_MANUAL_CONSUME;
    f.config.unconsumed_limit_bytes = 0;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    peer_headers(&f, 1, POST_FIELDS, 0);
    for (int i = 0; i < 4; i++) {
        peer_data(&f, 1, 16384, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "fault stream 1 FLOW_CONTROL_ERROR WINDOW_EXCEEDED"));
    assert_int_equal(h2session_recv_window(f.s, 0), 1048576 - 4 * 16384);
    for (uint32_t id = 3; id < 17; id += 2) { /* the others have the whole window all the same */
        peer_headers(&f, id, POST_FIELDS, 0);
        for (int i = 0; i < 4; i++) {
            peer_data(&f, id, i < 3 ? 16384 : 16383, 0);
        }
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_recv_window(f.s, 0), 1048576 - 8 * 65536 + 7);
    fixture_end(&f);
}

/* Data under the old value is tolerated until the ACK. rfc: 9113#6.5.3 */
static void own_window_changes_with_the_ack(void **state)
{
    (void)state;
    struct fixture f;
    const h2frame_setting entry = {WINDOW, 100};
    begin(&f, H2SESSION_MANUAL_CONSUME);
    fixture_upload(&f);
    assert_int_equal(h2session_submit_settings(f.s, &entry, 1), 0);
    peer_data(&f, 1, 1000, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_recv_window(f.s, 1), 64535);
    peer_ack(&f);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_recv_window(f.s, 1), -900);
    assert_int_equal(h2session_consume(f.s, 1, 1000), 0);
    assert_int_equal(h2session_recv_window(f.s, 1), 100);
    fixture_end(&f);
}

static void stalled_stream_does_not_starve_another(void **state)
{
    (void)state;
    struct fixture f;
    struct body first = {.length = 20000};
    struct body second = {.length = 20000};
    begin(&f, 0);
    peer_settings(&f, WINDOW, 100);
    answer(&f, 1, &first);
    answer(&f, 3, &second);
    peer_window(&f, 3, 1 << 20);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(first.offset, 100);
    assert_true(fixture_has(&f, "closed 3 NO_ERROR NONE"));
    fixture_end(&f);
}

static void equal_streams_take_turns(void **state)
{
    (void)state;
    struct fixture f;
    struct body first = {.length = 60000, .lend = 1};
    struct body second = {.length = 60000};
    h2frame_bytes pieces[64];
    size_t count = 0;
    begin(&f, 0);
    answer(&f, 1, &first);
    answer(&f, 3, &second);
    assert_int_equal(h2session_peek(f.s, pieces, 64, &count), 0);
    assert_true(second.offset >= 16384);
    assert_true(h2session_send_window(f.s, 1) > 0);
    fixture_end(&f);
    body_free(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sender_keeps_to_the_stream_window),
        cmocka_unit_test(sender_keeps_to_the_connection_window),
        cmocka_unit_test(window_may_become_negative),
        cmocka_unit_test(toggled_windows_stay_exact),
        cmocka_unit_test(overflow_by_settings_is_found_exactly),
        cmocka_unit_test(received_octets_are_credited_at_half_a_window),
        cmocka_unit_test(octets_held_by_the_application_are_not_credited),
        cmocka_unit_test(stream_that_ends_owes_nothing),
        cmocka_unit_test(padding_and_unwanted_data_are_credited),
        cmocka_unit_test(rest_of_a_frame_is_credited_when_its_stream_ends),
        cmocka_unit_test(peer_beyond_a_window_is_stopped),
        cmocka_unit_test(own_window_changes_with_the_ack),
        cmocka_unit_test(stalled_stream_does_not_starve_another),
        cmocka_unit_test(equal_streams_take_turns),
    };
    return cmocka_run_group_tests_name("session_flow", tests, NULL, NULL);
}
