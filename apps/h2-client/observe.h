/* SPDX-License-Identifier: MIT */
/*
 * Writes into the records what happens on the connection.
 *
 * Invariants:
 * - Nothing here changes what the program does with a request.
 * - Stalls are looked at once at the end of each turn of the loop that brought or made a frame, when
 *   all that could be sent has been; only when a report wants them (`fetch->observes`).
 */
#ifndef H2KIT_CLIENT_OBSERVE_H
#define H2KIT_CLIENT_OBSERVE_H

#include "fetch.h"

/* Of fields of pushes, 32 more for each: what is kept in a run. */
enum { OBSERVE_PUSH_OCTETS = 1024 * 1024 };

/* A frame, of either side. */
void observe_frame(struct fetch *fetch, const h2session_trace_event *event);
/* A request has its stream. */
void observe_submitted(struct fetch *fetch, struct request *request, const struct fields *fields);
/* The server promised an answer on a stream of its own. */
void observe_promised(struct fetch *fetch, struct request *push,
                      const h2session_headers_event *event);
/* Whether requests wait that the peer does not let begin. */
void observe_room(struct fetch *fetch, int is_waiting);
/* A field section of the answer. */
void observe_answer(struct fetch *fetch, struct request *request,
                    const h2session_headers_event *event);
/* The stream is closed; before ending_of_stream(). */
void observe_closed(struct request *request, const h2session_stream_closed_event *event);
/* The connection is open, or has ended. */
void observe_open(struct fetch *fetch);
void observe_end(struct fetch *fetch);

/* Makes the task of fetch->observing. */
void observe_init(struct fetch *fetch);

#endif
