/* SPDX-License-Identifier: MIT */
/*
 * DATA: charges both windows, counts against content-length, hands the octets on as views and
 * credits them back when the frame is complete, so that WINDOW_UPDATE does not depend on how the
 * input was cut. Octets of streams that are gone still count on the connection's window and are
 * credited at once (RFC 9113 6.9, 5.1).
 */
#include "session.h"

/* rfc: 9113#8.1.1 */
static int content_length_matches(const struct stream *st)
{
    return st->content_length < 0 || st->received == (uint64_t)st->content_length;
}

int h2session__in_data_end_stream(h2session *s, struct stream *st)
{
    if (st->state == STATE_CLOSED) {
        return s->failed; /* ended inside a callback */
    }
    uint32_t id = st->id;
    struct verdict v = verdict_ok();
    if (!(st->flags & STREAM_FINAL_RECEIVED)) {
        v = verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_HEADERS_UNEXPECTED);
    } else if (!content_length_matches(st)) {
        v = verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_CONTENT_LENGTH_MISMATCH);
        v = verdict_with(v, st->received, (uint64_t)st->content_length);
    }
    if (v.scope != VERDICT_OK) {
        return h2session__fault_apply(s, v, id);
    }
    st->flags |= STREAM_MESSAGE_ENDED;
    int result = h2session__events_stream_end(s, st);
    if (result == 0 && st->state != STATE_CLOSED) {
        h2session__streams_half_close(s, st, INPUT_RECV_END_STREAM);
    }
    return result;
}

static uint32_t overhead_of(const h2frame_frame *frame)
{
    return frame->flags & H2FRAME_FLAG_PADDED ? frame->pad_length + 1 : 0;
}

/* What the message being received says about `body` more octets. */
static struct verdict check_body(const struct stream *st, uint32_t body)
{
    if (!(st->flags & STREAM_FINAL_RECEIVED)) {
        return verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_DATA_BEFORE_HEADERS);
    }
    if ((st->flags & STREAM_NO_CONTENT) && body > 0) {
        return verdict_with(
            verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_CONTENT_NOT_ALLOWED), body,
            0);
    }
    if (st->content_length >= 0 && st->received + body > (uint64_t)st->content_length) {
        return verdict_with(
            verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_CONTENT_LENGTH_MISMATCH),
            st->received + body, (uint64_t)st->content_length);
    }
    return verdict_ok();
}

/* rfc: 9113#6.9.1 */
static struct verdict charge_stream(struct stream *st, uint32_t length)
{
    uint64_t window = st->recv.window > 0 ? (uint64_t)st->recv.window : 0;
    if (h2session__flow_charge(&st->recv, length) != 0) {
        return verdict_with(
            verdict_stream(H2FRAME_CODE_FLOW_CONTROL_ERROR, H2SESSION_REASON_WINDOW_EXCEEDED),
            length, window);
    }
    return verdict_ok();
}

/* The frame has no taker: its octets are credited, the rest of it is dropped. */
static int drop_data(h2session *s, const h2frame_frame *frame, struct verdict v)
{
    s->data_skip = 1;
    int result = h2session__credit_give(s, NULL, frame->length);
    return result != 0 ? result : h2session__fault_apply(s, v, frame->stream_id);
}

/* A frame that is in order, of which so much is no body. */
static inline void count_data(h2session *s, struct stream *st, const h2frame_frame *frame,
                              uint32_t overhead)
{
    uint32_t body = frame->length - overhead;
    st->received += body;
    s->counters.body_in += body;
    progress_moved(&st->progress, body);
    s->data_owed = s->config.flags & H2SESSION_MANUAL_CONSUME ? overhead : frame->length;
}

static int begin_data(h2session *s, struct stream *st, const h2frame_frame *frame)
{
    uint64_t window = s->recv_flow.window > 0 ? (uint64_t)s->recv_flow.window : 0;
    s->data_skip = 0;
    if (h2session__flow_charge(&s->recv_flow, frame->length) != 0) {
        struct verdict v =
            verdict_connection(H2FRAME_CODE_FLOW_CONTROL_ERROR, H2SESSION_REASON_WINDOW_EXCEEDED);
        s->data_skip = 1;
        return h2session__fault_apply(s, verdict_with(v, frame->length, window), frame->stream_id);
    }
    uint32_t state = st != NULL ? st->state : h2session__streams_state(s, frame->stream_id);
    struct verdict v = h2session__stream_states_apply(&state, INPUT_RECV_DATA);
    uint32_t overhead = overhead_of(frame);
    uint32_t body = frame->length - overhead;
    if (v.scope == VERDICT_IGNORE && body == 0 && (frame->flags & H2FRAME_FLAG_END_STREAM)) {
        int result = h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_LATE_FRAME);
        if (result != 0) { /* costs no window */
            return result;
        }
    }
    if (v.scope != VERDICT_OK || st == NULL) {
        return drop_data(s, frame, v);
    }
    v = charge_stream(st, frame->length);
    if (v.scope == VERDICT_OK) {
        v = check_body(st, body);
    }
    if (v.scope != VERDICT_OK) {
        return drop_data(s, frame, v);
    }
    count_data(s, st, frame, overhead);
    return 0;
}

/* Whether the application has ended the stream in the middle of the frame. */
static int is_gone(const struct stream *st)
{
    return st == NULL || st->state == STATE_CLOSED;
}

/* Octets of the body to the application. */
static int deliver_data(h2session *s, struct stream *st, const h2frame_bytes *octets)
{
    int manual = (s->config.flags & H2SESSION_MANUAL_CONSUME) != 0;
    if (is_gone(st)) {
        s->data_owed += manual ? (uint32_t)octets->length : 0;
        return 0;
    }
    if (manual) {
        /* Before the callback, which may consume. */
        h2session__credit_hand_out(s, st, (uint32_t)octets->length);
    }
    return h2session__events_data(s, st, octets->data, octets->length);
}

/* The frame is complete. A stream that ends with it needs no more credit. */
static int finish_data(h2session *s, struct stream *st, const h2frame_frame *frame)
{
    int end = (frame->flags & H2FRAME_FLAG_END_STREAM) != 0;
    int result = s->autotune != NULL ? h2session__credit_measure(s, frame->length) : 0;
    if (result != 0 || s->terminated) {
        return result;
    }
    result = h2session__credit_give(s, end || is_gone(st) ? NULL : st, s->data_owed);
    return result == 0 && end && !is_gone(st) ? h2session__in_data_end_stream(s, st) : result;
}

int h2session__in_data_data(h2session *s, const h2frame_frame *frame)
{
    struct stream *st = h2session__streams_find(s, frame->stream_id);
    if (frame->part & H2FRAME_PART_FIRST) {
        int result = begin_data(s, st, frame);
        if (result != 0) {
            return result;
        }
    }
    if (s->data_skip || s->terminated) {
        return s->failed;
    }
    if (frame->payload.length > 0) {
        int result = deliver_data(s, st, &frame->payload);
        if (result != 0 || s->terminated) {
            return result;
        }
    }
    return frame->part & H2FRAME_PART_LAST ? finish_data(s, st, frame) : 0;
}

/* ---- Most frames, at once ---- */

/* Whether nothing that is looked at above has a say. */
static inline int is_plain(const h2session *s, const struct stream *st, const h2frame_frame *frame)
{
    const uint32_t flags = STREAM_FINAL_RECEIVED | STREAM_NO_CONTENT;
    int64_t n = frame->length;
    return st != NULL && (st->state == STATE_OPEN || st->state == STATE_HALF_CLOSED_LOCAL) &&
           (st->flags & flags) == STREAM_FINAL_RECEIVED && n <= s->recv_flow.window &&
           n <= st->recv.window &&
           (st->content_length < 0 ||
            st->received + frame->length <= (uint64_t)st->content_length) &&
           (s->config.flags & H2SESSION_MANUAL_CONSUME) == 0 && s->autotune == NULL;
}

int h2session__in_data_whole(h2session *s, const h2frame_frame *frame)
{
    struct stream *st = h2session__streams_find(s, frame->stream_id);
    if (!is_plain(s, st, frame)) {
        return h2session__in_data_data(s, frame);
    }
    uint32_t n = frame->length;
    s->recv_flow.window -= (int32_t)n;
    st->recv.window -= (int32_t)n;
    count_data(s, st, frame, 0);
    int result = h2session__events_data(s, st, frame->payload.data, n);
    if (result != 0 || s->terminated) {
        return result;
    }
    if (st->state == STATE_CLOSED || (frame->flags & H2FRAME_FLAG_END_STREAM)) {
        return finish_data(s, st, frame);
    }
    h2session__flow_consume(&s->recv_flow, n);
    h2session__flow_consume(&st->recv, n);
    return flow_is_due(&s->recv_flow) || flow_is_due(&st->recv) ? h2session__credit_give(s, st, 0)
                                                                : 0;
}
