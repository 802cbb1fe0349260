/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "rule_counts.h"

static void each_reason_has_a_count_of_its_own(void **state)
{
    (void)state;
    struct test_alloc a = {0};
    struct memory m;
    struct rule_counts c = {.rows = NULL};
    h2session__memory_init(&m, test_alloc_resize, &a);
    assert_int_equal(h2session__rule_counts_get(&c, 3100), 0);
    assert_int_equal(a.calls, 0);
    for (uint32_t i = 0; i < 30; i++) {
        for (uint32_t k = 0; k <= i; k++) {
            h2session__rule_counts_add(&c, &m, 3100 + i);
        }
    }
    for (uint32_t i = 0; i < 30; i++) {
        assert_int_equal(h2session__rule_counts_get(&c, 3100 + i), i + 1);
    }
    assert_int_equal(h2session__rule_counts_get(&c, 3130), 0);
    assert_true(a.live_bytes <= 32 * sizeof(struct rule_count));
    h2session__rule_counts_free(&c, &m);
    assert_int_equal(a.live_blocks, 0);
    assert_int_equal(h2session__rule_counts_get(&c, 3100), 0);
}

static void count_does_not_wrap(void **state)
{
    (void)state;
    struct test_alloc a = {0};
    struct memory m;
    struct rule_counts c = {.rows = NULL};
    h2session__memory_init(&m, test_alloc_resize, &a);
    h2session__rule_counts_add(&c, &m, 7);
    c.rows[0].count = UINT32_MAX - 1;
    h2session__rule_counts_add(&c, &m, 7);
    h2session__rule_counts_add(&c, &m, 7);
    assert_int_equal(h2session__rule_counts_get(&c, 7), UINT32_MAX);
    h2session__rule_counts_free(&c, &m);
}

static void without_memory_other_counts_stand(void **state)
{
    (void)state;
    struct test_alloc a = {0};
    struct memory m;
    struct rule_counts c = {.rows = NULL};
    h2session__memory_init(&m, test_alloc_resize, &a);
    for (uint32_t reason = 1; reason <= 4; reason++) {
        h2session__rule_counts_add(&c, &m, reason);
    }
    a.fail_at = a.calls + 1;
    h2session__rule_counts_add(&c, &m, 5);
    assert_int_equal(h2session__rule_counts_get(&c, 5), 0);
    h2session__rule_counts_add(&c, &m, 4);
    assert_int_equal(h2session__rule_counts_get(&c, 4), 2);
    h2session__rule_counts_add(&c, &m, 5);
    assert_int_equal(h2session__rule_counts_get(&c, 5), 1);
    h2session__rule_counts_free(&c, &m);
    assert_int_equal(a.live_blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reason_has_a_count_of_its_own),
        cmocka_unit_test(count_does_not_wrap),
        cmocka_unit_test(without_memory_other_counts_stand),
    };
    return cmocka_run_group_tests_name("rule_counts", tests, NULL, NULL);
}
