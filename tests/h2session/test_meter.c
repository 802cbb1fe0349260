/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "meter.h"

struct books {
    struct test_alloc alloc;
    struct meter meter;
    struct account first;
    struct account second;
};

static void open_books(struct books *b)
{
    struct memory hook;
    *b = (struct books){.alloc = {0}};
    h2session__memory_init(&hook, test_alloc_resize, &b->alloc);
    h2session__meter_init(&b->meter, &hook);
    h2session__account_init(&b->first, &b->meter);
    h2session__account_init(&b->second, &b->meter);
}

static void each_account_knows_its_own_and_the_meter_the_sum(void **state)
{
    (void)state;
    struct books b;
    open_books(&b);
    void *p = h2session__account_resize(&b.first, NULL, 0, 100);
    void *q = h2session__account_resize(&b.second, NULL, 0, 30);
    assert_non_null(p);
    assert_non_null(q);
    assert_int_equal(b.first.live, 100);
    assert_int_equal(b.second.live, 30);
    assert_int_equal(b.meter.live, 130);
    p = h2session__account_resize(&b.first, p, 100, 40);
    assert_int_equal(b.first.live, 40);
    assert_int_equal(b.meter.live, 70);
    assert_int_equal(b.meter.peak, 130);
    assert_int_equal(b.alloc.live_bytes, 70);
    assert_null(h2session__account_resize(&b.first, p, 40, 0));
    assert_null(h2session__account_resize(&b.second, q, 30, 0));
    assert_int_equal(b.meter.live, 0);
    assert_int_equal(b.meter.peak, 130);
    assert_int_equal(b.alloc.live_blocks, 0);
}

static void allocation_that_fails_changes_nothing(void **state)
{
    (void)state;
    struct books b;
    open_books(&b);
    void *p = h2session__account_resize(&b.first, NULL, 0, 8);
    b.alloc.fail_at = b.alloc.calls + 1;
    assert_null(h2session__account_resize(&b.first, p, 8, 16));
    assert_int_equal(b.first.live, 8);
    assert_int_equal(b.meter.live, 8);
    assert_int_equal(b.meter.peak, 8);
    (void)h2session__account_resize(&b.first, p, 8, 0);
}

static void charges_by_hand_count_like_memory(void **state)
{
    (void)state;
    struct books b;
    open_books(&b);
    assert_int_equal(h2session__account_charge(&b.first, 10), 0);
    assert_int_equal(h2session__account_charge(&b.second, UINT64_MAX - 10), 0);
    assert_int_equal(b.meter.live, UINT64_MAX);
    assert_int_equal(h2session__account_charge(&b.first, 1), -1);
    assert_int_equal(b.first.live, 10);
    assert_int_equal(h2session__account_release(&b.first, 11), -1);
    assert_int_equal(b.first.live, 10);
    assert_int_equal(h2session__account_release(&b.first, 10), 0);
    assert_int_equal(b.meter.live, UINT64_MAX - 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_account_knows_its_own_and_the_meter_the_sum),
        cmocka_unit_test(allocation_that_fails_changes_nothing),
        cmocka_unit_test(charges_by_hand_count_like_memory),
    };
    return cmocka_run_group_tests_name("meter", tests, NULL, NULL);
}
