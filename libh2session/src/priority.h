/* SPDX-License-Identifier: MIT */
/*
 * Which stream sends DATA next: a scheduler over abstract nodes, with the urgency (0 first, 7 last)
 * and incremental parameters of RFC 9218. Pure: knows nothing of streams or windows. Only nodes
 * that can send are in it: the caller adds and removes them as that changes. All operations are
 * O(1) in the number of nodes.
 *
 * Within an urgency: a non-incremental node is served until it leaves; incremental nodes take
 * turns. Default for a stream is urgency 3, incremental, so that equal streams share the
 * connection.
 */
#ifndef H2SESSION_SRC_PRIORITY_H
#define H2SESSION_SRC_PRIORITY_H

#include <stdint.h>

enum { PRIORITY_LEVELS = 8, PRIORITY_DEFAULT_URGENCY = 3 };

struct priority_node {
    struct priority_node *next; /* ring of its level, NULL when not queued */
    struct priority_node *previous;
    uint8_t urgency;
    uint8_t incremental;
};

struct priority {
    struct priority_node *heads[PRIORITY_LEVELS]; /* next to serve */
    uint32_t occupied;                            /* bit u: level u has nodes */
};

void h2session__priority_init(struct priority *p);
void h2session__priority_node_init(struct priority_node *n);
int h2session__priority_is_queued(const struct priority_node *n);
/* At the end of its level. No effect when queued. */
void h2session__priority_add(struct priority *p, struct priority_node *n);
/* No effect when not queued. */
void h2session__priority_remove(struct priority *p, struct priority_node *n);
/* The node to serve now, NULL when there is none. It stays queued. */
struct priority_node *h2session__priority_next(const struct priority *p);
/* The node was served one frame: an incremental one goes behind its equals. */
void h2session__priority_served(struct priority *p, struct priority_node *n);
/* New parameters, queued or not; urgency above 7 is taken as 7. */
void h2session__priority_change(struct priority *p, struct priority_node *n, uint32_t urgency,
                                uint32_t incremental);

void h2session__priority_check(const struct priority *p);

#endif
