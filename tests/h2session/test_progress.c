/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "progress.h"

static const struct progress_rule RULE = {.rate = 500, .grace_ms = 10000, .most_ms = 60000};

/* Looks every 2.5 s until patience has run out; before each, so many octets move. */
static int looks_until_the_end(struct progress *p, uint32_t octets, int most)
{
    int n = 0;
    int result = 0;
    while (result == 0 && n < most) {
        progress_moved(p, octets);
        result = h2session__progress_look(p, &RULE, 2500, 1);
        n++;
    }
    return n;
}

static void silence_uses_up_the_grace(void **state)
{
    (void)state;
    struct progress p = {0};
    assert_int_equal(looks_until_the_end(&p, 0, 100), 4);
    assert_int_equal(h2session__progress_look(&p, &RULE, 2500, 1), -1);
}

static void octet_now_and_then_is_no_progress(void **state)
{
    (void)state;
    struct progress p = {0};
    assert_int_equal(looks_until_the_end(&p, 1, 100), 5);
    assert_int_equal(p.moved, 1);
    struct progress half = {0};
    assert_int_equal(looks_until_the_end(&half, 625, 100), 8); /* half the rate: twice as long */
}

static void rate_is_enough(void **state)
{
    (void)state;
    struct progress p = {0};
    assert_int_equal(looks_until_the_end(&p, 1250, 10000), 10000);
    assert_int_equal(p.balance_ms, 0);
    struct progress less = {0};
    assert_true(looks_until_the_end(&less, 1249, 10000) < 6000);
}

static void fast_progress_buys_time_up_to_a_maximum(void **state)
{
    (void)state;
    struct progress p = {0};
    progress_moved(&p, 5000); /* 10 s */
    assert_int_equal(h2session__progress_look(&p, &RULE, 2500, 0), 0);
    assert_int_equal(looks_until_the_end(&p, 0, 100), 8);
    struct progress full = {0};
    progress_moved(&full, UINT32_MAX);
    progress_moved(&full, UINT32_MAX);
    assert_int_equal(full.moved, UINT32_MAX);
    assert_int_equal(h2session__progress_look(&full, &RULE, 2500, 0), 0);
    assert_int_equal(looks_until_the_end(&full, 0, 100), 24);
}

static void waiting_for_somebody_else_costs_nothing(void **state)
{
    (void)state;
    struct progress p = {0};
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(h2session__progress_look(&p, &RULE, 2500, 0), 0);
    }
    assert_int_equal(looks_until_the_end(&p, 0, 100), 4);
}

static void extreme_rules_do_not_overflow(void **state)
{
    (void)state;
    const struct progress_rule far = {.rate = 1, .grace_ms = INT32_MAX, .most_ms = INT32_MAX};
    struct progress p = {0};
    for (int i = 0; i < 5; i++) {
        progress_moved(&p, UINT32_MAX);
        assert_int_equal(h2session__progress_look(&p, &far, INT32_MAX - 1, 1), 0);
    }
    const struct progress_rule none = {.rate = UINT32_MAX, .grace_ms = 0, .most_ms = 0};
    struct progress q = {0};
    assert_int_equal(h2session__progress_look(&q, &none, 0, 0), 0);
    assert_int_equal(h2session__progress_look(&q, &none, 1, 1), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_uses_up_the_grace),
        cmocka_unit_test(octet_now_and_then_is_no_progress),
        cmocka_unit_test(rate_is_enough),
        cmocka_unit_test(fast_progress_buys_time_up_to_a_maximum),
        cmocka_unit_test(waiting_for_somebody_else_costs_nothing),
        cmocka_unit_test(extreme_rules_do_not_overflow),
    };
    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
