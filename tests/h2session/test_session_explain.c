/* SPDX-License-Identifier: MIT */
/* What a connection tells about itself: counters, and how far limits are used. */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

static h2session_stats_info stats(const struct fixture *f)
{
    h2session_stats_info info = {.size = sizeof info};
    assert_int_equal(h2session_stats(f->s, &info), 0);
    assert_int_equal(info.size, sizeof info);
    return info;
}

static h2session_limit_info limit(const struct fixture *f, uint32_t reason)
{
    h2session_limit_info info = {.size = sizeof info};
    assert_int_equal(h2session_limit(f->s, reason, &info), 0);
    assert_int_equal(info.reason, reason);
    return info;
}

static void counters_follow_the_traffic(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 300};
    fixture_begin(&f, H2SESSION_SERVER);
    h2session_stats_info before = stats(&f);
    assert_int_equal(before.octets_received, H2FRAME_PREFACE_LENGTH + 2 * H2FRAME_HEAD_LENGTH);
    assert_int_equal(before.frames_received, 2);
    peer_headers_cut(&f, 1, POST_FIELDS, 0, 2);
    peer_padded(&f, 1, 100, 50);
    peer_data(&f, 1, 11, END);
    peer_headers(&f, 3, POST_FIELDS, 0);
    peer_reset(&f, 3, H2FRAME_CODE_CANCEL);
    peer_window(&f, 0, 5);
    peer_headers(&f, 5, GET_FIELDS "|X a", END);
    size_t length = f.in.length;
    const size_t cuts[] = {length / 3, length / 2, length};
    assert_int_equal(fixture_feed_cut(&f, cuts, 3), 0);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    fixture_drain(&f);
    h2session_stats_info after = stats(&f);
    assert_int_equal(after.octets_received - before.octets_received, length);
    assert_int_equal(after.octets_sent - before.octets_sent, f.output.length);
    assert_int_equal(after.frames_received - before.frames_received, 8);
    assert_int_equal(after.frames_queued - before.frames_queued, 3); /* HEADERS, DATA, RST_STREAM */
    assert_int_equal(after.body_received, 111);
    assert_int_equal(after.body_queued, 300);
    assert_int_equal(after.streams_remote, 2);
    assert_int_equal(after.streams_local, 0);
    assert_int_equal(after.resets_received, 1);
    assert_int_equal(after.resets_sent, 1);
    assert_int_equal(after.window_updates_received, 1);
    assert_int_equal(after.handlers, 0);
    fixture_end(&f);
}

static void limits_tell_how_far_they_are_used(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_RESETS).used, 0);
    for (uint32_t id = 1; id < 20; id += 2) {
        peer_headers(&f, id, POST_FIELDS, 0);
        peer_reset(&f, id, H2FRAME_CODE_CANCEL);
    }
    peer_headers(&f, 21, POST_FIELDS, 0);
    peer_data(&f, 21, 0, 0);
    peer_ping(&f, 0);
    peer_window(&f, 21, 1);
    assert_int_equal(fixture_feed(&f), 0);
    h2session_limit_info resets = limit(&f, H2SESSION_REASON_LIMIT_RESETS);
    assert_int_equal(resets.used, 10);
    assert_int_equal(resets.limit, 200);
    assert_int_equal(resets.rate, 20);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_GLITCHES).used, 1);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_GLITCHES).limit, 1000);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_ACKS).used, 1);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_ACKS).limit, 100);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_WINDOW_UPDATES).used, 1);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_WINDOW_UPDATES).limit, 5 + 2 * 11);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_NEW_STREAMS).used, 11);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_NEW_STREAMS).limit, 200);
    assert_int_equal(limit(&f, H2SESSION_REASON_CONCURRENT_STREAMS).used, 1);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_HANDLERS).limit, 100);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_OUTPUT_FRAMES).used, 1);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_OUTPUT_FRAMES).limit, 2000);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_MEMORY).limit, (1024 + 64) * 1024);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_EMPTY_FRAMES).used,
                     0); /* a PING came since */
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_REFUSED).used, 0);
    /* Time gives tokens back, also when nothing else happens. */
    assert_int_equal(h2session_tick(f.s, UINT64_C(250000001)), 0);
    assert_int_equal(limit(&f, H2SESSION_REASON_LIMIT_RESETS).used, 5);
    fixture_end(&f);
}

static void what_is_no_sum_is_not_told(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    h2session_limit_info info = {.size = sizeof info};
    assert_int_equal(h2session_limit(f.s, H2SESSION_REASON_PATH, &info), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_limit(f.s, 0, &info), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_limit(NULL, H2SESSION_REASON_LIMIT_ACKS, &info),
                     H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_limit(f.s, H2SESSION_REASON_LIMIT_ACKS, NULL), H2SESSION_ERR_USAGE);
    info.size = 0;
    assert_int_equal(h2session_limit(f.s, H2SESSION_REASON_LIMIT_ACKS, &info), H2SESSION_ERR_USAGE);
    h2session_stats_info old = {.size = offsetof(h2session_stats_info, octets_sent),
                                .octets_sent = 77};
    assert_int_equal(h2session_stats(f.s, &old), 0);
    assert_true(old.octets_received > 0);
    assert_int_equal(old.octets_sent, 77);
    assert_int_equal(h2session_stats(NULL, &old), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_stats(f.s, NULL), H2SESSION_ERR_USAGE);
    fixture_end(&f);
}

/* The last number before the end and the one that ended it agree. */
static void fault_says_the_numbers_of_its_limit(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    int result = 0;
    h2session_limit_info last = limit(&f, H2SESSION_REASON_LIMIT_WINDOW_UPDATES);
    while (result == 0) {
        last = limit(&f, H2SESSION_REASON_LIMIT_WINDOW_UPDATES);
        peer_window(&f, 0, 1);
        result = fixture_turn(&f);
    }
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(f.s, &fault), 0);
    assert_int_equal(fault.value, last.used + 1);
    assert_int_equal(fault.limit, last.limit);
    assert_string_equal(h2session_reason_where(fault.reason), "window_update_free");
    assert_int_equal(h2session_rule_count(f.s, fault.reason), 1);
    fixture_end(&f);
}

/* With each allocation failing in turn: where the session goes on, what did not begin is not
 * counted. */
static void streams_without_memory_are_not_counted(void **state)
{
    (void)state;
    int result = H2SESSION_ERR_NOMEM;
    int survived = 0;
    for (size_t failing = 1; result != 0; failing++) {
        struct test_alloc alloc = {0};
        struct fixture f;
        fixture_init(&f, H2SESSION_CLIENT, &alloc);
        f.config.priority_scheme = H2SESSION_PRIORITIES_RFC7540;
        assert_int_equal(fixture_start(&f), 0);
        fixture_greet(&f);
        alloc.fail_at = alloc.calls + failing;
        uint32_t id = 0;
        result = app_request(&f, GET_FIELDS, NULL, &id);
        alloc.fail_at = 0;
        if (result == 0 || app_request(&f, GET_FIELDS, NULL, &id) == 0) {
            assert_int_equal(stats(&f).streams_local, 1);
            survived++;
        }
        fixture_end(&f);
    }
    assert_true(survived > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_follow_the_traffic),
        cmocka_unit_test(limits_tell_how_far_they_are_used),
        cmocka_unit_test(what_is_no_sum_is_not_told),
        cmocka_unit_test(fault_says_the_numbers_of_its_limit),
        cmocka_unit_test(streams_without_memory_are_not_counted),
    };
    return cmocka_run_group_tests_name("session_explain", tests, NULL, NULL);
}
