/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <string.h>

#include "priority.h"

enum { NODES = 24 };

static void nothing_to_serve_in_an_empty_scheduler(void **state)
{
    (void)state;
    struct priority p;
    struct priority_node n;
    h2session__priority_init(&p);
    h2session__priority_node_init(&n);
    assert_null(h2session__priority_next(&p));
    assert_false(h2session__priority_is_queued(&n));
    assert_int_equal(n.urgency, 3);
    assert_int_equal(n.incremental, 1);
    h2session__priority_remove(&p, &n);
    h2session__priority_served(&p, &n);
    assert_null(h2session__priority_next(&p));
}

static void most_urgent_is_served_first(void **state)
{
    (void)state;
    struct priority p;
    struct priority_node n[8];
    h2session__priority_init(&p);
    for (uint32_t i = 0; i < 8; i++) {
        h2session__priority_node_init(&n[i]);
        h2session__priority_change(&p, &n[i], 7 - i, i % 2);
        h2session__priority_add(&p, &n[i]);
        assert_ptr_equal(h2session__priority_next(&p), &n[i]);
    }
    for (uint32_t i = 8; i-- > 0;) {
        assert_ptr_equal(h2session__priority_next(&p), &n[i]);
        h2session__priority_remove(&p, &n[i]);
        assert_false(h2session__priority_is_queued(&n[i]));
    }
    assert_null(h2session__priority_next(&p));
}

static void incremental_equals_take_turns(void **state)
{
    (void)state;
    struct priority p;
    struct priority_node n[3];
    h2session__priority_init(&p);
    for (int i = 0; i < 3; i++) {
        h2session__priority_node_init(&n[i]);
        h2session__priority_add(&p, &n[i]);
    }
    for (int i = 0; i < 9; i++) {
        assert_ptr_equal(h2session__priority_next(&p), &n[i % 3]);
        h2session__priority_served(&p, &n[i % 3]);
    }
}

static void non_incremental_is_served_until_it_leaves(void **state)
{
    (void)state;
    struct priority p;
    struct priority_node n[3];
    h2session__priority_init(&p);
    for (int i = 0; i < 3; i++) {
        h2session__priority_node_init(&n[i]);
        h2session__priority_change(&p, &n[i], 3, i == 2);
        h2session__priority_add(&p, &n[i]);
    }
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 4; k++) {
            assert_ptr_equal(h2session__priority_next(&p), &n[i]);
            h2session__priority_served(&p, &n[i]);
        }
        h2session__priority_remove(&p, &n[i]);
    }
}

static void adding_twice_keeps_the_place(void **state)
{
    (void)state;
    struct priority p;
    struct priority_node n[2];
    h2session__priority_init(&p);
    for (int i = 0; i < 2; i++) {
        h2session__priority_node_init(&n[i]);
        h2session__priority_add(&p, &n[i]);
    }
    h2session__priority_add(&p, &n[0]);
    assert_ptr_equal(h2session__priority_next(&p), &n[0]);
}

static void change_moves_a_queued_node(void **state)
{
    (void)state;
    struct priority p;
    struct priority_node n[2];
    h2session__priority_init(&p);
    for (int i = 0; i < 2; i++) {
        h2session__priority_node_init(&n[i]);
        h2session__priority_add(&p, &n[i]);
    }
    h2session__priority_change(&p, &n[1], 0, 0);
    assert_ptr_equal(h2session__priority_next(&p), &n[1]);
    assert_true(h2session__priority_is_queued(&n[1]));
    h2session__priority_change(&p, &n[1], 1000, 7);
    assert_int_equal(n[1].urgency, 7);
    assert_int_equal(n[1].incremental, 1);
    assert_ptr_equal(h2session__priority_next(&p), &n[0]);
    /* The same urgency: the turn stays. */
    h2session__priority_change(&p, &n[0], 3, 0);
    assert_ptr_equal(h2session__priority_next(&p), &n[0]);
    assert_int_equal(n[0].incremental, 0);
}

/* Naive: a list for each level, its first is next. */
struct model {
    size_t list[PRIORITY_LEVELS][NODES];
    size_t count[PRIORITY_LEVELS];
    uint32_t urgency[NODES];
    uint32_t incremental[NODES];
    int queued[NODES];
};

static void model_remove(struct model *m, size_t i)
{
    uint32_t u = m->urgency[i];
    size_t k = 0;
    while (m->queued[i] && m->list[u][k] != i) {
        k++;
    }
    if (m->queued[i]) {
        m->count[u]--;
        memmove(&m->list[u][k], &m->list[u][k + 1], (m->count[u] - k) * sizeof m->list[u][0]);
        m->queued[i] = 0;
    }
}

static void model_add(struct model *m, size_t i)
{
    if (!m->queued[i]) {
        m->list[m->urgency[i]][m->count[m->urgency[i]]++] = i;
        m->queued[i] = 1;
    }
}

static size_t model_next(const struct model *m)
{
    for (uint32_t u = 0; u < PRIORITY_LEVELS; u++) {
        if (m->count[u] > 0) {
            return m->list[u][0];
        }
    }
    return NODES;
}

static void model_change(struct model *m, size_t i, uint32_t urgency, uint32_t incremental)
{
    int queued = m->queued[i];
    m->incremental[i] = incremental;
    if (m->urgency[i] != urgency) {
        model_remove(m, i);
        m->urgency[i] = urgency;
        if (queued) {
            model_add(m, i);
        }
    }
}

static void random_step(struct priority *p, struct priority_node *nodes, struct model *m,
                        uint32_t *seed)
{
    size_t i = test_rand(seed) % NODES;
    uint32_t urgency = test_rand(seed) % PRIORITY_LEVELS;
    uint32_t incremental = test_rand(seed) % 2;
    switch (test_rand(seed) % 8) {
    case 0:
    case 1:
        h2session__priority_add(p, &nodes[i]);
        model_add(m, i);
        break;
    case 2:
        h2session__priority_remove(p, &nodes[i]);
        model_remove(m, i);
        break;
    case 3:
        h2session__priority_change(p, &nodes[i], urgency, incremental);
        model_change(m, i, urgency, incremental);
        break;
    default:
        /* Mostly the node whose turn it is, sometimes another. */
        i = model_next(m) < NODES && urgency != 0 ? model_next(m) : i;
        h2session__priority_served(p, &nodes[i]);
        if (m->queued[i] && m->incremental[i]) {
            model_remove(m, i);
            model_add(m, i);
        }
        break;
    }
}

static void scheduler_agrees_with_plain_lists(void **state)
{
    (void)state;
    uint32_t seed = 11;
    struct priority p;
    struct priority_node nodes[NODES];
    struct model m;
    memset(&m, 0, sizeof m);
    h2session__priority_init(&p);
    for (size_t i = 0; i < NODES; i++) {
        h2session__priority_node_init(&nodes[i]);
        m.urgency[i] = 3;
        m.incremental[i] = 1;
    }
    for (int step = 0; step < 50000; step++) {
        random_step(&p, nodes, &m, &seed);
        size_t next = model_next(&m);
        assert_ptr_equal(h2session__priority_next(&p), next < NODES ? &nodes[next] : NULL);
        for (size_t i = 0; i < NODES; i++) {
            assert_int_equal(h2session__priority_is_queued(&nodes[i]), m.queued[i]);
        }
        h2session__priority_check(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_serve_in_an_empty_scheduler),
        cmocka_unit_test(most_urgent_is_served_first),
        cmocka_unit_test(incremental_equals_take_turns),
        cmocka_unit_test(non_incremental_is_served_until_it_leaves),
        cmocka_unit_test(adding_twice_keeps_the_place),
        cmocka_unit_test(change_moves_a_queued_node),
        cmocka_unit_test(scheduler_agrees_with_plain_lists),
    };
    return cmocka_run_group_tests_name("priority", tests, NULL, NULL);
}
