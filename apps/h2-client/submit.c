/* SPDX-License-Identifier: MIT */
#include "submit.h"

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

    request->output = fetch->output;
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
    fetch->submitting = request;
    int result = h2session_submit_request(fetch->session, &message, &request->stream_id);
    fetch->submitting = NULL;
    int done = take_result(fetch, request, &fields, result);

    fields_clear(&fields);
    return done;
}

/* A request that has a stream, or octets in memory: of these there are at most FETCH_CONCURRENT. */
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
            waiting = taken >= FETCH_CONCURRENT || h2session_stream_room(fetch->session) == 0 ||
                      !submit_one(fetch, request);
        }
        taken += takes_room(request) ? 1 : 0;
    }
    observe_room(fetch, waiting);
    if (!waiting && fetch->active.count == 0) {
        fetch_check(fetch, h2session_shutdown(fetch->session));
    }
}
