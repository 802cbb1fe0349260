/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "timer.h"

static void timer_counts_from_its_start(void **state)
{
    (void)state;
    struct timer t = {.state = TIMER_OFF};
    assert_int_equal(timer_end(&t, 10), UINT64_MAX);
    timer_start(&t, 100, 1);
    assert_int_equal(timer_end(&t, 10), 110);
    timer_start(&t, 105, 1); /* runs already */
    timer_settle(&t, 107);
    assert_int_equal(timer_end(&t, 10), 110);
    timer_stop(&t);
    assert_int_equal(timer_end(&t, 10), UINT64_MAX);
}

static void armed_timer_counts_from_the_next_known_time(void **state)
{
    (void)state;
    struct timer t = {.state = TIMER_OFF};
    timer_start(&t, 100, 0);
    assert_int_equal(timer_end(&t, 10), 110);
    timer_settle(&t, 500);
    assert_int_equal(timer_end(&t, 10), 510);
    timer_settle(&t, 600);
    assert_int_equal(timer_end(&t, 10), 510);
}

static void no_timeout_and_far_ones_never_end(void **state)
{
    (void)state;
    struct timer t = {.state = TIMER_OFF};
    timer_start(&t, 100, 1);
    assert_int_equal(timer_end(&t, 0), UINT64_MAX);
    assert_int_equal(timer_end(&t, UINT64_MAX - 100), UINT64_MAX);
    assert_int_equal(timer_end(&t, UINT64_MAX - 99), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timer_counts_from_its_start),
        cmocka_unit_test(armed_timer_counts_from_the_next_known_time),
        cmocka_unit_test(no_timeout_and_far_ones_never_end),
    };
    return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
