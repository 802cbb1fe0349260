/* SPDX-License-Identifier: MIT */
#include "exchange.h"

#include <string.h>

static int same_origin(const struct fetch *fetch, const struct request *request)
{
    return uri_same_origin(fetch->origin, &request->uri);
}

/* Nothing can be written any more: everything ends. */
static void stop(struct fetch *fetch)
{
    struct output *output = fetch->output;

    if (fetch->is_stopped) {
        return;
    }
    fetch->is_stopped = 1;
    if (output->result == OUTPUT_FAILED) {
        fetch->stop_result = EXIT_CODE_LOCAL;
        log_error(fetch->log, "%s: cannot write: %s",
                  output->path == NULL ? "standard output" : output->path, strerror(output->error));
    }
    if (fetch->conn != NULL) {
        h2_conn_abort(fetch->conn, CONN_CLEAN, "");
    }
}

/* What the session did not do: without memory the connection cannot go on, everything else only
 * says that the stream or the connection has ended meanwhile. */
static void check(struct fetch *fetch, int result)
{
    if (result == H2SESSION_ERR_NOMEM && fetch->conn != NULL) {
        h2_conn_abort(fetch->conn, CONN_MEMORY, "out of memory");
    }
}

/* ---- Bodies in order ---------------------------------------------------------------------- */

static void consume(struct fetch *fetch, const struct request *request, size_t length)
{
    if (fetch->session != NULL && request->state == REQUEST_ACTIVE && length > 0) {
        check(fetch, h2session_consume(fetch->session, request->stream_id, length));
    }
}

static void write_held(struct fetch *fetch, struct request *request)
{
    size_t length = request->held_length;

    if (length > 0) {
        if (output_write(fetch->output, request->held, length) != OUTPUT_OK) {
            stop(fetch);
        }
        request_release_held(request);
        consume(fetch, request, length);
        request->activity_ns = loop_now_ns();
    }
}

void exchange_advance(struct fetch *fetch)
{
    for (; fetch->turn < fetch->count && !fetch->is_stopped; fetch->turn++) {
        struct request *request = &fetch->requests[fetch->turn];

        if (!same_origin(fetch, request)) {
            continue;
        }
        write_held(fetch, request);
        if (request->state != REQUEST_DONE) {
            return;
        }
    }
}

static void cancel(struct fetch *fetch, const struct request *request)
{
    check(fetch, h2session_submit_reset(fetch->session, request->stream_id, H2FRAME_CODE_CANCEL));
}

static void take_body(struct fetch *fetch, struct request *request, const uint8_t *data,
                      size_t length)
{
    if (request->is_discarded || fetch->output->discard || fetch->is_stopped) {
        consume(fetch, request, length);
    } else if (request == &fetch->requests[fetch->turn]) {
        if (output_write(fetch->output, data, length) != OUTPUT_OK) {
            stop(fetch);
        }
        consume(fetch, request, length);
    } else if (request_hold(request, data, length) != 0) {
        fetch_fail(fetch, request, EXIT_CODE_LOCAL, "out of memory");
        cancel(fetch, request);
    }
}

/* ---- Submitting --------------------------------------------------------------------------- */

static void wake(void *user)
{
    struct fetch *fetch = user;

    if (fetch->conn != NULL) {
        h2_conn_wake(fetch->conn);
    }
}

/* The session does not take the fields: says which and why. */
static void fail_fields(struct fetch *fetch, struct request *request, const struct fields *fields)
{
    h2session_fault_event fault = {.size = sizeof fault};

    if (h2session_last_fault(fetch->session, &fault) != 0 || fault.value >= fields->count) {
        fetch_fail(fetch, request, EXIT_CODE_USAGE, "the request is not valid: %s (%s)",
                   h2session_reason_text(fault.reason), h2session_reason_where(fault.reason));
        return;
    }
    const hpack_field *field = &fields->items[fault.value];

    fetch_fail(fetch, request, EXIT_CODE_USAGE, "field \"%.*s\": %s (%s)",
               (int)(field->name_length < 80 ? field->name_length : 80), field->name,
               h2session_reason_text(fault.reason), h2session_reason_where(fault.reason));
}

/* Returns 1 when the request was submitted or has failed, 0 when there is no room for it now. */
static int take_result(struct fetch *fetch, struct request *request, const struct fields *fields,
                       int result)
{
    switch (result) {
    case 0:
        request->state = REQUEST_ACTIVE;
        request->activity_ns = loop_now_ns();
        fetch->active_count++;
        return 1;
    case H2SESSION_ERR_STREAM_LIMIT:
    case H2SESSION_ERR_OUTPUT_LIMIT:
    case H2SESSION_ERR_STREAM_IDS:
    case H2SESSION_ERR_CLOSED:
        upload_end(&request->upload);
        return 0;
    case H2SESSION_ERR_FIELD:
        fail_fields(fetch, request, fields);
        return 1;
    default:
        fetch_fail(fetch, request,
                   h2session_error_category(result) == H2SESSION_CATEGORY_MEMORY ? EXIT_CODE_LOCAL
                                                                                 : EXIT_CODE_USAGE,
                   "%s", h2session_error_text(result));
        return 1;
    }
}

static int64_t body_length(const struct upload_source *source)
{
    if (source == NULL) {
        return FIELDS_NO_BODY;
    }
    return source->is_file ? (int64_t)source->size : FIELDS_UNKNOWN_LENGTH;
}

static int submit_one(struct fetch *fetch, struct request *request)
{
    struct fields fields;

    if (fields_build(&fields, &request->uri, fetch->lines, body_length(fetch->source)) != 0) {
        fetch_fail(fetch, request, EXIT_CODE_LOCAL, "out of memory");
        return 1;
    }
    h2session_message message = {.size = sizeof message,
                                 .fields = fields.items,
                                 .field_count = fields.count,
                                 .stream_user = request};

    if (fetch->source != NULL) {
        upload_begin(&request->upload, fetch->source, &fetch->loop->uv, wake, fetch);
        message.read = upload_read;
        message.read_user = &request->upload;
    }
    int result = h2session_submit_request(fetch->session, &message, &request->stream_id);
    int done = take_result(fetch, request, &fields, result);

    fields_clear(&fields);
    return done;
}

/* A request that has a stream, or octets in memory: of these there are at most FETCH_CONCURRENT. */
static int takes_room(const struct request *request)
{
    return request->state == REQUEST_ACTIVE || request->held_length > 0;
}

void exchange_submit(struct fetch *fetch)
{
    uint32_t taken = 0;
    int waiting = 0;

    for (size_t i = fetch->turn; i < fetch->count && !waiting && !fetch->is_stopped; i++) {
        struct request *request = &fetch->requests[i];

        if (!same_origin(fetch, request)) {
            continue;
        }
        if (request->state == REQUEST_WAITING) {
            waiting = taken == FETCH_CONCURRENT || h2session_stream_room(fetch->session) == 0 ||
                      !submit_one(fetch, request);
        }
        taken += takes_room(request) ? 1 : 0;
    }
    if (!waiting && fetch->active_count == 0) {
        check(fetch, h2session_shutdown(fetch->session));
    }
}

/* ---- Answers ------------------------------------------------------------------------------ */

static int on_headers(h2session *s, const h2session_headers_event *event, void *user)
{
    struct fetch *fetch = user;
    struct request *request = event->stream_user;

    (void)s;
    request->activity_ns = loop_now_ns();
    if (event->kind != H2SESSION_HEADERS_RESPONSE) {
        return 0;
    }
    request->status = event->status;
    if (fetch->options->fail && event->status >= 400) {
        request->is_discarded = 1;
    } else if (output_begin(fetch->output) != OUTPUT_OK) {
        stop(fetch);
    }
    return 0;
}

static int on_data(h2session *s, const h2session_data_event *event, void *user)
{
    struct fetch *fetch = user;
    struct request *request = event->stream_user;

    (void)s;
    request->activity_ns = loop_now_ns();
    if (request->state == REQUEST_ACTIVE) {
        take_body(fetch, request, event->data, event->length);
    }
    return 0;
}

static int on_stream_end(h2session *s, const h2session_stream_end_event *event, void *user)
{
    struct request *request = event->stream_user;

    (void)s;
    (void)user;
    request->is_complete = 1;
    return 0;
}

static void complete(struct fetch *fetch, struct request *request)
{
    if (request->is_discarded) {
        fetch_fail(fetch, request, EXIT_CODE_STATUS, "status %u", (unsigned)request->status);
    } else {
        request_end(request, EXIT_CODE_OK);
    }
}

/* RFC 9113 8.7: the server says that it has not processed the request. What a GOAWAY left may be
 * sent again as often as connections bring others to their end; refusals, which may come for ever,
 * are taken REQUEST_TRIES times without another request having come to its end. rfc: 9113#8.7 */
static int may_retry(const struct fetch *fetch, struct request *request,
                     const h2session_stream_closed_event *event)
{
    if (fetch->is_stopped || (fetch->source != NULL && fetch->source->read_any)) {
        return 0;
    }
    if (event->reason == H2SESSION_REASON_GOAWAY_NOT_PROCESSED) {
        return 1;
    }
    if (!event->remote || event->code != H2FRAME_CODE_REFUSED_STREAM) {
        return 0;
    }
    if (request->refused_after != fetch->total_count) {
        request->refused_after = fetch->total_count;
        request->refusals = 0;
    }
    return ++request->refusals < REQUEST_TRIES;
}

static void fail_upload(struct fetch *fetch, struct request *request)
{
    int error = request->upload.error;

    fetch_fail(fetch, request, EXIT_CODE_LOCAL, "cannot read the body to be sent: %s",
               error > 0 ? strerror(error) : "the file has become shorter");
}

static void fail_stream(struct fetch *fetch, struct request *request,
                        const h2session_stream_closed_event *event)
{
    const char *where = h2session_reason_where(event->reason);

    if (event->reason == H2SESSION_REASON_GOAWAY_NOT_PROCESSED) {
        fetch_fail(fetch, request, EXIT_CODE_PROTOCOL,
                   "not processed by the server, which ended "
                   "the connection%s",
                   fetch->goaway);
    } else if (event->remote) {
        fetch_fail(fetch, request, EXIT_CODE_PROTOCOL, "the server reset the stream: %s",
                   h2frame_code_name(event->code));
    } else {
        fetch_fail(fetch, request,
                   event->reason == H2SESSION_REASON_NO_MEMORY ? EXIT_CODE_LOCAL
                                                               : EXIT_CODE_PROTOCOL,
                   "%s%s%s%s", h2session_reason_text(event->reason), where[0] == '\0' ? "" : " (",
                   where, where[0] == '\0' ? "" : ")");
    }
}

/* What ends with the whole connection stays ACTIVE: the end of that says why, once for all. */
static void close_stream(struct fetch *fetch, struct request *request,
                         const h2session_stream_closed_event *event)
{
    if (request->state != REQUEST_ACTIVE) {
        return; /* failed before */
    }
    if (request->upload.error != 0) {
        fail_upload(fetch, request);
    } else if (request->is_complete && event->code == H2FRAME_CODE_NO_ERROR) {
        complete(fetch, request);
    } else if (request->is_timed_out) {
        fetch_fail(fetch, request, EXIT_CODE_PROTOCOL, "no progress in the time of --timeout");
    } else if (may_retry(fetch, request, event)) {
        request_reset(request);
        request->state = REQUEST_WAITING;
    } else if (event->reason != H2SESSION_REASON_CONNECTION_ENDED && !fetch->is_faulty) {
        fail_stream(fetch, request, event);
    }
}

static int on_stream_closed(h2session *s, const h2session_stream_closed_event *event, void *user)
{
    struct fetch *fetch = user;
    struct request *request = event->stream_user;

    (void)s;
    close_stream(fetch, request, event);
    upload_end(&request->upload);
    fetch->active_count--;
    fetch->activity_ns = loop_now_ns();
    if (request->state == REQUEST_DONE) {
        fetch->done_count++;
        fetch->total_count++;
    }
    exchange_advance(fetch);
    if (request->state != REQUEST_ACTIVE && event->reason != H2SESSION_REASON_CONNECTION_ENDED) {
        exchange_submit(fetch);
    }
    return 0;
}

static int on_settings(h2session *s, const h2session_settings_event *event, void *user)
{
    struct fetch *fetch = user;

    fetch->is_heard = 1;
    if (!event->ack && fetch->session == s) {
        fetch->peer_streams = h2session_remote_setting(s, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS);
        exchange_submit(fetch); /* perhaps more streams are allowed now */
    }
    return 0;
}

static int on_goaway(h2session *s, const h2session_goaway_event *event, void *user)
{
    struct fetch *fetch = user;

    (void)s;
    size_t length = event->debug_data.length < 200 ? event->debug_data.length : 200;

    snprintf(fetch->goaway, sizeof fetch->goaway, " (GOAWAY with %s%s%.*s)",
             h2frame_code_name(event->code), length > 0 ? ": " : "", (int)length,
             length > 0 ? (const char *)event->debug_data.data : "");
    return 0;
}

static int on_fault(h2session *s, const h2session_fault_event *event, void *user)
{
    struct fetch *fetch = user;

    (void)s;
    if (event->scope == H2FRAME_SCOPE_CONNECTION) {
        fetch->is_faulty = 1;
    }
    if (fetch->trace != NULL) {
        trace_fault(fetch->trace, event, loop_now_ns());
    }
    return 0;
}

static int on_trace(h2session *s, const h2session_trace_event *event, void *user)
{
    struct fetch *fetch = user;

    (void)s;
    fetch_announce(fetch); /* the first frames are queued before the connection is ours */
    trace_frame(fetch->trace, event, loop_now_ns());
    return 0;
}

void exchange_callbacks(h2session_callbacks *callbacks)
{
    memset(callbacks, 0, sizeof *callbacks);
    callbacks->size = sizeof *callbacks;
    callbacks->on_headers = on_headers;
    callbacks->on_data = on_data;
    callbacks->on_stream_end = on_stream_end;
    callbacks->on_stream_closed = on_stream_closed;
    callbacks->on_settings = on_settings;
    callbacks->on_goaway = on_goaway;
    callbacks->on_fault = on_fault;
    callbacks->on_trace = on_trace;
}

/* One whose octets wait for their turn, or for our own input, does not wait for the server. */
static int is_overdue(const struct request *request, uint64_t now_ns, uint64_t limit_ns)
{
    uint64_t last = request->upload.read_ns > request->activity_ns ? request->upload.read_ns
                                                                   : request->activity_ns;

    return request->state == REQUEST_ACTIVE && request->held_length == 0 &&
           !request->upload.is_waiting && now_ns > last && now_ns - last > limit_ns;
}

void exchange_check_timeouts(struct fetch *fetch, uint64_t now_ns)
{
    uint64_t limit = fetch->options->timeout_ns;

    for (size_t i = 0; i < fetch->count && fetch->session != NULL; i++) {
        struct request *request = &fetch->requests[i];

        if (is_overdue(request, now_ns, limit)) {
            request->is_timed_out = 1;
            cancel(fetch, request);
        }
    }
    if (fetch->active_count == 0 && now_ns > fetch->activity_ns &&
        now_ns - fetch->activity_ns > limit) {
        h2_conn_abort(fetch->conn, CONN_PROTOCOL, "the server lets no request begin");
    } else {
        h2_conn_wake(fetch->conn);
    }
}
