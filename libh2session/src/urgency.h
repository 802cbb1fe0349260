/* SPDX-License-Identifier: MIT */
/*
 * Which stream sends DATA next, by the parameters of RFC 9218: urgency (0 first, 7 last) and
 * incremental. Pure: knows nothing of streams or windows. Only nodes that can send are in it: the
 * caller adds and removes them as that changes. The next one is known in constant time, as is all
 * about incremental nodes; a node that is not incremental costs O(log n) to add and to remove.
 *
 * Within an urgency nodes that are not incremental are served one after another, the lowest id
 * first; incremental ones take turns of URGENCY_QUANTUM octets. Where there are both kinds they
 * alternate, turn by turn, so that neither starves the other (rfc: 9218#10). A lower urgency waits
 * until nothing of a higher one can send.
 *
 * A node that was zeroed and initialised may be added; it must be removed before its memory goes.
 */
#ifndef H2SESSION_SRC_URGENCY_H
#define H2SESSION_SRC_URGENCY_H

#include "ordered.h"

enum { URGENCY_LEVELS = 8, URGENCY_DEFAULT = 3, URGENCY_QUANTUM = 16384 };

struct urgency {
    struct ordered_node *rings[URGENCY_LEVELS]; /* incremental: next to serve */
    struct ordered serial;                      /* the others, by urgency and id */
    struct ordered_node *turn;                  /* who is being served */
    uint32_t turn_left;                         /* octets of that turn */
    uint32_t ring_next;                         /* bit u: of both kinds it is the ring's turn */
    uint32_t rings_used;                        /* bit u: that ring is not empty */
};

void h2session__urgency_init(struct urgency *q);
void h2session__urgency_node_init(struct ordered_node *n, uint32_t id, uint32_t incremental);
uint32_t h2session__urgency_of(const struct ordered_node *n);
uint32_t h2session__urgency_is_incremental(const struct ordered_node *n);
int h2session__urgency_is_queued(const struct ordered_node *n);
/* No effect when queued. */
void h2session__urgency_add(struct urgency *q, struct ordered_node *n);
/* No effect when not queued. */
void h2session__urgency_remove(struct urgency *q, struct ordered_node *n);
/* The node to serve now, NULL when there is none. It stays queued. */
struct ordered_node *h2session__urgency_next(const struct urgency *q);
/* Octets that the next node may send now before it is another's turn: UINT32_MAX when no other one
 * has the same claim. */
uint32_t h2session__urgency_room(const struct urgency *q, const struct ordered_node *n);
/* So many octets of the node were sent. No effect when it is not queued any more. */
void h2session__urgency_served(struct urgency *q, struct ordered_node *n, uint32_t octets);
/* New parameters, queued or not; urgency above 7 is taken as 7. The same ones change nothing. */
void h2session__urgency_change(struct urgency *q, struct ordered_node *n, uint32_t urgency,
                               uint32_t incremental);

void h2session__urgency_check(const struct urgency *q);

#endif
