/* SPDX-License-Identifier: MIT */
/* rfc: 9218#10 */
#include "support.h"

#include <string.h>

#include "urgency.h"

enum { NODES = 24, STEPS = 100000, Q = URGENCY_QUANTUM };

struct setup {
    struct urgency q;
    struct ordered_node n[NODES];
};

/* So many nodes with the ids 1, 3, 5... */
static void begin(struct setup *s, uint32_t count, uint32_t incremental)
{
    h2session__urgency_init(&s->q);
    for (uint32_t i = 0; i < count; i++) {
        h2session__urgency_node_init(&s->n[i], 2 * i + 1, incremental);
    }
}

static void nothing_to_serve_in_an_empty_queue(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, 1, 0);
    assert_null(h2session__urgency_next(&s.q));
    assert_false(h2session__urgency_is_queued(&s.n[0]));
    assert_int_equal(h2session__urgency_of(&s.n[0]), 3);
    assert_int_equal(h2session__urgency_is_incremental(&s.n[0]), 0);
    assert_int_equal(h2session__urgency_room(&s.q, &s.n[0]), UINT32_MAX);
    h2session__urgency_remove(&s.q, &s.n[0]);
    h2session__urgency_served(&s.q, &s.n[0], Q);
    assert_null(h2session__urgency_next(&s.q));
}

static void most_urgent_is_served_first(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, 8, 0);
    for (uint32_t i = 0; i < 8; i++) {
        h2session__urgency_change(&s.q, &s.n[i], 7 - i, i % 2);
        h2session__urgency_add(&s.q, &s.n[i]);
        assert_ptr_equal(h2session__urgency_next(&s.q), &s.n[i]);
        h2session__urgency_served(&s.q, &s.n[i], 10 * Q);
        assert_ptr_equal(h2session__urgency_next(&s.q), &s.n[i]);
    }
    for (uint32_t i = 8; i-- > 0;) {
        assert_ptr_equal(h2session__urgency_next(&s.q), &s.n[i]);
        h2session__urgency_remove(&s.q, &s.n[i]);
        assert_false(h2session__urgency_is_queued(&s.n[i]));
    }
    assert_null(h2session__urgency_next(&s.q));
}

/* However they come in, and again after one that was stalled came back. */
static void serial_nodes_are_served_by_id(void **state)
{
    (void)state;
    const uint32_t order[] = {2, 0, 4, 1, 3};
    struct setup s;
    begin(&s, 5, 0);
    for (uint32_t i = 0; i < 5; i++) {
        h2session__urgency_add(&s.q, &s.n[order[i]]);
    }
    h2session__urgency_remove(&s.q, &s.n[0]);
    assert_ptr_equal(h2session__urgency_next(&s.q), &s.n[1]);
    h2session__urgency_add(&s.q, &s.n[0]);
    for (uint32_t i = 0; i < 5; i++) {
        for (int k = 0; k < 4; k++) {
            assert_ptr_equal(h2session__urgency_next(&s.q), &s.n[i]);
            assert_int_equal(h2session__urgency_room(&s.q, &s.n[i]), UINT32_MAX);
            h2session__urgency_served(&s.q, &s.n[i], Q);
        }
        h2session__urgency_remove(&s.q, &s.n[i]);
    }
}

/* Serves what is next with frames of at most that size until so many octets went. */
static void serve(struct setup *s, const uint32_t *frame, uint64_t *served, uint64_t octets)
{
    for (uint64_t sum = 0; sum < octets;) {
        struct ordered_node *n = h2session__urgency_next(&s->q);
        uint32_t i = (uint32_t)(n - s->n);
        uint32_t room = h2session__urgency_room(&s->q, n);
        uint32_t most = frame[i] < room ? frame[i] : room;
        assert_true(most > 0);
        h2session__urgency_served(&s->q, n, most);
        served[i] += most;
        sum += most;
    }
}

static void incremental_equals_share_by_octets(void **state)
{
    (void)state;
    const uint32_t frame[] = {100, 65536, 9000};
    struct setup s;
    uint64_t served[3] = {0, 0, 0};
    begin(&s, 3, 1);
    for (uint32_t i = 0; i < 3; i++) {
        h2session__urgency_add(&s.q, &s.n[i]);
    }
    serve(&s, frame, served, UINT64_C(30) * Q);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(served[i], 10 * Q);
    }
}

/* RFC 9218 10: neither kind starves the other. */
static void both_kinds_alternate(void **state)
{
    (void)state;
    const uint32_t frame[] = {3000, 16384, 16384, 3000};
    struct setup s;
    uint64_t served[4] = {0, 0, 0, 0};
    begin(&s, 4, 0);
    for (uint32_t i = 0; i < 4; i++) {
        h2session__urgency_change(&s.q, &s.n[i], 3, i >= 2);
        h2session__urgency_add(&s.q, &s.n[i]);
    }
    serve(&s, frame, served, UINT64_C(40) * Q);
    assert_int_equal(served[0], 20 * Q);
    assert_int_equal(served[1], 0);
    assert_int_equal(served[2], 10 * Q);
    assert_int_equal(served[3], 10 * Q);
}

static void one_alone_is_not_cut(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, 2, 1);
    h2session__urgency_add(&s.q, &s.n[0]);
    assert_int_equal(h2session__urgency_room(&s.q, &s.n[0]), UINT32_MAX);
    h2session__urgency_change(&s.q, &s.n[1], 4, 1);
    h2session__urgency_add(&s.q, &s.n[1]);
    assert_int_equal(h2session__urgency_room(&s.q, &s.n[0]), UINT32_MAX);
    h2session__urgency_served(&s.q, &s.n[0], 1000);
    h2session__urgency_change(&s.q, &s.n[1], 3, 0);
    assert_int_equal(h2session__urgency_room(&s.q, &s.n[0]), Q - 1000);
    assert_int_equal(h2session__urgency_room(&s.q, &s.n[1]), Q);
}

static void adding_twice_keeps_the_place(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, 2, 1);
    h2session__urgency_add(&s.q, &s.n[0]);
    h2session__urgency_add(&s.q, &s.n[1]);
    h2session__urgency_add(&s.q, &s.n[0]);
    assert_ptr_equal(h2session__urgency_next(&s.q), &s.n[0]);
}

static void change_moves_a_queued_node(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, 2, 1);
    h2session__urgency_add(&s.q, &s.n[0]);
    h2session__urgency_add(&s.q, &s.n[1]);
    h2session__urgency_change(&s.q, &s.n[1], 0, 0);
    assert_ptr_equal(h2session__urgency_next(&s.q), &s.n[1]);
    assert_true(h2session__urgency_is_queued(&s.n[1]));
    h2session__urgency_change(&s.q, &s.n[1], 1000, 7);
    assert_int_equal(h2session__urgency_of(&s.n[1]), 7);
    assert_int_equal(h2session__urgency_is_incremental(&s.n[1]), 1);
    assert_ptr_equal(h2session__urgency_next(&s.q), &s.n[0]);
}

static void the_same_parameters_keep_the_turn(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, 2, 1);
    h2session__urgency_add(&s.q, &s.n[0]);
    h2session__urgency_add(&s.q, &s.n[1]);
    h2session__urgency_served(&s.q, &s.n[0], 1000);
    h2session__urgency_change(&s.q, &s.n[0], 3, 1);
    assert_ptr_equal(h2session__urgency_next(&s.q), &s.n[0]);
    assert_int_equal(h2session__urgency_room(&s.q, &s.n[0]), Q - 1000);
}

/* ---- Against a slow reference ------------------------------------------------------------- */

/* All nodes in one list; queued incremental ones stand in the order of their turns. */
struct model {
    uint32_t list[NODES];
    uint32_t count;
    uint32_t urgency[NODES];
    uint32_t incremental[NODES];
    uint32_t ring_next[URGENCY_LEVELS];
    uint32_t turn; /* NODES: none */
    uint32_t left;
};

static uint32_t model_place(const struct model *m, uint32_t i)
{
    uint32_t k = 0;
    while (k < m->count && m->list[k] != i) {
        k++;
    }
    return k;
}

static int model_remove(struct model *m, uint32_t i)
{
    uint32_t k = model_place(m, i);
    if (k == m->count) {
        return 0;
    }
    m->count--;
    memmove(&m->list[k], &m->list[k + 1], (m->count - k) * sizeof m->list[0]);
    m->turn = m->turn == i ? NODES : m->turn;
    return 1;
}

static void model_add(struct model *m, uint32_t i)
{
    if (model_place(m, i) == m->count) {
        m->list[m->count++] = i;
    }
}

/* First queued node of an urgency and a kind: the first in the list, or the lowest id. */
static uint32_t model_first(const struct model *m, uint32_t urgency, uint32_t incremental)
{
    uint32_t best = NODES;
    for (uint32_t k = 0; k < m->count; k++) {
        uint32_t i = m->list[k];
        int fits = m->urgency[i] == urgency && m->incremental[i] == incremental;
        if (fits && (best == NODES || (!incremental && i < best))) {
            best = i;
        }
    }
    return best;
}

static uint32_t model_next(const struct model *m)
{
    for (uint32_t u = 0; u < URGENCY_LEVELS; u++) {
        uint32_t serial = model_first(m, u, 0);
        uint32_t ring = model_first(m, u, 1);
        if (serial != NODES && ring != NODES) {
            return m->ring_next[u] ? ring : serial;
        }
        if (serial != NODES || ring != NODES) {
            return serial != NODES ? serial : ring;
        }
    }
    return NODES;
}

static uint32_t model_room(const struct model *m, uint32_t i)
{
    uint32_t rivals = 0;
    for (uint32_t k = 0; k < m->count; k++) {
        uint32_t j = m->list[k];
        rivals +=
            j != i && m->urgency[j] == m->urgency[i] && (m->incremental[i] || m->incremental[j]);
    }
    uint32_t left = m->turn == i ? m->left : Q;
    return rivals > 0 ? left : UINT32_MAX;
}

static void model_served(struct model *m, uint32_t i, uint32_t octets)
{
    if (model_place(m, i) == m->count) {
        return;
    }
    m->left = m->turn == i ? m->left : Q;
    m->turn = i;
    if (octets < m->left) {
        m->left -= octets;
        return;
    }
    m->turn = NODES;
    m->ring_next[m->urgency[i]] = !m->incremental[i];
    if (m->incremental[i]) {
        (void)model_remove(m, i);
        model_add(m, i);
    }
}

static void model_change(struct model *m, uint32_t i, uint32_t urgency, uint32_t incremental)
{
    if (m->urgency[i] == urgency && m->incremental[i] == incremental) {
        return;
    }
    int queued = model_remove(m, i);
    m->urgency[i] = urgency;
    m->incremental[i] = incremental;
    if (queued) {
        model_add(m, i);
    }
}

static void random_step(struct setup *s, struct model *m, uint32_t *seed)
{
    uint32_t i = test_rand(seed) % NODES;
    uint32_t urgency = test_rand(seed) % 4 * 2;
    uint32_t incremental = test_rand(seed) % 2;
    uint32_t octets = test_rand(seed) % (2 * Q);
    switch (test_rand(seed) % 8) {
    case 0:
    case 1:
        h2session__urgency_add(&s->q, &s->n[i]);
        model_add(m, i);
        break;
    case 2:
        h2session__urgency_remove(&s->q, &s->n[i]);
        (void)model_remove(m, i);
        break;
    case 3:
        h2session__urgency_change(&s->q, &s->n[i], urgency, incremental);
        model_change(m, i, urgency, incremental);
        break;
    default:
        /* Mostly the node whose turn it is, sometimes another. */
        i = model_next(m) < NODES && urgency != 0 ? model_next(m) : i;
        h2session__urgency_served(&s->q, &s->n[i], octets);
        model_served(m, i, octets);
        break;
    }
}

static void queue_agrees_with_a_plain_list(void **state)
{
    (void)state;
    uint32_t seed = 11;
    static struct setup s;
    static struct model m;
    begin(&s, NODES, 0);
    m.turn = NODES;
    for (uint32_t i = 0; i < NODES; i++) {
        m.urgency[i] = 3;
    }
    for (int step = 0; step < STEPS; step++) {
        random_step(&s, &m, &seed);
        uint32_t next = model_next(&m);
        assert_ptr_equal(h2session__urgency_next(&s.q), next < NODES ? &s.n[next] : NULL);
        if (next < NODES) {
            assert_int_equal(h2session__urgency_room(&s.q, &s.n[next]), model_room(&m, next));
        }
        uint32_t i = test_rand(&seed) % NODES;
        assert_int_equal(h2session__urgency_is_queued(&s.n[i]), model_place(&m, i) < m.count);
        h2session__urgency_check(&s.q);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_serve_in_an_empty_queue),
        cmocka_unit_test(most_urgent_is_served_first),
        cmocka_unit_test(serial_nodes_are_served_by_id),
        cmocka_unit_test(incremental_equals_share_by_octets),
        cmocka_unit_test(both_kinds_alternate),
        cmocka_unit_test(one_alone_is_not_cut),
        cmocka_unit_test(adding_twice_keeps_the_place),
        cmocka_unit_test(change_moves_a_queued_node),
        cmocka_unit_test(the_same_parameters_keep_the_turn),
        cmocka_unit_test(queue_agrees_with_a_plain_list),
    };
    return cmocka_run_group_tests_name("urgency", tests, NULL, NULL);
}
