/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <string.h>

#include "slab.h"

enum { MANY = 100, SIZE = 40 };

struct item {
    unsigned char *data;
    uint8_t place;
};

struct fixture {
    struct test_alloc alloc;
    struct memory memory;
    struct slab slab;
    struct item items[MANY];
};

static void setup(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    h2session__memory_init(&f->memory, test_alloc_resize, &f->alloc);
    h2session__slab_init(&f->slab, &f->memory, SIZE);
}

static void take(struct fixture *f, size_t i)
{
    f->items[i].data = h2session__slab_take(&f->slab, &f->items[i].place);
    assert_non_null(f->items[i].data);
    memset(f->items[i].data, (int)i + 1, SIZE);
}

static void give(struct fixture *f, size_t i)
{
    for (size_t k = 0; k < SIZE; k++) {
        assert_int_equal(f->items[i].data[k], i + 1);
    }
    h2session__slab_give(&f->slab, f->items[i].data, f->items[i].place);
    f->items[i].data = NULL;
}

static void finish(struct fixture *f)
{
    h2session__slab_trim(&f->slab);
    assert_int_equal(f->slab.used, 0);
    assert_int_equal(f->alloc.live_blocks, 0);
}

static void nothing_is_taken_before_it_is_needed(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    h2session__slab_trim(&f.slab);
    assert_int_equal(f.alloc.calls, 0);
    finish(&f);
}

static void items_of_a_block_cost_one_allocation(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (size_t i = 0; i < MANY; i++) {
        take(&f, i);
    }
    assert_int_equal(f.alloc.calls, 1 + (MANY - SLAB_FIRST + SLAB_ITEMS - 1) / SLAB_ITEMS);
    assert_int_equal(f.slab.used, MANY);
    for (size_t i = 0; i < MANY; i++) {
        give(&f, i);
    }
    finish(&f);
}

static void one_that_comes_and_goes_costs_nothing(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (int i = 0; i < 1000; i++) {
        take(&f, 0);
        give(&f, 0);
    }
    assert_int_equal(f.alloc.calls, 1);
    assert_int_equal(f.alloc.live_blocks, 1);
    finish(&f);
}

static void one_unused_block_stays_at_the_most(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (size_t i = 0; i < MANY; i++) {
        take(&f, i);
    }
    for (size_t i = 0; i < MANY; i++) {
        give(&f, MANY - 1 - i);
    }
    assert_int_equal(f.alloc.live_blocks, 1);
    finish(&f);
}

/* Items in any order; their content must stand and their memory must be aligned. */
static void items_stand_still_whatever_comes_and_goes(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    uint32_t seed = 7;
    for (int i = 0; i < 20000; i++) {
        size_t k = test_rand(&seed) % MANY;
        if (f.items[k].data == NULL) {
            take(&f, k);
            assert_int_equal((uintptr_t)f.items[k].data % 8, 0);
        } else {
            give(&f, k);
        }
        h2session__slab_check(&f.slab);
    }
    for (size_t i = 0; i < MANY; i++) {
        if (f.items[i].data != NULL) {
            give(&f, i);
        }
    }
    finish(&f);
}

static int take_two_blocks(struct test_alloc *a, void *arg)
{
    (void)arg;
    struct memory memory;
    struct slab slab;
    struct item items[SLAB_ITEMS + 1];
    h2session__memory_init(&memory, test_alloc_resize, a);
    h2session__slab_init(&slab, &memory, SIZE);
    size_t count = 0;
    while (count <= SLAB_ITEMS) {
        items[count].data = h2session__slab_take(&slab, &items[count].place);
        if (items[count].data == NULL) {
            break;
        }
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        h2session__slab_give(&slab, items[i].data, items[i].place);
    }
    h2session__slab_trim(&slab);
    return count <= SLAB_ITEMS;
}

static void failed_allocation_changes_nothing(void **state)
{
    (void)state;
    test_each_failing_alloc(take_two_blocks, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_taken_before_it_is_needed),
        cmocka_unit_test(items_of_a_block_cost_one_allocation),
        cmocka_unit_test(one_that_comes_and_goes_costs_nothing),
        cmocka_unit_test(one_unused_block_stays_at_the_most),
        cmocka_unit_test(items_stand_still_whatever_comes_and_goes),
        cmocka_unit_test(failed_allocation_changes_nothing),
    };
    return cmocka_run_group_tests_name("slab", tests, NULL, NULL);
}
