/* SPDX-License-Identifier: MIT */
/*
 * Of an ordered_node: key is the id, tag the urgency. While an incremental node is queued, left
 * and right are the neighbours in the ring of its urgency.
 */
#include "urgency.h"

#include <stddef.h>

#include "bits.h"
#include "check.h"

enum { INCREMENTAL = 0x1, QUEUED = 0x2 };

static int serial_before(const struct ordered_node *a, const struct ordered_node *b)
{
    return a->tag != b->tag ? a->tag < b->tag : a->key < b->key;
}

void h2session__urgency_init(struct urgency *q)
{
    *q = (struct urgency){.turn = NULL};
    h2session__ordered_init(&q->serial, serial_before);
}

void h2session__urgency_node_init(struct ordered_node *n, uint32_t id, uint32_t incremental)
{
    *n = (struct ordered_node){
        .key = id, .tag = URGENCY_DEFAULT, .flags = incremental ? INCREMENTAL : 0};
}

uint32_t h2session__urgency_of(const struct ordered_node *n)
{
    return n->tag;
}

uint32_t h2session__urgency_is_incremental(const struct ordered_node *n)
{
    return n->flags & INCREMENTAL;
}

int h2session__urgency_is_queued(const struct ordered_node *n)
{
    return (n->flags & QUEUED) != 0;
}

static uint32_t bit_of(const struct ordered_node *n)
{
    return UINT32_C(1) << n->tag;
}

/* At the end of its ring. */
static void ring_add(struct urgency *q, struct ordered_node *n)
{
    struct ordered_node *head = q->rings[n->tag];
    if (head == NULL) {
        n->left = n;
        n->right = n;
        q->rings[n->tag] = n;
        q->rings_used |= bit_of(n);
    } else {
        n->right = head;
        n->left = head->left;
        head->left->right = n;
        head->left = n;
    }
}

static void ring_remove(struct urgency *q, struct ordered_node *n)
{
    if (n->right == n) {
        q->rings[n->tag] = NULL;
        q->rings_used &= ~bit_of(n);
    } else {
        n->left->right = n->right;
        n->right->left = n->left;
        if (q->rings[n->tag] == n) {
            q->rings[n->tag] = n->right;
        }
    }
    n->left = NULL;
    n->right = NULL;
}

void h2session__urgency_add(struct urgency *q, struct ordered_node *n)
{
    RUN_CHECK(h2session__urgency_check(q));
    if (h2session__urgency_is_queued(n)) {
        return;
    }
    if (n->flags & INCREMENTAL) {
        ring_add(q, n);
    } else {
        h2session__ordered_insert(&q->serial, n);
    }
    n->flags |= QUEUED;
    RUN_CHECK(h2session__urgency_check(q));
}

void h2session__urgency_remove(struct urgency *q, struct ordered_node *n)
{
    RUN_CHECK(h2session__urgency_check(q));
    if (!h2session__urgency_is_queued(n)) {
        return;
    }
    if (n->flags & INCREMENTAL) {
        ring_remove(q, n);
    } else {
        h2session__ordered_remove(&q->serial, n);
    }
    n->flags &= (uint16_t)~QUEUED;
    if (q->turn == n) {
        q->turn = NULL;
    }
    RUN_CHECK(h2session__urgency_check(q));
}

struct ordered_node *h2session__urgency_next(const struct urgency *q)
{
    struct ordered_node *serial = q->serial.first;
    if (q->rings_used == 0) {
        return serial;
    }
    uint32_t u = lowest_bit(q->rings_used);
    if ((serial != NULL && serial->tag < u)) {
        return serial;
    }
    int ring_has_it = serial == NULL || serial->tag > u || (q->ring_next >> u & 1) != 0;
    return ring_has_it ? q->rings[u] : serial;
}

/* Whether another node has the same claim to be next, so that turns count. */
static int is_contended(const struct urgency *q, const struct ordered_node *n)
{
    if (!(n->flags & INCREMENTAL)) {
        return q->rings[n->tag] != NULL;
    }
    return n->right != n || (q->serial.first != NULL && q->serial.first->tag == n->tag);
}

uint32_t h2session__urgency_room(const struct urgency *q, const struct ordered_node *n)
{
    if (!h2session__urgency_is_queued(n) || !is_contended(q, n)) {
        return UINT32_MAX;
    }
    return q->turn == n ? q->turn_left : URGENCY_QUANTUM;
}

void h2session__urgency_served(struct urgency *q, struct ordered_node *n, uint32_t octets)
{
    RUN_CHECK(h2session__urgency_check(q));
    if (!h2session__urgency_is_queued(n)) {
        return;
    }
    if (q->turn != n) {
        q->turn = n;
        q->turn_left = URGENCY_QUANTUM;
    }
    if (octets < q->turn_left) {
        q->turn_left -= octets;
        return;
    }
    q->turn = NULL;
    if (!(n->flags & INCREMENTAL)) {
        q->ring_next |= bit_of(n);
    } else {
        q->ring_next &= ~bit_of(n);
        ring_remove(q, n);
        ring_add(q, n);
    }
    RUN_CHECK(h2session__urgency_check(q));
}

void h2session__urgency_change(struct urgency *q, struct ordered_node *n, uint32_t urgency,
                               uint32_t incremental)
{
    uint8_t level = (uint8_t)(urgency < URGENCY_LEVELS ? urgency : URGENCY_LEVELS - 1);
    uint16_t kind = incremental ? INCREMENTAL : 0;
    if (level == n->tag && kind == (n->flags & INCREMENTAL)) {
        return;
    }
    int queued = h2session__urgency_is_queued(n);
    h2session__urgency_remove(q, n);
    n->tag = level;
    n->flags = kind;
    if (queued) {
        h2session__urgency_add(q, n);
    }
}

void h2session__urgency_check(const struct urgency *q)
{
    uint16_t flags = INCREMENTAL | QUEUED;
    for (uint32_t u = 0; u < URGENCY_LEVELS; u++) {
        const struct ordered_node *head = q->rings[u];
        const struct ordered_node *n = head;
        check_that((q->rings_used >> u & 1) == (head != NULL));
        while (n != NULL) {
            check_that(n->tag == u && n->right->left == n && n->flags == flags && n->level == 0);
            n = n->right != head ? n->right : NULL;
        }
    }
    (void)h2session__ordered_check(&q->serial);
    check_that(q->turn == NULL || h2session__urgency_is_queued(q->turn));
    check_that(q->turn == NULL || (q->turn_left > 0 && q->turn_left <= URGENCY_QUANTUM));
}
