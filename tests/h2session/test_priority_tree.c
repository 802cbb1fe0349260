/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "priority_tree.h"

enum { MANY = 200, FRAME = 16384 };

struct forest {
    struct tree t;
    struct memory memory;
    struct test_alloc alloc;
    struct tree_node *n[MANY];
    uint64_t octets[MANY];
};

/* A node of the test: what the owner keeps beside the tree's part. */
struct leaf {
    struct tree_node tree;
    uint32_t index;
    uint32_t reserved;
};

static void begin(struct forest *f, uint32_t count)
{
    memset(f, 0, sizeof *f);
    h2session__memory_init(&f->memory, test_alloc_resize, &f->alloc);
    assert_int_equal(h2session__tree_init(&f->t, &f->memory, sizeof(struct leaf)), 0);
    for (uint32_t i = 0; i < count; i++) {
        f->n[i] = h2session__tree_new(&f->t);
        assert_non_null(f->n[i]);
        ((struct leaf *)f->n[i])->index = i;
    }
}

static void end(struct forest *f)
{
    for (uint32_t i = 0; i < MANY; i++) {
        if (f->n[i] != NULL) {
            h2session__tree_remove(&f->t, f->n[i]);
        }
    }
    h2session__tree_free(&f->t);
    assert_int_equal(f->alloc.live_blocks, 0);
}

static void put(struct forest *f, uint32_t i, int parent, uint32_t weight, int exclusive)
{
    h2session__tree_place(&f->t, f->n[i], parent >= 0 ? f->n[parent] : NULL, weight, exclusive);
}

static void ready(struct forest *f, uint32_t i)
{
    h2session__tree_set_ready(&f->t, f->n[i], 1);
}

static void stall(struct forest *f, uint32_t i)
{
    h2session__tree_set_ready(&f->t, f->n[i], 0);
}

static void drop(struct forest *f, uint32_t i)
{
    h2session__tree_remove(&f->t, f->n[i]);
    f->n[i] = NULL;
}

static int next(struct forest *f)
{
    struct tree_node *n = h2session__tree_next(&f->t);
    return n != NULL ? (int)((struct leaf *)n)->index : -1;
}

/* Serves so many frames and counts the octets of each node. */
static void serve(struct forest *f, uint32_t frames)
{
    memset(f->octets, 0, sizeof f->octets);
    for (uint32_t k = 0; k < frames; k++) {
        int i = next(f);
        assert_true(i >= 0);
        h2session__tree_served(&f->t, f->n[i], FRAME);
        f->octets[i] += FRAME;
    }
}

/* The share of a node is within two in a thousand. */
static void expect_share(const struct forest *f, uint32_t i, uint32_t part, uint32_t of)
{
    uint64_t sum = 0;
    for (uint32_t k = 0; k < MANY; k++) {
        sum += f->octets[k];
    }
    uint64_t expected = sum * part / of;
    uint64_t slack = sum / 500;
    if (f->octets[i] + slack < expected || f->octets[i] > expected + slack) {
        fail_msg("node %u has %llu octets of %llu, not %u/%u", i, (unsigned long long)f->octets[i],
                 (unsigned long long)sum, part, of);
    }
}

static int parent_of(const struct forest *f, uint32_t i)
{
    const struct tree_node *parent = f->n[i]->family->parent;
    if (parent == &f->t.root) {
        return -1;
    }
    return parent->nameless ? -2 : (int)((const struct leaf *)parent)->index;
}

static void nothing_to_serve_in_an_empty_tree(void **state)
{
    (void)state;
    struct forest f;
    begin(&f, 2);
    assert_int_equal(next(&f), -1);
    assert_true(h2session__tree_is_empty(&f.t));
    assert_int_equal(f.n[0]->weight, 16);
    assert_int_equal(parent_of(&f, 0), -1);
    ready(&f, 1);
    ready(&f, 1);
    assert_false(h2session__tree_is_empty(&f.t));
    assert_int_equal(next(&f), 1);
    stall(&f, 1);
    assert_true(h2session__tree_is_empty(&f.t));
    end(&f);
}

/* rfc: 7540#5.3.1: what depends on a stream waits until that cannot send any more. */
static void parents_come_before_children(void **state)
{
    (void)state;
    struct forest f;
    begin(&f, 4);
    put(&f, 1, 0, 16, 0);
    put(&f, 2, 1, 256, 0);
    put(&f, 3, 1, 1, 0);
    for (uint32_t i = 4; i-- > 0;) {
        ready(&f, i);
    }
    serve(&f, 10);
    assert_int_equal(f.octets[0], 10 * FRAME);
    stall(&f, 0);
    assert_int_equal(next(&f), 1);
    stall(&f, 1);
    serve(&f, 257 * 3);
    expect_share(&f, 2, 256, 257);
    expect_share(&f, 3, 1, 257);
    ready(&f, 0);
    assert_int_equal(next(&f), 0);
    end(&f);
}

/* rfc: 7540#5.3.2 */
static void siblings_share_by_weight(void **state)
{
    (void)state;
    struct forest f;
    begin(&f, 3);
    const uint32_t weights[] = {1, 4, 16};
    for (uint32_t i = 0; i < 3; i++) {
        put(&f, i, -1, weights[i], 0);
        ready(&f, i);
    }
    serve(&f, 21 * 100);
    for (uint32_t i = 0; i < 3; i++) {
        expect_share(&f, i, weights[i], 21);
    }
    end(&f);
}

/* Shares are of octets, whatever the frames of each are. */
static void frame_sizes_do_not_matter(void **state)
{
    (void)state;
    const uint32_t frames[] = {100, 65536};
    struct forest f;
    begin(&f, 2);
    put(&f, 1, -1, 48, 0);
    ready(&f, 0);
    ready(&f, 1);
    for (uint64_t sum = 0; sum < 400 * 65536;) {
        int i = next(&f);
        h2session__tree_served(&f.t, f.n[i], frames[i]);
        f.octets[i] += frames[i];
        sum += frames[i];
    }
    expect_share(&f, 0, 1, 4);
    expect_share(&f, 1, 3, 4);
    end(&f);
}

static void shares_multiply_down_the_tree(void **state)
{
    (void)state;
    struct forest f;
    begin(&f, 6);
    put(&f, 0, -1, 30, 0);
    put(&f, 1, -1, 10, 0); /* never sends itself */
    put(&f, 2, 1, 2, 0);
    put(&f, 3, 1, 6, 0);
    put(&f, 4, 3, 1, 0);
    put(&f, 5, 3, 3, 0);
    ready(&f, 0);
    ready(&f, 2);
    ready(&f, 4);
    ready(&f, 5);
    serve(&f, 64 * 100);
    expect_share(&f, 0, 48, 64);
    expect_share(&f, 2, 4, 64);
    expect_share(&f, 4, 3, 64);
    expect_share(&f, 5, 9, 64);
    /* A node that stalls leaves its share to its siblings. */
    stall(&f, 2);
    serve(&f, 64 * 100);
    expect_share(&f, 0, 48, 64);
    expect_share(&f, 4, 4, 64);
    expect_share(&f, 5, 12, 64);
    end(&f);
}

/* What a stalled node did not use is gone; what it has had before still counts. */
static void stalling_neither_saves_nor_forgives(void **state)
{
    (void)state;
    struct forest f;
    begin(&f, 2);
    ready(&f, 0);
    ready(&f, 1);
    serve(&f, 100);
    stall(&f, 0);
    serve(&f, 1000);
    ready(&f, 0);
    serve(&f, 100);
    expect_share(&f, 0, 1, 2);
    h2session__tree_served(&f.t, f.n[0], 50 * FRAME);
    stall(&f, 0);
    ready(&f, 0);
    serve(&f, 50);
    expect_share(&f, 1, 1, 1);
    end(&f);
}

/* rfc: 7540#5.3.1 */
static void exclusive_insertion_takes_the_siblings(void **state)
{
    (void)state;
    struct forest f;
    begin(&f, 6);
    put(&f, 1, 0, 16, 0);
    put(&f, 2, 0, 32, 0);
    put(&f, 4, 3, 16, 0);
    put(&f, 5, 3, 48, 0);
    put(&f, 3, 0, 16, 1);
    assert_int_equal(parent_of(&f, 3), 0);
    for (uint32_t i = 1; i < 6; i++) {
        assert_int_equal(parent_of(&f, i), i == 3 ? 0 : 3);
        if (i != 3) {
            ready(&f, i);
        }
    }
    serve(&f, 7 * 200);
    expect_share(&f, 1, 1, 7);
    expect_share(&f, 2, 2, 7);
    expect_share(&f, 4, 1, 7);
    expect_share(&f, 5, 3, 7);
    /* On the root, and of one that is there already. */
    put(&f, 5, -1, 16, 0);
    put(&f, 5, -1, 16, 1);
    assert_int_equal(parent_of(&f, 5), -1);
    assert_int_equal(parent_of(&f, 0), 5);
    end(&f);
}

/* rfc: 7540#5.3.3: figure 5 there: A with B and C below, D and E below C, F below D; A then
 * depends on D. */
static void a_node_may_move_below_its_own_descendant(void **state)
{
    (void)state;
    enum { A, B, C, D, E, F };
    for (int exclusive = 0; exclusive <= 1; exclusive++) {
        struct forest f;
        begin(&f, 6);
        put(&f, B, A, 16, 0);
        put(&f, C, A, 16, 0);
        put(&f, D, C, 7, 0);
        put(&f, E, C, 16, 0);
        put(&f, F, D, 16, 0);
        for (uint32_t i = 0; i < 6; i++) {
            ready(&f, i);
        }
        put(&f, A, D, 9, exclusive);
        assert_int_equal(parent_of(&f, D), -1);
        assert_int_equal(f.n[D]->weight, 7);
        assert_int_equal(parent_of(&f, A), D);
        assert_int_equal(f.n[A]->weight, 9);
        assert_int_equal(parent_of(&f, B), A);
        assert_int_equal(parent_of(&f, C), A);
        assert_int_equal(parent_of(&f, E), C);
        assert_int_equal(parent_of(&f, F), exclusive ? A : D);
        assert_int_equal(next(&f), D);
        end(&f);
    }
}

/* rfc: 7540#5.3.4: what depended on a stream that is gone shares its weight. */
static void weight_of_a_removed_node_goes_to_its_children(void **state)
{
    (void)state;
    struct forest f;
    begin(&f, 5);
    put(&f, 0, -1, 16, 0);
    put(&f, 1, 0, 1, 0);
    put(&f, 2, 0, 1, 0);
    put(&f, 3, 0, 254, 0);
    put(&f, 4, -1, 48, 0);
    for (uint32_t i = 1; i < 5; i++) {
        ready(&f, i);
    }
    drop(&f, 0);
    assert_int_equal(f.t.count, 5);
    serve(&f, 1024 * 20);
    expect_share(&f, 1, 1, 1024);
    expect_share(&f, 2, 1, 1024);
    expect_share(&f, 3, 254, 1024);
    expect_share(&f, 4, 768, 1024);
    /* The last of them has it alone, and the place. */
    drop(&f, 1);
    drop(&f, 3);
    assert_int_equal(f.t.count, 2);
    assert_int_equal(parent_of(&f, 2), -1);
    assert_int_equal(f.n[2]->weight, 16);
    serve(&f, 400);
    expect_share(&f, 2, 1, 4);
    end(&f);
}

static void only_child_takes_the_place_at_once(void **state)
{
    (void)state;
    struct forest f;
    begin(&f, 4);
    put(&f, 1, 0, 99, 0);
    put(&f, 2, 1, 5, 0);
    put(&f, 3, 0, 1, 0);
    ready(&f, 2);
    drop(&f, 1);
    assert_int_equal(f.t.count, 3);
    assert_int_equal(parent_of(&f, 2), 0);
    assert_int_equal(f.n[2]->weight, 99);
    assert_int_equal(next(&f), 2);
    end(&f);
}

static void nameless_nodes_go_with_their_children(void **state)
{
    (void)state;
    struct forest f;
    begin(&f, 7);
    for (uint32_t i = 1; i < 7; i++) {
        put(&f, i, (int)(i - 1) / 2, 16, 0); /* a full binary tree */
    }
    drop(&f, 0);
    drop(&f, 1);
    drop(&f, 2);
    assert_int_equal(f.t.count, 7);
    drop(&f, 3);
    assert_int_equal(f.t.count, 5); /* 4 took the place of 1 */
    assert_int_equal(parent_of(&f, 4), -2);
    drop(&f, 4);
    /* The rest of 0 had one child left, the rest of 2, which took its place. */
    assert_int_equal(f.t.count, 3);
    drop(&f, 5);
    assert_int_equal(f.t.count, 1);
    assert_int_equal(parent_of(&f, 6), -1);
    end(&f);
}

/* ---- Depth -------------------------------------------------------------------------------- */

static uint32_t depth_of(const struct forest *f, uint32_t i)
{
    uint32_t depth = 0;
    for (const struct tree_node *n = f->n[i]; n != &f->t.root; n = n->family->parent) {
        depth++;
    }
    return depth;
}

static void deep_places_are_below_the_root(void **state)
{
    (void)state;
    struct forest f;
    begin(&f, MANY);
    for (uint32_t i = 1; i < MANY; i++) {
        put(&f, i, (int)i - 1, 16, i % 2 == 0);
        assert_true(depth_of(&f, i) <= TREE_DEPTH);
    }
    assert_int_equal(depth_of(&f, TREE_DEPTH - 1), TREE_DEPTH);
    assert_int_equal(depth_of(&f, TREE_DEPTH), 1);
    end(&f);
}

/* Exclusive insertions at the top push a chain down; it is cut where somebody comes across it. */
static void chains_that_were_pushed_down_are_cut(void **state)
{
    (void)state;
    for (int ready_first = 0; ready_first <= 1; ready_first++) {
        struct forest f;
        begin(&f, MANY);
        put(&f, 1, 0, 16, 0);
        if (ready_first) {
            ready(&f, 1);
        }
        for (uint32_t i = 2; i < MANY; i++) {
            put(&f, i, -1, 16, 1);
        }
        assert_int_equal(depth_of(&f, 1), MANY);
        if (!ready_first) {
            ready(&f, 1);
        }
        assert_int_equal(next(&f), 1);
        assert_true(depth_of(&f, 1) <= TREE_DEPTH + 1);
        h2session__tree_served(&f.t, f.n[1], FRAME);
        stall(&f, 1);
        assert_true(h2session__tree_is_empty(&f.t));
        end(&f);
    }
}

static int grow(struct test_alloc *a, void *arg)
{
    (void)arg;
    struct tree t;
    struct memory memory;
    struct tree_node *n[8];
    uint32_t count = 0;
    h2session__memory_init(&memory, test_alloc_resize, a);
    if (h2session__tree_init(&t, &memory, sizeof(struct leaf)) != 0) {
        return -1;
    }
    while (count < 8 && (n[count] = h2session__tree_new(&t)) != NULL) {
        h2session__tree_check(&t);
        count++;
    }
    for (uint32_t i = 0; i < count; i++) {
        h2session__tree_remove(&t, n[i]);
    }
    h2session__tree_free(&t);
    return count == 8 ? 0 : -1;
}

static void no_memory_is_an_ordinary_error(void **state)
{
    (void)state;
    test_each_failing_alloc(grow, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_serve_in_an_empty_tree),
        cmocka_unit_test(parents_come_before_children),
        cmocka_unit_test(siblings_share_by_weight),
        cmocka_unit_test(frame_sizes_do_not_matter),
        cmocka_unit_test(shares_multiply_down_the_tree),
        cmocka_unit_test(stalling_neither_saves_nor_forgives),
        cmocka_unit_test(exclusive_insertion_takes_the_siblings),
        cmocka_unit_test(a_node_may_move_below_its_own_descendant),
        cmocka_unit_test(weight_of_a_removed_node_goes_to_its_children),
        cmocka_unit_test(only_child_takes_the_place_at_once),
        cmocka_unit_test(nameless_nodes_go_with_their_children),
        cmocka_unit_test(deep_places_are_below_the_root),
        cmocka_unit_test(chains_that_were_pushed_down_are_cut),
        cmocka_unit_test(no_memory_is_an_ordinary_error),
    };
    return cmocka_run_group_tests_name("priority_tree", tests, NULL, NULL);
}
