/* SPDX-License-Identifier: MIT */
/*
 * Promises of a server (RFC 9113 6.6, 8.4): what its head tells, the promised request, and the
 * response that begins. A promise reserves its stream whatever becomes of it, so one that is not
 * wanted is answered with RST_STREAM on that stream. Reserved streams have a limit of their own;
 * they count as open from the HEADERS of the response on (5.1.2).
 */
#include "http_push.h"
#include "session.h"

/* rfc: 9113#6.6 rfc: 9113#8.4 */
static struct verdict judge_head(const h2session *s, const h2frame_frame *frame)
{
    uint32_t promised = frame->promised_stream_id;
    uint32_t state = h2session__streams_state(s, frame->stream_id);
    if (s->config.role == H2SESSION_SERVER) {
        return verdict_protocol(H2SESSION_REASON_PUSH_TO_SERVER);
    }
    if (s->settings.local.enable_push == 0) {
        return verdict_protocol(H2SESSION_REASON_PUSH_DISABLED);
    }
    if (!h2session__streams_is_local(s, frame->stream_id) ||
        h2session__streams_is_local(s, promised)) {
        return verdict_protocol(H2SESSION_REASON_STREAM_ID_PARITY);
    }
    struct verdict v = h2session__stream_states_apply(&state, INPUT_RECV_PUSH_PROMISE);
    if (v.scope == VERDICT_STREAM || v.scope == VERDICT_CONNECTION) {
        return verdict_protocol(v.reason);
    }
    return promised <= s->last_peer_id ? verdict_protocol(H2SESSION_REASON_STREAM_ID_ORDER)
                                       : verdict_ok();
}

int h2session__in_push_begin(h2session *s, const h2frame_frame *frame)
{
    uint32_t promised = frame->promised_stream_id;
    struct verdict v = judge_head(s, frame);
    if (v.scope != VERDICT_OK) {
        return h2session__fault_apply(s, verdict_with(v, promised, 0), frame->stream_id);
    }
    s->last_peer_id = promised;
    s->block = (struct block){
        .kind = BLOCK_PROMISE,
        .stream_id = frame->stream_id,
        .promised_id = promised,
        .octets = frame->length,
        .started_ns = s->now_ns,
    };
    if (promised <= s->goaway_sent_last) {
        return 0;
    }
    s->block.kind = BLOCK_DISCARD; /* rfc: 9113#6.8 */
    s->block.verdict = verdict_ignore();
    return h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_LATE_FRAME);
}

/* Whether this client wants a promise at all, before its request is looked at. */
static struct verdict judge_place(const h2session *s, const struct stream *parent)
{
    if (s->block.verdict.scope != VERDICT_OK) {
        return s->block.verdict;
    }
    if (s->config.enable_push == 0) { /* under way when the server heard of it */
        return verdict_stream(H2FRAME_CODE_REFUSED_STREAM, H2SESSION_REASON_PUSH_DISABLED);
    }
    if (parent == NULL) {
        return verdict_stream(H2FRAME_CODE_CANCEL, H2SESSION_REASON_PUSH_PARENT);
    }
    if (s->reserved_count >= s->config.promised_streams_limit) {
        struct verdict v =
            verdict_stream(H2FRAME_CODE_REFUSED_STREAM, H2SESSION_REASON_LIMIT_PROMISED);
        return verdict_with(v, s->reserved_count + UINT64_C(1), s->config.promised_streams_limit);
    }
    return verdict_ok();
}

/* rfc: 9113#8.4 */
static struct verdict judge_promise(const h2session *s, const struct stream *parent,
                                    const hpack_field *fields, size_t count,
                                    struct http_request *request)
{
    struct verdict v = h2session__http_push_request(fields, count, HTTP_RECEIVED, request);
    if (v.scope != VERDICT_OK || (s->config.flags & H2SESSION_PUSH_ANY_ORIGIN)) {
        return v;
    }
    hpack_field promised[ORIGIN_FIELDS];
    const hpack_field *origin = h2session__push_origins_get(&s->origins, parent->origin);
    int same = origin != NULL && h2session__http_push_origin(fields, count, promised) == 0 &&
               h2session__http_push_same_origin(origin, promised);
    return same ? verdict_ok()
                : verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_PUSH_ORIGIN);
}

static int deliver_push(h2session *s, struct stream *st, const hpack_field *fields, size_t count)
{
    int refused = 0;
    const h2session_headers_event event = {
        .size = sizeof event,
        .stream_id = st->id,
        .kind = H2SESSION_HEADERS_PUSH,
        .fields = fields,
        .field_count = count,
        .content_length = -1,
        .parent_stream_id = s->block.stream_id,
    };
    int result = h2session__events_headers(s, &event, &refused);
    if (result != 0 || st->state == STATE_CLOSED || !refused) {
        return result;
    }
    struct verdict v = verdict_stream(H2FRAME_CODE_CANCEL, H2SESSION_REASON_REFUSED_BY_APPLICATION);
    return h2session__fault_apply(s, v, st->id); /* rfc: 9113#8.4.2 */
}

/* A tunnel carries nothing but DATA: the promise is a fault of it, and not wanted either.
 * rfc: 9113#8.5 */
static int fail_tunnel(h2session *s, uint32_t parent_id, uint32_t promised_id)
{
    struct verdict v =
        verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_HEADERS_UNEXPECTED);
    int result = h2session__fault_apply(s, v, parent_id);
    return result != 0 ? result : h2session__fault_apply(s, v, promised_id);
}

int h2session__in_push_promised(h2session *s, const hpack_field *fields, size_t count)
{
    uint32_t id = s->block.promised_id;
    struct stream *parent = h2session__streams_find(s, s->block.stream_id);
    if (parent != NULL && h2session__streams_is_tunnel(parent, 0)) {
        return fail_tunnel(s, parent->id, id);
    }
    struct http_request request = {.content_length = -1};
    struct verdict v = judge_place(s, parent);
    if (v.scope == VERDICT_OK) {
        v = judge_promise(s, parent, fields, count, &request);
    }
    if (v.scope != VERDICT_OK) {
        return h2session__fault_apply(s, v, id);
    }
    struct stream *st = h2session__streams_reserve(s, id, STREAM_ANNOUNCED);
    if (st == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    st->method = (uint8_t)request.method;
    return deliver_push(s, st, fields, count);
}

/* rfc: 9113#5.1.2 */
struct verdict h2session__in_push_opens(h2session *s, struct stream *st)
{
    struct verdict v = h2session__streams_admit(s);
    if (v.scope == VERDICT_OK) {
        h2session__streams_activate(s, st, INPUT_RECV_HEADERS);
    }
    return v;
}
