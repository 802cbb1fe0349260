/* SPDX-License-Identifier: MIT */
/* rfc: 9218#7 */
#include "support.h"

#include <string.h>

#include "priority_idle.h"

enum { IDS = 300, STEPS = 100000 };

static void memory_of(struct memory *m, struct test_alloc *a)
{
    h2session__memory_init(m, test_alloc_resize, a);
}

static struct priority_idle_entry entry_of(uint32_t id, uint32_t urgency, uint32_t incremental)
{
    return (struct priority_idle_entry){.id = id, .urgency = urgency, .incremental = incremental};
}

static void last_update_is_kept_until_taken(void **state)
{
    (void)state;
    struct test_alloc a = {0};
    struct memory m;
    struct priority_idle p = {0};
    struct priority_idle_entry out;
    memory_of(&m, &a);
    assert_int_equal(h2session__priority_idle_take(&p, &m, 7, &out), 0);
    assert_int_equal(h2session__priority_idle_put(&p, &m, entry_of(7, 1, 0)), 0);
    assert_int_equal(h2session__priority_idle_put(&p, &m, entry_of(7, 5, 1)), 0);
    assert_int_equal(p.count, 1);
    assert_true(h2session__priority_idle_has(&p, 7));
    assert_false(h2session__priority_idle_has(&p, 5));
    assert_int_equal(h2session__priority_idle_take(&p, &m, 7, &out), 1);
    assert_int_equal(out.urgency, 5);
    assert_int_equal(out.incremental, 1);
    assert_int_equal(a.live_blocks, 0);
}

static void lower_ids_are_dropped(void **state)
{
    (void)state;
    struct test_alloc a = {0};
    struct memory m;
    struct priority_idle p = {0};
    struct priority_idle_entry out;
    memory_of(&m, &a);
    for (uint32_t id = 1; id <= 9; id += 2) {
        assert_int_equal(h2session__priority_idle_put(&p, &m, entry_of(id, 2, 0)), 0);
    }
    assert_int_equal(h2session__priority_idle_take(&p, &m, 6, &out), 0);
    assert_int_equal(p.count, 2);
    assert_false(h2session__priority_idle_has(&p, 5));
    assert_int_equal(h2session__priority_idle_take(&p, &m, 7, &out), 1);
    assert_int_equal(p.count, 1);
    h2session__priority_idle_free(&p, &m);
    assert_int_equal(a.live_blocks, 0);
}

static void number_of_entries_is_bounded(void **state)
{
    (void)state;
    struct test_alloc a = {0};
    struct memory m;
    struct priority_idle p = {0};
    memory_of(&m, &a);
    for (uint32_t id = 1; id <= 2 * PRIORITY_IDLE_MAX + 100; id += 2) {
        assert_int_equal(h2session__priority_idle_put(&p, &m, entry_of(id, 2, 0)), 0);
    }
    assert_int_equal(p.count, PRIORITY_IDLE_MAX);
    assert_int_equal(h2session__priority_idle_put(&p, &m, entry_of(1, 6, 0)), 0);
    assert_int_equal(p.entries[p.count - 1].urgency, 6);
    h2session__priority_idle_free(&p, &m);
}

static int fill(struct test_alloc *a, void *arg)
{
    (void)arg;
    struct memory m;
    struct priority_idle p = {0};
    int result = 0;
    memory_of(&m, a);
    for (uint32_t id = 1; id < 40 && result == 0; id += 2) {
        result = h2session__priority_idle_put(&p, &m, entry_of(id, 2, 0));
        h2session__priority_idle_check(&p);
    }
    h2session__priority_idle_free(&p, &m);
    return result;
}

static void no_memory_is_an_ordinary_error(void **state)
{
    (void)state;
    test_each_failing_alloc(fill, NULL);
}

static void store_agrees_with_a_plain_array(void **state)
{
    (void)state;
    struct test_alloc a = {0};
    struct memory m;
    struct priority_idle p = {0};
    static uint32_t urgency[IDS]; /* plus one; 0: not there */
    uint32_t seed = 3;
    memory_of(&m, &a);
    for (uint32_t step = 0; step < STEPS; step++) {
        uint32_t id = test_rand(&seed) % (step / 1000 % 2 == 0 ? IDS : 20);
        if (test_rand(&seed) % 16 != 0) {
            uint32_t u = test_rand(&seed) % 8;
            assert_int_equal(h2session__priority_idle_put(&p, &m, entry_of(id, u, 0)), 0);
            urgency[id] = u + 1U;
        } else {
            struct priority_idle_entry out = {0};
            int found = h2session__priority_idle_take(&p, &m, id, &out);
            assert_int_equal(found, urgency[id] != 0);
            assert_true(!found || out.urgency + 1U == urgency[id]);
            memset(urgency, 0, (id + 1) * sizeof urgency[0]);
        }
        uint32_t probe = test_rand(&seed) % IDS;
        assert_int_equal(h2session__priority_idle_has(&p, probe), urgency[probe] != 0);
    }
    h2session__priority_idle_free(&p, &m);
    assert_int_equal(a.live_blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_update_is_kept_until_taken),
        cmocka_unit_test(lower_ids_are_dropped),
        cmocka_unit_test(number_of_entries_is_bounded),
        cmocka_unit_test(no_memory_is_an_ordinary_error),
        cmocka_unit_test(store_agrees_with_a_plain_array),
    };
    return cmocka_run_group_tests_name("priority_idle", tests, NULL, NULL);
}
