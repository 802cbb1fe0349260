/* SPDX-License-Identifier: MIT */
#include "scheduler.h"

#include <stddef.h>

static struct scheduled *scheduled_of(struct ordered_node *n)
{
    return n != NULL ? (struct scheduled *)((char *)n - offsetof(struct scheduled, urgency)) : NULL;
}

void h2session__scheduler_init(struct scheduler *c)
{
    h2session__urgency_init(&c->urgency);
    c->tree = NULL;
}

int h2session__scheduler_use_tree(struct scheduler *c, const struct memory *memory, uint32_t limit)
{
    struct names *tree = h2session__memory_new(memory, sizeof *tree);
    if (tree == NULL) {
        return -1;
    }
    if (h2session__names_init(tree, memory, limit) != 0) {
        h2session__memory_free(memory, tree, sizeof *tree);
        return -1;
    }
    c->tree = tree;
    return 0;
}

void h2session__scheduler_use_urgency(struct scheduler *c)
{
    if (c->tree != NULL) {
        struct memory memory = c->tree->memory;
        h2session__names_free(c->tree);
        h2session__memory_free(&memory, c->tree, sizeof *c->tree);
        c->tree = NULL;
    }
}

int h2session__scheduler_has_tree(const struct scheduler *c)
{
    return c->tree != NULL;
}

int h2session__scheduler_open(struct scheduler *c, struct scheduled *n, uint32_t id)
{
    if (c->tree != NULL) {
        n->named = h2session__names_open(c->tree, id, n);
        return n->named != NULL ? 0 : -1;
    }
    h2session__urgency_node_init(&n->urgency, id, 1);
    return 0;
}

void h2session__scheduler_close(struct scheduler *c, struct scheduled *n)
{
    if (c->tree != NULL) {
        h2session__names_close(c->tree, n->named);
    } else {
        h2session__urgency_remove(&c->urgency, &n->urgency);
    }
}

void h2session__scheduler_add(struct scheduler *c, struct scheduled *n)
{
    if (c->tree != NULL) {
        h2session__tree_set_ready(&c->tree->tree, &n->named->node, 1);
    } else {
        h2session__urgency_add(&c->urgency, &n->urgency);
    }
}

void h2session__scheduler_remove(struct scheduler *c, struct scheduled *n)
{
    if (c->tree != NULL) {
        h2session__tree_set_ready(&c->tree->tree, &n->named->node, 0);
    } else {
        h2session__urgency_remove(&c->urgency, &n->urgency);
    }
}

int h2session__scheduler_is_queued(const struct scheduler *c, const struct scheduled *n)
{
    return c->tree != NULL ? n->named->node.ready : h2session__urgency_is_queued(&n->urgency);
}

int h2session__scheduler_is_empty(const struct scheduler *c)
{
    return c->tree != NULL ? h2session__tree_is_empty(&c->tree->tree)
                           : h2session__urgency_next(&c->urgency) == NULL;
}

struct scheduled *h2session__scheduler_next(struct scheduler *c)
{
    if (c->tree == NULL) {
        return scheduled_of(h2session__urgency_next(&c->urgency));
    }
    struct named *named = (struct named *)h2session__tree_next(&c->tree->tree);
    return named != NULL ? named->stream : NULL;
}

uint32_t h2session__scheduler_room(const struct scheduler *c, const struct scheduled *n)
{
    return c->tree != NULL ? UINT32_MAX : h2session__urgency_room(&c->urgency, &n->urgency);
}

void h2session__scheduler_served(struct scheduler *c, struct scheduled *n, uint32_t octets)
{
    if (c->tree != NULL) {
        h2session__tree_served(&c->tree->tree, &n->named->node, octets);
    } else {
        h2session__urgency_served(&c->urgency, &n->urgency, octets);
    }
}

void h2session__scheduler_prioritize(struct scheduler *c, struct scheduled *n, uint32_t urgency,
                                     uint32_t incremental)
{
    if (c->tree == NULL) {
        h2session__urgency_change(&c->urgency, &n->urgency, urgency, incremental);
    }
}

void h2session__scheduler_priority(const struct scheduler *c, const struct scheduled *n,
                                   uint32_t *urgency, uint32_t *incremental)
{
    *urgency = c->tree == NULL ? h2session__urgency_of(&n->urgency) : 0;
    *incremental = c->tree == NULL ? h2session__urgency_is_incremental(&n->urgency) : 0;
}

int h2session__scheduler_depend(struct scheduler *c, const struct names_signal *signal)
{
    return c->tree != NULL ? h2session__names_signal(c->tree, signal) : NAMES_OK;
}

void h2session__scheduler_check(const struct scheduler *c)
{
    h2session__urgency_check(&c->urgency);
    if (c->tree != NULL) {
        h2session__names_check(c->tree);
        h2session__tree_check(&c->tree->tree);
    }
}
