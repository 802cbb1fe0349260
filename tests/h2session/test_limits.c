/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "limits.h"

static const uint64_t SECOND = UINT64_C(1000000000);

__extension__ typedef unsigned __int128 wide;

static uint32_t take_all(struct bucket *b, uint64_t now_ns, uint32_t at_most)
{
    uint32_t taken = 0;
    while (taken < at_most && h2session__bucket_take(b, now_ns) == 0) {
        taken++;
    }
    return taken;
}

static void bucket_starts_full_and_runs_dry(void **state)
{
    (void)state;
    static const uint32_t BURSTS[] = {0, 1, 2, 200};
    static const uint64_t TIMES[] = {0, 1, 5000, UINT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 4; k++) {
            struct bucket b;
            h2session__bucket_init(&b, BURSTS[i], 20);
            assert_int_equal(take_all(&b, TIMES[k], 1000), BURSTS[i]);
            assert_int_equal(h2session__bucket_take(&b, TIMES[k]), -1);
        }
    }
}

static void bucket_gains_its_rate_each_second(void **state)
{
    (void)state;
    struct bucket b;
    h2session__bucket_init(&b, 100, 20);
    assert_int_equal(take_all(&b, 0, 1000), 100);
    assert_int_equal(take_all(&b, SECOND / 20 - 1, 1000), 0);
    assert_int_equal(take_all(&b, SECOND / 20, 1000), 1);
    assert_int_equal(take_all(&b, SECOND, 1000), 19);
    assert_int_equal(take_all(&b, 3 * SECOND, 1000), 40);
    assert_int_equal(take_all(&b, 100 * SECOND, 1000), 100);
}

static void frequent_calls_do_not_lose_the_time_between_them(void **state)
{
    (void)state;
    struct bucket b;
    h2session__bucket_init(&b, 5, 3);
    assert_int_equal(take_all(&b, 0, 10), 5);
    uint32_t gained = 0;
    /* A third of a second is no whole number of nanoseconds: the third token is a little late. */
    for (uint64_t now = 0; now <= SECOND + SECOND / 1000; now += SECOND / 1000) {
        gained += h2session__bucket_take(&b, now) == 0;
    }
    assert_int_equal(gained, 3);
}

static void idle_time_is_not_saved_beyond_the_burst(void **state)
{
    (void)state;
    struct bucket b;
    h2session__bucket_init(&b, 3, 10);
    assert_int_equal(h2session__bucket_take(&b, 0), 0);
    assert_int_equal(take_all(&b, 1000 * SECOND, 100), 3);
    /* Nothing of the 1000 seconds is left over. */
    assert_int_equal(take_all(&b, 1000 * SECOND + SECOND / 10 - 1, 100), 0);
    assert_int_equal(take_all(&b, 1000 * SECOND + SECOND / 10, 100), 1);
}

static void time_going_back_counts_as_standing_still(void **state)
{
    (void)state;
    struct bucket b;
    h2session__bucket_init(&b, 2, 1);
    assert_int_equal(take_all(&b, 10 * SECOND, 10), 2);
    assert_int_equal(h2session__bucket_take(&b, 0), -1);
    assert_int_equal(h2session__bucket_take(&b, 10 * SECOND), -1);
    assert_int_equal(h2session__bucket_take(&b, 11 * SECOND - 1), -1);
    assert_int_equal(h2session__bucket_take(&b, 11 * SECOND), 0);
}

static void rate_zero_never_gains(void **state)
{
    (void)state;
    struct bucket b;
    h2session__bucket_init(&b, 1, 0);
    assert_int_equal(h2session__bucket_take(&b, 0), 0);
    assert_int_equal(h2session__bucket_take(&b, UINT64_MAX), -1);
}

static void extreme_numbers_do_not_overflow(void **state)
{
    (void)state;
    /* 2^31 a second for 2^33 seconds is 2^64 tokens. */
    static const uint32_t NUMBERS[] = {1, 1000, UINT32_C(0x80000000), UINT32_MAX - 1, UINT32_MAX};
    static const uint64_t TIMES[] = {1, SECOND, UINT64_C(4294967295) * UINT64_C(1000000000),
                                     UINT64_C(8589934592) * UINT64_C(1000000000), UINT64_MAX};
    for (size_t i = 0; i < 5 * 5 * 5; i++) {
        uint32_t burst = NUMBERS[i % 5];
        uint32_t rate = NUMBERS[i / 5 % 5];
        uint64_t now = TIMES[i / 25];
        struct bucket b;
        h2session__bucket_init(&b, burst, rate);
        assert_int_equal(h2session__bucket_take(&b, 0), 0);
        b.tokens = 0;
        wide gained = (wide)now * rate / SECOND;
        uint32_t expected = gained > burst ? burst : (uint32_t)gained;
        int result = h2session__bucket_take(&b, now);
        assert_int_equal(result, expected > 0 ? 0 : -1);
        assert_int_equal(b.tokens, expected > 0 ? expected - 1 : 0);
    }
}

/* Exact books in billionths of a token. The bucket may lag behind by less than a nanosecond for
 * each refill, and must never be ahead. */
static void bucket_agrees_with_exact_books(void **state)
{
    (void)state;
    uint32_t seed = 31;
    for (int round = 0; round < 50; round++) {
        uint32_t burst = 1 + test_rand(&seed) % 50;
        uint32_t rate = 1 + test_rand(&seed) % 100000;
        struct bucket b;
        h2session__bucket_init(&b, burst, rate);
        wide level = (wide)burst * SECOND;
        uint64_t now = test_rand(&seed);
        uint64_t before = now;
        for (int i = 0; i < 2000; i++) {
            now += test_rand(&seed) % (4 * SECOND / rate);
            level += (wide)(now - before) * rate;
            level = level > (wide)burst * SECOND ? (wide)burst * SECOND : level;
            before = now;
            if (h2session__bucket_take(&b, now) == 0) {
                assert_true(level >= SECOND);
                level -= SECOND;
            } else {
                assert_true(level < SECOND + (wide)2000 * rate);
            }
        }
    }
}

/* Limits refer to their configuration. */
static h2session_config config;

static struct limits limits_of(uint32_t limit)
{
    config = (h2session_config){
        .size = sizeof config,
        .reset_burst = limit,
        .reset_rate = 2,
        .glitch_burst = limit + 1,
        .glitch_rate = 4,
        .refused_limit = limit,
        .ack_queue_limit = limit,
        .empty_frame_limit = limit,
        .new_stream_factor = 2,
        .max_concurrent_streams = limit,
        .window_update_free = 5,
        .window_update_per_stream = 2,
        .window_update_per_data = 20,
        .priority_free = 100,
        .priority_per_stream = 10,
        .extension_free = 7,
        .extension_per_stream = 3,
    };
    struct limits l;
    h2session__limits_init(&l, &config);
    return l;
}

static void assert_exceeded(struct verdict v, uint32_t reason, uint64_t limit)
{
    assert_int_equal(v.scope, VERDICT_CONNECTION);
    assert_int_equal(v.code, H2FRAME_CODE_ENHANCE_YOUR_CALM);
    assert_int_equal(v.reason, reason);
    assert_int_equal(v.value, limit + 1);
    assert_int_equal(v.limit, limit);
}

static void resets_and_glitches_have_buckets_of_their_own(void **state)
{
    (void)state;
    struct limits l = limits_of(3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(h2session__limits_reset(&l, 7).scope, VERDICT_OK);
    }
    assert_exceeded(h2session__limits_reset(&l, 7), H2SESSION_REASON_LIMIT_RESETS, 3);
    assert_exceeded(h2session__limits_reset(&l, 8), H2SESSION_REASON_LIMIT_RESETS, 3);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(h2session__limits_glitch(&l, 7).scope, VERDICT_OK);
    }
    assert_exceeded(h2session__limits_glitch(&l, 7), H2SESSION_REASON_LIMIT_GLITCHES, 4);
    assert_int_equal(h2session__limits_reset(&l, 7 + SECOND / 2).scope, VERDICT_OK);
    assert_int_equal(h2session__limits_glitch(&l, 7 + SECOND / 4).scope, VERDICT_OK);
}

static void refused_streams_count_until_one_is_accepted(void **state)
{
    (void)state;
    struct limits l = limits_of(3);
    assert_int_equal(h2session__limits_refused(&l).scope, VERDICT_OK);
    assert_int_equal(h2session__limits_refused(&l).scope, VERDICT_OK);
    h2session__limits_accepted(&l);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(h2session__limits_refused(&l).scope, VERDICT_OK);
    }
    assert_exceeded(h2session__limits_refused(&l), H2SESSION_REASON_LIMIT_REFUSED, 3);
    assert_exceeded(h2session__limits_refused(&l), H2SESSION_REASON_LIMIT_REFUSED, 3);
}

static void unsent_acks_count_until_they_are_sent(void **state)
{
    (void)state;
    struct limits l = limits_of(2);
    assert_int_equal(h2session__limits_ack_queued(&l).scope, VERDICT_OK);
    assert_int_equal(h2session__limits_ack_queued(&l).scope, VERDICT_OK);
    assert_exceeded(h2session__limits_ack_queued(&l), H2SESSION_REASON_LIMIT_ACKS, 2);
    h2session__limits_acks_sent(&l, l.acks);
    assert_int_equal(h2session__limits_ack_queued(&l).scope, VERDICT_OK);
}

static void limit_of_the_largest_number_does_not_wrap(void **state)
{
    (void)state;
    struct limits l = limits_of(UINT32_MAX - 1);
    l.acks = UINT32_MAX - 1;
    assert_exceeded(h2session__limits_ack_queued(&l), H2SESSION_REASON_LIMIT_ACKS, UINT32_MAX - 1);
    config.ack_queue_limit = UINT32_MAX;
    l.acks = UINT32_MAX;
    assert_exceeded(h2session__limits_ack_queued(&l), H2SESSION_REASON_LIMIT_ACKS, UINT32_MAX);
    assert_int_equal(l.acks, UINT32_MAX);
    l.priority_free = UINT32_MAX - 3;
    h2session__limits_accepted(&l);
    assert_int_equal(l.priority_free, UINT32_MAX - 3);
}

static void priority_frames_are_free_in_proportion_to_streams(void **state)
{
    (void)state;
    struct limits l = limits_of(0);
    h2session__limits_accepted(&l);
    h2session__limits_accepted(&l);
    for (int i = 0; i < 100 + 2 * 10; i++) {
        assert_int_equal(h2session__limits_priority(&l), 0);
    }
    assert_int_equal(h2session__limits_priority(&l), -1);
    assert_int_equal(h2session__limits_priority(&l), -1);
    h2session__limits_accepted(&l);
    assert_int_equal(h2session__limits_priority(&l), 0);
}

static void frames_of_extensions_have_a_quota_of_their_own(void **state)
{
    (void)state;
    struct limits l = limits_of(0);
    h2session__limits_accepted(&l);
    for (int i = 0; i < 7 + 3; i++) {
        assert_int_equal(h2session__limits_extension(&l), 0);
    }
    assert_int_equal(h2session__limits_extension(&l), -1);
    assert_int_equal(h2session__limits_priority(&l), 0);
}

static uint64_t window_updates_until_the_end(struct limits *l, uint64_t allowed)
{
    uint64_t n = 0;
    struct verdict v = h2session__limits_window_update(l);
    while (v.scope == VERDICT_OK) {
        n++;
        v = h2session__limits_window_update(l);
    }
    assert_exceeded(v, H2SESSION_REASON_LIMIT_WINDOW_UPDATES, allowed);
    return n;
}

static void window_updates_follow_streams_and_data(void **state)
{
    (void)state;
    struct limits l = limits_of(0);
    assert_int_equal(window_updates_until_the_end(&l, 5), 5);
    h2session__limits_accepted(&l);
    assert_int_equal(window_updates_until_the_end(&l, 7), 2);
    h2session__limits_data_sent(&l, 0);
    h2session__limits_data_sent(&l, 16384);
    assert_int_equal(window_updates_until_the_end(&l, 47), 40);
    h2session__limits_data_sent(&l, 16385);
    h2session__limits_data_sent(&l, UINT32_MAX);
    assert_int_equal(window_updates_until_the_end(&l, 47 + 20 * (2 + 262144)), 20 * (2 + 262144));
    config.window_update_free = 0;
    assert_int_equal(h2session__limits_window_update(&l).scope, VERDICT_OK);
}

static void empty_frames_count_in_a_row(void **state)
{
    (void)state;
    struct limits l = limits_of(2);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(h2session__limits_empty(&l).scope, VERDICT_OK);
        assert_int_equal(h2session__limits_empty(&l).scope, VERDICT_OK);
        limits_not_empty(&l);
    }
    assert_int_equal(h2session__limits_empty(&l).scope, VERDICT_OK);
    assert_int_equal(h2session__limits_empty(&l).scope, VERDICT_OK);
    assert_exceeded(h2session__limits_empty(&l), H2SESSION_REASON_LIMIT_EMPTY_FRAMES, 2);
    config.empty_frame_limit = 0;
    assert_int_equal(h2session__limits_empty(&l).scope, VERDICT_OK);
}

static void new_streams_count_until_the_output_is_looked_at(void **state)
{
    (void)state;
    struct limits l = limits_of(3);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 6; i++) {
            assert_int_equal(h2session__limits_opened(&l, 9).scope, VERDICT_OK);
        }
        struct verdict v = h2session__limits_opened(&l, 9);
        assert_int_equal(v.scope, VERDICT_STREAM);
        assert_int_equal(v.code, H2FRAME_CODE_REFUSED_STREAM);
        assert_int_equal(v.reason, H2SESSION_REASON_LIMIT_NEW_STREAMS);
        assert_int_equal(v.value, 7);
        assert_int_equal(v.limit, 6);
        limits_output_taken(&l);
    }
    for (int i = 0; i < 6; i++) {
        assert_int_equal(h2session__limits_opened(&l, 10).scope, VERDICT_OK);
    }
    assert_int_equal(h2session__limits_opened(&l, 10).scope, VERDICT_STREAM);
    assert_int_equal(h2session__limits_opened(&l, 11).scope, VERDICT_OK);
    config.new_stream_factor = 0;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(h2session__limits_opened(&l, 11).scope, VERDICT_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bucket_starts_full_and_runs_dry),
        cmocka_unit_test(bucket_gains_its_rate_each_second),
        cmocka_unit_test(frequent_calls_do_not_lose_the_time_between_them),
        cmocka_unit_test(idle_time_is_not_saved_beyond_the_burst),
        cmocka_unit_test(time_going_back_counts_as_standing_still),
        cmocka_unit_test(rate_zero_never_gains),
        cmocka_unit_test(extreme_numbers_do_not_overflow),
        cmocka_unit_test(bucket_agrees_with_exact_books),
        cmocka_unit_test(resets_and_glitches_have_buckets_of_their_own),
        cmocka_unit_test(refused_streams_count_until_one_is_accepted),
        cmocka_unit_test(unsent_acks_count_until_they_are_sent),
        cmocka_unit_test(limit_of_the_largest_number_does_not_wrap),
        cmocka_unit_test(priority_frames_are_free_in_proportion_to_streams),
        cmocka_unit_test(frames_of_extensions_have_a_quota_of_their_own),
        cmocka_unit_test(window_updates_follow_streams_and_data),
        cmocka_unit_test(empty_frames_count_in_a_row),
        cmocka_unit_test(new_streams_count_until_the_output_is_looked_at),
    };
    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
