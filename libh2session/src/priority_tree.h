/* SPDX-License-Identifier: MIT */
/*
 * The dependency tree of RFC 7540 5.3 over abstract nodes: parents are served before what depends
 * on them, siblings share by weight. Pure but for memory: knows no streams, ids or frames.
 *
 * The children of a node are its family, an object of its own: an exclusive insertion hands a
 * whole family over in one step, however large it is. A node is busy when it is ready to send or
 * something below it is; the busy members of a family stand in the order of their virtual time,
 * which grows by octets / weight as they are served. So the next node is found by one look a level.
 *
 * A node that is removed while several others depend on it stays as a nameless one until at most
 * one does: so they go on sharing what its weight was worth, which is the redistribution that
 * RFC 7540 5.3.4 asks for, without rounding and without touching each of them. Nameless nodes have
 * two children at least, so there are never more of them than of others.
 *
 * Work is O(log n) steps a level, amortised over merging families, and levels are bounded: what
 * would be, or is found, deeper than TREE_DEPTH moves below the root and loses its place.
 */
#ifndef H2SESSION_SRC_PRIORITY_TREE_H
#define H2SESSION_SRC_PRIORITY_TREE_H

#include "memory.h"
#include "ordered.h"

enum { TREE_DEPTH = 64, TREE_WEIGHT_DEFAULT = 16, TREE_WEIGHT_MAX = 256 };

struct tree_family;

/* First member of the owner's nodes. Read only from outside. */
struct tree_node {
    struct ordered_node order; /* among the busy ones of the family */
    struct tree_family *family;
    struct tree_family *children; /* never NULL */
    struct tree_node *next;       /* ring of the family */
    struct tree_node *previous;
    uint64_t time;   /* virtual, of the family */
    uint64_t serial; /* decides between equal times */
    uint16_t weight; /* 1 to 256 */
    uint8_t ready;
    uint8_t nameless;
};

struct tree_family {
    struct tree_node *parent;
    struct tree_node *members; /* ring, NULL: none */
    struct ordered busy;
    uint64_t now; /* virtual time: no busy member is behind it */
    uint32_t count;
};

struct tree {
    const struct memory *memory;
    size_t node_size;
    struct tree_node root; /* of its members only children counts */
    uint64_t serial;
    uint32_t count; /* nodes, the nameless ones included, the root not */
};

/* Nodes have node_size octets and begin with a struct tree_node. 0, or -1 without memory. */
int h2session__tree_init(struct tree *t, const struct memory *memory, size_t node_size);
/* All nodes have been removed. */
void h2session__tree_free(struct tree *t);
/* A node below the root with the default weight, not ready, zero behind the struct tree_node. NULL
 * without memory. */
struct tree_node *h2session__tree_new(struct tree *t);
/* The node is not the owner's any more; its memory may be gone. */
void h2session__tree_remove(struct tree *t, struct tree_node *n);
/* Makes the node depend on the parent (NULL: the root), which is another one. */
void h2session__tree_place(struct tree *t, struct tree_node *n, struct tree_node *parent,
                           uint32_t weight, int exclusive);
void h2session__tree_set_ready(struct tree *t, struct tree_node *n, int ready);
int h2session__tree_is_empty(const struct tree *t);
/* The ready node to serve now, NULL when there is none. It stays ready. */
struct tree_node *h2session__tree_next(struct tree *t);
/* So many octets of the node were sent. */
void h2session__tree_served(struct tree *t, struct tree_node *n, uint32_t octets);

void h2session__tree_check(const struct tree *t);

#endif
