/* SPDX-License-Identifier: MIT */
/* Origins are kept once, found again, and given back with their last user. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "push_origins.h"

struct made {
    char authority[32];
    hpack_field fields[ORIGIN_FIELDS];
};

static const hpack_field *origin(struct made *m, uint32_t number)
{
    (void)snprintf(m->authority, sizeof m->authority, "host-%u.example", number);
    m->fields[0] =
        (hpack_field){.name = ":scheme", .value = "https", .name_length = 7, .value_length = 5};
    m->fields[1] = (hpack_field){.name = ":authority",
                                 .value = m->authority,
                                 .name_length = 10,
                                 .value_length = (uint32_t)strlen(m->authority)};
    return m->fields;
}

static int take(struct push_origins *o, uint32_t number)
{
    struct made m;
    int place = h2session__push_origins_take(o, origin(&m, number));
    memset(&m, 0, sizeof m); /* what is kept is a copy */
    return place;
}

static int holds(const struct push_origins *o, int place, uint32_t number)
{
    struct made m;
    return h2session__http_push_same_origin(h2session__push_origins_get(o, (uint32_t)place),
                                            origin(&m, number));
}

static void begin(struct push_origins *o, struct test_alloc *alloc, struct memory *memory)
{
    h2session__memory_init(memory, test_alloc_resize, alloc);
    h2session__push_origins_init(o, memory);
}

static void equal_origins_share_a_place(void **state)
{
    (void)state;
    struct test_alloc alloc = {.fail_at = 0};
    struct memory memory;
    struct push_origins o;
    begin(&o, &alloc, &memory);
    assert_int_equal(take(&o, 1), 1);
    assert_int_equal(take(&o, 2), 2);
    assert_int_equal(take(&o, 1), 1);
    assert_true(holds(&o, 1, 1) && holds(&o, 2, 2));
    assert_null(h2session__push_origins_get(&o, 0));
    h2session__push_origins_give(&o, 0);
    h2session__push_origins_give(&o, 1);
    assert_true(holds(&o, 1, 1));
    h2session__push_origins_give(&o, 1);
    assert_int_equal(take(&o, 3), 1);
    assert_true(holds(&o, 1, 3));
    h2session__push_origins_give(&o, 1);
    h2session__push_origins_give(&o, 2);
    assert_int_equal(alloc.live_blocks, 0); /* idle: nothing is kept */
    h2session__push_origins_free(&o);
}

static void places_come_to_an_end(void **state)
{
    (void)state;
    struct test_alloc alloc = {.fail_at = 0};
    struct memory memory;
    struct push_origins o;
    begin(&o, &alloc, &memory);
    for (uint32_t i = 1; i <= ORIGINS_MAX; i++) {
        assert_int_equal(take(&o, i), i);
    }
    assert_int_equal(take(&o, 1000), 0);
    assert_int_equal(take(&o, 77), 77);
    h2session__push_origins_give(&o, 200);
    assert_int_equal(take(&o, 1000), 200);
    for (int i = 1; i <= ORIGINS_MAX; i++) {
        assert_true(holds(&o, i, i == 200 ? 1000 : (uint32_t)i));
    }
    h2session__push_origins_free(&o);
    assert_int_equal(alloc.live_blocks, 0);
}

static int take_ten(struct test_alloc *alloc, void *arg)
{
    struct memory memory;
    struct push_origins o;
    (void)arg;
    begin(&o, alloc, &memory);
    int result = 0;
    int kept = 0;
    for (uint32_t i = 1; i <= 10; i++) {
        int place = take(&o, i);
        result |= place < 0;
        kept += place > 0 && holds(&o, place, i);
    }
    assert_int_equal(kept, result ? 9 : 10);
    h2session__push_origins_free(&o);
    return result;
}

static void failing_allocations_lose_one_origin(void **state)
{
    (void)state;
    test_each_failing_alloc(take_ten, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_origins_share_a_place),
        cmocka_unit_test(places_come_to_an_end),
        cmocka_unit_test(failing_allocations_lose_one_origin),
    };
    return cmocka_run_group_tests_name("push_origins", tests, NULL, NULL);
}
