/* SPDX-License-Identifier: MIT */
/* SETTINGS of both sides: what is announced first, what is in force when (RFC 9113 6.5). */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

static void first_settings_say_what_differs(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    assert_int_equal(fixture_start(&f), 0);
    fixture_drain(&f);
    /* ENABLE_PUSH 0, MAX_HEADER_LIST_SIZE 262144, NO_RFC7540_PRIORITIES 1. rfc: 9218#2.1 */
    const uint8_t expected[] = {0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,
                                0, 0, 6,  0, 4, 0, 0, 0, 9, 0, 0, 0, 1};
    assert_memory_equal(f.output.data, h2frame_preface(), H2FRAME_PREFACE_LENGTH);
    assert_memory_equal(f.output.data + H2FRAME_PREFACE_LENGTH, expected, sizeof expected);
    fixture_end(&f);

    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.header_table_size = 0;
    f.config.initial_window_size = 1;
    f.config.max_frame_size = 20000;
    f.config.connection_window_size = 65535;
    assert_int_equal(fixture_start(&f), 0);
    fixture_drain(&f);
    fixture_expect(&f, "> SETTINGS 0 n=6\n");
    fixture_end(&f);
}

/* rfc: 9113#6.5.3 */
static void values_of_the_peer_are_in_force_at_once(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_remote_setting(f.s, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS),
                     UINT32_MAX);
    peer_settings(&f, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS, 2);
    peer_settings(&f, 0x1234, 9); /* unknown */
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "settings 1\nsettings 1\n> SETTINGS 0 ACK n=0\n> SETTINGS 0 ACK n=0\n");
    assert_int_equal(h2session_stream_room(f.s), 2);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), H2SESSION_ERR_STREAM_LIMIT);
    peer_headers(&f, 1, ":status 200", END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    fixture_end(&f);
}

static void own_values_are_in_force_with_the_ack(void **state)
{
    (void)state;
    struct fixture f;
    const h2frame_setting entries[] = {{H2FRAME_SETTING_MAX_CONCURRENT_STREAMS, 1},
                                       {H2FRAME_SETTING_MAX_FRAME_SIZE, 20000}};
    fixture_begin(&f, H2SESSION_SERVER);
    assert_int_equal(h2session_submit_settings(f.s, entries, 2), 0);
    assert_int_equal(h2session_local_setting(f.s, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS), 100);
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_headers(&f, 3, POST_FIELDS, 0); /* the peer did not know yet */
    peer_data(&f, 3, 20000, 0);          /* or it did */
    peer_ack(&f);
    peer_headers(&f, 5, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_local_setting(f.s, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS), 1);
    assert_int_equal(h2session_stream_count(f.s), 2);
    assert_true(fixture_has(&f, "data 3 20000"));
    assert_true(fixture_has(&f, "fault stream 5 REFUSED_STREAM CONCURRENT_STREAMS"));
    fixture_end(&f);
}

static void settings_that_cannot_be_kept_are_refused(void **state)
{
    (void)state;
    static const h2frame_setting bad[] = {
        {H2FRAME_SETTING_ENABLE_PUSH, 1},
        {H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL, 0},
        {H2FRAME_SETTING_MAX_HEADER_LIST_SIZE, 1},
        {H2FRAME_SETTING_INITIAL_WINDOW_SIZE, UINT32_C(0x80000000)},
        {H2FRAME_SETTING_MAX_FRAME_SIZE, 16383},
        {H2FRAME_SETTING_MAX_FRAME_SIZE, 16777216},
        {0, 1},
        {0x10000, 1},
    };
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(h2session_submit_settings(f.s, &bad[i], 1), H2SESSION_ERR_USAGE);
    }
    assert_int_equal(h2session_submit_settings(f.s, NULL, 1), H2SESSION_ERR_USAGE);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(h2session_submit_settings(f.s, NULL, 0), 0);
    }
    assert_int_equal(h2session_submit_settings(f.s, NULL, 0), H2SESSION_ERR_OUTPUT_LIMIT);
    fixture_end(&f);
}

/* A push that was under way before ENABLE_PUSH 0 arrived is refused, and its stream drained.
 * rfc: 9113#6.6 rfc: 9113#8.4 */
static void early_push_is_refused(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    assert_int_equal(fixture_start(&f), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    peer_settings(&f, 0, 0);
    peer_raw(&f, "000005 05 04 00000001 00000002 82");
    peer_headers(&f, 2, ":status 200", 0);
    peer_data(&f, 2, 10, END);
    peer_ack(&f);
    peer_headers(&f, 1, ":status 200", END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "fault stream 2 REFUSED_STREAM PUSH_DISABLED"));
    assert_true(fixture_has(&f, "> RST_STREAM 2 REFUSED_STREAM"));
    assert_true(fixture_has(&f, "closed 1 NO_ERROR NONE remote"));
    assert_int_equal(f.closed, 1);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_settings_say_what_differs),
        cmocka_unit_test(values_of_the_peer_are_in_force_at_once),
        cmocka_unit_test(own_values_are_in_force_with_the_ack),
        cmocka_unit_test(settings_that_cannot_be_kept_are_refused),
        cmocka_unit_test(early_push_is_refused),
    };
    return cmocka_run_group_tests_name("session_settings", tests, NULL, NULL);
}
