/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "autotune.h"

enum { MS = 1000000, MIB = 1 << 20 };

/* Knows a round trip of 10 ms at the time 10 ms. */
static struct autotune measured(uint32_t size, uint32_t most)
{
    struct autotune t;
    h2session__autotune_init(&t, size, most);
    assert_int_equal(h2session__autotune_received(&t, 1, 0), AUTOTUNE_PING);
    h2session__autotune_ping_acked(&t, 10 * MS);
    assert_int_equal(t.round_trip_ns, 10 * MS);
    return t;
}

static void half_a_window_in_two_round_trips_doubles_it(void **state)
{
    (void)state;
    struct autotune t = measured(60000, MIB);
    assert_int_equal(h2session__autotune_received(&t, 29998, 20 * MS - 1), 0);
    assert_int_equal(h2session__autotune_received(&t, 1, 20 * MS - 1),
                     AUTOTUNE_GREW | AUTOTUNE_PING);
    assert_int_equal(t.size, 120000);
    /* The next half is one of the new window, and its time begins now. */
    assert_int_equal(h2session__autotune_received(&t, 59999, 30 * MS), 0);
    assert_int_equal(h2session__autotune_received(&t, 1, 40 * MS - 2), AUTOTUNE_GREW);
    assert_int_equal(t.size, 240000);
}

static void slower_octets_change_nothing(void **state)
{
    (void)state;
    struct autotune t = measured(60000, MIB);
    for (uint64_t now = 10; now < 10000; now += 10) { /* 14 KB in a round trip */
        assert_int_equal(h2session__autotune_received(&t, 14000, now * MS), 0);
    }
    assert_int_equal(t.size, 60000);
}

static void first_octets_only_ask_for_the_round_trip(void **state)
{
    (void)state;
    struct autotune t;
    h2session__autotune_init(&t, 60000, MIB);
    assert_int_equal(h2session__autotune_received(&t, MIB, 5), AUTOTUNE_PING);
    assert_int_equal(h2session__autotune_received(&t, MIB, 6), 0); /* one PING at a time */
    assert_int_equal(t.size, 60000);
}

static void growth_ends_at_the_maximum(void **state)
{
    (void)state;
    struct autotune t = measured(60000, 200000);
    for (int i = 0; i < 10; i++) {
        (void)h2session__autotune_received(&t, MIB, 15 * MS);
    }
    assert_int_equal(t.size, 200000);
    assert_int_equal(h2session__autotune_received(&t, MIB, 15 * MS), 0);
    struct autotune fixed;
    h2session__autotune_init(&fixed, 60000, 60000);
    assert_int_equal(h2session__autotune_received(&fixed, UINT32_MAX, 1), 0);
    struct autotune none = measured(0, UINT32_MAX >> 1);
    for (int i = 0; i < 100; i++) {
        (void)h2session__autotune_received(&none, UINT32_MAX, 15 * MS);
    }
    assert_int_equal(none.size, UINT32_MAX >> 1);
}

/* A queue on the way makes round trips longer, not windows. */
static void shortest_round_trip_counts(void **state)
{
    (void)state;
    struct autotune t = measured(60000, MIB);
    assert_int_equal(h2session__autotune_received(&t, 30000, 11 * MS),
                     AUTOTUNE_GREW | AUTOTUNE_PING);
    h2session__autotune_ping_acked(&t, 500 * MS);
    assert_int_equal(t.round_trip_ns, 10 * MS);
    assert_int_equal(h2session__autotune_received(&t, 60000, 500 * MS), 0);
    assert_int_equal(h2session__autotune_received(&t, 60000, 519 * MS),
                     AUTOTUNE_GREW | AUTOTUNE_PING);
    h2session__autotune_ping_acked(&t, 522 * MS);
    assert_int_equal(t.round_trip_ns, 3 * MS);
}

/* Answers that nobody waits for, and time that stands still. */
static void answers_out_of_order_do_no_harm(void **state)
{
    (void)state;
    struct autotune t;
    h2session__autotune_init(&t, 60000, MIB);
    h2session__autotune_ping_acked(&t, 7);
    assert_int_equal(t.round_trip_ns, 0);
    assert_int_equal(h2session__autotune_received(&t, 1, 100), AUTOTUNE_PING);
    h2session__autotune_ping_acked(&t, 100);
    assert_int_equal(t.round_trip_ns, 1);
    h2session__autotune_ping_acked(&t, 200);
    assert_int_equal(t.round_trip_ns, 1);
    assert_int_equal(h2session__autotune_received(&t, MIB, 102), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_a_window_in_two_round_trips_doubles_it),
        cmocka_unit_test(slower_octets_change_nothing),
        cmocka_unit_test(first_octets_only_ask_for_the_round_trip),
        cmocka_unit_test(growth_ends_at_the_maximum),
        cmocka_unit_test(shortest_round_trip_counts),
        cmocka_unit_test(answers_out_of_order_do_no_harm),
    };
    return cmocka_run_group_tests_name("autotune", tests, NULL, NULL);
}
