/* SPDX-License-Identifier: MIT */
#include "memory_cap.h"
#include "support.h"

static void memory_beyond_the_limit_is_refused(void **state)
{
    (void)state;
    struct memory_cap cap;
    memory_cap_init(&cap, 100);
    void *a = memory_cap_resize(&cap, NULL, 0, 60);
    assert_non_null(a);
    assert_null(memory_cap_resize(&cap, NULL, 0, 41));
    assert_null(memory_cap_resize(&cap, NULL, 0, SIZE_MAX));
    assert_int_equal(cap.used, 60);
    void *b = memory_cap_resize(&cap, NULL, 0, 40);
    assert_non_null(b);
    /* What is refused leaves what was there. */
    assert_null(memory_cap_resize(&cap, b, 40, 41));
    assert_int_equal(cap.used, 100);
    a = memory_cap_resize(&cap, a, 60, 10);
    b = memory_cap_resize(&cap, b, 40, 90);
    assert_int_equal(cap.used, 100);
    assert_null(memory_cap_resize(&cap, a, 10, 0));
    assert_null(memory_cap_resize(&cap, b, 90, 0));
    assert_null(memory_cap_resize(&cap, NULL, 0, 0));
    assert_int_equal(cap.used, 0);
}

static void limit_of_zero_is_none(void **state)
{
    (void)state;
    struct memory_cap cap;
    memory_cap_init(&cap, 0);
    void *a = memory_cap_resize(&cap, NULL, 0, 1000000);
    assert_non_null(a);
    assert_int_equal(cap.used, 1000000);
    (void)memory_cap_resize(&cap, a, 1000000, 0);
    assert_int_equal(cap.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_beyond_the_limit_is_refused),
        cmocka_unit_test(limit_of_zero_is_none),
    };
    return cmocka_run_group_tests_name("memory_cap", tests, NULL, NULL);
}
