/* SPDX-License-Identifier: MIT */
/* rfc: 9113#6.9.1, 9113#6.9.2 */
#include "support.h"

#include "send_windows.h"

static const int64_t MAX = 0x7fffffff;

static void window_moves_with_the_initial_value(void **state)
{
    (void)state;
    struct send_windows w;
    int32_t ahead = 0;
    h2session__send_windows_init(&w, 65535);
    assert_int_equal(send_window(&w, ahead), 65535);
    assert_int_equal(h2session__send_windows_charge(&w, &ahead, 60000), 0);
    assert_int_equal(h2session__send_windows_change(&w, 16384), 0);
    assert_int_equal(send_window(&w, ahead), 16384 - 60000);
    assert_int_equal(h2session__send_windows_charge(&w, &ahead, 1), -1);
    assert_int_equal(h2session__send_windows_charge(&w, &ahead, 0), 0);
    assert_int_equal(h2session__send_windows_credit(&w, &ahead, 60000 - 16384), 0);
    assert_int_equal(send_window(&w, ahead), 0);
    assert_int_equal(h2session__send_windows_charge(&w, &ahead, 1), -1);
    assert_int_equal(h2session__send_windows_credit(&w, &ahead, 1), 0);
    assert_int_equal(h2session__send_windows_charge(&w, &ahead, 2), -1);
    assert_int_equal(h2session__send_windows_charge(&w, &ahead, 1), 0);
    assert_int_equal(h2session__send_windows_change(&w, 65535), 0);
    assert_int_equal(send_window(&w, ahead), 65535 - 16384);
}

static void credit_beyond_the_maximum_is_refused(void **state)
{
    (void)state;
    struct send_windows w;
    int32_t ahead = 0;
    h2session__send_windows_init(&w, 65535);
    assert_int_equal(h2session__send_windows_credit(&w, &ahead, 0x7fffffff - 65534), -1);
    assert_int_equal(ahead, 0);
    assert_int_equal(h2session__send_windows_credit(&w, &ahead, 0x7fffffff - 65535), 0);
    assert_int_equal(send_window(&w, ahead), MAX);
    assert_int_equal(h2session__send_windows_credit(&w, &ahead, 1), -1);
    assert_int_equal(send_window(&w, ahead), MAX);
}

static void value_that_fits_the_highest_fits_all(void **state)
{
    (void)state;
    struct send_windows w;
    int32_t first = 0;
    int32_t second = 0;
    h2session__send_windows_init(&w, 1000);
    assert_int_equal(h2session__send_windows_credit(&w, &first, 500), 0);
    assert_int_equal(h2session__send_windows_credit(&w, &second, 200), 0);
    assert_int_equal(h2session__send_windows_change(&w, (uint32_t)(MAX - 500)), 0);
    assert_int_equal(send_window(&w, first), MAX);
    assert_int_equal(h2session__send_windows_change(&w, (uint32_t)(MAX - 499)), -1);
    assert_int_equal(w.initial, MAX - 500);
    /* The first stream is gone: the caller found the second to be the highest. */
    w.highest = second;
    assert_int_equal(h2session__send_windows_change(&w, (uint32_t)(MAX - 200)), 0);
    assert_int_equal(send_window(&w, second), MAX);
    assert_int_equal(h2session__send_windows_change(&w, (uint32_t)(MAX - 199)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window_moves_with_the_initial_value),
        cmocka_unit_test(credit_beyond_the_maximum_is_refused),
        cmocka_unit_test(value_that_fits_the_highest_fits_all),
    };
    return cmocka_run_group_tests_name("send_windows", tests, NULL, NULL);
}
