/* SPDX-License-Identifier: MIT */
/*
 * Which stream sends DATA next: the one interface of the session to priorities, whatever scheme
 * is behind it. A stream embeds a struct scheduled. It is opened with the stream and closed with
 * it; in between it is added while the stream can send and removed when it cannot.
 *
 * Behind it: the urgencies of RFC 9218 (urgency.h), or when asked for the dependency tree of
 * RFC 7540 (priority_names.h). Looking at the next node takes constant time in the one, a look a
 * level of the tree in the other.
 */
#ifndef H2SESSION_SRC_SCHEDULER_H
#define H2SESSION_SRC_SCHEDULER_H

#include "priority_names.h"
#include "urgency.h"

struct scheduled {
    union {
        struct ordered_node urgency;
        struct named *named; /* with the tree */
    };
};

struct scheduler {
    struct urgency urgency;
    struct names *tree; /* NULL: urgencies */
};

void h2session__scheduler_init(struct scheduler *c);
/* From now on the tree, with so many nodes beside those of streams. No node is open. 0, or -1
 * without memory. */
int h2session__scheduler_use_tree(struct scheduler *c, const struct memory *memory, uint32_t limit);
/* From now on, and from the beginning, urgencies. No node is open. */
void h2session__scheduler_use_urgency(struct scheduler *c);
int h2session__scheduler_has_tree(const struct scheduler *c);

/* A new stream: of the default urgency and incremental; or where the tree has it. 0, or -1 without
 * memory, which only the tree needs. */
int h2session__scheduler_open(struct scheduler *c, struct scheduled *n, uint32_t id);
/* The stream has ended. */
void h2session__scheduler_close(struct scheduler *c, struct scheduled *n);
/* No effect when it is so already. */
void h2session__scheduler_add(struct scheduler *c, struct scheduled *n);
void h2session__scheduler_remove(struct scheduler *c, struct scheduled *n);
int h2session__scheduler_is_queued(const struct scheduler *c, const struct scheduled *n);
/* Whether no node can send. */
int h2session__scheduler_is_empty(const struct scheduler *c);
/* The same, but what is not sure without a look is no. */
static inline int scheduler_is_surely_empty(const struct scheduler *c)
{
    return c->tree == NULL && c->urgency.rings_used == 0 && c->urgency.serial.first == NULL;
}
/* The node to serve now, NULL when there is none. It stays queued. */
struct scheduled *h2session__scheduler_next(struct scheduler *c);
/* Most octets to send of the next node before the scheduler is asked again. */
uint32_t h2session__scheduler_room(const struct scheduler *c, const struct scheduled *n);
/* So many octets of the node were sent. */
void h2session__scheduler_served(struct scheduler *c, struct scheduled *n, uint32_t octets);

/* Parameters of RFC 9218: urgency 0 to 7, incremental 0 or 1. Without effect, and zero, with the
 * tree. */
void h2session__scheduler_prioritize(struct scheduler *c, struct scheduled *n, uint32_t urgency,
                                     uint32_t incremental);
void h2session__scheduler_priority(const struct scheduler *c, const struct scheduled *n,
                                   uint32_t *urgency, uint32_t *incremental);
/* A dependency of RFC 7540. NAMES_OK and no effect with urgencies. */
int h2session__scheduler_depend(struct scheduler *c, const struct names_signal *signal);

void h2session__scheduler_check(const struct scheduler *c);

#endif
