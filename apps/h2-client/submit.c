/* SPDX-License-Identifier: MIT */
#include "submit.h"

#include "expect.h"
#include "observe.h"

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

/* What cannot be sent as trailers ends the request, whose stream is open by now. */
static void fail_trailers(struct fetch *fetch, struct request *request, int result)
{
    h2session_fault_event fault = {.size = sizeof fault};

    if (result == 0) {
        return;
    }
    if (result == H2SESSION_ERR_FIELD && h2session_last_fault(fetch->session, &fault) == 0) {
        fetch_fail(fetch, request, EXIT_CODE_USAGE, "--trailer: %s (%s)",
                   h2session_reason_text(fault.reason), h2session_reason_where(fault.reason));
    } else {
        fetch_fail(fetch, request, EXIT_CODE_LOCAL, "--trailer: %s", h2session_error_text(result));
    }
    fetch_cancel(fetch, request);
}

void submit_failed(struct fetch *fetch, struct request *request, const struct fields *fields,
                   int result)
{
    int is_memory = h2session_error_category(result) == H2SESSION_CATEGORY_MEMORY;

    if (result == H2SESSION_ERR_FIELD) {
        fail_fields(fetch, request, fields);
    } else {
        fetch_fail(fetch, request, is_memory ? EXIT_CODE_LOCAL : EXIT_CODE_USAGE, "%s",
                   h2session_error_text(result));
    }
}

/* Returns 1 when the request was submitted or has failed, 0 when there is no room for it now. */
static int take_result(struct fetch *fetch, struct request *request, const struct fields *fields,
                       int result)
{
    switch (result) {
    case 0:
        observe_submitted(fetch, request, fields);
        request->state = REQUEST_ACTIVE;
        request->activity_ns = loop_now_ns();
        request_link(&fetch->active, request);
        return 1;
    case H2SESSION_ERR_STREAM_LIMIT:
    case H2SESSION_ERR_OUTPUT_LIMIT:
    case H2SESSION_ERR_STREAM_IDS:
    case H2SESSION_ERR_CLOSED:
        upload_end(&request->upload);
        return 0;
    default:
        submit_failed(fetch, request, fields, result);
        return 1;
    }
}

static int has_body(const struct fetch *fetch, const struct request *request)
{
    return fetch->source != NULL && !request->as_get;
}

static int64_t body_length(const struct fetch *fetch, const struct request *request)
{
    const struct upload_source *source = has_body(fetch, request) ? fetch->source : NULL;

    if (source == NULL) {
        return FIELDS_NO_BODY;
    }
    return source->is_file && !fetch->options->no_content_length ? (int64_t)source->size
                                                                 : FIELDS_UNKNOWN_LENGTH;
}

/* The stream of the URI with this number, if it is open. */
static uint32_t stream_of(const struct fetch *fetch, uint32_t number)
{
    for (const struct request *other = fetch->active.first; other != NULL;
         other = other->next_active) {
        if (number != 0 && other->number == number) {
            return other->stream_id;
        }
    }
    return 0;
}

/* Trailers go after the body, however long that takes. */
static int submit_trailers(struct fetch *fetch, const struct request *request)
{
    struct fields fields;

    if (fetch->trailers->count == 0 || !has_body(fetch, request)) {
        return 0;
    }
    if (fields_from_lines(&fields, fetch->trailers) != 0) {
        return H2SESSION_ERR_NOMEM;
    }
    int result =
        h2session_submit_trailers(fetch->session, request->stream_id, fields.items, fields.count);

    fields_clear(&fields);
    return result;
}

static void begin_upload(struct fetch *fetch, struct request *request, h2session_message *message)
{
    upload_begin(&request->upload, fetch->source, &fetch->loop->uv, wake, fetch);
    if (fetch->options->expect_continue) {
        upload_hold(&request->upload);
        expect_started(fetch);
    }
    message->read = upload_read;
    message->read_user = &request->upload;
}

static int submit_one(struct fetch *fetch, struct request *request)
{
    struct fields fields;

    const struct fields_wish wish = {.uri = &request->uri,
                                     .lines = fetch->lines,
                                     .content_length = body_length(fetch, request),
                                     .codings = fetch->options->compressed ? decoder_codings : NULL,
                                     .is_foreign = request->is_foreign,
                                     .as_get = request->as_get,
                                     .priority = request->priority,
                                     .expects_continue = fetch->options->expect_continue &&
                                                         has_body(fetch, request),
                                     .is_large = fetch->options->continuation};

    if (request->output == NULL) {
        request->output = fetch->output;
    }
    if (fields_build(&fields, &wish) != 0) {
        fetch_fail(fetch, request, EXIT_CODE_LOCAL, "out of memory");
        return 1;
    }
    h2session_message message = {.size = sizeof message,
                                 .fields = fields.items,
                                 .field_count = fields.count,
                                 .stream_user = request,
                                 .dependency = stream_of(fetch, request->dependency),
                                 .weight = request->weight,
                                 .exclusive = request->is_exclusive};

    if (has_body(fetch, request)) {
        begin_upload(fetch, request, &message);
    }
    fetch->submitting = request;
    int result = h2session_submit_request(fetch->session, &message, &request->stream_id);
    fetch->submitting = NULL;
    int done = take_result(fetch, request, &fields, result);

    if (result == 0) {
        fail_trailers(fetch, request, submit_trailers(fetch, request));
    }

    fields_clear(&fields);
    return done;
}

/* A request that has a stream, or octets in memory: of these there are at most fetch->concurrent. */
static int takes_room(const struct request *request)
{
    return request->state == REQUEST_ACTIVE || request->held_length > 0;
}

void submit_waiting(struct fetch *fetch)
{
    uint32_t taken = 0;
    int waiting = 0;

    for (size_t i = fetch->turn; i < fetch->list.count && !waiting && !fetch->is_stopped; i++) {
        struct request *request = fetch->list.items[i];

        if (!uri_same_origin(fetch->origin, &request->uri)) {
            continue;
        }
        if (request->state == REQUEST_WAITING) {
            waiting = taken >= fetch->concurrent || h2session_stream_room(fetch->session) == 0 ||
                      !submit_one(fetch, request);
        }
        taken += takes_room(request) ? 1 : 0;
    }
    observe_room(fetch, waiting);
    if (!waiting && fetch->active.count == 0) {
        fetch_check(fetch, h2session_shutdown(fetch->session));
    }
}
