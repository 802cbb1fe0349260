/* SPDX-License-Identifier: MIT */
/*
 * A set of nodes in an order that the owner gives: insertion, removal, search and the first one,
 * the last in constant time, the others in O(log n) steps at worst. The nodes are members of the
 * owner's structs, so nothing is allocated. An AA tree: two links and a level a node, no link to
 * the parent, no recursion.
 *
 * before() is a strict total order: of two distinct nodes in one set exactly one comes before the
 * other, and what it looks at does not change while they are in the set. A node is in one set at
 * most; one that is all zero is in none.
 */
#ifndef H2SESSION_SRC_ORDERED_H
#define H2SESSION_SRC_ORDERED_H

#include <stdint.h>

struct ordered_node {
    struct ordered_node *left;
    struct ordered_node *right;
    uint8_t level; /* 0: in no set */
    /* The owner's, of no meaning here: they would be padding otherwise. */
    uint8_t tag;
    uint16_t flags;
    uint32_t key;
};

typedef int (*ordered_before)(const struct ordered_node *a, const struct ordered_node *b);

struct ordered {
    ordered_before before;
    struct ordered_node *root;
    struct ordered_node *first; /* NULL: empty */
};

void h2session__ordered_init(struct ordered *o, ordered_before before);
/* n is in no set. */
void h2session__ordered_insert(struct ordered *o, struct ordered_node *n);
/* n is in this set. */
void h2session__ordered_remove(struct ordered *o, struct ordered_node *n);
/* The node that is neither before nor behind the probe, NULL when there is none. */
struct ordered_node *h2session__ordered_find(const struct ordered *o,
                                             const struct ordered_node *probe);

/* Returns how many there are. */
uint32_t h2session__ordered_check(const struct ordered *o);

#endif
