/* SPDX-License-Identifier: MIT */
/* rfc: 7540#5.3.4 */
#include "support.h"

#include <string.h>

#include "priority_names.h"

enum { LIMIT = 4, STEPS = 100000, IDS = 64 };

struct setup {
    struct names n;
    struct test_alloc alloc;
};

static void begin(struct setup *s, uint32_t limit)
{
    struct memory memory;
    memset(s, 0, sizeof *s);
    h2session__memory_init(&memory, test_alloc_resize, &s->alloc);
    assert_int_equal(h2session__names_init(&s->n, &memory, limit), 0);
}

static void end(struct setup *s)
{
    h2session__names_free(&s->n);
    assert_int_equal(s->alloc.live_blocks, 0);
}

static struct named *open_stream(struct setup *s, uint32_t id)
{
    struct named *x = h2session__names_open(&s->n, id, s);
    assert_non_null(x);
    return x;
}

static int say(struct setup *s, uint32_t id, uint32_t dependency, uint32_t weight)
{
    const struct names_signal said = {.id = id, .dependency = dependency, .weight = weight};
    return h2session__names_signal(&s->n, &said);
}

static struct tree_node *parent_of(const struct named *x)
{
    return x->node.family->parent;
}

/* The place among the placeholders, the oldest first; 0: it is none. */
static uint32_t age_of(const struct setup *s, uint32_t id)
{
    uint32_t age = 1;
    for (const struct named *x = s->n.oldest; x != NULL; x = x->newer, age++) {
        if (x->name.key == id) {
            return age;
        }
    }
    return 0;
}

static void streams_begin_below_the_root(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, LIMIT);
    struct named *x = open_stream(&s, 1);
    assert_ptr_equal(parent_of(x), &s.n.tree.root);
    assert_int_equal(x->node.weight, 16);
    assert_ptr_equal(x->stream, &s);
    h2session__tree_set_ready(&s.n.tree, &x->node, 1);
    h2session__names_close(&s.n, x);
    assert_true(h2session__tree_is_empty(&s.n.tree));
    end(&s);
}

/* Groups, as browsers make them: idle streams that never send. */
static void idle_streams_can_be_parents(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, LIMIT);
    assert_int_equal(say(&s, 3, 0, 201), NAMES_OK);
    assert_int_equal(say(&s, 5, 3, 101), NAMES_OK);
    struct named *x = open_stream(&s, 7);
    assert_int_equal(say(&s, 7, 5, 32), NAMES_OK);
    struct named *group = (struct named *)parent_of(x);
    assert_int_equal(group->name.key, 5);
    assert_int_equal(group->node.weight, 101);
    assert_int_equal(((struct named *)parent_of(group))->name.key, 3);
    assert_int_equal(x->node.weight, 32);
    h2session__names_close(&s.n, x);
    end(&s);
}

static void signal_before_the_stream_is_kept(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, LIMIT);
    struct named *first = open_stream(&s, 1);
    assert_int_equal(say(&s, 3, 1, 99), NAMES_OK);
    assert_int_equal(s.n.placeholders, 1);
    struct named *x = open_stream(&s, 3);
    assert_int_equal(s.n.placeholders, 0);
    assert_ptr_equal(parent_of(x), &first->node);
    assert_int_equal(x->node.weight, 99);
    h2session__names_close(&s.n, x);
    h2session__names_close(&s.n, first);
    end(&s);
}

static void closed_stream_keeps_its_place_for_a_while(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, 1);
    struct named *a = open_stream(&s, 1);
    struct named *b = open_stream(&s, 3);
    struct named *c = open_stream(&s, 5);
    assert_int_equal(say(&s, 3, 1, 7), NAMES_OK);
    h2session__names_close(&s.n, a);
    assert_int_equal(say(&s, 5, 1, 9), NAMES_OK);
    assert_ptr_equal(parent_of(c), &a->node);
    /* The next one takes its place; then nothing is known of 1 any more. */
    h2session__names_close(&s.n, b);
    assert_int_equal(age_of(&s, 1), 0);
    assert_int_equal(age_of(&s, 3), 1);
    assert_int_equal(say(&s, 1, 5, 9), NAMES_OK);
    assert_int_equal(age_of(&s, 1), 0);
    /* Who depends on it has the default priority. */
    const struct names_signal said = {.id = 5, .dependency = 1, .weight = 200, .exclusive = 1};
    assert_int_equal(h2session__names_signal(&s.n, &said), NAMES_OK);
    assert_ptr_equal(parent_of(c), &s.n.tree.root);
    assert_int_equal(c->node.weight, 16);
    assert_int_equal(c->node.children->count, 0);
    h2session__names_close(&s.n, c);
    end(&s);
}

static void least_recently_named_makes_room(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, 3);
    for (uint32_t id = 1; id <= 5; id += 2) {
        h2session__names_close(&s.n, open_stream(&s, id));
    }
    assert_int_equal(age_of(&s, 1), 1);
    struct named *x = open_stream(&s, 7);
    assert_int_equal(say(&s, 7, 1, 16), NAMES_OK); /* as a parent */
    assert_int_equal(age_of(&s, 1), 3);
    assert_int_equal(say(&s, 3, 0, 16), NAMES_OK); /* itself */
    assert_int_equal(age_of(&s, 3), 3);
    assert_int_equal(age_of(&s, 5), 1);
    assert_int_equal(say(&s, 9, 1, 16), NAMES_OK);
    assert_int_equal(age_of(&s, 5), 0);
    assert_int_equal(s.n.placeholders, 3);
    h2session__names_close(&s.n, x);
    end(&s);
}

static void idle_names_are_limited(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, LIMIT);
    struct named *x = open_stream(&s, 1);
    for (uint32_t id = 101; id < 101 + 2 * LIMIT; id += 2) {
        assert_int_equal(say(&s, id, 0, 16), NAMES_OK);
    }
    assert_int_equal(say(&s, 103, 0, 1), NAMES_OK);
    assert_int_equal(say(&s, 1, 105, 1), NAMES_OK);
    assert_int_equal(say(&s, 201, 0, 16), NAMES_FULL);
    /* There is no room for a stream that is closed. */
    h2session__names_close(&s.n, x);
    assert_int_equal(age_of(&s, 1), 0);
    /* A higher id is opened: the others cannot be any more. */
    x = open_stream(&s, 151);
    assert_int_equal(say(&s, 201, 0, 16), NAMES_OK);
    assert_int_equal(s.n.placeholders, LIMIT);
    h2session__names_close(&s.n, x);
    end(&s);
}

static void without_a_limit_only_streams_count(void **state)
{
    (void)state;
    struct setup s;
    begin(&s, 0);
    assert_int_equal(say(&s, 3, 0, 99), NAMES_OK);
    struct named *a = open_stream(&s, 1);
    struct named *b = open_stream(&s, 3);
    assert_int_equal(b->node.weight, 16);
    assert_int_equal(say(&s, 3, 1, 99), NAMES_OK);
    assert_ptr_equal(parent_of(b), &a->node);
    h2session__names_close(&s.n, a);
    assert_int_equal(s.n.tree.count, 1);
    h2session__names_close(&s.n, b);
    end(&s);
}

static int some_of_all(struct test_alloc *a, void *arg)
{
    (void)arg;
    struct memory memory;
    struct names n;
    struct named *streams[3];
    uint32_t count = 0;
    h2session__memory_init(&memory, test_alloc_resize, a);
    if (h2session__names_init(&n, &memory, LIMIT) != 0) {
        return -1;
    }
    const struct names_signal said = {.id = 9, .dependency = 1, .weight = 3};
    while (count < 3 && (streams[count] = h2session__names_open(&n, 2 * count + 1, &n)) != NULL) {
        count++;
    }
    int result = count == 3 ? h2session__names_signal(&n, &said) : NAMES_NO_MEMORY;
    assert_true(result == NAMES_OK || result == NAMES_NO_MEMORY);
    while (count > 0) {
        h2session__names_close(&n, streams[--count]);
    }
    h2session__names_free(&n);
    return result;
}

static void no_memory_is_an_ordinary_error(void **state)
{
    (void)state;
    test_each_failing_alloc(some_of_all, NULL);
}

/* ---- Random ------------------------------------------------------------------------------- */

/* What is known of an id: a plain table beside a list of placeholders, the oldest first. */
struct model {
    struct named *open[IDS];
    uint32_t list[LIMIT];
    uint32_t count;
    uint32_t highest;
};

static void model_take(struct model *m, uint32_t id)
{
    for (uint32_t i = 0; i < m->count; i++) {
        if (m->list[i] == id) {
            m->count--;
            memmove(&m->list[i], &m->list[i + 1], (m->count - i) * sizeof m->list[0]);
            return;
        }
    }
}

static int model_has(const struct model *m, uint32_t id)
{
    for (uint32_t i = 0; i < m->count; i++) {
        if (m->list[i] == id) {
            return 1;
        }
    }
    return 0;
}

static int model_room(struct model *m)
{
    for (uint32_t i = 0; m->count == LIMIT && i < LIMIT; i++) {
        if (m->list[i] <= m->highest) {
            model_take(m, m->list[i]);
        }
    }
    return m->count < LIMIT;
}

static int model_signal(struct model *m, uint32_t id, uint32_t dependency)
{
    if (model_has(m, dependency)) {
        model_take(m, dependency);
        m->list[m->count++] = dependency;
    }
    if (m->open[id] != NULL || (!model_has(m, id) && id <= m->highest)) {
        return NAMES_OK;
    }
    if (!model_has(m, id) && !model_room(m)) {
        return NAMES_FULL;
    }
    model_take(m, id);
    m->list[m->count++] = id;
    return NAMES_OK;
}

static void random_step(struct setup *s, struct model *m, uint32_t *seed)
{
    uint32_t id = test_rand(seed) % (IDS / 2) * 2 + 1;
    uint32_t dependency = test_rand(seed) % (IDS / 2) * 2 + 1;
    if (m->open[id] != NULL && test_rand(seed) % 4 == 0) {
        h2session__names_close(&s->n, m->open[id]);
        m->open[id] = NULL;
        if (model_room(m)) {
            m->list[m->count++] = id;
        }
    } else if (id > m->highest && id < m->highest + 12) {
        m->open[id] = open_stream(s, id);
        model_take(m, id);
        m->highest = id;
    } else if (id != dependency) {
        dependency = test_rand(seed) % 8 == 0 ? 0 : dependency;
        const struct names_signal said = {.id = id,
                                          .dependency = dependency,
                                          .weight = test_rand(seed) % 256 + 1,
                                          .exclusive = test_rand(seed) % 2};
        assert_int_equal(h2session__names_signal(&s->n, &said), model_signal(m, id, dependency));
    }
}

static void run_random(uint32_t seed)
{
    struct setup s;
    struct model m = {.count = 0};
    begin(&s, LIMIT);
    for (uint32_t step = 0; step < STEPS / 250; step++) {
        random_step(&s, &m, &seed);
        const struct named *x = s.n.oldest;
        assert_int_equal(s.n.placeholders, m.count);
        for (uint32_t i = 0; i < m.count; i++, x = x->newer) {
            assert_int_equal(x->name.key, m.list[i]);
        }
        h2session__tree_check(&s.n.tree);
        h2session__names_check(&s.n);
    }
    for (uint32_t i = 0; i < IDS; i++) {
        if (m.open[i] != NULL) {
            h2session__names_close(&s.n, m.open[i]);
        }
    }
    end(&s);
}

static void placeholders_agree_with_a_list(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 250; seed++) {
        run_random(seed * 7919);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_begin_below_the_root),
        cmocka_unit_test(idle_streams_can_be_parents),
        cmocka_unit_test(signal_before_the_stream_is_kept),
        cmocka_unit_test(closed_stream_keeps_its_place_for_a_while),
        cmocka_unit_test(least_recently_named_makes_room),
        cmocka_unit_test(idle_names_are_limited),
        cmocka_unit_test(without_a_limit_only_streams_count),
        cmocka_unit_test(no_memory_is_an_ordinary_error),
        cmocka_unit_test(placeholders_agree_with_a_list),
    };
    return cmocka_run_group_tests_name("priority_names", tests, NULL, NULL);
}
