/* SPDX-License-Identifier: MIT */
#include "priority_names.h"

#include <stddef.h>

#include "check.h"

static int has_lower_id(const struct ordered_node *a, const struct ordered_node *b)
{
    return a->key < b->key;
}

static struct named *find_name(const struct names *n, uint32_t id)
{
    const struct ordered_node probe = {.key = id};
    struct ordered_node *name = h2session__ordered_find(&n->by_id, &probe);
    return name != NULL ? (struct named *)((char *)name - offsetof(struct named, name)) : NULL;
}

static struct named *create_name(struct names *n, uint32_t id)
{
    struct named *x = (struct named *)h2session__tree_new(&n->tree);
    if (x != NULL) {
        x->name.key = id;
        h2session__ordered_insert(&n->by_id, &x->name);
    }
    return x;
}

static void destroy_name(struct names *n, struct named *x)
{
    h2session__ordered_remove(&n->by_id, &x->name);
    h2session__tree_remove(&n->tree, &x->node);
}

static int is_idle(const struct names *n, uint32_t id)
{
    return id > n->opened[id & 1];
}

/* ---- Placeholders ------------------------------------------------------------------------- */

static void append(struct names *n, struct named *x)
{
    x->older = n->newest;
    x->newer = NULL;
    *(n->newest != NULL ? &n->newest->newer : &n->oldest) = x;
    n->newest = x;
    n->placeholders++;
}

static void unlink_placeholder(struct names *n, struct named *x)
{
    *(x->older != NULL ? &x->older->newer : &n->oldest) = x->newer;
    *(x->newer != NULL ? &x->newer->older : &n->newest) = x->older;
    n->placeholders--;
}

/* It was named again. */
static void touch(struct names *n, struct named *x)
{
    if (x != NULL && x->stream == NULL && x != n->newest) {
        unlink_placeholder(n, x);
        append(n, x);
    }
}

/* Room for one more: 0, or -1 when there is none. */
static int make_room_for_name(struct names *n)
{
    if (n->placeholders < n->limit) {
        return 0;
    }
    struct named *x = n->oldest;
    while (x != NULL && is_idle(n, x->name.key)) {
        x = x->newer;
    }
    if (x == NULL) {
        return -1;
    }
    unlink_placeholder(n, x);
    destroy_name(n, x);
    return 0;
}

/* ---- Interface ---------------------------------------------------------------------------- */

int h2session__names_init(struct names *n, const struct memory *memory, uint32_t limit)
{
    *n = (struct names){.memory = *memory, .limit = limit};
    h2session__ordered_init(&n->by_id, has_lower_id);
    return h2session__tree_init(&n->tree, &n->memory, sizeof(struct named));
}

void h2session__names_free(struct names *n)
{
    while (n->oldest != NULL) {
        struct named *x = n->oldest;
        unlink_placeholder(n, x);
        destroy_name(n, x);
    }
    h2session__tree_free(&n->tree);
}

struct named *h2session__names_open(struct names *n, uint32_t id, void *stream)
{
    struct named *x = find_name(n, id);
    if (x != NULL) {
        unlink_placeholder(n, x);
    } else {
        x = create_name(n, id);
    }
    if (x != NULL) {
        x->stream = stream;
        n->opened[id & 1] = id;
    }
    RUN_CHECK(h2session__names_check(n));
    return x;
}

void h2session__names_close(struct names *n, struct named *stream)
{
    h2session__tree_set_ready(&n->tree, &stream->node, 0);
    stream->stream = NULL;
    if (make_room_for_name(n) == 0) {
        append(n, stream);
    } else {
        destroy_name(n, stream);
    }
    RUN_CHECK(h2session__names_check(n));
}

/* The node that is meant. 0 and NULL: nothing is known of it and nothing needs to be. */
static int find_or_make(struct names *n, uint32_t id, struct named **out)
{
    *out = find_name(n, id);
    if (*out != NULL || !is_idle(n, id) || n->limit == 0) {
        return NAMES_OK;
    }
    if (make_room_for_name(n) != 0) {
        return NAMES_FULL;
    }
    *out = create_name(n, id);
    if (*out == NULL) {
        return NAMES_NO_MEMORY;
    }
    append(n, *out);
    return NAMES_OK;
}

int h2session__names_signal_is_valid(const struct names_signal *signal)
{
    return signal->id >= 1 && signal->id <= INT32_MAX && signal->dependency <= INT32_MAX &&
           signal->dependency != signal->id && signal->weight >= 1 &&
           signal->weight <= TREE_WEIGHT_MAX && signal->exclusive <= 1;
}

int h2session__names_signal(struct names *n, const struct names_signal *signal)
{
    struct named *x = NULL;
    touch(n, find_name(n, signal->dependency)); /* so that it is not what makes room */
    int result = find_or_make(n, signal->id, &x);
    if (x != NULL) {
        touch(n, x);
        struct named *parent = find_name(n, signal->dependency);
        /* Without the stream it depends on it has the default priority. rfc: 7540#5.3.4 */
        int lost = parent == NULL && signal->dependency != 0;
        h2session__tree_place(&n->tree, &x->node, parent != NULL ? &parent->node : NULL,
                              lost ? TREE_WEIGHT_DEFAULT : signal->weight,
                              !lost && signal->exclusive);
    }
    RUN_CHECK(h2session__names_check(n));
    return result;
}

void h2session__names_check(const struct names *n)
{
    uint32_t count = 0;
    const struct named *older = NULL;
    for (const struct named *x = n->oldest; x != NULL; x = x->newer) {
        check_that(x->older == older && x->stream == NULL && !x->node.ready);
        check_that(find_name(n, x->name.key) == x);
        older = x;
        count++;
    }
    check_that(n->newest == older && count == n->placeholders && count <= n->limit);
    check_that(h2session__ordered_check(&n->by_id) <= n->tree.count);
}
