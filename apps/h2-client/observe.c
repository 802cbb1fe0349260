/* SPDX-License-Identifier: MIT */
#include "observe.h"

#include <stdio.h>
#include <string.h>

#include "field_find.h"

/* ---- Frames ------------------------------------------------------------------------------- */

/* A HEADERS frame on its way out belongs to the request that is being submitted. */
static struct request *request_of(const struct fetch *fetch, const h2session_trace_event *event)
{
    struct request *request = NULL;

    if (event->frame->stream_id != 0 && fetch->session != NULL) {
        request = h2session_stream_user(fetch->session, event->frame->stream_id);
    }
    return request == NULL && event->outgoing ? fetch->submitting : request;
}

static uint64_t body_octets(const h2frame_frame *frame)
{
    uint64_t padding = (frame->flags & H2FRAME_FLAG_PADDED) != 0 ? 1 + frame->pad_length : 0;

    return frame->length > padding ? frame->length - padding : 0;
}

static void count_sent(struct record *record, const h2frame_frame *frame)
{
    if (record->sent_ns == 0) {
        record->sent_ns = loop_now_ns();
    }
    if (frame->type == H2FRAME_TYPE_DATA) {
        record->request_body += body_octets(frame);
    } else if (frame->type == H2FRAME_TYPE_HEADERS || frame->type == H2FRAME_TYPE_CONTINUATION) {
        record->request_header += frame->length;
    }
    if ((frame->type == H2FRAME_TYPE_DATA || frame->type == H2FRAME_TYPE_HEADERS) &&
        (frame->flags & H2FRAME_FLAG_END_STREAM) != 0) {
        record->body_sent_ns = loop_now_ns();
    }
}

static void count_received(struct record *record, const h2frame_frame *frame)
{
    if (frame->type == H2FRAME_TYPE_DATA) {
        record->response_body += body_octets(frame);
    } else if (frame->type == H2FRAME_TYPE_HEADERS || frame->type == H2FRAME_TYPE_CONTINUATION) {
        record->response_header += frame->length;
    }
}

void observe_frame(struct fetch *fetch, const h2session_trace_event *event)
{
    struct request *request = request_of(fetch, event);

    if (!fetch->observes) {
        return;
    }
    if (request != NULL && event->outgoing) {
        count_sent(request->record, event->frame);
    } else if (request != NULL) {
        count_received(request->record, event->frame);
    }
    loop_defer(fetch->loop, &fetch->observing);
}

/* ---- Stalls ------------------------------------------------------------------------------- */

static enum stall_cause cause_of(int64_t stream_window, int64_t connection_window)
{
    if (stream_window <= 0) {
        return STALL_STREAM_WINDOW;
    }
    return connection_window <= 0 ? STALL_CONNECTION_WINDOW : STALL_NONE;
}

/* What keeps the body of the request from being sent: not our own input, which makes us wait too. */
static enum stall_cause sending_cause(const struct fetch *fetch, const struct request *request)
{
    uint32_t state = h2session_stream_state(fetch->session, request->stream_id);

    if ((state != H2SESSION_STATE_OPEN && state != H2SESSION_STATE_HALF_CLOSED_REMOTE) ||
        request->upload.is_waiting) {
        return STALL_NONE;
    }
    return cause_of(h2session_send_window(fetch->session, request->stream_id),
                    h2session_send_window(fetch->session, 0));
}

static enum stall_cause receiving_cause(const struct fetch *fetch, const struct request *request)
{
    uint32_t state = h2session_stream_state(fetch->session, request->stream_id);

    if (state != H2SESSION_STATE_OPEN && state != H2SESSION_STATE_HALF_CLOSED_LOCAL) {
        return STALL_NONE;
    }
    return cause_of(h2session_recv_window(fetch->session, request->stream_id),
                    h2session_recv_window(fetch->session, 0));
}

static void on_turn_end(struct loop_task *task)
{
    struct fetch *fetch = (struct fetch *)((char *)task - offsetof(struct fetch, observing));
    uint64_t now_ns = loop_now_ns();

    if (fetch->session == NULL) {
        return;
    }
    for (struct request *request = fetch->active.first; request != NULL;
         request = request->next_active) {
        stall_set(&request->record->sending, sending_cause(fetch, request), now_ns);
        stall_set(&request->record->receiving, receiving_cause(fetch, request), now_ns);
    }
}

void observe_init(struct fetch *fetch)
{
    fetch->observing.run = on_turn_end;
}

void observe_room(struct fetch *fetch, int is_waiting)
{
    int is_full = is_waiting && fetch->goaway[0] == '\0' && fetch->session != NULL &&
                  h2session_stream_room(fetch->session) == 0;

    stall_set(&fetch->room, is_full ? STALL_STREAMS : STALL_NONE, loop_now_ns());
}

/* ---- Requests ----------------------------------------------------------------------------- */

static void copy_text(char *out, size_t size, const char *text, size_t length)
{
    (void)snprintf(out, size, "%.*s", (int)(length < size ? length : size - 1), text);
}

/* What pushes send is nothing the user asked for: of their fields not all are kept. */
static int has_room(struct fetch *fetch, const struct request *request, const hpack_field *fields,
                    size_t count)
{
    uint64_t octets = 0;

    for (size_t i = 0; request->is_aside && i < count; i++) {
        octets += (uint64_t)fields[i].name_length + fields[i].value_length + 32;
    }
    if (octets > OBSERVE_PUSH_OCTETS - fetch->push_octets) {
        return 0;
    }
    fetch->push_octets += octets;
    return 1;
}

static void keep_fields(struct fetch *fetch, const struct request *request,
                        struct record_fields *out, const hpack_field *fields, size_t count)
{
    if (has_room(fetch, request, fields, count) &&
        record_keep_fields(fetch->book, out, fields, count) != 0) {
        fetch_check(fetch, H2SESSION_ERR_NOMEM);
    }
}

static void keep_request(struct fetch *fetch, const struct request *request,
                         const hpack_field *fields, size_t count)
{
    struct record *record = request->record;

    const hpack_field *method = field_find(fields, count, ":method");

    if (method != NULL) {
        copy_text(record->method, sizeof record->method, method->value, method->value_length);
    }
    keep_fields(fetch, request, &record->request_fields, fields, count);
}

void observe_submitted(struct fetch *fetch, struct request *request, const struct fields *fields)
{
    struct record *record = request->record;
    uint64_t now_ns = loop_now_ns();
    uint64_t blocked_ns = stall_total_ns(&fetch->room, STALL_STREAMS, now_ns);

    record->connection = fetch->connection;
    record->stream_id = request->stream_id;
    record->sent_ns = record->sent_ns == 0 ? now_ns : record->sent_ns;
    /* What the connection stood still while this request was waiting for it. */
    record->sending.total_ns[STALL_STREAMS] = blocked_ns;
    keep_request(fetch, request, fields->items, fields->count);
}

void observe_promised(struct fetch *fetch, struct request *push,
                      const h2session_headers_event *event)
{
    struct record *record = push->record;

    record->connection = fetch->connection;
    record->stream_id = event->stream_id;
    record->parent_id = event->parent_stream_id;
    record->sent_ns = record->queued_ns;
    keep_request(fetch, push, event->fields, event->field_count);
}

void observe_answer(struct fetch *fetch, struct request *request,
                    const h2session_headers_event *event)
{
    struct record *record = request->record;

    if (record->first_ns == 0) {
        record->first_ns = loop_now_ns();
    }
    if (event->kind == H2SESSION_HEADERS_RESPONSE) {
        record->status = event->status;
        keep_fields(fetch, request, &record->response_fields, event->fields, event->field_count);
    }
}

void observe_closed(struct request *request, const h2session_stream_closed_event *event)
{
    struct record *record = request->record;
    uint64_t now_ns = loop_now_ns();

    stall_set(&record->sending, STALL_NONE, now_ns);
    stall_set(&record->receiving, STALL_NONE, now_ns);
    record->end_code = event->code;
    record->end_reason = event->reason;
    record->by_peer = event->remote;
    if (event->complete && event->code == H2FRAME_CODE_NO_ERROR) {
        record->end = RECORD_COMPLETE;
    } else if (event->reason == H2SESSION_REASON_CONNECTION_ENDED ||
               event->reason == H2SESSION_REASON_GOAWAY_NOT_PROCESSED) {
        record->end = RECORD_LOST;
    } else {
        record->end = RECORD_RESET;
    }
}

/* ---- Connections -------------------------------------------------------------------------- */

void observe_open(struct fetch *fetch)
{
    struct conn_record *connection = fetch->connection;
    const struct tls_info *tls = h2_conn_tls_info(fetch->conn);

    copy_text(connection->address, sizeof connection->address, h2_conn_peer_text(fetch->conn),
              sizeof connection->address);
    copy_text(connection->protocol, sizeof connection->protocol, tls == NULL ? "h2c" : "h2", 3);
    if (tls != NULL) {
        copy_text(connection->tls_version, sizeof connection->tls_version, tls->version,
                  strlen(tls->version));
        copy_text(connection->tls_cipher, sizeof connection->tls_cipher, tls->cipher,
                  strlen(tls->cipher));
        connection->tls_kernel = tls->kernel;
    }
}

void observe_end(struct fetch *fetch)
{
    const struct h2_conn_times *times = h2_conn_times(fetch->conn);
    struct conn_record *connection = fetch->connection;

    connection->start_ns = times->start_ns;
    connection->resolved_ns = times->resolved_ns;
    connection->connected_ns = times->connected_ns;
    connection->open_ns = times->open_ns;
    connection->end_ns = loop_now_ns();
    memset(&fetch->room, 0, sizeof fetch->room);
    loop_cancel(fetch->loop, &fetch->observing);
}
