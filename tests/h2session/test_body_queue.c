/* SPDX-License-Identifier: MIT */
#include "body_queue.h"

#include <support.h>

#include <string.h>

#include "memory.h"

enum { LARGE = 5000, BUFFER = 1000 };

struct box {
    struct memory memory;
    struct body_queue queue;
    uint8_t next_in;  /* octets count up, so that order and loss show */
    uint8_t next_out; /* and are compared when they come out */
};

static void begin(struct box *box, struct test_alloc *alloc)
{
    *box = (struct box){.next_in = 0};
    h2session__memory_init(&box->memory, test_alloc_resize, alloc);
    h2session__body_queue_init(&box->queue, &box->memory);
}

static int add(struct box *box, size_t length)
{
    static uint8_t octets[LARGE];
    for (size_t i = 0; i < length; i++) {
        octets[i] = (uint8_t)(box->next_in + i);
    }
    int result = h2session__body_queue_add(&box->queue, octets, length);
    box->next_in = (uint8_t)(box->next_in + (result == 0 ? length : 0));
    return result;
}

/* Takes once and checks the octets; 1 in *lent when they were lent. */
static size_t take(struct box *box, size_t capacity, int *lent)
{
    uint8_t buffer[BUFFER];
    const uint8_t *lend = NULL;
    size_t length = h2session__body_queue_take(&box->queue, buffer, capacity, &lend);
    const uint8_t *octets = lend != NULL ? lend : buffer;
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(octets[i], box->next_out++);
    }
    *lent = lend != NULL;
    return length;
}

static void small_pieces_are_gathered(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    struct box box;
    int lent = 0;
    begin(&box, &alloc);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(add(&box, 300), 0);
    }
    assert_int_equal(box.queue.bytes, 1500);
    assert_int_equal(take(&box, BUFFER, &lent), 1000);
    assert_false(lent);
    assert_int_equal(box.queue.bytes, 500);
    assert_int_equal(take(&box, 1, &lent), 1);
    assert_int_equal(take(&box, BUFFER, &lent), 499);
    assert_int_equal(take(&box, BUFFER, &lent), 0);
    assert_int_equal(alloc.live_blocks, 0);
}

static void a_large_piece_is_lent_until_the_next_take(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    struct box box;
    int lent = 0;
    begin(&box, &alloc);
    assert_int_equal(add(&box, 10), 0);
    assert_int_equal(add(&box, LARGE), 0);
    assert_int_equal(add(&box, 10), 0);
    assert_int_equal(take(&box, BUFFER, &lent), 10);
    assert_false(lent);
    assert_int_equal(take(&box, BUFFER, &lent), LARGE);
    assert_true(lent);
    assert_int_equal(box.queue.bytes, 10);
    h2session__body_queue_drop(&box.queue);
    assert_int_equal(box.queue.bytes, 0);
    assert_int_equal(alloc.live_blocks, 1); /* what is lent stands */
    assert_int_equal(take(&box, BUFFER, &lent), 0);
    assert_int_equal(alloc.live_blocks, 0);
}

static void nothing_is_queued_for_no_octets(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    struct box box;
    begin(&box, &alloc);
    assert_int_equal(h2session__body_queue_add(&box.queue, NULL, 0), 0);
    assert_int_equal(box.queue.bytes, 0);
    assert_int_equal(alloc.live_blocks, 0);
}

static int scenario(struct test_alloc *alloc, void *arg)
{
    static const size_t LENGTHS[] = {1, 4095, 4096, 0, 7, LARGE, 3};
    (void)arg;
    struct box box;
    int failed = 0;
    int lent = 0;
    size_t total = 0;
    begin(&box, alloc);
    for (size_t i = 0; i < sizeof LENGTHS / sizeof LENGTHS[0]; i++) {
        int result = add(&box, LENGTHS[i]);
        failed |= result != 0;
        total += result == 0 ? LENGTHS[i] : 0;
        assert_int_equal(box.queue.bytes, total);
    }
    while (box.queue.bytes > 0) {
        total -= take(&box, BUFFER, &lent);
    }
    assert_int_equal(total, 0);
    h2session__body_queue_free(&box.queue);
    return failed;
}

static void without_memory_what_waits_remains(void **state)
{
    (void)state;
    test_each_failing_alloc(scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_pieces_are_gathered),
        cmocka_unit_test(a_large_piece_is_lent_until_the_next_take),
        cmocka_unit_test(nothing_is_queued_for_no_octets),
        cmocka_unit_test(without_memory_what_waits_remains),
    };
    return cmocka_run_group_tests_name("body_queue", tests, NULL, NULL);
}
