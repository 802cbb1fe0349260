/* SPDX-License-Identifier: MIT */
#include "scheduler.h"

#include <stddef.h>

static struct scheduled *scheduled_of(struct ordered_node *n)
{
    return (struct scheduled *)((char *)n - offsetof(struct scheduled, urgency));
}

void h2session__scheduler_init(struct scheduler *c)
{
    h2session__urgency_init(&c->urgency);
}

void h2session__scheduler_open(struct scheduler *c, struct scheduled *n, uint32_t id)
{
    (void)c;
    h2session__urgency_node_init(&n->urgency, id, 1);
}

void h2session__scheduler_close(struct scheduler *c, struct scheduled *n)
{
    h2session__urgency_remove(&c->urgency, &n->urgency);
}

void h2session__scheduler_add(struct scheduler *c, struct scheduled *n)
{
    h2session__urgency_add(&c->urgency, &n->urgency);
}

void h2session__scheduler_remove(struct scheduler *c, struct scheduled *n)
{
    h2session__urgency_remove(&c->urgency, &n->urgency);
}

int h2session__scheduler_is_queued(const struct scheduler *c, const struct scheduled *n)
{
    (void)c;
    return h2session__urgency_is_queued(&n->urgency);
}

int h2session__scheduler_is_empty(const struct scheduler *c)
{
    return h2session__urgency_next(&c->urgency) == NULL;
}

struct scheduled *h2session__scheduler_next(struct scheduler *c)
{
    struct ordered_node *n = h2session__urgency_next(&c->urgency);
    return n != NULL ? scheduled_of(n) : NULL;
}

uint32_t h2session__scheduler_room(const struct scheduler *c, const struct scheduled *n)
{
    return h2session__urgency_room(&c->urgency, &n->urgency);
}

void h2session__scheduler_served(struct scheduler *c, struct scheduled *n, uint32_t octets)
{
    h2session__urgency_served(&c->urgency, &n->urgency, octets);
}

void h2session__scheduler_prioritize(struct scheduler *c, struct scheduled *n, uint32_t urgency,
                                     uint32_t incremental)
{
    h2session__urgency_change(&c->urgency, &n->urgency, urgency, incremental);
}

void h2session__scheduler_priority(const struct scheduled *n, uint32_t *urgency,
                                   uint32_t *incremental)
{
    *urgency = h2session__urgency_of(&n->urgency);
    *incremental = h2session__urgency_is_incremental(&n->urgency);
}

void h2session__scheduler_check(const struct scheduler *c)
{
    h2session__urgency_check(&c->urgency);
}
