/* SPDX-License-Identifier: MIT */
#include "priority.h"

#include <stddef.h>

#include "check.h"

void h2session__priority_init(struct priority *p)
{
    *p = (struct priority){.occupied = 0};
}

void h2session__priority_node_init(struct priority_node *n)
{
    *n = (struct priority_node){.urgency = PRIORITY_DEFAULT_URGENCY, .incremental = 1};
}

int h2session__priority_is_queued(const struct priority_node *n)
{
    return n->next != NULL;
}

void h2session__priority_add(struct priority *p, struct priority_node *n)
{
    RUN_CHECK(h2session__priority_check(p));
    if (h2session__priority_is_queued(n)) {
        return;
    }
    struct priority_node *head = p->heads[n->urgency];
    if (head == NULL) {
        n->next = n;
        n->previous = n;
        p->heads[n->urgency] = n;
        p->occupied |= UINT32_C(1) << n->urgency;
    } else {
        n->next = head;
        n->previous = head->previous;
        head->previous->next = n;
        head->previous = n;
    }
    RUN_CHECK(h2session__priority_check(p));
}

void h2session__priority_remove(struct priority *p, struct priority_node *n)
{
    RUN_CHECK(h2session__priority_check(p));
    if (!h2session__priority_is_queued(n)) {
        return;
    }
    if (n->next == n) {
        p->heads[n->urgency] = NULL;
        p->occupied &= ~(UINT32_C(1) << n->urgency);
    } else {
        n->previous->next = n->next;
        n->next->previous = n->previous;
        if (p->heads[n->urgency] == n) {
            p->heads[n->urgency] = n->next;
        }
    }
    n->next = NULL;
    n->previous = NULL;
    RUN_CHECK(h2session__priority_check(p));
}

struct priority_node *h2session__priority_next(const struct priority *p)
{
    for (uint32_t u = 0; u < PRIORITY_LEVELS && p->occupied != 0; u++) {
        if (p->heads[u] != NULL) {
            return p->heads[u];
        }
    }
    return NULL;
}

void h2session__priority_served(struct priority *p, struct priority_node *n)
{
    RUN_CHECK(h2session__priority_check(p));
    if (!h2session__priority_is_queued(n) || !n->incremental) {
        return;
    }
    if (p->heads[n->urgency] == n) {
        p->heads[n->urgency] = n->next; /* the ring itself puts it last */
    } else {
        h2session__priority_remove(p, n);
        h2session__priority_add(p, n);
    }
    RUN_CHECK(h2session__priority_check(p));
}

void h2session__priority_change(struct priority *p, struct priority_node *n, uint32_t urgency,
                                uint32_t incremental)
{
    uint8_t level = (uint8_t)(urgency < PRIORITY_LEVELS ? urgency : PRIORITY_LEVELS - 1);
    int queued = h2session__priority_is_queued(n);
    n->incremental = incremental != 0;
    if (level == n->urgency) {
        return;
    }
    h2session__priority_remove(p, n);
    n->urgency = level;
    if (queued) {
        h2session__priority_add(p, n);
    }
}

void h2session__priority_check(const struct priority *p)
{
    for (uint32_t u = 0; u < PRIORITY_LEVELS; u++) {
        const struct priority_node *head = p->heads[u];
        check_that((head != NULL) == ((p->occupied >> u & 1) != 0));
        const struct priority_node *n = head;
        while (n != NULL) {
            check_that(n->urgency == u && n->next->previous == n);
            n = n->next != head ? n->next : NULL;
        }
    }
}
