/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <string.h>

#include "stream_table.h"

enum { IDS = 512 };

/* The table never looks into a stream, so any address will do. */
static char marks[IDS];

static struct stream *stream_of(uint32_t id)
{
    return (struct stream *)(void *)&marks[id % IDS];
}

struct fixture {
    struct test_alloc alloc;
    struct memory memory;
    struct stream_table table;
};

static void setup(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    h2session__memory_init(&f->memory, test_alloc_resize, &f->alloc);
    h2session__stream_table_init(&f->table, &f->memory);
}

static void empty_table_holds_nothing(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    uint32_t position = 0;
    assert_null(h2session__stream_table_find(&f.table, 1));
    assert_null(h2session__stream_table_find(&f.table, 0));
    assert_null(h2session__stream_table_next(&f.table, &position));
    h2session__stream_table_remove(&f.table, 1);
    h2session__stream_table_remove(&f.table, 0);
    assert_int_equal(f.alloc.calls, 0);
    h2session__stream_table_free(&f.table);
}

static void stream_is_found_until_it_is_removed(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    assert_int_equal(h2session__stream_table_insert(&f.table, 1, stream_of(1)), 0);
    assert_int_equal(h2session__stream_table_insert(&f.table, 0x7fffffff, stream_of(2)), 0);
    assert_ptr_equal(h2session__stream_table_find(&f.table, 1), stream_of(1));
    assert_ptr_equal(h2session__stream_table_find(&f.table, 0x7fffffff), stream_of(2));
    assert_null(h2session__stream_table_find(&f.table, 3));
    assert_null(h2session__stream_table_find(&f.table, 0));
    h2session__stream_table_remove(&f.table, 3);
    h2session__stream_table_remove(&f.table, 1);
    assert_null(h2session__stream_table_find(&f.table, 1));
    assert_ptr_equal(h2session__stream_table_find(&f.table, 0x7fffffff), stream_of(2));
    h2session__stream_table_remove(&f.table, 0x7fffffff);
    assert_int_equal(f.alloc.live_blocks, 0);
}

static void memory_comes_with_the_first_and_goes_with_the_last(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (int round = 0; round < 3; round++) {
        for (uint32_t id = 1; id < 200; id += 2) {
            assert_int_equal(h2session__stream_table_insert(&f.table, id, stream_of(id)), 0);
        }
        assert_int_equal(f.table.count, 100);
        assert_int_equal(f.alloc.live_blocks, 1);
        for (uint32_t id = 1; id < 200; id += 2) {
            h2session__stream_table_remove(&f.table, id);
        }
        assert_int_equal(f.alloc.live_blocks, 0);
    }
}

/* Naive: one cell an id. */
static void check_against(const struct fixture *f, const uint8_t *present, uint32_t count)
{
    uint8_t seen[IDS] = {0};
    uint32_t position = 0;
    uint32_t walked = 0;
    struct stream *stream;
    while ((stream = h2session__stream_table_next(&f->table, &position)) != NULL) {
        size_t id = (size_t)((char *)(void *)stream - marks);
        assert_true(present[id]);
        assert_false(seen[id]);
        seen[id] = 1;
        walked++;
    }
    assert_int_equal(walked, count);
    assert_int_equal(f->table.count, count);
    h2session__stream_table_check(&f->table);
}

static void run_random(uint32_t seed, uint32_t stride, uint32_t ids)
{
    struct fixture f;
    setup(&f);
    uint8_t present[IDS] = {0};
    uint32_t count = 0;
    for (int i = 0; i < 6000; i++) {
        uint32_t k = test_rand(&seed) % ids;
        uint32_t id = 1 + k * stride;
        assert_ptr_equal(h2session__stream_table_find(&f.table, id),
                         present[k] ? stream_of(k) : NULL);
        if (!present[k] && test_rand(&seed) % 3 != 0) {
            assert_int_equal(h2session__stream_table_insert(&f.table, id, stream_of(k)), 0);
            present[k] = 1;
            count++;
        } else {
            size_t calls = f.alloc.calls;
            h2session__stream_table_remove(&f.table, id);
            assert_int_equal(f.alloc.calls, calls);
            count -= present[k];
            present[k] = 0;
        }
        if (i % 32 == 0) {
            check_against(&f, present, count);
        }
    }
    h2session__stream_table_free(&f.table);
    assert_int_equal(f.alloc.live_blocks, 0);
}

static void table_agrees_with_an_array(void **state)
{
    (void)state;
    run_random(1, 2, 5);
    run_random(2, 2, 100);
    run_random(3, 2, IDS);
}

static void ids_far_apart_do_as_well(void **state)
{
    (void)state;
    /* Strides of powers of two put many ids on the same slot when the hash is weak. */
    run_random(4, 1u << 10, 100);
    run_random(5, 1u << 16, 100);
    run_random(6, 1u << 22, IDS);
}

static void walk_may_start_over_after_a_removal(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (uint32_t id = 1; id <= 40; id++) {
        assert_int_equal(h2session__stream_table_insert(&f.table, id, stream_of(id)), 0);
    }
    uint32_t removed = 0;
    uint32_t position = 0;
    struct stream *stream;
    while ((stream = h2session__stream_table_next(&f.table, &position)) != NULL) {
        h2session__stream_table_remove(&f.table, (uint32_t)((char *)(void *)stream - marks));
        removed++;
        position = 0;
    }
    assert_int_equal(removed, 40);
    assert_int_equal(f.alloc.live_blocks, 0);
}

static int insert_many(struct test_alloc *a, void *arg)
{
    (void)arg;
    struct memory memory;
    h2session__memory_init(&memory, test_alloc_resize, a);
    struct stream_table t;
    h2session__stream_table_init(&t, &memory);
    int result = 0;
    for (uint32_t id = 1; id < 100 && result == 0; id++) {
        uint32_t count = t.count;
        result = h2session__stream_table_insert(&t, id, stream_of(id));
        if (result != 0) {
            assert_int_equal(t.count, count);
            assert_null(h2session__stream_table_find(&t, id));
        }
        for (uint32_t k = 1; k < id; k++) {
            assert_ptr_equal(h2session__stream_table_find(&t, k), stream_of(k));
        }
        h2session__stream_table_check(&t);
    }
    h2session__stream_table_free(&t);
    return result;
}

static void failed_insert_changes_nothing(void **state)
{
    (void)state;
    test_each_failing_alloc(insert_many, NULL);
}

static void ids_in_a_row_stand_at_home(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (uint32_t id = 1; id < 8000; id += 2) { /* 50 streams at a time */
        assert_int_equal(h2session__stream_table_insert(&f.table, id, stream_of(id)), 0);
        h2session__stream_table_remove(&f.table, id > 100 ? id - 100 : 0);
        if (id % 4096 > 100) { /* not where the ids part */
            assert_int_equal(f.table.displaced, 0);
        }
    }
    h2session__stream_table_free(&f.table);
}

static void kept_table_takes_no_new_memory_for_the_next_stream(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    h2session__stream_table_keep(&f.table, 1);
    for (uint32_t id = 1; id < 2000; id += 2) {
        assert_int_equal(h2session__stream_table_insert(&f.table, id, stream_of(id)), 0);
        h2session__stream_table_remove(&f.table, id);
        assert_null(h2session__stream_table_find(&f.table, id));
    }
    assert_int_equal(f.alloc.calls, 1);
    for (int round = 0; round < 2; round++) {
        for (uint32_t id = 1; id < 200; id += 2) {
            assert_int_equal(h2session__stream_table_insert(&f.table, id, stream_of(id)), 0);
        }
        for (uint32_t id = 1; id < 200; id += 2) {
            h2session__stream_table_remove(&f.table, id);
        }
        assert_int_equal(f.alloc.calls, 1 + 4); /* grown to 128 slots, and kept */
    }
    for (uint32_t id = 1; id < 400; id += 2) {
        assert_int_equal(h2session__stream_table_insert(&f.table, id, stream_of(id)), 0);
    }
    for (uint32_t id = 1; id < 400; id += 2) {
        h2session__stream_table_remove(&f.table, id);
    }
    assert_int_equal(f.alloc.live_blocks, 0); /* a larger one is not kept */
    assert_int_equal(h2session__stream_table_insert(&f.table, 1, stream_of(1)), 0);
    h2session__stream_table_remove(&f.table, 1);
    assert_int_equal(f.alloc.live_blocks, 1);
    h2session__stream_table_keep(&f.table, 0);
    assert_int_equal(f.alloc.live_blocks, 0);
}

static void reset_ring_remembers_the_latest(void **state)
{
    (void)state;
    struct fixture f;
    struct reset_ring r;
    setup(&f);
    h2session__reset_ring_init(&r);
    assert_false(h2session__reset_ring_has(&r, 0));
    assert_false(h2session__reset_ring_has(&r, 1));
    for (uint32_t id = 1; id <= 1000; id += 2) {
        assert_int_equal(h2session__reset_ring_add(&r, &f.memory, id), 0);
        uint32_t oldest = id > 2 * RESET_RING_SIZE ? id - 2 * (RESET_RING_SIZE - 1) : 1;
        assert_true(h2session__reset_ring_has(&r, id));
        assert_true(h2session__reset_ring_has(&r, oldest));
        assert_false(h2session__reset_ring_has(&r, id + 2));
        assert_false(h2session__reset_ring_has(&r, id + 1)); /* the other side's */
    }
    assert_false(h2session__reset_ring_has(&r, 0));
    h2session__reset_ring_free(&r, &f.memory);
    assert_int_equal(f.alloc.live_blocks, 0);
}

static void reset_ring_is_exact_until_it_overflows(void **state)
{
    (void)state;
    struct fixture f;
    struct reset_ring r;
    setup(&f);
    h2session__reset_ring_init(&r);
    for (uint32_t i = 0; i < RESET_RING_SIZE; i++) {
        assert_int_equal(h2session__reset_ring_add(&r, &f.memory, 101 + 4 * i), 0);
    }
    for (uint32_t i = 0; i < RESET_RING_SIZE; i++) {
        assert_true(h2session__reset_ring_has(&r, 101 + 4 * i));
        assert_false(h2session__reset_ring_has(&r, 103 + 4 * i));
    }
    assert_false(h2session__reset_ring_has(&r, 1));
    /* 101 falls out: nobody knows any more which of the ids up to it were reset. */
    assert_int_equal(h2session__reset_ring_add(&r, &f.memory, 1), 0);
    assert_true(h2session__reset_ring_has(&r, 101));
    assert_true(h2session__reset_ring_has(&r, 99));
    assert_false(h2session__reset_ring_has(&r, 103));
    assert_false(h2session__reset_ring_has(&r, 100));
    /* A lower id that falls out later does not take it back. */
    for (uint32_t i = 0; i < RESET_RING_SIZE; i++) {
        assert_int_equal(h2session__reset_ring_add(&r, &f.memory, 1001 + 2 * i), 0);
    }
    assert_int_equal(h2session__reset_ring_add(&r, &f.memory, 3001), 0);
    assert_true(h2session__reset_ring_has(&r, 101 + 4 * (RESET_RING_SIZE - 1)));
    h2session__reset_ring_free(&r, &f.memory);
    assert_int_equal(f.alloc.live_blocks, 0);
}

static void reset_ring_without_memory_says_so(void **state)
{
    (void)state;
    struct fixture f;
    struct reset_ring r;
    setup(&f);
    f.alloc.fail_at = 1;
    h2session__reset_ring_init(&r);
    assert_int_equal(h2session__reset_ring_add(&r, &f.memory, 9), -1);
    assert_false(h2session__reset_ring_has(&r, 9));
    assert_int_equal(h2session__reset_ring_add(&r, &f.memory, 9), 0);
    assert_true(h2session__reset_ring_has(&r, 9));
    h2session__reset_ring_free(&r, &f.memory);
    assert_int_equal(f.alloc.live_blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_table_holds_nothing),
        cmocka_unit_test(stream_is_found_until_it_is_removed),
        cmocka_unit_test(memory_comes_with_the_first_and_goes_with_the_last),
        cmocka_unit_test(table_agrees_with_an_array),
        cmocka_unit_test(ids_far_apart_do_as_well),
        cmocka_unit_test(walk_may_start_over_after_a_removal),
        cmocka_unit_test(failed_insert_changes_nothing),
        cmocka_unit_test(ids_in_a_row_stand_at_home),
        cmocka_unit_test(kept_table_takes_no_new_memory_for_the_next_stream),
        cmocka_unit_test(reset_ring_remembers_the_latest),
        cmocka_unit_test(reset_ring_is_exact_until_it_overflows),
        cmocka_unit_test(reset_ring_without_memory_says_so),
    };
    return cmocka_run_group_tests_name("stream_table", tests, NULL, NULL);
}
