/* SPDX-License-Identifier: MIT */
/* rfc: 9113#6.9.1, 9113#6.9.2 */
#include "support.h"

#include "flow.h"

static const uint32_t MAX = 0x7fffffff;

static struct flow flow_with(int32_t window)
{
    struct flow f;
    h2session__flow_init(&f, 65535);
    f.window = window;
    return f;
}

static void charge_takes_what_fits_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        int32_t window;
        uint32_t n;
        int result;
    } CASES[] = {
        {10, 0, 0},
        {10, 9, 0},
        {10, 10, 0},
        {10, 11, -1},
        {0, 0, 0},
        {0, 1, -1},
        {-5, 0, 0},
        {-5, 1, -1},
        {1, 2, -1},
        {10, UINT32_MAX, -1},
        {0x7fffffff, 0x7fffffff, 0},
        {0x7fffffff, UINT32_C(0x80000000), -1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct flow f = flow_with(CASES[i].window);
        assert_int_equal(h2session__flow_charge(&f, CASES[i].n), CASES[i].result);
        int64_t taken = CASES[i].result == 0 ? (int64_t)CASES[i].n : 0;
        assert_int_equal(f.window, CASES[i].window - taken);
    }
}

static void credit_beyond_the_maximum_is_refused(void **state)
{
    (void)state;
    static const struct {
        int32_t window;
        uint32_t increment;
        int result;
    } CASES[] = {
        {0, 1, 0},
        {0, 0x7fffffff, 0},
        {1, 0x7fffffff, -1},
        {65535, 0x7fffffff - 65535, 0},
        {65535, 0x7fffffff - 65534, -1},
        {-1, 0x7fffffff, 0},
        {-3, 3, 0},
        {-INT64_C(0x7fffffff), 0x7fffffff, 0},
        {0x7fffffff, 1, -1},
        {0x7fffffff, UINT32_MAX, -1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct flow f = flow_with(CASES[i].window);
        assert_int_equal(h2session__flow_credit(&f, CASES[i].increment), CASES[i].result);
        int64_t added = CASES[i].result == 0 ? (int64_t)CASES[i].increment : 0;
        assert_int_equal(f.window, CASES[i].window + added);
    }
}

static void shift_may_make_the_window_negative(void **state)
{
    (void)state;
    struct flow f;
    h2session__flow_init(&f, 65535);
    assert_int_equal(h2session__flow_charge(&f, 60000), 0);
    assert_int_equal(h2session__flow_shift(&f, 16384 - 65535), 0);
    assert_int_equal(f.window, 16384 - 60000);
    assert_int_equal(f.size, 16384);
    assert_int_equal(h2session__flow_charge(&f, 1), -1);
    /* Back to exactly 0, then 1. */
    assert_int_equal(h2session__flow_credit(&f, 60000 - 16384), 0);
    assert_int_equal(h2session__flow_charge(&f, 1), -1);
    assert_int_equal(h2session__flow_credit(&f, 1), 0);
    assert_int_equal(h2session__flow_charge(&f, 1), 0);
}

static void shift_beyond_the_maximum_changes_nothing(void **state)
{
    (void)state;
    struct flow f;
    h2session__flow_init(&f, 65535);
    assert_int_equal(h2session__flow_credit(&f, MAX - 65535), 0);
    assert_int_equal(h2session__flow_shift(&f, 1), -1);
    assert_int_equal(f.window, MAX);
    assert_int_equal(f.size, 65535);
    assert_int_equal(h2session__flow_shift(&f, 0), 0);
    assert_int_equal(h2session__flow_shift(&f, -65535), 0);
    assert_int_equal(h2session__flow_shift(&f, MAX), -1);
    assert_int_equal(f.window, MAX - 65535);
}

static void shift_spans_the_whole_range(void **state)
{
    (void)state;
    struct flow f;
    h2session__flow_init(&f, MAX);
    assert_int_equal(h2session__flow_charge(&f, MAX), 0);
    assert_int_equal(h2session__flow_shift(&f, -(int64_t)MAX), 0);
    assert_int_equal(f.window, -(int64_t)MAX);
    assert_int_equal(h2session__flow_shift(&f, MAX), 0);
    assert_int_equal(f.window, 0);
}

static void update_waits_for_half_of_the_size(void **state)
{
    (void)state;
    static const struct {
        uint32_t size;
        uint32_t consumed;
        uint32_t announced;
    } CASES[] = {
        {65535, 0, 0},
        {65535, 32767, 0},
        {65535, 32768, 32768},
        {65535, 65535, 65535},
        {1, 1, 1},
        {2, 1, 1},
        {3, 1, 0},
        {3, 2, 2},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct flow f;
        h2session__flow_init(&f, CASES[i].size);
        assert_int_equal(h2session__flow_charge(&f, CASES[i].size), 0);
        h2session__flow_consume(&f, CASES[i].consumed);
        assert_int_equal(h2session__flow_update(&f), CASES[i].announced);
        assert_int_equal(f.window, CASES[i].announced);
        assert_int_equal(f.pending, CASES[i].consumed - CASES[i].announced);
        assert_int_equal(h2session__flow_update(&f), 0);
    }
}

static void update_returns_all_credit_after_the_size_went_to_zero(void **state)
{
    (void)state;
    struct flow f;
    h2session__flow_init(&f, 100);
    assert_int_equal(h2session__flow_charge(&f, 100), 0);
    assert_int_equal(h2session__flow_shift(&f, -100), 0);
    assert_int_equal(h2session__flow_update(&f), 0);
    h2session__flow_consume(&f, 100);
    assert_int_equal(h2session__flow_update(&f), 100);
    assert_int_equal(f.window, 0);
}

static void update_never_lifts_the_window_above_the_maximum(void **state)
{
    (void)state;
    struct flow f;
    h2session__flow_init(&f, MAX);
    h2session__flow_consume(&f, MAX); /* more than was ever charged */
    assert_int_equal(h2session__flow_update(&f), 0);
    assert_int_equal(f.window, MAX);
}

static void larger_size_is_announced_at_once(void **state)
{
    (void)state;
    struct flow f;
    h2session__flow_init(&f, 100);
    assert_int_equal(h2session__flow_charge(&f, 70), 0);
    h2session__flow_consume(&f, 10);
    assert_int_equal(h2session__flow_resize(&f, 150), 60);
    assert_int_equal(f.window, 90);
    assert_int_equal(h2session__flow_resize(&f, 150), 0);
    assert_int_equal(h2session__flow_resize(&f, MAX), MAX - 150);
    assert_int_equal(f.window, MAX - 60);
}

static void smaller_size_swallows_credit_first(void **state)
{
    (void)state;
    struct flow f;
    h2session__flow_init(&f, 100);
    assert_int_equal(h2session__flow_charge(&f, 80), 0);
    assert_int_equal(h2session__flow_resize(&f, 10), 0);
    assert_int_equal(f.window, 20);
    h2session__flow_consume(&f, 80);
    assert_int_equal(h2session__flow_update(&f), 0);
    assert_int_equal(f.window, 20);
    assert_int_equal(h2session__flow_charge(&f, 20), 0);
    h2session__flow_consume(&f, 15);
    assert_int_equal(h2session__flow_update(&f), 5);
    /* What is owed when it grows again is not announced. */
    assert_int_equal(h2session__flow_resize(&f, 0), 0);
    assert_int_equal(h2session__flow_resize(&f, 3), 0);
    assert_int_equal(h2session__flow_resize(&f, 20), 10);
    assert_int_equal(f.window, 15);
}

/* The size stops at the ends of its range; the sum of the books still holds. */
static void shift_meets_a_size_that_was_set(void **state)
{
    (void)state;
    struct flow f;
    h2session__flow_init(&f, 1000);
    assert_int_equal(h2session__flow_resize(&f, 10), 0);
    assert_int_equal(h2session__flow_shift(&f, -1000), 0);
    assert_int_equal(f.window, 0);
    assert_int_equal(f.size, 0);
    assert_int_equal(f.pending, 0);
    h2session__flow_init(&f, 1000);
    assert_int_equal(h2session__flow_charge(&f, 1000), 0);
    assert_int_equal(h2session__flow_resize(&f, MAX), MAX - 1000);
    assert_int_equal(h2session__flow_shift(&f, 500), 0);
    assert_int_equal(f.size, MAX);
    assert_int_equal(f.window, MAX - 500);
    h2session__flow_consume(&f, 1000);
    assert_int_equal(f.window + f.pending, f.size);
}

/* The books of a receiver, kept the slow way: nothing is lost, whatever the order. */
struct receiver {
    int64_t size;
    int64_t peer_may_send;
    int64_t held; /* by the application */
};

static void receive_step(struct flow *f, struct receiver *r, uint32_t *seed)
{
    uint32_t n = test_rand(seed) % 40000;
    switch (test_rand(seed) % 5) {
    case 0: {
        int fits = (int64_t)n <= r->peer_may_send || n == 0;
        assert_int_equal(h2session__flow_charge(f, n), fits ? 0 : -1);
        r->peer_may_send -= fits ? n : 0;
        r->held += fits ? n : 0;
        break;
    }
    case 1: {
        int64_t done = r->held < (int64_t)n ? r->held : (int64_t)n;
        h2session__flow_consume(f, (uint32_t)done);
        r->held -= done;
        break;
    }
    case 2: {
        int64_t owed = r->size - r->held - r->peer_may_send;
        uint32_t increment = h2session__flow_update(f);
        assert_int_equal(increment, owed > 0 && owed * 2 >= r->size ? owed : 0);
        r->peer_may_send += increment;
        break;
    }
    case 3: {
        uint32_t size = test_rand(seed) % 8 == 0 ? n : (uint32_t)r->size;
        int64_t owed = size - r->held - r->peer_may_send;
        uint32_t increment = h2session__flow_resize(f, size);
        assert_int_equal(increment, size > r->size && owed > 0 ? owed : 0);
        r->size = size;
        r->peer_may_send += increment;
        break;
    }
    default: {
        int64_t delta = (int64_t)(test_rand(seed) % 100000) - r->size;
        if (test_rand(seed) % 16 == 0) {
            assert_int_equal(h2session__flow_shift(f, delta), 0);
            r->size += delta;
            r->peer_may_send += delta;
        }
        break;
    }
    }
    assert_int_equal(f->window, r->peer_may_send);
    assert_int_equal(f->window + f->pending + r->held, r->size);
    h2session__flow_check(f);
}

static void receiver_agrees_with_slow_books(void **state)
{
    (void)state;
    uint32_t seed = 77;
    struct flow f;
    h2session__flow_init(&f, 65535);
    struct receiver r = {65535, 65535, 0};
    for (int i = 0; i < 100000; i++) {
        receive_step(&f, &r, &seed);
    }
}

static void sender_agrees_with_slow_books(void **state)
{
    (void)state;
    uint32_t seed = 5;
    struct flow f;
    h2session__flow_init(&f, 65535);
    int64_t initial = 65535;
    int64_t credited = 0;
    int64_t sent = 0;
    for (int i = 0; i < 100000; i++) {
        uint32_t n = test_rand(&seed) >> (1 + test_rand(&seed) % 31);
        int64_t window = initial + credited - sent;
        uint32_t op = test_rand(&seed) % 8;
        if (op < 4) {
            int fits = n == 0 || (int64_t)n <= window;
            assert_int_equal(h2session__flow_charge(&f, n), fits ? 0 : -1);
            sent += fits ? n : 0;
        } else if (op < 7) {
            int fits = window + (int64_t)n <= 0x7fffffff;
            assert_int_equal(h2session__flow_credit(&f, n), fits ? 0 : -1);
            credited += fits ? n : 0;
        } else {
            int64_t delta = (int64_t)n - initial;
            int fits = window + delta <= 0x7fffffff;
            assert_int_equal(h2session__flow_shift(&f, delta), fits ? 0 : -1);
            initial += fits ? delta : 0;
        }
        assert_int_equal(f.window, initial + credited - sent);
        h2session__flow_check(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charge_takes_what_fits_and_nothing_else),
        cmocka_unit_test(credit_beyond_the_maximum_is_refused),
        cmocka_unit_test(shift_may_make_the_window_negative),
        cmocka_unit_test(shift_beyond_the_maximum_changes_nothing),
        cmocka_unit_test(shift_spans_the_whole_range),
        cmocka_unit_test(update_waits_for_half_of_the_size),
        cmocka_unit_test(update_returns_all_credit_after_the_size_went_to_zero),
        cmocka_unit_test(update_never_lifts_the_window_above_the_maximum),
        cmocka_unit_test(larger_size_is_announced_at_once),
        cmocka_unit_test(smaller_size_swallows_credit_first),
        cmocka_unit_test(shift_meets_a_size_that_was_set),
        cmocka_unit_test(receiver_agrees_with_slow_books),
        cmocka_unit_test(sender_agrees_with_slow_books),
    };
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
