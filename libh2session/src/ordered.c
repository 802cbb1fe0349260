/* SPDX-License-Identifier: MIT */
#include "ordered.h"

#include <assert.h>
#include <stddef.h>

#include "check.h"

/* The depth of an AA tree is at most twice the logarithm of its size: enough for 2^31 nodes. */
enum { DEPTH = 64 };

void h2session__ordered_init(struct ordered *o, ordered_before before)
{
    *o = (struct ordered){.before = before};
}

static uint32_t level_of(const struct ordered_node *n)
{
    return n != NULL ? n->level : 0;
}

/* A left child on the level of its parent becomes the parent. */
static void skew(struct ordered_node **link)
{
    struct ordered_node *top = *link;
    struct ordered_node *left = top != NULL ? top->left : NULL;
    if (left != NULL && left->level == top->level) {
        top->left = left->right;
        left->right = top;
        *link = left;
    }
}

/* Of two right children in a row on the level of their parent the first rises. */
static void split(struct ordered_node **link)
{
    struct ordered_node *top = *link;
    struct ordered_node *right = top != NULL ? top->right : NULL;
    if (right != NULL && right->right != NULL && right->right->level == top->level) {
        top->right = right->left;
        right->left = top;
        right->level++;
        *link = right;
    }
}

void h2session__ordered_insert(struct ordered *o, struct ordered_node *n)
{
    struct ordered_node **path[DEPTH];
    uint32_t depth = 0;
    struct ordered_node **link = &o->root;
    assert(n->level == 0);
    while (*link != NULL) {
        path[depth++] = link;
        link = o->before(n, *link) ? &(*link)->left : &(*link)->right;
    }
    n->left = NULL;
    n->right = NULL;
    n->level = 1;
    *link = n;
    while (depth-- > 0) {
        skew(path[depth]);
        split(path[depth]);
    }
    if (o->first == NULL || o->before(n, o->first)) {
        o->first = n;
    }
    RUN_CHECK((void)h2session__ordered_check(o));
}

/* Something below was removed: the level falls to what the children allow. */
static void lower_node(struct ordered_node **link)
{
    struct ordered_node *top = *link;
    if (top == NULL) {
        return;
    }
    uint32_t left = level_of(top->left);
    uint32_t right = level_of(top->right);
    uint32_t level = (left < right ? left : right) + 1;
    if (level < top->level) {
        top->level = (uint8_t)level;
        if (right > level) {
            top->right->level = (uint8_t)level;
        }
    }
    skew(link);
    if ((*link)->right != NULL) {
        skew(&(*link)->right);
        skew(&(*link)->right->right);
    }
    split(link);
    split(&(*link)->right);
}

static struct ordered_node *leftmost(struct ordered_node *n)
{
    while (n != NULL && n->left != NULL) {
        n = n->left;
    }
    return n;
}

void h2session__ordered_remove(struct ordered *o, struct ordered_node *n)
{
    struct ordered_node **path[DEPTH];
    uint32_t depth = 0;
    struct ordered_node **link = &o->root;
    while (*link != n) {
        assert(*link != NULL);
        path[depth++] = link;
        link = o->before(n, *link) ? &(*link)->left : &(*link)->right;
    }
    /* A neighbour in the order, which is a leaf, takes the place. */
    uint32_t place = depth;
    path[depth++] = link;
    int from_left = n->left != NULL;
    struct ordered_node **leaf = from_left ? &n->left : &n->right;
    while (*leaf != NULL) {
        path[depth++] = leaf;
        leaf = from_left ? &(*leaf)->right : &(*leaf)->left;
    }
    struct ordered_node *heir = *path[depth - 1];
    *path[depth - 1] = NULL;
    if (heir != n) {
        heir->left = n->left;
        heir->right = n->right;
        heir->level = n->level;
        *path[place] = heir;
        path[place + 1] = from_left ? &heir->left : &heir->right;
    }
    while (depth-- > 0) {
        lower_node(path[depth]);
    }
    n->left = NULL;
    n->right = NULL;
    n->level = 0;
    if (o->first == n) {
        o->first = leftmost(o->root);
    }
    RUN_CHECK((void)h2session__ordered_check(o));
}

struct ordered_node *h2session__ordered_find(const struct ordered *o,
                                             const struct ordered_node *probe)
{
    struct ordered_node *n = o->root;
    while (n != NULL) {
        if (o->before(probe, n)) {
            n = n->left;
        } else if (o->before(n, probe)) {
            n = n->right;
        } else {
            return n;
        }
    }
    return NULL;
}

static void check_node(const struct ordered_node *n)
{
    check_that(n->level == level_of(n->left) + 1);
    check_that(n->level == level_of(n->right) || n->level == level_of(n->right) + 1);
    check_that(n->right == NULL || level_of(n->right->right) < n->level);
    check_that(n->level == 1 || (n->left != NULL && n->right != NULL));
}

uint32_t h2session__ordered_check(const struct ordered *o)
{
    const struct ordered_node *stack[DEPTH];
    const struct ordered_node *previous = NULL;
    const struct ordered_node *n = o->root;
    uint32_t depth = 0;
    uint32_t count = 0;
    while (n != NULL || depth > 0) {
        for (; n != NULL; n = n->left) {
            check_that(depth < DEPTH);
            stack[depth++] = n;
        }
        n = stack[--depth];
        check_node(n);
        check_that(previous != NULL ? o->before(previous, n) : o->first == n);
        previous = n;
        count++;
        n = n->right;
    }
    check_that((count == 0) == (o->first == NULL));
    return count;
}
