/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <string.h>

#include "memory.h"

static void hook_gets_its_context_and_the_sizes(void **state)
{
    (void)state;
    struct test_alloc a = {0};
    struct memory m;
    h2session__memory_init(&m, test_alloc_resize, &a);
    unsigned char *p = h2session__memory_new(&m, 10);
    assert_non_null(p);
    assert_int_equal(a.live_bytes, 10);
    memset(p, 7, 10);
    p = h2session__memory_resize(&m, p, 10, 30);
    assert_non_null(p);
    assert_int_equal(a.live_bytes, 30);
    assert_int_equal(p[9], 7);
    h2session__memory_free(&m, p, 30);
    assert_int_equal(a.live_blocks, 0);
}

static void zero_clears_what_the_hook_left_dirty(void **state)
{
    (void)state;
    struct test_alloc a = {0};
    struct memory m;
    h2session__memory_init(&m, test_alloc_resize, &a);
    unsigned char *p = h2session__memory_zero(&m, 64);
    assert_non_null(p);
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(p[i], 0);
    }
    h2session__memory_free(&m, p, 64);
}

static void free_of_null_does_not_reach_the_hook(void **state)
{
    (void)state;
    /* Told a size of no block, the hook would fail the test. */
    struct test_alloc a = {0};
    struct memory m;
    h2session__memory_init(&m, test_alloc_resize, &a);
    h2session__memory_free(&m, NULL, 5);
    assert_int_equal(a.calls, 0);
}

static void failure_is_null_and_keeps_the_old_memory(void **state)
{
    (void)state;
    struct test_alloc a = {0};
    struct memory m;
    h2session__memory_init(&m, test_alloc_resize, &a);
    unsigned char *p = h2session__memory_new(&m, 4);
    assert_non_null(p);
    p[3] = 9;
    a.fail_at = a.calls + 1;
    assert_null(h2session__memory_resize(&m, p, 4, 8));
    assert_int_equal(p[3], 9);
    a.fail_at = a.calls + 1;
    assert_null(h2session__memory_new(&m, 1));
    a.fail_at = a.calls + 1;
    assert_null(h2session__memory_zero(&m, 1));
    h2session__memory_free(&m, p, 4);
    assert_int_equal(a.live_blocks, 0);
}

static void no_hook_means_libc(void **state)
{
    (void)state;
    struct memory m;
    h2session__memory_init(&m, NULL, NULL);
    char *p = h2session__memory_zero(&m, 3);
    assert_non_null(p);
    p = h2session__memory_resize(&m, p, 3, 100);
    assert_non_null(p);
    assert_int_equal(p[2], 0);
    h2session__memory_free(&m, p, 100);
    h2session__memory_free(&m, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hook_gets_its_context_and_the_sizes),
        cmocka_unit_test(zero_clears_what_the_hook_left_dirty),
        cmocka_unit_test(free_of_null_does_not_reach_the_hook),
        cmocka_unit_test(failure_is_null_and_keeps_the_old_memory),
        cmocka_unit_test(no_hook_means_libc),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
