/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "ping_timer.h"

static const uint8_t A[8] = "aaaaaaaa";
static const uint8_t B[8] = "bbbbbbbb";

static void time_runs_from_sent_to_ack(void **state)
{
    (void)state;
    struct ping_timer t = {0};
    h2session__ping_timer_queued(&t, A, 100);
    h2session__ping_timer_sent(&t, 99, 1000);
    h2session__ping_timer_sent(&t, 100, 2000);
    h2session__ping_timer_sent(&t, 200, 3000);
    assert_int_equal(h2session__ping_timer_acked(&t, A, 7000), 5000);
    assert_int_equal(h2session__ping_timer_acked(&t, A, 8000), 0);
}

static void one_at_a_time_is_timed(void **state)
{
    (void)state;
    struct ping_timer t = {0};
    h2session__ping_timer_queued(&t, A, 100);
    h2session__ping_timer_queued(&t, B, 117);
    h2session__ping_timer_sent(&t, 117, 5);
    h2session__ping_timer_queued(&t, B, 134);
    assert_int_equal(h2session__ping_timer_acked(&t, B, 7), 0);
    assert_int_equal(h2session__ping_timer_acked(&t, A, 9), 4);
    h2session__ping_timer_queued(&t, B, 200);
    h2session__ping_timer_sent(&t, 200, 10);
    assert_int_equal(h2session__ping_timer_acked(&t, B, 10), 1);
}

static void answer_before_the_ping_is_not_timed(void **state)
{
    (void)state;
    struct ping_timer t = {0};
    h2session__ping_timer_queued(&t, A, 100);
    assert_int_equal(h2session__ping_timer_acked(&t, A, 50), 0);
    h2session__ping_timer_sent(&t, 100, 60);
    assert_int_equal(h2session__ping_timer_acked(&t, A, 70), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_runs_from_sent_to_ack),
        cmocka_unit_test(one_at_a_time_is_timed),
        cmocka_unit_test(answer_before_the_ping_is_not_timed),
    };
    return cmocka_run_group_tests_name("ping_timer", tests, NULL, NULL);
}
