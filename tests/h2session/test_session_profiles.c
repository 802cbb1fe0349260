/* SPDX-License-Identifier: MIT */
/* The profiles: what is forgiven is told and counted, and goes on; the rest is as strict as ever. */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

static void begin(struct fixture *f, uint32_t role, uint32_t profile)
{
    fixture_init(f, role, NULL);
    f->config.profile = profile;
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
}

/* Feeds a request, tells whether it was delivered. */
static int takes_request(uint32_t profile, const char *fields, uint32_t reason)
{
    struct fixture f;
    begin(&f, H2SESSION_SERVER, profile);
    peer_headers(&f, 1, fields, END);
    assert_int_equal(fixture_turn(&f), 0);
    int taken = f.opened == 1;
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(f.s, &fault), 0);
    assert_int_equal(fault.reason, reason);
    assert_int_equal(fault.forgiven, taken);
    assert_int_equal(h2session_rule_count(f.s, reason), 1);
    assert_int_equal(strstr(fixture_text(&f), "RST_STREAM") == NULL, taken);
    fixture_end(&f);
    return taken;
}

static int takes_response(uint32_t profile, const char *fields, uint32_t reason)
{
    struct fixture f;
    begin(&f, H2SESSION_CLIENT, profile);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    fixture_drain(&f);
    fixture_clear(&f);
    peer_headers(&f, 1, fields, END);
    assert_int_equal(fixture_turn(&f), 0);
    int taken = strstr(fixture_text(&f), "response 1") != NULL;
    assert_int_equal(h2session_rule_count(f.s, reason), 1);
    fixture_end(&f);
    return taken;
}

static void messages_that_mean_no_harm_are_taken(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        uint32_t reason;
    } CASES[] = {
        {GET_FIELDS "|x-a  b ", H2SESSION_REASON_FIELD_VALUE},
        {GET_FIELDS "|user-agent \tx", H2SESSION_REASON_FIELD_VALUE},
        {GET_FIELDS "|host b.example", H2SESSION_REASON_HOST},
        {GET_FIELDS "|te gzip", H2SESSION_REASON_FIELD_TE},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_false(takes_request(H2SESSION_PROFILE_STRICT, CASES[i].fields, CASES[i].reason));
        assert_true(takes_request(H2SESSION_PROFILE_COMPATIBLE, CASES[i].fields, CASES[i].reason));
        assert_true(takes_request(H2SESSION_PROFILE_OBSERVE, CASES[i].fields, CASES[i].reason));
    }
    const char *upgrade = ":status 200|upgrade h2|connection upgrade";
    uint32_t reason = H2SESSION_REASON_FIELD_CONNECTION;
    assert_false(takes_response(H2SESSION_PROFILE_STRICT, upgrade, reason));
    assert_true(takes_response(H2SESSION_PROFILE_COMPATIBLE, upgrade, reason));
}

static void messages_that_could_mislead_are_not(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        uint32_t reason;
    } CASES[] = {
        {GET_FIELDS "|x-a \x01\nb", H2SESSION_REASON_FIELD_VALUE},
        {GET_FIELDS "|content-length  5", H2SESSION_REASON_FIELD_VALUE},
        {GET_FIELDS "|host a.example|host a.example", H2SESSION_REASON_HOST},
        {GET_FIELDS "|connection close", H2SESSION_REASON_FIELD_CONNECTION},
        {GET_FIELDS "|X-A b", H2SESSION_REASON_FIELD_NAME},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_false(takes_request(H2SESSION_PROFILE_COMPATIBLE, CASES[i].fields, CASES[i].reason));
        assert_false(takes_request(H2SESSION_PROFILE_OBSERVE, CASES[i].fields, CASES[i].reason));
    }
    assert_false(takes_response(H2SESSION_PROFILE_COMPATIBLE,
                                ":status 200|transfer-encoding chunked",
                                H2SESSION_REASON_FIELD_CONNECTION));
}

static void settings_and_goaway_that_are_odd_have_no_effect(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_CLIENT, H2SESSION_PROFILE_COMPATIBLE);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    }
    fixture_drain(&f);
    fixture_clear(&f);
    peer_ack(&f);
    peer_settings(&f, H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 1);
    peer_goaway(&f, 3, H2FRAME_CODE_NO_ERROR);
    peer_goaway(&f, 5, H2FRAME_CODE_NO_ERROR);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_remote_setting(f.s, H2FRAME_SETTING_NO_RFC7540_PRIORITIES), 0);
    assert_int_equal(h2session_goaway_received_id(f.s), 3);
    assert_int_equal(h2session_stream_count(f.s), 2);
    assert_int_equal(h2session_rule_count(f.s, H2SESSION_REASON_SETTINGS_ACK_UNEXPECTED), 1);
    assert_int_equal(h2session_rule_count(f.s, H2SESSION_REASON_SETTING_PRIORITIES_CHANGED), 1);
    assert_int_equal(h2session_rule_count(f.s, H2SESSION_REASON_GOAWAY_LAST_ID_GREW), 1);
    fixture_end(&f);
}

/* A thousand resets more than the budget has: told each time, with its numbers. */
static void observed_limits_are_told_and_go_on(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER, H2SESSION_PROFILE_OBSERVE);
    for (uint32_t i = 0; i < 1200; i++) {
        peer_headers(&f, 1 + 2 * i, POST_FIELDS, 0);
        peer_window(&f, 1 + 2 * i, 0x7fffffff);
        assert_int_equal(fixture_turn(&f), 0);
    }
    assert_int_equal(h2session_rule_count(f.s, H2SESSION_REASON_LIMIT_RESETS), 1000);
    assert_int_equal(h2session_rule_count(f.s, H2SESSION_REASON_WINDOW_OVERFLOW), 1200);
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(f.s, &fault), 0);
    assert_int_equal(fault.reason, H2SESSION_REASON_LIMIT_RESETS);
    assert_int_equal(fault.forgiven, 1);
    assert_int_equal(fault.value, 201);
    assert_int_equal(fault.limit, 200);
    fixture_end(&f);
}

/* A frame beyond an observed limit has its effect all the same. */
static void observed_window_updates_still_open_windows(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER, H2SESSION_PROFILE_OBSERVE);
    for (int i = 0; i < 100; i++) {
        peer_window(&f, 0, 1);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_send_window(f.s, 0), 65535 + 100);
    assert_int_equal(h2session_rule_count(f.s, H2SESSION_REASON_LIMIT_WINDOW_UPDATES), 95);
    fixture_end(&f);
}

static void memory_is_bounded_in_every_profile(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER, H2SESSION_PROFILE_OBSERVE);
    int result = 0;
    int pings = 0;
    for (; result == 0 && pings < 1000; pings++) {
        peer_ping(&f, 0);
        result = fixture_feed(&f);
    }
    assert_int_equal(result, H2SESSION_ERR_LIMIT);
    assert_int_equal(pings, 101);
    fixture_end(&f);
}

static void forgiving(struct fixture *f)
{
    f->config.profile = H2SESSION_PROFILE_OBSERVE;
}

static void odd_messages(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS "|host b.example", 0);
    peer_data(f, 1, 5, 0);
    peer_headers(f, 1, "x-trailer  a", END);
    peer_headers(f, 3, GET_FIELDS "|te gzip|X-A b", END);
    peer_ack(f);
}

static void forgiving_does_not_depend_on_cuts(void **state)
{
    (void)state;
    const struct scenario sc = {.name = "forgiving",
                                .role = H2SESSION_SERVER,
                                .configure = forgiving,
                                .input = odd_messages};
    scenario_run(&sc);
}

static void unknown_profiles_are_refused(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.profile = H2SESSION_PROFILE_OBSERVE + 1;
    assert_int_equal(fixture_start(&f), H2SESSION_ERR_CONFIG);
    fixture_end(&f);
}

static int free_at_fault(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)stream_id;
    if (strcmp(event, "fault") == 0) {
        f->freed = 1;
        h2session_free(f->s);
    }
    return 0;
}

static void message_is_not_told_to_who_freed_the_session_at_its_fault(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER, H2SESSION_PROFILE_COMPATIBLE);
    f.hook = free_at_fault;
    peer_headers(&f, 1, GET_FIELDS "|te gzip", END);
    (void)fixture_feed(&f);
    assert_true(f.freed);
    assert_int_equal(f.opened, 0);
    assert_null(strstr(fixture_text(&f), "request 1"));
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_that_mean_no_harm_are_taken),
        cmocka_unit_test(messages_that_could_mislead_are_not),
        cmocka_unit_test(settings_and_goaway_that_are_odd_have_no_effect),
        cmocka_unit_test(observed_limits_are_told_and_go_on),
        cmocka_unit_test(observed_window_updates_still_open_windows),
        cmocka_unit_test(memory_is_bounded_in_every_profile),
        cmocka_unit_test(forgiving_does_not_depend_on_cuts),
        cmocka_unit_test(unknown_profiles_are_refused),
        cmocka_unit_test(message_is_not_told_to_who_freed_the_session_at_its_fault),
    };
    return cmocka_run_group_tests_name("session_profiles", tests, NULL, NULL);
}
