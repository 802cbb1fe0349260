/* SPDX-License-Identifier: MIT */
/*
 * The event batch: a session whose callbacks keep copies of their events until they are pulled
 * (event_batch.c), and whose bodies come from queues (batch_bodies.c). It uses the public
 * interface of the session alone.
 *
 * An event that cannot be kept is never lost in silence: the callback aborts the session, and
 * h2session_batch_next() says why after the events that came before.
 */
#ifndef H2SESSION_SRC_BATCH_H
#define H2SESSION_SRC_BATCH_H

#include <h2session/h2session.h>

#include "event_store.h"

struct body;

/* Bodies in chains by stream id. One is in a chain from its submit to on_stream_closed, the last
 * moment at which the session may look at what was lent. */
struct batch_bodies {
    struct body **chains;
    size_t chain_count; /* a power of two, or 0 */
    size_t count;
};

struct h2session_batch {
    struct memory memory;
    h2session_batch_config config;
    h2session *session;
    struct event_store events;
    struct batch_bodies bodies;
    int failed;       /* why an event is missing */
    uint32_t closing; /* events have no taker any more */
};

/* event_batch.c: keeps an event with its struct of `size` octets (0: none), which has no pointers.
 * Returns what the callback returns. */
int h2session__batch_keep(h2session_batch *b, const h2session_batch_event *event, size_t size);

/* batch_bodies.c: the stream is closed. */
void h2session__batch_bodies_remove(h2session_batch *b, uint32_t stream_id);

#endif
