/* SPDX-License-Identifier: MIT */
/*
 * Invariants: a node is in the busy set of its family exactly while it is busy. A nameless node is
 * not ready and has two children at least.
 */
#include "priority_tree.h"

#include <assert.h>
#include <stddef.h>

#include "check.h"

static struct tree_node *node_of(const struct ordered_node *order)
{
    return (struct tree_node *)((char *)(uintptr_t)order - offsetof(struct tree_node, order));
}

static int is_earlier(const struct ordered_node *a, const struct ordered_node *b)
{
    const struct tree_node *x = node_of(a);
    const struct tree_node *y = node_of(b);
    return x->time != y->time ? x->time < y->time : x->serial < y->serial;
}

static int is_busy(const struct tree_node *n)
{
    return n->ready || n->children->busy.first != NULL;
}

static int is_queued(const struct tree_node *n)
{
    return n->order.level != 0;
}

/* ---- Families ----------------------------------------------------------------------------- */

static struct tree_family *new_family(struct tree *t, struct tree_node *parent)
{
    struct tree_family *f = h2session__memory_zero(t->memory, sizeof *f);
    if (f != NULL) {
        f->parent = parent;
        h2session__ordered_init(&f->busy, is_earlier);
    }
    return f;
}

static void free_node(struct tree *t, struct tree_node *n)
{
    h2session__memory_free(t->memory, n->children, sizeof *n->children);
    h2session__memory_free(t->memory, n, t->node_size);
    t->count--;
}

/* The node has been in no family: its time is how far it is ahead of the others. */
static void enlist(struct tree_family *f, struct tree_node *n)
{
    n->family = f;
    n->time += f->now;
    n->next = f->members != NULL ? f->members : n;
    n->previous = f->members != NULL ? f->members->previous : n;
    n->previous->next = n;
    n->next->previous = n;
    f->members = f->members != NULL ? f->members : n;
    f->count++;
}

static void enqueue(struct tree_node *n)
{
    struct tree_family *f = n->family;
    n->time = n->time > f->now ? n->time : f->now; /* what it did not use is not saved up */
    h2session__ordered_insert(&f->busy, &n->order);
}

static void dequeue(struct tree_node *n)
{
    h2session__ordered_remove(&n->family->busy, &n->order);
}

static void delist(struct tree_node *n)
{
    struct tree_family *f = n->family;
    if (is_queued(n)) {
        dequeue(n);
    }
    n->time = n->time > f->now ? n->time - f->now : 0;
    n->next->previous = n->previous;
    n->previous->next = n->next;
    f->members = f->members != n ? f->members : n->next != n ? n->next : NULL;
    f->count--;
    n->family = NULL;
}

/* A member changes its family; parents are not looked at. */
static void hand_over(struct tree_node *n, struct tree_family *to)
{
    delist(n);
    enlist(to, n);
    if (is_busy(n)) {
        enqueue(n);
    }
}

/* ---- Changes that concern the levels above ------------------------------------------------ */

/* A nameless node has one child left, which takes its place. */
static void replace_by_child(struct tree *t, struct tree_node *n)
{
    struct tree_family *f = n->family;
    struct tree_node *child = n->children->members;
    delist(child);
    delist(n);
    child->weight = n->weight;
    child->time = n->time;
    enlist(f, child);
    if (is_busy(child)) {
        enqueue(child);
    }
    free_node(t, n);
}

/* The node has lost a child, or something below it does not send any more. */
static void settle(struct tree *t, struct tree_node *n)
{
    while (n != &t->root) {
        struct tree_node *parent = n->family->parent;
        if (n->nameless && n->children->count == 1) {
            replace_by_child(t, n);
        } else if (is_queued(n) && !is_busy(n)) {
            dequeue(n);
        } else {
            return;
        }
        n = parent;
    }
}

static void detach(struct tree *t, struct tree_node *n)
{
    struct tree_node *parent = n->family->parent;
    delist(n);
    settle(t, parent);
}

/* Below the root, with all that depends on it. */
static void move_to_root(struct tree *t, struct tree_node *n)
{
    detach(t, n);
    enlist(t->root.children, n);
    if (is_busy(n)) {
        enqueue(n);
    }
}

/* The node has become busy: so have those above it. */
static void wake(struct tree *t, struct tree_node *n)
{
    uint32_t levels = 0;
    while (n != &t->root && !is_queued(n)) {
        if (levels++ == TREE_DEPTH) {
            move_to_root(t, n);
            return;
        }
        enqueue(n);
        n = n->family->parent;
    }
}

static void attach(struct tree *t, struct tree_node *n, struct tree_family *f)
{
    enlist(f, n);
    if (is_busy(n)) {
        wake(t, n);
    }
}

/* ---- Interface ---------------------------------------------------------------------------- */

int h2session__tree_init(struct tree *t, const struct memory *memory, size_t node_size)
{
    *t = (struct tree){.memory = memory, .node_size = node_size};
    t->root.children = new_family(t, &t->root);
    return t->root.children != NULL ? 0 : -1;
}

void h2session__tree_free(struct tree *t)
{
    assert(t->count == 0);
    h2session__memory_free(t->memory, t->root.children, sizeof *t->root.children);
    t->root.children = NULL;
}

struct tree_node *h2session__tree_new(struct tree *t)
{
    struct tree_node *n = h2session__memory_zero(t->memory, t->node_size);
    if (n == NULL) {
        return NULL;
    }
    n->children = new_family(t, n);
    if (n->children == NULL) {
        h2session__memory_free(t->memory, n, t->node_size);
        return NULL;
    }
    n->serial = t->serial++;
    n->weight = TREE_WEIGHT_DEFAULT;
    t->count++;
    enlist(t->root.children, n);
    RUN_CHECK(h2session__tree_check(t));
    return n;
}

/* rfc: 7540#5.3.4 */
void h2session__tree_remove(struct tree *t, struct tree_node *n)
{
    h2session__tree_set_ready(t, n, 0);
    if (n->children->count == 0) {
        detach(t, n);
        free_node(t, n);
    } else {
        n->nameless = 1;
        settle(t, n);
    }
    RUN_CHECK(h2session__tree_check(t));
}

/* The node becomes the only child of its parent, and the parent of its siblings. Of the two
 * families that merge the smaller one moves, so that each move at least doubles a family. */
static void adopt_siblings(struct tree_node *n)
{
    struct tree_family *siblings = n->family;
    struct tree_family *own = n->children;
    struct tree_node *parent = siblings->parent;
    delist(n);
    n->time = 0;
    struct tree_family *from = own->count <= siblings->count ? own : siblings;
    struct tree_family *to = from == own ? siblings : own;
    while (from->members != NULL) {
        hand_over(from->members, to);
    }
    n->children = to;
    to->parent = n;
    parent->children = from;
    from->parent = parent;
    enlist(from, n);
    if (is_busy(n)) {
        enqueue(n);
    }
}

/* Whether the parent is below the node; *too_deep: no place below that parent. */
static int is_below(const struct tree *t, const struct tree_node *parent, const struct tree_node *n,
                    int *too_deep)
{
    uint32_t levels = 1;
    for (; parent != &t->root; parent = parent->family->parent) {
        if (parent == n) {
            return 1;
        }
        if (++levels > TREE_DEPTH) {
            *too_deep = 1;
            return 0;
        }
    }
    return 0;
}

/* rfc: 7540#5.3.1 rfc: 7540#5.3.3 */
void h2session__tree_place(struct tree *t, struct tree_node *n, struct tree_node *parent,
                           uint32_t weight, int exclusive)
{
    RUN_CHECK(h2session__tree_check(t));
    int too_deep = 0;
    n->weight = (uint16_t)weight;
    parent = parent != NULL ? parent : &t->root;
    if (is_below(t, parent, n, &too_deep)) {
        /* The one that depended on the node first takes the place beside it. */
        detach(t, parent);
        attach(t, parent, n->family);
    } else if (too_deep) {
        parent = &t->root;
        exclusive = 0;
    }
    if (n->family != parent->children) {
        detach(t, n);
        attach(t, n, parent->children);
    }
    if (exclusive && n->family->count > 1) {
        adopt_siblings(n);
    }
    RUN_CHECK(h2session__tree_check(t));
}

void h2session__tree_set_ready(struct tree *t, struct tree_node *n, int ready)
{
    RUN_CHECK(h2session__tree_check(t));
    if (n->ready == (ready != 0)) {
        return;
    }
    n->ready = ready != 0;
    if (ready) {
        wake(t, n);
    } else {
        settle(t, n);
    }
    RUN_CHECK(h2session__tree_check(t));
}

int h2session__tree_is_empty(const struct tree *t)
{
    return t->root.children->busy.first == NULL;
}

/* rfc: 7540#5.3.1 */
struct tree_node *h2session__tree_next(struct tree *t)
{
    struct tree_node *n = &t->root;
    uint32_t levels = 0;
    while (!n->ready) {
        struct ordered_node *first = n->children->busy.first;
        if (first == NULL) {
            return NULL; /* at the root: whoever is busy leads to a ready one */
        }
        n = node_of(first);
        if (levels++ == TREE_DEPTH) {
            move_to_root(t, n);
            levels = 1;
        }
    }
    return n;
}

/* rfc: 7540#5.3.2 */
void h2session__tree_served(struct tree *t, struct tree_node *n, uint32_t octets)
{
    for (; n != &t->root; n = n->family->parent) {
        struct tree_family *f = n->family;
        int queued = is_queued(n);
        if (queued) {
            dequeue(n);
        }
        uint64_t base = n->time > f->now ? n->time : f->now;
        n->time = base + ((uint64_t)octets * TREE_WEIGHT_MAX + n->weight - 1) / n->weight;
        if (queued) {
            enqueue(n);
        }
        uint64_t first = f->busy.first != NULL ? node_of(f->busy.first)->time : f->now;
        f->now = first > f->now ? first : f->now;
    }
    RUN_CHECK(h2session__tree_check(t));
}

/* ---- Self-check --------------------------------------------------------------------------- */

static void check_family(const struct tree_family *f)
{
    const struct tree_node *n = f->members;
    uint32_t count = 0;
    uint32_t busy = 0;
    while (n != NULL) {
        check_that(n->family == f && n->next->previous == n);
        check_that(is_queued(n) == is_busy(n) && (!is_queued(n) || n->time >= f->now));
        check_that(n->weight >= 1 && n->weight <= TREE_WEIGHT_MAX);
        check_that(!n->nameless || (!n->ready && n->children->count >= 2));
        check_that(n->children->parent == n);
        busy += (uint32_t)is_queued(n);
        count++;
        n = n->next != f->members ? n->next : NULL;
    }
    check_that(count == f->count && busy == h2session__ordered_check(&f->busy));
}

void h2session__tree_check(const struct tree *t)
{
    const struct tree_node *n = &t->root;
    uint32_t count = 0;
    check_that(t->root.children->parent == n);
    while (n != NULL) {
        check_family(n->children);
        if (n->children->members != NULL) {
            n = n->children->members; /* down */
        } else {
            while (n != &t->root && n->next == n->family->members) {
                n = n->family->parent; /* up, from the last of a ring */
            }
            n = n != &t->root ? n->next : NULL;
        }
        count += n != NULL;
    }
    check_that(count == t->count);
}
