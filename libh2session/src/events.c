/* SPDX-License-Identifier: MIT */
/*
 * One function a callback: fills the event struct, calls, maps the result. After a callback asked
 * to abort, or freed the session, the caller gets a negative code and unwinds.
 */
#include <stddef.h>
#include <string.h>

#include "session.h"

/* No padding at the end: sizes of all versions of a struct differ. */
_Static_assert(sizeof(h2session_headers_event) ==
                   offsetof(h2session_headers_event, reserved) + sizeof(uint32_t),
               "headers event has tail padding");
_Static_assert(sizeof(h2session_stream_closed_event) ==
                   offsetof(h2session_stream_closed_event, unprocessed) + sizeof(uint32_t),
               "stream closed event has tail padding");

/* What a callback has asked for or caused. */
static int map_wish(h2session *s, int result, int pause_allowed)
{
    if (s->free_asked) {
        return H2SESSION_ERR_CALLBACK;
    }
    if (s->failing) {
        return s->failed; /* noted by what the callback called */
    }
    if (result == 0 || (result == H2SESSION_PAUSE && !pause_allowed)) {
        return 0;
    }
    if (result == H2SESSION_PAUSE) {
        s->paused = 1;
        return 0;
    }
    return note_failure(s, H2SESSION_ERR_CALLBACK);
}

/* Result of a callback; pause_allowed: PAUSE means something there. */
static inline int map_result(h2session *s, int result, int pause_allowed)
{
    return (result | (int)(s->free_asked | s->failing)) == 0 ? 0
                                                             : map_wish(s, result, pause_allowed);
}

int h2session__events_headers(h2session *s, const h2session_headers_event *event, int *refused)
{
    *refused = 0;
    if (s->callbacks.on_headers == NULL) {
        return 0;
    }
    s->in_callback++;
    int result = s->callbacks.on_headers(s, event, s->user);
    s->in_callback--;
    int refusable =
        event->kind == H2SESSION_HEADERS_REQUEST || event->kind == H2SESSION_HEADERS_PUSH;
    if (result == H2SESSION_REFUSE_STREAM && refusable) {
        *refused = 1;
        result = 0;
    }
    return map_result(s, result, 1);
}

int h2session__events_data(h2session *s, const struct stream *st, const uint8_t *data,
                           size_t length)
{
    if (s->callbacks.on_data == NULL) {
        return 0;
    }
    const h2session_data_event event = {
        .size = sizeof event,
        .stream_id = st->id,
        .data = data,
        .length = length,
        .stream_user = st->user,
    };
    s->in_callback++;
    int result = s->callbacks.on_data(s, &event, s->user);
    s->in_callback--;
    return map_result(s, result, 1);
}

int h2session__events_stream_end(h2session *s, const struct stream *st)
{
    if (s->callbacks.on_stream_end == NULL) {
        return 0;
    }
    const h2session_stream_end_event event = {
        .size = sizeof event,
        .stream_id = st->id,
        .stream_user = st->user,
    };
    s->in_callback++;
    int result = s->callbacks.on_stream_end(s, &event, s->user);
    s->in_callback--;
    return map_result(s, result, 1);
}

/* rfc: 9113#8.7 */
static uint32_t is_unprocessed(const struct stream *st)
{
    if ((st->flags & STREAM_LOCAL_INITIATED) == 0 || (st->flags & STREAM_FINAL_RECEIVED) != 0 ||
        st->informational_count > 0) {
        return 0;
    }
    return st->end_reason == H2SESSION_REASON_GOAWAY_NOT_PROCESSED ||
           (st->end_reason == H2SESSION_REASON_RESET_BY_PEER &&
            st->end_code == H2FRAME_CODE_REFUSED_STREAM);
}

int h2session__events_stream_closed(h2session *s, const struct stream *st)
{
    if (s->callbacks.on_stream_closed == NULL) {
        return 0;
    }
    const h2session_stream_closed_event event = {
        .size = sizeof event,
        .stream_id = st->id,
        .code = st->end_code,
        .reason = st->end_reason,
        .remote = st->end_remote,
        .stream_user = st->user,
        .complete = (st->flags & STREAM_MESSAGE_ENDED) != 0,
        .unprocessed = is_unprocessed(st),
    };
    s->in_callback++;
    int result = s->callbacks.on_stream_closed(s, &event, s->user);
    s->in_callback--;
    if (result == H2SESSION_STILL_RUNNING && !(st->flags & STREAM_LOCAL_INITIATED)) {
        s->handlers++;
        result = 0;
    }
    return map_result(s, result, 0);
}

int h2session__events_settings(h2session *s, const h2frame_frame *frame)
{
    if (s->callbacks.on_settings == NULL) {
        return 0;
    }
    const h2session_settings_event event = {
        .size = sizeof event,
        .ack = (frame->flags & H2FRAME_FLAG_ACK) != 0,
        .settings = frame->settings,
        .settings_count = frame->settings_count,
    };
    s->in_callback++;
    int result = s->callbacks.on_settings(s, &event, s->user);
    s->in_callback--;
    return map_result(s, result, 0);
}

int h2session__events_ping(h2session *s, const h2frame_frame *frame)
{
    if (s->callbacks.on_ping == NULL) {
        return 0;
    }
    h2session_ping_event event = {
        .size = sizeof event,
        .ack = (frame->flags & H2FRAME_FLAG_ACK) != 0,
    };
    memcpy(event.opaque, frame->opaque, sizeof event.opaque);
    if (event.ack) {
        event.round_trip_ns = h2session__ping_timer_acked(&s->ping_timer, frame->opaque, s->now_ns);
    }
    s->in_callback++;
    int result = s->callbacks.on_ping(s, &event, s->user);
    s->in_callback--;
    return map_result(s, result, 0);
}

int h2session__events_goaway(h2session *s, const h2frame_frame *frame)
{
    if (s->callbacks.on_goaway == NULL) {
        return 0;
    }
    const h2session_goaway_event event = {
        .size = sizeof event,
        .last_stream_id = frame->last_stream_id,
        .code = frame->error_code,
        .debug_data = frame->payload,
    };
    s->in_callback++;
    int result = s->callbacks.on_goaway(s, &event, s->user);
    s->in_callback--;
    return map_result(s, result, 0);
}

int h2session__events_altsvc(h2session *s, const struct stream *st, const h2frame_frame *frame)
{
    if (s->callbacks.on_altsvc == NULL) {
        return 0;
    }
    const h2session_altsvc_event event = {
        .size = sizeof event,
        .stream_id = frame->stream_id,
        .origin = frame->origin,
        .value = frame->payload,
        .stream_user = st != NULL ? st->user : NULL,
    };
    s->in_callback++;
    int result = s->callbacks.on_altsvc(s, &event, s->user);
    s->in_callback--;
    return map_result(s, result, 0);
}

int h2session__events_origin(h2session *s, const h2frame_bytes *origins, size_t count)
{
    if (s->callbacks.on_origin == NULL) {
        return 0;
    }
    const h2session_origin_event event = {
        .size = sizeof event,
        .origins = origins,
        .origin_count = count,
    };
    s->in_callback++;
    int result = s->callbacks.on_origin(s, &event, s->user);
    s->in_callback--;
    return map_result(s, result, 0);
}

int h2session__events_priority_update(h2session *s, const h2session_priority_update_event *event)
{
    if (s->callbacks.on_priority_update == NULL) {
        return 0;
    }
    s->in_callback++;
    int result = s->callbacks.on_priority_update(s, event, s->user);
    s->in_callback--;
    return map_result(s, result, 0);
}

int h2session__events_extension(h2session *s, const struct stream *st, const h2frame_frame *frame)
{
    if (s->callbacks.on_extension == NULL) {
        return 0;
    }
    const h2session_extension_event event = {
        .size = sizeof event,
        .type = frame->type,
        .flags = frame->flags,
        .stream_id = frame->stream_id,
        .length = frame->length,
        .part = frame->part,
        .payload = frame->payload,
        .stream_user = st != NULL ? st->user : NULL,
    };
    s->in_callback++;
    int result = s->callbacks.on_extension(s, &event, s->user);
    s->in_callback--;
    return map_result(s, result, 0);
}

int h2session__events_fault(h2session *s, const h2session_fault_event *event)
{
    s->last_fault = *event;
    if (s->callbacks.on_fault == NULL || s->free_asked) {
        return 0;
    }
    s->in_callback++;
    int result = s->callbacks.on_fault(s, event, s->user);
    s->in_callback--;
    return map_result(s, result, 0);
}

int h2session__events_trace(h2session *s, h2session_trace_event *event)
{
    if (s->callbacks.on_trace == NULL || s->free_asked) {
        return 0;
    }
    event->size = sizeof *event;
    s->in_callback++;
    int result = s->callbacks.on_trace(s, event, s->user);
    s->in_callback--;
    return map_result(s, result, 0);
}

int h2session__events_read(h2session *s, struct stream *st, h2session_read_event *event)
{
    event->size = sizeof *event;
    event->stream_id = st->id;
    event->code = H2FRAME_CODE_INTERNAL_ERROR;
    event->stream_user = st->user;
    s->in_callback++;
    int result = st->sending->read(s, event, st->sending->read_user);
    s->in_callback--;
    return result;
}
