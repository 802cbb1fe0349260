/* SPDX-License-Identifier: MIT */
/*
 * What the application sends: checked against the rules the peer's messages are checked against,
 * encoded and queued at once. Bodies are asked for later, by out_data.c.
 */
#include <string.h>

#include "http_content.h"
#include "http_push.h"
#include "import.h"
#include "session.h"

int h2session__submit_allowed(const h2session *s)
{
    if (s->failed != 0) {
        return s->failed;
    }
    if (s->terminated) {
        return H2SESSION_ERR_CLOSED;
    }
    return h2session__budget_output_is_full(s) ? H2SESSION_ERR_OUTPUT_LIMIT : 0;
}

/* A struct of another version. */
APART static const h2session_message *import_other(const h2session_message *in,
                                                   h2session_message *copy)
{
    memset(copy, 0, sizeof *copy);
    int known = import_struct(copy, sizeof *copy, in, in->size) == 0 && copy->reserved == 0;
    return known ? copy : NULL;
}

const h2session_message *h2session__submit_import(const h2session_message *in,
                                                  h2session_message *copy)
{
    if (in == NULL || in->size < offsetof(h2session_message, read) ||
        (in->fields == NULL && in->field_count > 0)) {
        return NULL;
    }
    if (in->size == sizeof *in) {
        return in->reserved == 0 ? in : NULL;
    }
    return import_other(in, copy);
}

int h2session__submit_refuse(h2session *s, struct verdict v, int code)
{
    s->last_fault = (h2session_fault_event){
        .size = sizeof s->last_fault,
        .scope = H2FRAME_SCOPE_STREAM,
        .code = v.code,
        .reason = v.reason,
        .value = v.value,
        .limit = v.limit,
    };
    return code;
}

COLD static int refuse_field(h2session *s, struct verdict v)
{
    return h2session__submit_refuse(s, v, H2SESSION_ERR_FIELD);
}

/* rfc: 9113#10.5.1 */
int h2session__submit_section_fits(const h2session *s, const hpack_field *fields, size_t count)
{
    uint64_t size = 0;
    if (count > UINT32_MAX / 32) {
        return H2SESSION_ERR_SECTION_LIMIT; /* the limit cannot say so much */
    }
    if (s->settings.remote.max_header_list_size == UINT32_MAX) {
        return 0; /* no limit */
    }
    for (size_t i = 0; i < count; i++) {
        size += (uint64_t)fields[i].name_length + fields[i].value_length + 32;
    }
    return size > s->settings.remote.max_header_list_size ? H2SESSION_ERR_SECTION_LIMIT : 0;
}

/* HEADERS of a message, and its body into the schedule. */
static int send_message(h2session *s, struct stream *st, const h2session_message *message,
                        int has_body, int64_t body_length)
{
    int result = has_body ? h2session__streams_attach(s, st, message, body_length) : 0;
    if (result == 0) {
        st->flags |= STREAM_FINAL_SENT; /* whoever is told of the head may not send another */
        result = h2session__header_out_message(s, st, message, has_body ? 0 : 1);
    }
    if (result != 0 || st->state == STATE_CLOSED) {
        return result; /* CLOSED: by the trace callback */
    }
    h2session__streams_activate(s, st, INPUT_SEND_HEADERS);
    if (has_body) {
        h2session__streams_schedule(s, st);
    } else {
        h2session__streams_half_close(s, st, INPUT_SEND_END_STREAM);
    }
    return 0;
}

int h2session__submit_may_open(const h2session *s)
{
    if (s->shutdown != SHUTDOWN_NONE || s->goaway_received || s->eof) {
        return H2SESSION_ERR_CLOSED;
    }
    if (s->next_stream_id > H2FRAME_MAX_STREAM_ID) {
        return H2SESSION_ERR_STREAM_IDS;
    }
    return h2session_stream_room(s) == 0 ? H2SESSION_ERR_STREAM_LIMIT : 0;
}

int h2session__submit_take_origin(h2session *s, const h2session_message *message)
{
    hpack_field origin[ORIGIN_FIELDS];
    if (s->config.enable_push == 0 || (s->config.flags & H2SESSION_PUSH_ANY_ORIGIN) ||
        h2session__http_push_origin(message->fields, message->field_count, origin) != 0) {
        return 0;
    }
    return h2session__push_origins_take(&s->origins, origin);
}

static int open_request(h2session *s, const h2session_message *message, uint32_t *stream_id)
{
    struct http_request request;
    uint32_t extended = s->settings.remote.enable_connect_protocol != 0 ? HTTP_EXTENDED_CONNECT : 0;
    struct verdict v =
        h2session__http_rules_request(message->fields, message->field_count, extended, &request);
    if (v.scope == VERDICT_OK) {
        v = h2session__http_content_request_sent(&request, message->read != NULL);
    }
    if (v.scope != VERDICT_OK) {
        return refuse_field(s, v);
    }
    int result = h2session__submit_section_fits(s, message->fields, message->field_count);
    result = result != 0 ? result : h2session__in_priority_check(s, message, s->next_stream_id);
    if (result != 0) {
        return result;
    }
    int origin = h2session__submit_take_origin(s, message);
    if (origin < 0) {
        return H2SESSION_ERR_NOMEM;
    }
    struct stream *st = h2session__streams_open(s, s->next_stream_id, STREAM_LOCAL_INITIATED);
    if (st == NULL) {
        h2session__push_origins_give(&s->origins, (uint32_t)origin);
        return H2SESSION_ERR_NOMEM;
    }
    h2session__limits_accepted(&s->limits);
    st->origin = (uint8_t)origin;
    st->user = message->stream_user;
    st->method = (uint8_t)request.method;
    if (h2session__in_priority_matters(s, &request)) {
        h2session__in_priority_request(s, st, message->fields, message->field_count);
    }
    h2session__in_priority_depend(s, message, st->id);
    s->next_stream_id += 2;
    result = send_message(s, st, message, message->read != NULL, request.content_length);
    if (result == 0) { /* otherwise the session failed, and this stream never began */
        st->flags |= STREAM_ANNOUNCED;
        *stream_id = st->id;
    }
    return result;
}

int h2session_submit_request(h2session *s, const h2session_message *message, uint32_t *stream_id)
{
    if (s == NULL || stream_id == NULL || s->config.role != H2SESSION_CLIENT) {
        return H2SESSION_ERR_USAGE;
    }
    *stream_id = 0;
    h2session_message copy;
    const h2session_message *own = h2session__submit_import(message, &copy);
    int result = own == NULL ? H2SESSION_ERR_USAGE : h2session__submit_allowed(s);
    result = result != 0 ? result : h2session__submit_may_open(s);
    result = result != 0 ? result : open_request(s, own, stream_id);
    return h2session__session_submitted(s, result);
}

/* The stream of a response, or why there is none. */
static int find_answerable(h2session *s, uint32_t stream_id, struct stream **out)
{
    if (s->config.role != H2SESSION_SERVER) {
        return H2SESSION_ERR_USAGE;
    }
    struct stream *st = h2session__streams_find(s, stream_id);
    *out = st;
    if (st == NULL) {
        return H2SESSION_ERR_STREAM_UNKNOWN;
    }
    if (!h2session__stream_states_local_open(st->state) || (st->flags & STREAM_FINAL_SENT)) {
        return H2SESSION_ERR_STREAM_STATE;
    }
    /* The peer may have lowered its limit since the promise. rfc: 9113#5.1.2 */
    int waits = st->state == STATE_RESERVED_LOCAL &&
                s->local_count >= s->settings.remote.max_concurrent_streams;
    return waits ? H2SESSION_ERR_STREAM_LIMIT : 0;
}

static int check_response(h2session *s, const struct stream *st, const h2session_message *message,
                          struct http_response *response)
{
    struct verdict v =
        h2session__http_rules_response(message->fields, message->field_count, 0, response);
    if (v.scope == VERDICT_OK) {
        v = h2session__http_content_response_sent(st->method, response, message->read != NULL);
    }
    return v.scope != VERDICT_OK
               ? refuse_field(s, v)
               : h2session__submit_section_fits(s, message->fields, message->field_count);
}

static int answer(h2session *s, struct stream *st, const h2session_message *message)
{
    struct http_response response;
    int result = check_response(s, st, message, &response);
    if (result != 0) {
        return result;
    }
    if (response.is_informational || message->weight != 0) {
        return H2SESSION_ERR_USAGE;
    }
    uint32_t content = h2session__http_content_of_response(st->method, response.status);
    if (content == CONTENT_TUNNEL) {
        st->flags |= STREAM_TUNNEL;
    }
    int has_body = content == CONTENT_FREE || content == CONTENT_TUNNEL;
    return send_message(s, st, message, has_body && message->read != NULL, response.content_length);
}

int h2session_submit_response(h2session *s, uint32_t stream_id, const h2session_message *message)
{
    if (s == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    struct stream *st = NULL;
    h2session_message copy;
    const h2session_message *own = h2session__submit_import(message, &copy);
    int result = own == NULL ? H2SESSION_ERR_USAGE : h2session__submit_allowed(s);
    result = result != 0 ? result : find_answerable(s, stream_id, &st);
    result = result != 0 ? result : answer(s, st, own);
    return h2session__session_submitted(s, result);
}

int h2session_submit_informational(h2session *s, uint32_t stream_id, const hpack_field *fields,
                                   size_t field_count)
{
    if (s == NULL || fields == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    struct stream *st = NULL;
    struct http_response response;
    const h2session_message message = {.fields = fields, .field_count = field_count};
    int result = h2session__submit_allowed(s);
    result = result != 0 ? result : find_answerable(s, stream_id, &st);
    result = result != 0 ? result : check_response(s, st, &message, &response);
    if (result == 0 && !response.is_informational) {
        result = H2SESSION_ERR_USAGE;
    }
    result = result != 0 ? result : h2session__header_out_write(s, st, fields, field_count, 0);
    if (result == 0) {
        h2session__streams_activate(s, st, INPUT_SEND_HEADERS);
    }
    return h2session__session_submitted(s, result);
}

/* While the body is under way the trailers wait as a copy; else they end the message now. */
static int end_with_trailers(h2session *s, struct stream *st, const hpack_field *fields,
                             size_t count)
{
    if (h2session__streams_is_tunnel(st, s->config.role == H2SESSION_CLIENT)) {
        return H2SESSION_ERR_STREAM_STATE; /* rfc: 9113#8.5 */
    }
    struct sending *body = st->sending;
    if (st->flags & STREAM_BODY_PENDING && body->trailers == NULL) {
        body->trailers = h2session__trailers_copy(&s->memory, fields, count);
        return body->trailers != NULL ? 0 : H2SESSION_ERR_NOMEM;
    }
    if (!(st->flags & STREAM_TRAILERS_DUE)) {
        return H2SESSION_ERR_STREAM_STATE;
    }
    st->flags &= ~(uint32_t)STREAM_TRAILERS_DUE;
    int result = h2session__header_out_write(s, st, fields, count, 1);
    if (result == 0) {
        h2session__streams_half_close(s, st, INPUT_SEND_END_STREAM);
    }
    return result;
}

int h2session_submit_trailers(h2session *s, uint32_t stream_id, const hpack_field *fields,
                              size_t field_count)
{
    if (s == NULL || (fields == NULL && field_count > 0)) {
        return H2SESSION_ERR_USAGE;
    }
    int result = h2session__submit_allowed(s);
    struct stream *st = h2session__streams_find(s, stream_id);
    if (result == 0 && st == NULL) {
        result = H2SESSION_ERR_STREAM_UNKNOWN;
    }
    if (result == 0) {
        struct verdict v = h2session__http_rules_trailers(fields, field_count, 0);
        result = v.scope != VERDICT_OK ? refuse_field(s, v)
                                       : h2session__submit_section_fits(s, fields, field_count);
    }
    result = result != 0 ? result : end_with_trailers(s, st, fields, field_count);
    return h2session__session_submitted(s, result);
}

int h2session_submit_reset(h2session *s, uint32_t stream_id, uint32_t code)
{
    if (s == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    if (s->failed != 0) {
        return s->failed;
    }
    struct stream *st = h2session__streams_find(s, stream_id);
    if (st == NULL) {
        return H2SESSION_ERR_STREAM_UNKNOWN;
    }
    h2session__streams_end(s, st, code, H2SESSION_REASON_APPLICATION, 0);
    return h2session__session_submitted(s, h2session__out_frame_reset(s, stream_id, code));
}

int h2session_submit_ping(h2session *s, const uint8_t opaque[8])
{
    if (s == NULL || opaque == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    int result = h2session__submit_allowed(s);
    result = result != 0 ? result : h2session__out_frame_ping(s, opaque, 0);
    if (result == 0) {
        h2session__ping_timer_queued(&s->ping_timer, opaque, out_end(s));
    }
    return h2session__session_submitted(s, result);
}

int h2session_resume(h2session *s, uint32_t stream_id)
{
    struct stream *st = s == NULL ? NULL : h2session__streams_find(s, stream_id);
    if (st == NULL) {
        return s == NULL ? H2SESSION_ERR_USAGE : H2SESSION_ERR_STREAM_UNKNOWN;
    }
    if (!(st->flags & STREAM_BODY_PENDING)) {
        return H2SESSION_ERR_STREAM_STATE;
    }
    st->flags &= ~(uint32_t)STREAM_DEFERRED;
    h2session__streams_schedule(s, st);
    return 0;
}

int h2session_consume(h2session *s, uint32_t stream_id, size_t length)
{
    if (s == NULL || !(s->config.flags & H2SESSION_MANUAL_CONSUME)) {
        return H2SESSION_ERR_USAGE;
    }
    if (s->failed != 0) {
        return s->failed;
    }
    struct stream *st = h2session__streams_find(s, stream_id);
    if (st == NULL) {
        return 0; /* its octets were credited when it ended */
    }
    if (length > st->unconsumed) {
        return H2SESSION_ERR_USAGE;
    }
    return h2session__session_submitted(s, h2session__credit_consumed(s, st, (uint32_t)length));
}
