/* SPDX-License-Identifier: MIT */
/* The output queue against a flat array: random calls, and octets that must never move. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "out_queue.h"

enum { STREAM_MAX = 1 << 21, STEPS = 20000, OWED_MAX = STEPS, LENT_BYTES = 20000 };

struct run {
    struct test_alloc alloc;
    struct memory memory;
    struct out_queue q;
    uint32_t seed;
    uint8_t *expected;  /* everything ever queued */
    const uint8_t **at; /* where each octet was when peek first showed it, or NULL */
    size_t queued;
    size_t sent;
    uint8_t *reserve; /* open */
    size_t reserve_length;
    struct {
        size_t end;
        uint32_t owner;
    } owed[OWED_MAX]; /* releases that are to come, in order */
    size_t owed_first;
    size_t owed_count;
};

static uint8_t lent_memory[LENT_BYTES];

static void note(struct run *r, const uint8_t *data, size_t n)
{
    assert_true(r->queued + n <= STREAM_MAX);
    memcpy(r->expected + r->queued, data, n);
    r->queued += n;
}

static size_t random_length(struct run *r)
{
    static const size_t MOST[] = {20, 200, 5000, 20000};
    return test_rand(&r->seed) % MOST[test_rand(&r->seed) % 4];
}

static void do_reserve(struct run *r)
{
    r->reserve_length = random_length(r);
    r->reserve = h2session__out_queue_reserve(&r->q, r->reserve_length);
    assert_non_null(r->reserve);
}

static void do_commit(struct run *r)
{
    if (r->reserve == NULL) {
        return;
    }
    size_t n = test_rand(&r->seed) % (r->reserve_length + 1);
    for (size_t i = 0; i < n; i++) {
        r->reserve[i] = (uint8_t)test_rand(&r->seed);
    }
    note(r, r->reserve, n);
    h2session__out_queue_commit(&r->q, n);
    r->reserve = NULL;
}

static void do_lend(struct run *r)
{
    size_t n = 1 + random_length(r) % (LENT_BYTES - 1);
    size_t offset = test_rand(&r->seed) % (LENT_BYTES - n);
    uint32_t owner = 1 + test_rand(&r->seed) % 9;
    uint32_t last = test_rand(&r->seed) % 2;
    assert_int_equal(h2session__out_queue_lend(&r->q, lent_memory + offset, n, owner, last), 0);
    note(r, lent_memory + offset, n);
    if (last) {
        r->owed[r->owed_count].end = r->queued;
        r->owed[r->owed_count++].owner = owner;
    }
}

static void do_peek(struct run *r)
{
    h2frame_bytes pieces[12];
    size_t capacity = test_rand(&r->seed) % 13;
    size_t count = h2session__out_queue_peek(&r->q, pieces, capacity);
    assert_true(count <= capacity);
    size_t offset = r->sent;
    for (size_t i = 0; i < count; i++) {
        assert_true(pieces[i].length > 0);
        assert_memory_equal(pieces[i].data, r->expected + offset, pieces[i].length);
        for (size_t k = 0; k < pieces[i].length; k++) {
            const uint8_t *now = pieces[i].data + k;
            assert_true(r->at[offset + k] == NULL || r->at[offset + k] == now);
            r->at[offset + k] = now;
        }
        offset += pieces[i].length;
    }
    assert_true(offset <= r->queued);
    assert_true(offset == r->queued || count == capacity);
}

static void on_release(void *ctx, uint32_t owner)
{
    struct run *r = ctx;
    assert_true(r->owed_first < r->owed_count);
    assert_int_equal(owner, r->owed[r->owed_first].owner);
    assert_true(r->owed[r->owed_first].end <= r->sent);
    r->owed_first++;
}

static void do_send(struct run *r)
{
    size_t waiting = r->queued - r->sent;
    size_t n = test_rand(&r->seed) % 4 == 0 ? waiting : test_rand(&r->seed) % (waiting + 1);
    /* The transport reads what it was lent at this moment, wherever it was shown. */
    for (size_t i = r->sent; i < r->sent + n; i++) {
        assert_true(r->at[i] == NULL || *r->at[i] == r->expected[i]);
    }
    r->sent += n;
    h2session__out_queue_sent(&r->q, n, on_release, r);
    assert_true(r->owed_first == r->owed_count || r->owed[r->owed_first].end > r->sent);
}

static void step(struct run *r)
{
    switch (test_rand(&r->seed) % 8) {
    case 0:
        do_reserve(r);
        break;
    case 1:
    case 2:
        do_commit(r);
        break;
    case 3:
        do_lend(r);
        break;
    case 4:
    case 5:
        do_peek(r);
        break;
    default:
        do_send(r);
        break;
    }
    assert_int_equal(r->q.bytes, r->queued - r->sent);
    assert_int_equal(r->q.total_committed, r->queued);
    assert_int_equal(r->q.total_sent, r->sent);
    if (r->q.bytes == 0 && r->reserve == NULL) {
        assert_int_equal(r->alloc.live_blocks, 0);
    }
}

static void run_random(uint32_t seed)
{
    struct run *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->seed = seed;
    r->expected = malloc(STREAM_MAX);
    r->at = calloc(STREAM_MAX, sizeof *r->at);
    assert_true(r->expected != NULL && r->at != NULL);
    h2session__memory_init(&r->memory, test_alloc_resize, &r->alloc);
    h2session__out_queue_init(&r->q, &r->memory);
    for (int i = 0; i < STEPS && r->queued + 2 * LENT_BYTES < STREAM_MAX; i++) {
        step(r);
        if (i % 16 == 0) {
            h2session__out_queue_check(&r->q);
        }
    }
    h2session__out_queue_free(&r->q);
    assert_int_equal(r->alloc.live_blocks, 0);
    free(r->expected);
    free(r->at);
    free(r);
}

static void queue_agrees_with_a_flat_array(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENT_BYTES; i++) {
        lent_memory[i] = (uint8_t)(i * 7 + i / 251);
    }
    for (uint32_t seed = 1; seed <= 12; seed++) {
        run_random(seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_agrees_with_a_flat_array),
    };
    return cmocka_run_group_tests_name("out_queue_random", tests, NULL, NULL);
}
