/* SPDX-License-Identifier: MIT */
/*
 * HEADERS, CONTINUATION and PUSH_PROMISE: what the field block being received belongs to, its
 * completion, and the message it carries. A block is always decoded, also when it is refused,
 * because the dynamic table must stay in step (RFC 9113 4.3).
 */
#include "http_content.h"
#include "session.h"

/* Decoding for nothing is work all the same. */
static int discarded(h2session *s)
{
    return h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_LATE_FRAME);
}

/* Turns a verdict on the stream's state into what becomes of the block. */
static int block_on_known_stream(h2session *s, uint32_t id)
{
    uint32_t state = h2session__streams_state(s, id);
    struct verdict v = h2session__stream_states_apply(&state, INPUT_RECV_HEADERS);
    if (v.scope == VERDICT_CONNECTION) {
        return h2session__fault_apply(s, v, id);
    }
    s->block.kind = v.scope == VERDICT_OK ? BLOCK_STREAM : BLOCK_DISCARD;
    s->block.verdict = v;
    return v.scope == VERDICT_IGNORE ? discarded(s) : 0;
}

/* rfc: 9113#5.1.1 */
static int begin_at_server(h2session *s, uint32_t id)
{
    if (h2session__streams_is_local(s, id)) {
        return h2session__fault_apply(
            s, verdict_with(verdict_protocol(H2SESSION_REASON_STREAM_ID_PARITY), id, 0), id);
    }
    if (id > s->skipped_above && id < s->skipped_below) {
        struct verdict v = verdict_protocol(H2SESSION_REASON_STREAM_ID_ORDER);
        return h2session__fault_apply(s, verdict_with(v, id, s->last_peer_id), id);
    }
    if (id <= s->last_peer_id) {
        return block_on_known_stream(s, id);
    }
    if (id > s->last_peer_id + 2) {
        s->skipped_above = s->last_peer_id;
        s->skipped_below = id;
    }
    s->last_peer_id = id;
    if (id <= s->goaway_sent_last) {
        s->block.kind = BLOCK_OPENS;
        return 0;
    }
    s->block.kind = BLOCK_DISCARD; /* rfc: 9113#6.8 */
    s->block.verdict = verdict_ignore();
    return discarded(s);
}

static int begin_at_client(h2session *s, uint32_t id)
{
    uint32_t state = h2session__streams_state(s, id);
    if (state == STATE_IDLE) {
        uint32_t reason = h2session__streams_is_local(s, id) ? H2SESSION_REASON_STREAM_IDLE
                                                             : H2SESSION_REASON_STREAM_ID_PARITY;
        return h2session__fault_apply(s, verdict_with(verdict_protocol(reason), id, 0), id);
    }
    return block_on_known_stream(s, id);
}

static int begin_block(h2session *s, const h2frame_frame *frame)
{
    s->block = (struct block){
        .stream_id = frame->stream_id,
        .end_stream = (frame->flags & H2FRAME_FLAG_END_STREAM) != 0,
        .started_ns = s->now_ns,
    };
    s->block.octets = frame->length;
    int result = s->config.role == H2SESSION_SERVER ? begin_at_server(s, frame->stream_id)
                                                    : begin_at_client(s, frame->stream_id);
    if (result == 0 && (frame->flags & H2FRAME_FLAG_PRIORITY)) {
        h2session__in_priority_block(s, frame);
    }
    return result;
}

int h2session__in_headers_deliver(h2session *s, struct stream *st, h2session_headers_event *event)
{
    int refused = 0;
    event->size = sizeof *event;
    event->stream_id = st->id;
    event->stream_user = st->user;
    int result = h2session__events_headers(s, event, &refused);
    if (result != 0) {
        return result;
    }
    if (st->state == STATE_CLOSED) {
        return 0; /* ended inside the callback */
    }
    if (refused) {
        return h2session__fault_apply(
            s, verdict_stream(H2FRAME_CODE_REFUSED_STREAM, H2SESSION_REASON_REFUSED_BY_APPLICATION),
            st->id);
    }
    return event->end_stream ? h2session__in_data_end_stream(s, st) : 0;
}

/* What the head says about the octets that follow it. */
static void expect_content(struct stream *st, uint32_t content, int64_t content_length)
{
    int compared = content == CONTENT_FREE || content == CONTENT_EMPTY;
    int none = content == CONTENT_EMPTY || content == CONTENT_ABSENT;
    st->flags |= none ? STREAM_NO_CONTENT : 0;
    st->content_length = compared ? content_length : -1;
}

/* What a profile adds to the ways a section is judged, after a strict verdict. */
static int forgives(const h2session *s, struct verdict v)
{
    return s->config.profile != H2SESSION_PROFILE_STRICT && v.scope == VERDICT_STREAM &&
           h2session__fault_may_forgive(s, v);
}

/* A second judgement that let a rule go: it counts, when all else is right, and the first is told. */
static struct verdict forgive(h2session *s, struct verdict first, struct verdict second,
                              uint32_t stream_id)
{
    if (second.scope != VERDICT_OK) {
        return first;
    }
    (void)h2session__fault_forgive(s, first, stream_id);
    return s->failed != 0 || s->terminated || s->free_asked ? first : second;
}

static struct verdict judge_request(h2session *s, const hpack_field *fields, size_t count,
                                    struct http_request *out)
{
    /* From the announcement on, which the client may have seen before its ACK is seen here. */
    uint32_t how = HTTP_RECEIVED;
    how |= s->config.enable_connect_protocol != 0 ? HTTP_EXTENDED_CONNECT : 0;
    struct verdict v = h2session__http_rules_request(fields, count, how, out);
    if (forgives(s, v)) {
        struct verdict second =
            h2session__http_rules_request(fields, count, how | HTTP_FORGIVING, out);
        v = forgive(s, v, second, s->block.stream_id);
    }
    return v;
}

static struct verdict judge_response(h2session *s, const hpack_field *fields, size_t count,
                                     struct http_response *out)
{
    struct verdict v = h2session__http_rules_response(fields, count, HTTP_RECEIVED, out);
    if (forgives(s, v)) {
        struct verdict second =
            h2session__http_rules_response(fields, count, HTTP_RECEIVED | HTTP_FORGIVING, out);
        v = forgive(s, v, second, s->block.stream_id);
    }
    return v;
}

static struct verdict judge_trailers(h2session *s, const hpack_field *fields, size_t count)
{
    struct verdict v = h2session__http_rules_trailers(fields, count, HTTP_RECEIVED);
    if (forgives(s, v)) {
        struct verdict second =
            h2session__http_rules_trailers(fields, count, HTTP_RECEIVED | HTTP_FORGIVING);
        v = forgive(s, v, second, s->block.stream_id);
    }
    return v;
}

/* Octets are announced, and the head ends the request: nobody is told of one that is not whole.
 * rfc: 9113#8.1.1 */
static struct verdict judge_end(const h2session *s, const struct http_request *request)
{
    const uint32_t content = h2session__http_content_of_request(request);
    if (!s->block.end_stream || request->content_length <= 0 ||
        (content != CONTENT_FREE && content != CONTENT_EMPTY)) {
        return verdict_ok();
    }
    struct verdict v =
        verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_CONTENT_LENGTH_MISMATCH);
    return verdict_with(v, 0, (uint64_t)request->content_length);
}

static int complete_request(h2session *s, const hpack_field *fields, size_t count)
{
    uint32_t id = s->block.stream_id;
    struct http_request request = {.content_length = -1};
    struct verdict v = h2session__streams_admit(s);
    v = v.scope == VERDICT_OK ? s->block.verdict : v;
    if (v.scope == VERDICT_OK) {
        v = judge_request(s, fields, count, &request);
    }
    if (v.scope == VERDICT_OK) {
        v = judge_end(s, &request);
    }
    if (v.scope == VERDICT_OK) {
        v = h2session__limits_opened(&s->limits, s->now_ns);
    }
    if (v.scope != VERDICT_OK) {
        return h2session__fault_apply(s, v, id);
    }
    struct stream *st = h2session__streams_open(s, id, STREAM_FINAL_RECEIVED | STREAM_ANNOUNCED);
    if (st == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    h2session__limits_accepted(&s->limits);
    st->method = (uint8_t)request.method;
    if (h2session__in_priority_matters(s, &request)) {
        h2session__in_priority_request(s, st, fields, count);
    }
    expect_content(st, h2session__http_content_of_request(&request), request.content_length);
    h2session_headers_event event = {
        .kind = H2SESSION_HEADERS_REQUEST,
        .end_stream = s->block.end_stream,
        .fields = fields,
        .field_count = count,
        .content_length = request.content_length,
    };
    return h2session__in_headers_deliver(s, st, &event);
}

/* rfc: 9113#8.1 */
static int complete_trailers(h2session *s, struct stream *st, const hpack_field *fields,
                             size_t count)
{
    struct verdict v = judge_trailers(s, fields, count);
    if (st->state == STATE_CLOSED) {
        return s->failed; /* ended when it was told what was forgiven */
    }
    /* rfc: 9113#8.5 */
    if (h2session__streams_is_tunnel(st, s->config.role == H2SESSION_SERVER)) {
        v = verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_HEADERS_UNEXPECTED);
    }
    if (v.scope == VERDICT_OK && !s->block.end_stream) {
        v = verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_HEADERS_UNEXPECTED);
    }
    if (v.scope != VERDICT_OK) {
        return h2session__fault_apply(s, v, st->id);
    }
    h2session_headers_event event = {
        .kind = H2SESSION_HEADERS_TRAILERS,
        .end_stream = 1,
        .fields = fields,
        .field_count = count,
        .content_length = -1,
    };
    return h2session__in_headers_deliver(s, st, &event);
}

static struct verdict check_informational(h2session *s, struct stream *st)
{
    if (s->block.end_stream) {
        return verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_INFORMATIONAL_END);
    }
    if (++st->informational_count > s->config.informational_limit) {
        struct verdict v =
            verdict_stream(H2FRAME_CODE_ENHANCE_YOUR_CALM, H2SESSION_REASON_LIMIT_INFORMATIONAL);
        return verdict_with(v, st->informational_count, s->config.informational_limit);
    }
    return verdict_ok();
}

static int complete_response(h2session *s, struct stream *st, const hpack_field *fields,
                             size_t count)
{
    struct http_response response = {.content_length = -1};
    struct verdict v = judge_response(s, fields, count, &response);
    if (st->state == STATE_CLOSED) {
        return s->failed; /* ended when it was told what was forgiven */
    }
    if (v.scope == VERDICT_OK && response.is_informational) {
        v = check_informational(s, st);
    }
    if (v.scope != VERDICT_OK) {
        return h2session__fault_apply(s, v, st->id);
    }
    uint32_t content = h2session__http_content_of_response(st->method, response.status);
    int has_length = h2session__http_content_has_length(st->method, response.status);
    h2session_headers_event event = {
        .kind = H2SESSION_HEADERS_INFORMATIONAL,
        .end_stream = s->block.end_stream,
        .status = response.status,
        .fields = fields,
        .field_count = count,
        .content_length = has_length ? response.content_length : -1,
    };
    if (!response.is_informational) {
        event.kind = H2SESSION_HEADERS_RESPONSE;
        st->flags |= STREAM_FINAL_RECEIVED;
        st->flags |= content == CONTENT_TUNNEL ? STREAM_TUNNEL : 0;
        expect_content(st, content, response.content_length);
    }
    return h2session__in_headers_deliver(s, st, &event);
}

static int complete_on_stream(h2session *s, const hpack_field *fields, size_t count)
{
    struct stream *st = h2session__streams_find(s, s->block.stream_id);
    if (st == NULL) {
        return 0; /* reset by the application since the block began */
    }
    if (s->block.verdict.scope != VERDICT_OK) {
        return h2session__fault_apply(s, s->block.verdict, st->id);
    }
    if (st->state == STATE_RESERVED_REMOTE) {
        struct verdict v = h2session__in_push_opens(s, st);
        if (v.scope != VERDICT_OK) {
            return h2session__fault_apply(s, v, st->id);
        }
    }
    if (st->flags & STREAM_FINAL_RECEIVED) {
        return complete_trailers(s, st, fields, count);
    }
    return complete_response(s, st, fields, count);
}

/* Whether the block is the one by which its stream becomes open. */
static uint32_t opens_stream(const h2session *s)
{
    return s->block.kind == BLOCK_OPENS ||
           (s->block.kind == BLOCK_STREAM && s->reserved_count > 0 &&
            h2session__streams_state(s, s->block.stream_id) == STATE_RESERVED_REMOTE);
}

/* The frame that completes the block, as if it had come in one part. */
COLD static int trace_block(h2session *s, const h2frame_frame *frame, const hpack_field *fields,
                            size_t count)
{
    h2frame_frame whole = *frame;
    whole.part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST;
    whole.payload = (h2frame_bytes){NULL, 0};
    h2session_trace_event event = {
        .has_fields = 1,
        .frame = &whole,
        .fields = fields,
        .field_count = count,
        .opens_stream = opens_stream(s),
    };
    return h2session__events_trace(s, &event);
}

static int complete_block(h2session *s, const h2frame_frame *frame)
{
    size_t count = 0;
    const hpack_field *fields = hpack_decoder_fields(s->decoder, &count);
    uint32_t kind = s->block.kind;
    if (s->callbacks.on_trace != NULL) {
        int result = trace_block(s, frame, fields, count);
        if (result != 0 || s->terminated) {
            return result;
        }
    }
    s->block.kind = BLOCK_NONE;
    switch (kind) {
    case BLOCK_OPENS:
        return complete_request(s, fields, count);
    case BLOCK_STREAM:
        return complete_on_stream(s, fields, count);
    case BLOCK_PROMISE:
        return h2session__in_push_promised(s, fields, count);
    default:
        return h2session__fault_apply(s, s->block.verdict, s->block.stream_id);
    }
}

static int fragment(h2session *s, const h2frame_frame *frame)
{
    int done = 0;
    int result = h2session__header_in_fragment(s, frame, &done);
    return result != 0 || !done ? result : complete_block(s, frame);
}

int h2session__in_headers_headers(h2session *s, const h2frame_frame *frame)
{
    if (frame->part & H2FRAME_PART_FIRST) {
        int result = begin_block(s, frame);
        if (result != 0 || s->block.kind == BLOCK_NONE) {
            return result;
        }
    }
    return fragment(s, frame);
}

/* One more frame of the block. What is larger than the limit for sections could still be decoded
 * and refused, but only by doing the work. rfc: 9113#10.5.1 */
static struct verdict check_size(h2session *s, uint32_t length)
{
    const h2session_config *c = &s->config;
    uint64_t limit = c->field_block_limit_bytes;
    if (limit == 0) {
        limit = c->max_header_list_size > c->max_frame_size ? c->max_header_list_size
                                                            : c->max_frame_size;
    }
    s->block.continuations++;
    s->block.octets += length;
    if (s->block.continuations > c->continuation_limit) {
        return verdict_with(verdict_connection(H2FRAME_CODE_ENHANCE_YOUR_CALM,
                                               H2SESSION_REASON_LIMIT_CONTINUATIONS),
                            s->block.continuations, c->continuation_limit);
    }
    if (s->block.octets > limit) {
        return verdict_with(
            verdict_connection(H2FRAME_CODE_ENHANCE_YOUR_CALM, H2SESSION_REASON_LIMIT_FIELD_BLOCK),
            s->block.octets, limit);
    }
    return verdict_ok();
}

/* rfc: 9113#6.10 */
int h2session__in_headers_continuation(h2session *s, const h2frame_frame *frame)
{
    if (frame->part & H2FRAME_PART_FIRST) {
        struct verdict v = check_size(s, frame->length);
        if (v.scope != VERDICT_OK) {
            return h2session__fault_apply(s, v, frame->stream_id);
        }
    }
    return fragment(s, frame);
}

int h2session__in_headers_push_promise(h2session *s, const h2frame_frame *frame)
{
    if (frame->part & H2FRAME_PART_FIRST) {
        int result = h2session__in_push_begin(s, frame);
        if (result != 0 || s->block.kind == BLOCK_NONE) {
            return result;
        }
    }
    return fragment(s, frame);
}
