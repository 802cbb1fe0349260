/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "ordered.h"

enum { NODES = 200, STEPS = 100000 };

static int by_tag_and_key(const struct ordered_node *a, const struct ordered_node *b)
{
    return a->tag != b->tag ? a->tag < b->tag : a->key < b->key;
}

static void empty_set_has_no_first(void **state)
{
    (void)state;
    struct ordered o;
    struct ordered_node probe = {.key = 1};
    h2session__ordered_init(&o, by_tag_and_key);
    assert_null(o.first);
    assert_null(h2session__ordered_find(&o, &probe));
    assert_int_equal(h2session__ordered_check(&o), 0);
}

static void first_is_the_least(void **state)
{
    (void)state;
    const uint32_t keys[] = {5, 3, 9, 1, 7};
    const uint32_t least[] = {5, 3, 3, 1, 1};
    struct ordered o;
    struct ordered_node nodes[5];
    memset(nodes, 0, sizeof nodes);
    h2session__ordered_init(&o, by_tag_and_key);
    for (size_t i = 0; i < 5; i++) {
        nodes[i].key = keys[i];
        h2session__ordered_insert(&o, &nodes[i]);
        assert_int_equal(o.first->key, least[i]);
    }
    h2session__ordered_remove(&o, &nodes[3]);
    assert_int_equal(o.first->key, 3);
    assert_int_equal(nodes[3].level, 0);
}

/* Ascending, descending and mixed: the depth stays logarithmic, which the check's stack and the
 * levels prove: a node of level n has at least 2^n - 1 nodes below and with it. */
static void levels_stay_logarithmic(void **state)
{
    (void)state;
    for (uint32_t way = 0; way < 3; way++) {
        static struct ordered_node nodes[1024];
        struct ordered o;
        memset(nodes, 0, sizeof nodes);
        h2session__ordered_init(&o, by_tag_and_key);
        for (uint32_t i = 0; i < 1024; i++) {
            const uint32_t keys[] = {i, 1024 - i, i * UINT32_C(0x9e3779b1)};
            nodes[i].key = keys[way];
            h2session__ordered_insert(&o, &nodes[i]);
        }
        assert_true(o.root->level <= 10);
        assert_int_equal(h2session__ordered_check(&o), 1024);
        for (uint32_t i = 0; i < 928; i++) {
            h2session__ordered_remove(&o, &nodes[i]);
        }
        assert_true(o.root->level <= 7);
        assert_int_equal(h2session__ordered_check(&o), 96);
    }
}

/* The slow reference: a sorted array. */
struct model {
    struct ordered_node *sorted[NODES];
    size_t count;
};

static size_t model_place(const struct model *m, const struct ordered_node *n)
{
    size_t i = 0;
    while (i < m->count && by_tag_and_key(m->sorted[i], n)) {
        i++;
    }
    return i;
}

static void toggle(struct ordered *o, struct model *m, struct ordered_node *n, uint32_t *seed)
{
    size_t i;
    if (n->level == 0) {
        do {
            n->tag = (uint8_t)(test_rand(seed) % 3);
            n->key = test_rand(seed) % 900;
        } while (h2session__ordered_find(o, n) != NULL);
        i = model_place(m, n);
        memmove(&m->sorted[i + 1], &m->sorted[i], (m->count - i) * sizeof m->sorted[0]);
        m->sorted[i] = n;
        m->count++;
        h2session__ordered_insert(o, n);
    } else {
        i = model_place(m, n);
        m->count--;
        memmove(&m->sorted[i], &m->sorted[i + 1], (m->count - i) * sizeof m->sorted[0]);
        h2session__ordered_remove(o, n);
    }
}

static void set_agrees_with_a_sorted_array(void **state)
{
    (void)state;
    static struct ordered_node nodes[NODES];
    static struct model m;
    uint32_t seed = 7;
    struct ordered o;
    h2session__ordered_init(&o, by_tag_and_key);
    for (uint32_t step = 0; step < STEPS; step++) {
        /* Waves: mostly a few nodes, at times all of them. */
        uint32_t range = step / 5000 % 2 == 0 ? NODES : 20;
        toggle(&o, &m, &nodes[test_rand(&seed) % range], &seed);
        assert_ptr_equal(o.first, m.count > 0 ? m.sorted[0] : NULL);
        struct ordered_node probe = {.tag = (uint8_t)(test_rand(&seed) % 3),
                                     .key = test_rand(&seed) % 900};
        size_t i = model_place(&m, &probe);
        struct ordered_node *expected =
            i < m.count && !by_tag_and_key(&probe, m.sorted[i]) ? m.sorted[i] : NULL;
        assert_ptr_equal(h2session__ordered_find(&o, &probe), expected);
        if (step % 16 == 0) {
            assert_int_equal(h2session__ordered_check(&o), m.count);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_set_has_no_first),
        cmocka_unit_test(first_is_the_least),
        cmocka_unit_test(levels_stay_logarithmic),
        cmocka_unit_test(set_agrees_with_a_sorted_array),
    };
    return cmocka_run_group_tests_name("ordered", tests, NULL, NULL);
}
