/* SPDX-License-Identifier: MIT */
#include "event_store.h"

#include <support.h>

#include <stdalign.h>
#include <string.h>

#include "memory.h"

struct box {
    struct test_alloc *alloc;
    struct memory memory;
    struct event_store store;
};

static void begin(struct box *box, struct test_alloc *alloc)
{
    box->alloc = alloc;
    h2session__memory_init(&box->memory, test_alloc_resize, alloc);
    h2session__event_store_init(&box->store, &box->memory);
}

/* A record of `size` octets that all are `mark`. 0, or -1 without memory. */
static int add(struct box *box, size_t size, uint8_t mark)
{
    uint8_t *record = h2session__event_store_add(&box->store, size);
    if (record == NULL) {
        return -1;
    }
    assert_int_equal((uintptr_t)record % alignof(max_align_t), 0);
    memset(record, mark, size);
    return 0;
}

static uint8_t *expect(struct box *box, size_t size, uint8_t mark)
{
    uint8_t *record = h2session__event_store_next(&box->store);
    assert_non_null(record);
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(record[i], mark);
    }
    return record;
}

static size_t size_of(size_t i)
{
    return i % 7 == 6 ? 9000 : i * 37 % 1500;
}

static void records_come_in_order_whatever_their_size(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    struct box box;
    begin(&box, &alloc);
    assert_null(h2session__event_store_next(&box.store));
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(add(&box, size_of(i), (uint8_t)i), 0);
    }
    for (size_t i = 0; i < 100; i++) {
        expect(&box, size_of(i), (uint8_t)i);
    }
    assert_null(h2session__event_store_next(&box.store));
    h2session__event_store_free(&box.store);
    assert_int_equal(alloc.live_blocks, 0);
}

static void records_stand_until_the_clear(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    struct box box;
    begin(&box, &alloc);
    assert_int_equal(add(&box, 8, 1), 0);
    uint8_t *first = expect(&box, 8, 1);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(add(&box, 500, 2), 0);
        expect(&box, 500, 2);
    }
    assert_int_equal(first[7], 1);
    h2session__event_store_clear(&box.store);
    assert_int_equal(box.store.bytes, 0);
    assert_int_equal(alloc.live_blocks, 0);
}

static void records_that_were_not_read_survive_a_clear(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    struct box box;
    begin(&box, &alloc);
    for (uint8_t i = 0; i < 50; i++) {
        assert_int_equal(add(&box, 1000, i), 0);
    }
    size_t whole = box.store.bytes;
    for (uint8_t i = 0; i < 50; i++) {
        expect(&box, 1000, i);
        h2session__event_store_clear(&box.store);
        assert_true(box.store.bytes + (size_t)i * 1000 <= whole + 4096);
    }
    assert_int_equal(alloc.live_blocks, 0);
    h2session__event_store_clear(&box.store);
}

static void bytes_is_the_memory_that_was_taken(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    struct box box;
    begin(&box, &alloc);
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(add(&box, size_of(i), 0), 0);
        assert_int_equal(box.store.bytes, alloc.live_bytes);
    }
    h2session__event_store_free(&box.store);
    assert_int_equal(box.store.bytes, 0);
    assert_int_equal(alloc.live_blocks, 0);
}

static int fill(struct test_alloc *alloc, void *arg)
{
    (void)arg;
    struct box box;
    begin(&box, alloc);
    size_t kept = 0;
    while (kept < 40 && add(&box, 700, (uint8_t)kept) == 0) {
        kept++;
    }
    for (size_t i = 0; i < kept; i++) {
        expect(&box, 700, (uint8_t)i);
    }
    assert_null(h2session__event_store_next(&box.store));
    h2session__event_store_free(&box.store);
    return kept == 40 ? 0 : 1;
}

static void without_memory_what_is_there_remains(void **state)
{
    (void)state;
    test_each_failing_alloc(fill, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_in_order_whatever_their_size),
        cmocka_unit_test(records_stand_until_the_clear),
        cmocka_unit_test(records_that_were_not_read_survive_a_clear),
        cmocka_unit_test(bytes_is_the_memory_that_was_taken),
        cmocka_unit_test(without_memory_what_is_there_remains),
    };
    return cmocka_run_group_tests_name("event_store", tests, NULL, NULL);
}
