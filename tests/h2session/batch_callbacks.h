/* SPDX-License-Identifier: MIT */
/*
 * Callbacks that tell each event as an event batch would, so that one piece of code can look at
 * both. Whoever includes this defines event_told(); what the event points to ends with the call.
 */
#ifndef TESTS_H2SESSION_BATCH_CALLBACKS_H
#define TESTS_H2SESSION_BATCH_CALLBACKS_H

#include <h2session/h2session.h>

#include <session_callbacks.h>

static void event_told(void *user, const h2session_batch_event *event);

#define CALLBACK(name, KIND, id)                                                                   \
    static int on_##name(h2session *s, const h2session_##name##_event *event, void *user)          \
    {                                                                                              \
        (void)s;                                                                                   \
        event_told(user, &(h2session_batch_event){.kind = H2SESSION_EVENT_##KIND,                  \
                                                  .stream_id = (id),                               \
                                                  .as.name = event});                              \
        return 0;                                                                                  \
    }

CALLBACK(headers, HEADERS, event->stream_id)
CALLBACK(data, DATA, event->stream_id)
CALLBACK(stream_end, STREAM_END, event->stream_id)
CALLBACK(stream_closed, STREAM_CLOSED, event->stream_id)
CALLBACK(settings, SETTINGS, 0)
CALLBACK(ping, PING, 0)
CALLBACK(goaway, GOAWAY, 0)
CALLBACK(fault, FAULT, event->stream_id)
CALLBACK(altsvc, ALTSVC, event->stream_id)
CALLBACK(origin, ORIGIN, 0)
CALLBACK(priority_update, PRIORITY_UPDATE, event->stream_id)
CALLBACK(extension, EXTENSION, event->stream_id)

static const h2session_callbacks CALLBACKS = {
    .size = sizeof CALLBACKS,
    CALLBACKS_OF_STREAMS,
    CALLBACKS_OF_CONNECTION,
    CALLBACKS_OF_EXTENSIONS,
};

#endif
