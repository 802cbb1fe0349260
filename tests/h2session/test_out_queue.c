/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <string.h>

#include "out_queue.h"

struct fixture {
    struct test_alloc alloc;
    struct memory memory;
    struct out_queue q;
};

static void setup(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    h2session__memory_init(&f->memory, test_alloc_resize, &f->alloc);
    h2session__out_queue_init(&f->q, &f->memory);
}

static void finish(struct fixture *f)
{
    h2session__out_queue_free(&f->q);
    assert_int_equal(f->alloc.live_blocks, 0);
}

static void put(struct out_queue *q, const char *text)
{
    size_t n = strlen(text);
    uint8_t *to = h2session__out_queue_reserve(q, n);
    assert_non_null(to);
    memcpy(to, text, n);
    h2session__out_queue_commit(q, n);
}

static void lend(struct out_queue *q, const char *text, uint32_t owner, uint32_t last)
{
    assert_int_equal(h2session__out_queue_lend(q, (const uint8_t *)text, strlen(text), owner, last),
                     0);
}

/* The pieces as text, separated by bars. */
static void assert_peek(const struct out_queue *q, const char *expected)
{
    h2frame_bytes pieces[16];
    char text[512] = "";
    size_t length = 0;
    size_t count = h2session__out_queue_peek(q, pieces, 16);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            text[length++] = '|';
        }
        memcpy(text + length, pieces[i].data, pieces[i].length);
        length += pieces[i].length;
    }
    text[length] = '\0';
    assert_string_equal(text, expected);
}

static void empty_queue_lends_nothing_and_holds_nothing(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    h2frame_bytes piece;
    assert_int_equal(h2session__out_queue_peek(&f.q, &piece, 1), 0);
    h2session__out_queue_sent(&f.q, 0, NULL, NULL);
    assert_int_equal(f.q.bytes, 0);
    assert_int_equal(f.alloc.calls, 0);
    finish(&f);
}

static void own_octets_that_follow_each_other_are_one_piece(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    put(&f.q, "head");
    put(&f.q, "ers");
    assert_peek(&f.q, "headers");
    lend(&f.q, "body", 1, 0);
    put(&f.q, "x");
    put(&f.q, "y");
    assert_peek(&f.q, "headers|body|xy");
    assert_int_equal(f.q.bytes, 13);
    h2session__out_queue_sent(&f.q, 9, NULL, NULL);
    assert_peek(&f.q, "dy|xy");
    put(&f.q, "z");
    assert_peek(&f.q, "dy|xyz");
    assert_int_equal(f.q.total_committed, 14);
    assert_int_equal(f.q.total_sent, 9);
    finish(&f);
}

static void peek_writes_no_more_than_its_capacity(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    put(&f.q, "a");
    lend(&f.q, "b", 1, 0);
    lend(&f.q, "c", 2, 0);
    h2frame_bytes pieces[3] = {{NULL, 0}, {NULL, 0}, {NULL, 77}};
    assert_int_equal(h2session__out_queue_peek(&f.q, pieces, 0), 0);
    assert_int_equal(h2session__out_queue_peek(&f.q, pieces, 2), 2);
    assert_int_equal(pieces[1].data[0], 'b');
    assert_int_equal(pieces[2].length, 77);
    finish(&f);
}

static void lent_octets_are_not_copied(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    static const char body[] = "body";
    lend(&f.q, body, 3, 1);
    h2frame_bytes piece;
    assert_int_equal(h2session__out_queue_peek(&f.q, &piece, 1), 1);
    assert_ptr_equal(piece.data, body);
    finish(&f);
}

static void own_octets_never_join_a_lent_piece(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    put(&f.q, "abc");
    h2frame_bytes own;
    assert_int_equal(h2session__out_queue_peek(&f.q, &own, 1), 1);
    /* Lent memory that ends just where the queue writes next. */
    assert_int_equal(h2session__out_queue_lend(&f.q, own.data, 3, 1, 0), 0);
    put(&f.q, "d");
    assert_peek(&f.q, "abc|abc|d");
    finish(&f);
}

static void commit_of_nothing_leaves_no_trace(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    assert_non_null(h2session__out_queue_reserve(&f.q, 100));
    h2session__out_queue_commit(&f.q, 0);
    assert_int_equal(f.alloc.live_blocks, 0);
    assert_non_null(h2session__out_queue_reserve(&f.q, 0));
    h2session__out_queue_commit(&f.q, 0);
    assert_int_equal(f.alloc.live_blocks, 0);
    put(&f.q, "a");
    assert_non_null(h2session__out_queue_reserve(&f.q, 100000));
    h2session__out_queue_commit(&f.q, 0);
    assert_peek(&f.q, "a");
    put(&f.q, "b");
    h2session__out_queue_sent(&f.q, 2, NULL, NULL);
    assert_int_equal(f.alloc.live_blocks, 0);
    finish(&f);
}

static void second_reserve_replaces_the_first(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    put(&f.q, "a");
    for (size_t n = 1; n < 200000; n *= 3) {
        assert_non_null(h2session__out_queue_reserve(&f.q, n));
    }
    /* One chunk with "a", and one for the reserve. */
    assert_int_equal(f.alloc.live_blocks, 2);
    put(&f.q, "b");
    assert_peek(&f.q, "a|b");
    finish(&f);
}

static void reserve_stays_valid_while_what_was_before_it_is_sent(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    put(&f.q, "abc");
    uint8_t *to = h2session__out_queue_reserve(&f.q, 4);
    assert_non_null(to);
    h2session__out_queue_sent(&f.q, 3, NULL, NULL);
    memcpy(to, "wxyz", 4);
    h2session__out_queue_commit(&f.q, 4);
    assert_peek(&f.q, "wxyz");

    /* The same, and then a reserve that needs another chunk. */
    assert_non_null(h2session__out_queue_reserve(&f.q, 4));
    h2session__out_queue_sent(&f.q, 4, NULL, NULL);
    to = h2session__out_queue_reserve(&f.q, 50000);
    assert_non_null(to);
    to[0] = 'q';
    h2session__out_queue_commit(&f.q, 1);
    assert_peek(&f.q, "q");
    h2session__out_queue_sent(&f.q, 1, NULL, NULL);
    assert_int_equal(f.alloc.live_blocks, 0);
    finish(&f);
}

static void lending_does_not_take_the_room_of_an_open_reserve(void **state)
{
    (void)state;
    for (size_t before = 1; before < 40; before++) {
        struct fixture f;
        setup(&f);
        for (size_t i = 0; i < before; i++) {
            lend(&f.q, "x", 1, 0);
        }
        uint8_t *to = h2session__out_queue_reserve(&f.q, 1);
        assert_non_null(to);
        lend(&f.q, "y", 1, 0);
        f.alloc.fail_at = f.alloc.calls + 1;
        to[0] = 'z';
        h2session__out_queue_commit(&f.q, 1);
        assert_int_equal(f.q.bytes, before + 2);
        finish(&f);
    }
}

struct released {
    struct out_queue *q;
    uint32_t owners[8];
    size_t count;
    int append;
};

static void on_release(void *ctx, uint32_t owner)
{
    struct released *r = ctx;
    assert_true(r->count < 8);
    r->owners[r->count++] = owner;
    if (r->append) {
        h2session__out_queue_check(r->q);
        put(r->q, "+");
        lend(r->q, "-", 99, 0);
    }
}

static void release_is_told_once_when_the_last_octet_went(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    struct released r = {&f.q, {0}, 0, 0};
    lend(&f.q, "aaa", 1, 0);
    lend(&f.q, "bb", 1, 1);
    put(&f.q, "own");
    lend(&f.q, "c", 5, 1);
    h2session__out_queue_sent(&f.q, 4, on_release, &r);
    assert_int_equal(r.count, 0);
    h2session__out_queue_sent(&f.q, 1, on_release, &r);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.owners[0], 1);
    h2session__out_queue_sent(&f.q, 4, on_release, &r);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.owners[1], 5);
    assert_int_equal(f.alloc.live_blocks, 0);
    finish(&f);
}

static void release_may_append(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    struct released r = {&f.q, {0}, 0, 1};
    lend(&f.q, "a", 1, 1);
    lend(&f.q, "b", 3, 1);
    h2session__out_queue_sent(&f.q, 2, on_release, &r);
    assert_int_equal(r.count, 2);
    assert_peek(&f.q, "+|-|+|-");
    finish(&f);
}

static void large_reserve_is_contiguous_and_small_ones_share(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    uint8_t *to = h2session__out_queue_reserve(&f.q, 1000000);
    assert_non_null(to);
    memset(to, 'x', 1000000);
    h2session__out_queue_commit(&f.q, 1000000);
    h2frame_bytes piece;
    assert_int_equal(h2session__out_queue_peek(&f.q, &piece, 1), 1);
    assert_int_equal(piece.length, 1000000);
    h2session__out_queue_sent(&f.q, 1000000, NULL, NULL);
    assert_int_equal(f.alloc.live_blocks, 0);

    for (int i = 0; i < 150; i++) {
        put(&f.q, "frame");
    }
    assert_int_equal(f.alloc.live_blocks, 1);
    assert_null(h2session__out_queue_reserve(&f.q, SIZE_MAX));
    assert_null(h2session__out_queue_reserve(&f.q, SIZE_MAX - 64));
    finish(&f);
}

static void chunks_double_while_more_waits(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (int i = 0; i < 10000; i++) {
        put(&f.q, "0123456789");
    }
    assert_in_range(f.alloc.calls, 1, 12); /* and not one for each 4096 octets */
    assert_true(f.alloc.live_bytes < 2 * 100000);
    h2session__out_queue_sent(&f.q, 99990, NULL, NULL);
    assert_true(f.alloc.live_bytes <= 32768 + 512); /* a chunk and the ring */
    finish(&f);
}

static void chunks_are_given_back_as_they_drain(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (int i = 0; i < 10000; i++) {
        put(&f.q, "0123456789");
        if (f.q.bytes > 5000) {
            h2session__out_queue_sent(&f.q, 3000, NULL, NULL);
        }
    }
    assert_true(f.alloc.peak_bytes < 5 * 4096);
    finish(&f);
}

static void splice_moves_everything_behind(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    struct out_queue side;
    h2session__out_queue_init(&side, &f.memory);
    struct released r = {&f.q, {0}, 0, 0};

    assert_int_equal(h2session__out_queue_splice(&f.q, &side), 0);
    put(&side, "one");
    assert_int_equal(h2session__out_queue_splice(&f.q, &side), 0);
    assert_int_equal(side.bytes, 0);
    assert_peek(&f.q, "one");
    put(&side, "two");
    lend(&side, "lent", 7, 1);
    put(&side, "three");
    put(&f.q, "+");
    assert_int_equal(h2session__out_queue_splice(&f.q, &side), 0);
    lend(&side, "only", 9, 1);
    assert_int_equal(h2session__out_queue_splice(&f.q, &side), 0);
    put(&f.q, "end");
    assert_peek(&f.q, "one+|two|lent|three|only|end");
    assert_int_equal(f.q.total_committed, 23);
    h2session__out_queue_sent(&f.q, 23, on_release, &r);
    assert_int_equal(r.count, 2);
    assert_int_equal(f.alloc.live_blocks, 0);
    h2session__out_queue_free(&side);
    finish(&f);
}

static void extended_octets_belong_to_the_queue_at_once(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    for (size_t i = 0; i < 2000; i++) {
        uint8_t *to = h2session__out_queue_extend(&f.q, 3);
        assert_non_null(to);
        memcpy(to, "abc", 3);
        assert_int_equal(f.q.bytes, 3 * (i + 1));
    }
    lend(&f.q, "lent", 1, 0);
    memcpy(h2session__out_queue_extend(&f.q, 1), "d", 1);
    h2session__out_queue_sent(&f.q, 6000 - 3, NULL, NULL);
    assert_peek(&f.q, "abc|lent|d");
    assert_int_equal(f.q.total_committed, 6005);
    finish(&f);
}

/* Heads and lent pieces by turns, far beyond the first chunk and the first ring. */
static void heads_and_lent_pieces_take_turns(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    const struct out_piece lent = {(const uint8_t *)"lent", 4, 1, 0};
    put(&f.q, "x");
    for (size_t i = 0; i < 2000; i++) {
        uint8_t *to = h2session__out_queue_extend_and_lend(&f.q, 3, &lent);
        assert_non_null(to);
        memcpy(to, "abc", 3);
        assert_int_equal(f.q.bytes, 1 + 7 * (i + 1));
        assert_int_equal(f.q.frames, i + 2);
    }
    assert_int_equal(f.q.total_committed, 14001);
    h2session__out_queue_sent(&f.q, 14001 - 14, NULL, NULL);
    put(&f.q, "y");
    assert_peek(&f.q, "abc|lent|abc|lent|y");
    h2session__out_queue_sent(&f.q, 15, NULL, NULL);
    assert_int_equal(f.q.bytes, 0);
    finish(&f);
}

static void head_and_lent_piece_may_be_the_first(void **state)
{
    (void)state;
    const struct out_piece lent = {(const uint8_t *)"lent", 4, 1, 0};
    for (size_t nth = 1;; nth++) {
        struct fixture f;
        setup(&f);
        f.alloc.fail_at = nth;
        uint8_t *to = h2session__out_queue_extend_and_lend(&f.q, 3, &lent);
        if (to != NULL) {
            memcpy(to, "abc", 3);
            assert_peek(&f.q, "abc|lent");
            finish(&f);
            break;
        }
        assert_int_equal(f.q.bytes, 0);
        assert_int_equal(f.alloc.live_blocks, 0); /* an empty queue holds nothing */
        finish(&f);
    }
}

static void kept_queue_takes_no_new_memory_for_the_next_frames(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    h2session__out_queue_keep(&f.q, 1);
    assert_int_equal(f.alloc.calls, 0);
    for (int i = 0; i < 100; i++) {
        put(&f.q, "frame");
        lend(&f.q, "lent", 1, 0);
        h2session__out_queue_sent(&f.q, f.q.bytes, NULL, NULL);
    }
    assert_int_equal(f.alloc.calls, 1);
    assert_true(f.alloc.live_bytes <= 1024);
    h2session__out_queue_keep(&f.q, 0);
    assert_int_equal(f.alloc.live_blocks, 0);
    finish(&f);
}

static void kept_queue_gives_back_what_was_more_than_usual(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    h2session__out_queue_keep(&f.q, 1);
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 100; k++) {
            assert_non_null(h2session__out_queue_reserve(&f.q, 5000));
            h2session__out_queue_commit(&f.q, 5000);
            lend(&f.q, "lent", 1, 0);
        }
        h2session__out_queue_sent(&f.q, f.q.bytes, NULL, NULL);
        assert_true(f.alloc.live_bytes <= 2048 + 256);
    }
    finish(&f);
}

/* What is kept is in nobody's way when a whole queue comes behind it. */
static void splice_behind_what_is_kept(void **state)
{
    (void)state;
    struct fixture f;
    struct out_queue side;
    setup(&f);
    h2session__out_queue_init(&side, &f.memory);
    h2session__out_queue_keep(&f.q, 1);
    put(&f.q, "gone");
    h2session__out_queue_sent(&f.q, 4, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        put(&side, "side");
        assert_int_equal(h2session__out_queue_splice(&f.q, &side), 0);
        assert_peek(&f.q, "side");
        h2session__out_queue_sent(&f.q, 1, NULL, NULL);
        put(&f.q, " more");
        assert_peek(&f.q, "ide more");
        h2session__out_queue_sent(&f.q, 8, NULL, NULL);
    }
    h2session__out_queue_free(&side);
    finish(&f);
}

/* Every way to need memory; a failure must leave the queues as they were. */
static int use_all_calls(struct test_alloc *a, void *arg)
{
    (void)arg;
    struct memory memory;
    h2session__memory_init(&memory, test_alloc_resize, a);
    struct out_queue q;
    struct out_queue side;
    h2session__out_queue_init(&q, &memory);
    h2session__out_queue_init(&side, &memory);
    int failed = 0;
    for (size_t i = 0; i < 60 && !failed; i++) {
        struct out_queue *to = i % 3 == 2 ? &side : &q;
        uint64_t bytes = to->bytes;
        size_t n = 1 + i * 997 % 9000;
        uint8_t *room = h2session__out_queue_reserve(to, n);
        failed = room == NULL;
        if (!failed) {
            memset(room, 'x', n);
            h2session__out_queue_commit(to, n);
            bytes += n;
            failed = h2session__out_queue_extend(to, 1) == NULL;
            bytes += failed ? 0 : 1;
        }
        if (!failed) {
            failed = h2session__out_queue_lend(to, (const uint8_t *)"lent", 4, 1, 0) != 0;
            bytes += failed ? 0 : 4;
        }
        if (!failed) {
            const struct out_piece lent = {(const uint8_t *)"lent", 4, 1, 0};
            failed = h2session__out_queue_extend_and_lend(to, 2, &lent) == NULL;
            bytes += failed ? 0 : 6;
        }
        assert_int_equal(to->bytes, bytes);
        if (!failed && i % 10 == 9) {
            bytes = side.bytes;
            failed = h2session__out_queue_splice(&q, &side) != 0;
            assert_int_equal(side.bytes, failed ? bytes : 0);
        }
        h2session__out_queue_check(&q);
        h2session__out_queue_check(&side);
    }
    h2session__out_queue_sent(&q, q.bytes / 2, NULL, NULL);
    h2session__out_queue_check(&q);
    h2session__out_queue_free(&q);
    h2session__out_queue_free(&side);
    return failed;
}

static void failed_allocation_changes_nothing(void **state)
{
    (void)state;
    test_each_failing_alloc(use_all_calls, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_queue_lends_nothing_and_holds_nothing),
        cmocka_unit_test(own_octets_that_follow_each_other_are_one_piece),
        cmocka_unit_test(peek_writes_no_more_than_its_capacity),
        cmocka_unit_test(lent_octets_are_not_copied),
        cmocka_unit_test(own_octets_never_join_a_lent_piece),
        cmocka_unit_test(commit_of_nothing_leaves_no_trace),
        cmocka_unit_test(second_reserve_replaces_the_first),
        cmocka_unit_test(reserve_stays_valid_while_what_was_before_it_is_sent),
        cmocka_unit_test(lending_does_not_take_the_room_of_an_open_reserve),
        cmocka_unit_test(release_is_told_once_when_the_last_octet_went),
        cmocka_unit_test(release_may_append),
        cmocka_unit_test(large_reserve_is_contiguous_and_small_ones_share),
        cmocka_unit_test(chunks_double_while_more_waits),
        cmocka_unit_test(chunks_are_given_back_as_they_drain),
        cmocka_unit_test(splice_moves_everything_behind),
        cmocka_unit_test(extended_octets_belong_to_the_queue_at_once),
        cmocka_unit_test(heads_and_lent_pieces_take_turns),
        cmocka_unit_test(head_and_lent_piece_may_be_the_first),
        cmocka_unit_test(kept_queue_takes_no_new_memory_for_the_next_frames),
        cmocka_unit_test(kept_queue_gives_back_what_was_more_than_usual),
        cmocka_unit_test(splice_behind_what_is_kept),
        cmocka_unit_test(failed_allocation_changes_nothing),
    };
    return cmocka_run_group_tests_name("out_queue", tests, NULL, NULL);
}
