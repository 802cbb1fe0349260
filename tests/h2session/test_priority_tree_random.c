/* SPDX-License-Identifier: MIT */
/* The tree against a slow reference: the rules of RFC 7540 5.3 over a table of parents. */
#include "support.h"

#include <string.h>

#include "priority_tree.h"

enum { NODES = 24, STEPS = 100000, ROOT = NODES, NONE = NODES + 1 };

struct leaf {
    struct tree_node tree;
    uint32_t index;
    uint32_t reserved;
};

/* Nodes by index; one that was removed and stays as a nameless one moves to a row behind, FREE on. */
enum { FREE = NODES + 2, ROWS = 4 * NODES };

struct row {
    uint32_t used;
    uint32_t parent; /* row, ROOT or NONE */
    uint32_t weight;
    uint32_t ready;
    uint32_t nameless;
    uint64_t ahead; /* how far its time is before the least of the busy ones beside it */
    uint64_t serial;
};

struct model {
    struct row rows[ROWS];
    uint64_t serial;
};

static int is_busy(const struct model *m, uint32_t i)
{
    if (m->rows[i].ready) {
        return 1;
    }
    for (uint32_t k = 0; k < ROWS; k++) {
        if (m->rows[k].used && m->rows[k].parent == i && is_busy(m, k)) {
            return 1;
        }
    }
    return 0;
}

static uint32_t children_of(const struct model *m, uint32_t i, uint32_t *last)
{
    uint32_t count = 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        if (m->rows[k].used && m->rows[k].parent == i) {
            *last = k;
            count++;
        }
    }
    return count;
}

/* Nameless rows with one child are replaced by it. */
static void collapse(struct model *m)
{
    int again = 1;
    while (again) {
        again = 0;
        for (uint32_t i = 0; i < ROWS; i++) {
            uint32_t child = NONE;
            if (m->rows[i].used && m->rows[i].nameless && children_of(m, i, &child) == 1) {
                m->rows[child].parent = m->rows[i].parent;
                m->rows[child].weight = m->rows[i].weight;
                m->rows[child].ahead = m->rows[i].ahead;
                m->rows[i].used = 0;
                again = 1;
            }
        }
    }
}

static int is_ancestor(const struct model *m, uint32_t above, uint32_t i)
{
    while (i != ROOT && i != above) {
        i = m->rows[i].parent;
    }
    return i == above;
}

static void model_place(struct model *m, uint32_t i, uint32_t parent, uint32_t weight,
                        int exclusive)
{
    m->rows[i].weight = weight;
    if (parent != ROOT && is_ancestor(m, i, parent)) {
        m->rows[parent].parent = m->rows[i].parent;
    }
    m->rows[i].parent = parent;
    uint32_t last;
    if (exclusive && children_of(m, parent, &last) > 1) {
        m->rows[i].ahead = 0;
        for (uint32_t k = 0; k < ROWS; k++) {
            if (m->rows[k].used && k != i && m->rows[k].parent == parent) {
                m->rows[k].parent = i;
            }
        }
    }
    collapse(m);
}

static void model_remove(struct model *m, uint32_t i)
{
    uint32_t last = NONE;
    m->rows[i].ready = 0;
    if (children_of(m, i, &last) > 0) {
        uint32_t to = FREE;
        while (m->rows[to].used) {
            to++;
        }
        m->rows[to] = m->rows[i];
        m->rows[to].nameless = 1;
        for (uint32_t k = 0; k < ROWS; k++) {
            if (m->rows[k].used && m->rows[k].parent == i) {
                m->rows[k].parent = to;
            }
        }
    }
    m->rows[i].used = 0;
    collapse(m);
}

static uint32_t first_busy(const struct model *m, uint32_t parent)
{
    uint32_t best = NONE;
    for (uint32_t k = 0; k < ROWS; k++) {
        const struct row *r = &m->rows[k];
        if (!r->used || r->parent != parent || !is_busy(m, k)) {
            continue;
        }
        const struct row *b = best != NONE ? &m->rows[best] : r;
        if (best == NONE || r->ahead < b->ahead ||
            (r->ahead == b->ahead && r->serial < b->serial)) {
            best = k;
        }
    }
    return best;
}

static uint32_t model_next(const struct model *m)
{
    uint32_t i = ROOT;
    do {
        i = first_busy(m, i);
    } while (i != NONE && !m->rows[i].ready);
    return i;
}

/* Time passes in a family when its least busy member gets ahead; it passes for all of them. */
static void advance(struct model *m, uint32_t parent)
{
    uint32_t first = first_busy(m, parent);
    uint64_t by = first != NONE ? m->rows[first].ahead : 0;
    for (uint32_t k = 0; k < ROWS; k++) {
        struct row *r = &m->rows[k];
        if (r->used && r->parent == parent) {
            r->ahead -= r->ahead < by ? r->ahead : by;
        }
    }
}

static void model_served(struct model *m, uint32_t i, uint32_t octets)
{
    for (; i != ROOT; i = m->rows[i].parent) {
        struct row *r = &m->rows[i];
        r->ahead += ((uint64_t)octets * 256 + r->weight - 1) / r->weight;
        advance(m, r->parent);
    }
}

struct pair {
    struct tree t;
    struct memory memory;
    struct test_alloc alloc;
    struct tree_node *n[NODES];
    struct model m;
};

static void add(struct pair *p, uint32_t i)
{
    p->n[i] = h2session__tree_new(&p->t);
    assert_non_null(p->n[i]);
    ((struct leaf *)p->n[i])->index = i;
    p->m.rows[i] = (struct row){.used = 1, .parent = ROOT, .weight = 16, .serial = p->m.serial++};
}

static void place(struct pair *p, uint32_t i, uint32_t *seed)
{
    uint32_t parent = test_rand(seed) % (NODES + 1);
    uint32_t weight = test_rand(seed) % 3 == 0 ? 16 : test_rand(seed) % 256 + 1;
    int exclusive = test_rand(seed) % 4 == 0;
    if (parent == i || (parent != ROOT && p->n[parent] == NULL)) {
        return;
    }
    h2session__tree_place(&p->t, p->n[i], parent != ROOT ? p->n[parent] : NULL, weight, exclusive);
    model_place(&p->m, i, parent, weight, exclusive);
}

static void random_step(struct pair *p, uint32_t *seed)
{
    uint32_t i = test_rand(seed) % NODES;
    uint32_t octets = test_rand(seed) % 20000;
    uint32_t what = test_rand(seed) % 16;
    if (p->n[i] == NULL) {
        add(p, i);
    } else if (what == 0) {
        h2session__tree_remove(&p->t, p->n[i]);
        p->n[i] = NULL;
        model_remove(&p->m, i);
    } else if (what < 4) {
        place(p, i, seed);
    } else if (what < 9) {
        p->m.rows[i].ready = what < 7;
        h2session__tree_set_ready(&p->t, p->n[i], what < 7);
    } else {
        uint32_t next = model_next(&p->m);
        if (next != NONE) {
            h2session__tree_served(&p->t, p->n[next], octets);
            model_served(&p->m, next, octets);
        }
    }
}

/* Names, weights and places of all nodes; a nameless one must be one of as many children. */
static void compare(const struct pair *p)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        count += p->m.rows[i].used;
    }
    assert_int_equal(p->t.count, count);
    for (uint32_t i = 0; i < NODES; i++) {
        assert_int_equal(p->n[i] != NULL, p->m.rows[i].used);
        if (p->n[i] == NULL) {
            continue;
        }
        uint32_t parent = p->m.rows[i].parent;
        uint32_t last = NONE;
        const struct tree_node *is = p->n[i]->family->parent;
        assert_int_equal(is == &p->t.root, parent == ROOT);
        assert_int_equal(p->n[i]->family->count, children_of(&p->m, parent, &last));
        assert_int_equal(p->n[i]->weight, p->m.rows[i].weight);
        if (parent < NODES) {
            assert_ptr_equal(is, p->n[parent]);
        } else if (parent != ROOT) {
            assert_true(is->nameless);
            assert_int_equal(is->weight, p->m.rows[parent].weight);
        }
    }
}

static void tree_agrees_with_a_table_of_parents(void **state)
{
    (void)state;
    static struct pair p;
    uint32_t seed = 17;
    h2session__memory_init(&p.memory, test_alloc_resize, &p.alloc);
    assert_int_equal(h2session__tree_init(&p.t, &p.memory, sizeof(struct leaf)), 0);
    for (uint32_t step = 0; step < STEPS; step++) {
        random_step(&p, &seed);
        compare(&p);
        uint32_t next = model_next(&p.m);
        struct tree_node *is = h2session__tree_next(&p.t);
        assert_ptr_equal(is, next != NONE ? p.n[next] : NULL);
        assert_int_equal(h2session__tree_is_empty(&p.t), next == NONE);
        h2session__tree_check(&p.t);
    }
    for (uint32_t i = 0; i < NODES; i++) {
        if (p.n[i] != NULL) {
            h2session__tree_remove(&p.t, p.n[i]);
        }
    }
    h2session__tree_free(&p.t);
    assert_int_equal(p.alloc.live_blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_agrees_with_a_table_of_parents),
    };
    return cmocka_run_group_tests_name("priority_tree_random", tests, NULL, NULL);
}
