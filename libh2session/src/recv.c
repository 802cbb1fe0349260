/* SPDX-License-Identifier: MIT */
/*
 * Input: feeds the frame parser, checks the order of frames (SETTINGS first, field blocks not
 * interrupted), traces, and gives each frame to the handler of its type.
 */
#include <string.h>

#include "session.h"

typedef int (*frame_handler)(h2session *s, const h2frame_frame *frame);

static const frame_handler HANDLERS[] = {
    [H2FRAME_TYPE_DATA] = h2session__in_data_data,
    [H2FRAME_TYPE_HEADERS] = h2session__in_headers_headers,
    [H2FRAME_TYPE_PRIORITY] = h2session__in_priority_priority,
    [H2FRAME_TYPE_RST_STREAM] = h2session__in_control_rst_stream,
    [H2FRAME_TYPE_SETTINGS] = h2session__in_control_settings,
    [H2FRAME_TYPE_PUSH_PROMISE] = h2session__in_headers_push_promise,
    [H2FRAME_TYPE_PING] = h2session__in_control_ping,
    [H2FRAME_TYPE_GOAWAY] = h2session__in_control_goaway,
    [H2FRAME_TYPE_WINDOW_UPDATE] = h2session__in_control_window_update,
    [H2FRAME_TYPE_CONTINUATION] = h2session__in_headers_continuation,
    [H2FRAME_TYPE_ALTSVC] = h2session__in_extension_altsvc,
    [H2FRAME_TYPE_ORIGIN] = h2session__in_extension_origin,
    [H2FRAME_TYPE_PRIORITY_UPDATE] = h2session__in_priority_update,
};

/* rfc: 9113#3.4 rfc: 9113#4.3 rfc: 9113#6.10 */
static struct verdict check_order(const h2session *s, const h2frame_frame *frame)
{
    if (!s->settings.remote_seen &&
        (frame->type != H2FRAME_TYPE_SETTINGS || (frame->flags & H2FRAME_FLAG_ACK))) {
        return verdict_protocol(H2SESSION_REASON_FIRST_FRAME);
    }
    int first = (frame->part & H2FRAME_PART_FIRST) != 0;
    int continues = frame->type == H2FRAME_TYPE_CONTINUATION;
    if (s->block.kind == BLOCK_NONE) {
        return continues && first ? verdict_protocol(H2SESSION_REASON_CONTINUATION_UNEXPECTED)
                                  : verdict_ok();
    }
    if (first && (!continues || frame->stream_id != s->block.stream_id)) {
        return verdict_with(verdict_protocol(H2SESSION_REASON_BLOCK_INTERRUPTED), frame->stream_id,
                            s->block.stream_id);
    }
    return verdict_ok();
}

static int carries_block(const h2frame_frame *frame)
{
    return frame->type == H2FRAME_TYPE_HEADERS || frame->type == H2FRAME_TYPE_CONTINUATION ||
           frame->type == H2FRAME_TYPE_PUSH_PROMISE;
}

/* Whether the parser passes the payload on as it arrives, however it was cut this time. */
static int comes_in_parts(const h2session *s, const h2frame_frame *frame)
{
    switch (frame->type) {
    case H2FRAME_TYPE_PRIORITY:
    case H2FRAME_TYPE_RST_STREAM:
    case H2FRAME_TYPE_SETTINGS:
    case H2FRAME_TYPE_PING:
    case H2FRAME_TYPE_GOAWAY:
    case H2FRAME_TYPE_WINDOW_UPDATE:
        return 0;
    case H2FRAME_TYPE_ALTSVC:
    case H2FRAME_TYPE_ORIGIN:
        return s->config.role == H2SESSION_SERVER ||
               frame->length > s->config.extension_limit_bytes;
    case H2FRAME_TYPE_PRIORITY_UPDATE:
        return frame->length > s->config.extension_limit_bytes;
    default:
        return 1;
    }
}

/* The frame that completes a block is traced with its fields, in in_headers.c. */
static int trace_frame(h2session *s, const h2frame_frame *frame)
{
    if (s->callbacks.on_trace == NULL || !(frame->part & H2FRAME_PART_LAST) ||
        (carries_block(frame) && (frame->flags & H2FRAME_FLAG_END_HEADERS))) {
        return 0;
    }
    h2frame_frame whole = *frame;
    whole.part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST;
    if (comes_in_parts(s, frame)) {
        whole.payload = (h2frame_bytes){NULL, 0};
    }
    h2session_trace_event event = {.frame = &whole};
    return h2session__events_trace(s, &event);
}

/* Whether it is a DATA frame or part of a field block, carries nothing of it and does not end it. */
static int is_empty(const h2frame_frame *frame)
{
    uint32_t end = H2FRAME_FLAG_END_HEADERS;
    uint32_t around = frame->flags & H2FRAME_FLAG_PADDED ? frame->pad_length + 1 : 0;
    switch (frame->type) {
    case H2FRAME_TYPE_DATA:
        end = H2FRAME_FLAG_END_STREAM;
        break;
    case H2FRAME_TYPE_HEADERS:
        around += frame->flags & H2FRAME_FLAG_PRIORITY ? 5 : 0;
        break;
    case H2FRAME_TYPE_PUSH_PROMISE:
        around += 4;
        break;
    case H2FRAME_TYPE_CONTINUATION:
        around = 0; /* has no padding */
        break;
    default:
        return 0;
    }
    return frame->length == around && !(frame->flags & end);
}

static int check_empty(h2session *s, const h2frame_frame *frame)
{
    if (!(frame->part & H2FRAME_PART_FIRST)) {
        return 0;
    }
    if (!is_empty(frame)) {
        limits_not_empty(&s->limits);
        return 0;
    }
    /* One that is nothing but padding takes its room in the windows, and so is no use in a row. */
    struct verdict v = frame->pad_length == 0 ? h2session__limits_empty(&s->limits) : verdict_ok();
    int result = h2session__fault_apply(s, v, 0);
    return result != 0 ? result : h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_EMPTY_FRAME);
}

/* Most frames: nothing of check_frame() has a say. */
static inline int is_ordinary(const h2session *s, const h2frame_frame *frame)
{
    uint32_t extra = H2FRAME_FLAG_PADDED | H2FRAME_FLAG_PRIORITY;
    return s->settings.remote_seen && s->block.kind == BLOCK_NONE &&
           s->callbacks.on_trace == NULL && frame->type != H2FRAME_TYPE_CONTINUATION &&
           frame->part == (H2FRAME_PART_FIRST | H2FRAME_PART_LAST) && frame->length > 0 &&
           (frame->flags & extra) == 0;
}

static int check_frame(h2session *s, const h2frame_frame *frame)
{
    struct verdict v = check_order(s, frame);
    if (v.scope != VERDICT_OK) {
        return h2session__fault_apply(s, v, frame->stream_id);
    }
    int result = trace_frame(s, frame);
    return result != 0 ? result : check_empty(s, frame);
}

static inline int handle(h2session *s, const h2frame_frame *frame)
{
    s->counters.frames_in += (frame->part & H2FRAME_PART_FIRST) != 0;
    int known = frame->type < sizeof HANDLERS / sizeof HANDLERS[0] && HANDLERS[frame->type] != NULL;
    return known ? HANDLERS[frame->type](s, frame) : h2session__in_custom_frame(s, frame);
}

static int on_frame(h2session *s, const h2frame_frame *frame)
{
    if (is_ordinary(s, frame)) {
        limits_not_empty(&s->limits);
    } else {
        int result = check_frame(s, frame);
        if (result != 0 || s->terminated) {
            return result;
        }
    }
    return handle(s, frame);
}

/* DATA that is refused for its size still counts on the connection's window.
 * rfc: 9113#6.9 */
static int account_refused_data(h2session *s, const h2frame_frame *frame)
{
    if (h2session__flow_charge(&s->recv_flow, frame->length) != 0) {
        return h2session__fault_apply(
            s,
            verdict_connection(H2FRAME_CODE_FLOW_CONTROL_ERROR, H2SESSION_REASON_WINDOW_EXCEEDED),
            frame->stream_id);
    }
    return h2session__credit_give(s, NULL, frame->length);
}

COLD static int frame_fault(h2session *s, const h2frame_event *event)
{
    const h2frame_fault *fault = &event->fault;
    struct verdict v = {fault->scope, fault->code, fault->reason, fault->value, fault->limit};
    /* The order of frames is checked first: a block is interrupted by a broken frame as well. */
    h2frame_frame whole = event->frame;
    whole.part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST;
    struct verdict order = check_order(s, &whole);
    if (order.scope == VERDICT_CONNECTION && v.scope == VERDICT_STREAM) {
        v = order;
    }
    if (v.scope == VERDICT_STREAM) {
        uint32_t state = h2session__streams_state(s, fault->stream_id);
        if (state == STATE_IDLE && event->frame.type != H2FRAME_TYPE_PRIORITY) {
            v = verdict_protocol(H2SESSION_REASON_STREAM_IDLE);
        } else if (state == STATE_IDLE || state >= STATE_CLOSED) {
            /* Nothing to reset: it costs as much, and RST_STREAM is not answered on it. */
            v = h2session__limits_reset(&s->limits, s->now_ns);
        }
    }
    if (event->frame.type == H2FRAME_TYPE_DATA && v.scope != VERDICT_CONNECTION) {
        int result = account_refused_data(s, &event->frame);
        if (result != 0) {
            return result;
        }
    }
    return h2session__fault_apply(s, v, fault->stream_id);
}

static int on_event(h2session *s, const h2frame_event *event)
{
    switch (event->kind) {
    case H2FRAME_EVENT_FRAME:
        return on_frame(s, &event->frame);
    case H2FRAME_EVENT_FAULT:
        return frame_fault(s, event);
    default:
        return 0;
    }
}

/* ---- The commonest frames, without the parser ---- */

static uint32_t read_word(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Whether frames may be read past the parser: it stands between two, and nobody traces. */
static int may_read_past(const h2session *s)
{
    return s->settings.remote_seen && s->callbacks.on_trace == NULL &&
           (s->parser == NULL || !h2frame_parser_in_frame(s->parser));
}

enum { FOR_THE_PARSER = 1 };

/* Counts a frame that is handled here. */
static inline h2session *counted(h2session *s)
{
    limits_not_empty(&s->limits);
    s->counters.frames_in++;
    return s;
}

/* Handles a frame whose head has been read, if it is right by itself; else FOR_THE_PARSER. */
static inline int handle_past(h2session *s, const uint8_t *at, h2frame_frame *frame)
{
    const uint32_t whole_block = H2FRAME_FLAG_END_HEADERS;
    const uint32_t extra = H2FRAME_FLAG_PADDED | H2FRAME_FLAG_PRIORITY;
    switch (frame->type) {
    case H2FRAME_TYPE_DATA:
        frame->payload = (h2frame_bytes){at, frame->length};
        return frame->length > 0 && frame->stream_id != 0 && !(frame->flags & H2FRAME_FLAG_PADDED)
                   ? h2session__in_data_whole(counted(s), frame)
                   : FOR_THE_PARSER;
    case H2FRAME_TYPE_HEADERS:
        frame->payload = (h2frame_bytes){at, frame->length};
        return frame->length > 0 && frame->stream_id != 0 &&
                       (frame->flags & (whole_block | extra)) == whole_block
                   ? h2session__in_headers_headers(counted(s), frame)
                   : FOR_THE_PARSER;
    case H2FRAME_TYPE_SETTINGS:
        return frame->length == 0 && frame->stream_id == 0
                   ? h2session__in_control_settings(counted(s), frame)
                   : FOR_THE_PARSER;
    case H2FRAME_TYPE_PING:
        if (frame->length != sizeof frame->opaque || frame->stream_id != 0) {
            return FOR_THE_PARSER;
        }
        memcpy(frame->opaque, at, sizeof frame->opaque);
        return h2session__in_control_ping(counted(s), frame);
    case H2FRAME_TYPE_WINDOW_UPDATE:
        frame->increment = frame->length == 4 ? read_word(at) & H2FRAME_MAX_STREAM_ID : 0;
        return frame->increment != 0 ? h2session__in_control_window_update(counted(s), frame)
                                     : FOR_THE_PARSER;
    default:
        return FOR_THE_PARSER;
    }
}

/* A frame of the commonest kinds that lies whole in the input, is right by itself and no larger
 * than every peer must accept, is handled: octets taken. Else 0, and the parser reads it, which
 * finds the same in such a frame and knows what is wrong with others. */
static inline size_t take_past(h2session *s, const uint8_t *at, size_t left, h2frame_frame *frame,
                               int *result)
{
    if (left < H2FRAME_HEAD_LENGTH) {
        return 0;
    }
    uint32_t word = read_word(at);
    frame->length = word >> 8;
    if (frame->length > left - H2FRAME_HEAD_LENGTH || frame->length > H2FRAME_MIN_MAX_FRAME_SIZE) {
        return 0;
    }
    fetch_ahead(at + H2FRAME_HEAD_LENGTH + frame->length); /* where the next head stands, if any */
    frame->type = word & 0xff;
    frame->flags = at[4];
    frame->stream_id = read_word(at + 5) & H2FRAME_MAX_STREAM_ID;
    *result = handle_past(s, at + H2FRAME_HEAD_LENGTH, frame);
    return *result != FOR_THE_PARSER ? H2FRAME_HEAD_LENGTH + (size_t)frame->length : 0;
}

/* ---- The loop ---- */

/* Whether an event left something to do, or was the last. */
static inline int must_look(const h2session *s)
{
    return s->ended != NULL || s->meter.live > s->budget_least ||
           s->out.frames - s->frames_sent > s->frames_most ||
           (s->failing | s->terminated | s->paused | s->free_asked) != 0;
}

/* What an event left to do. */
static int finish_event(h2session *s, int result)
{
    if (s->free_asked) {
        return result;
    }
    if (s->ended != NULL || s->failing) {
        int settled = h2session__session_settle_all(s);
        result = result != 0 ? result : settled;
    }
    int used = result == 0 && !s->free_asked && h2session__budget_is_used(s);
    return used ? h2session__budget_check(s) : result;
}

/* One event of the parser, if the input has one; *used is 0 when it needs more. */
static int parse(h2session *s, const uint8_t *at, size_t left, size_t *used)
{
    const h2frame_event *event = NULL;
    if ((s->parser == NULL && h2session__codecs_make_parser(s) == NULL) ||
        h2frame_parser_next(s->parser, at, left, used, &event) != 0) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    return event != NULL ? on_event(s, event) : 0;
}

/* Reads until the input is used up, a callback has paused or the connection has ended. */
static int feed(h2session *s, const uint8_t *data, size_t length, size_t *consumed)
{
    h2frame_frame frame = {.size = sizeof frame, .part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST};
    const uint8_t *at = data;
    const uint8_t *end = data + length;
    int result = 0;
    int past = may_read_past(s);
    do {
        size_t used = 0;
        if (past && s->block.kind == BLOCK_NONE) {
            used = take_past(s, at, (size_t)(end - at), &frame, &result);
        }
        if (used == 0) {
            result = parse(s, at, (size_t)(end - at), &used);
            past = !s->free_asked && may_read_past(s);
        }
        at += used;
        if (result != 0 || must_look(s)) {
            result = finish_event(s, result);
            if (result != 0 || (s->paused | s->terminated | s->free_asked) != 0) {
                break;
            }
        }
    } while (at != end);
    *consumed = (size_t)(at - data);
    return result;
}

int h2session_recv(h2session *s, const uint8_t *data, size_t length, uint64_t now_ns,
                   size_t *consumed)
{
    if (consumed == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    *consumed = 0;
    if (s == NULL || (data == NULL && length > 0)) {
        return H2SESSION_ERR_USAGE;
    }
    int result = h2session__session_enter(s);
    if (result != 0) {
        return result;
    }
    h2session__clock_time(s, now_ns);
    s->paused = 0;
    if (!s->terminated && !s->eof) {
        result = feed(s, data, length, consumed);
        s->counters.octets_in += *consumed;
        s->paused &= *consumed < length; /* or nothing is held back */
        if (!s->preface_read) {
            h2session__codecs_rest(s);
        }
    }
    if (result != 0 || s->terminated || s->eof) {
        *consumed = length; /* nothing more is looked at */
        result = s->failed;
    }
    return h2session__session_leave(s, result);
}

int h2session_recv_eof(h2session *s, uint64_t now_ns)
{
    int result = s == NULL ? H2SESSION_ERR_USAGE : h2session__session_enter(s);
    if (result != 0) {
        return result;
    }
    h2session__clock_time(s, now_ns);
    s->eof = 1;
    uint32_t position = 0;
    struct stream *st = h2session__stream_table_next(&s->streams, &position);
    while (st != NULL) {
        if (h2session__stream_states_remote_open(st->state)) {
            h2session__streams_end(s, st, H2FRAME_CODE_CANCEL, H2SESSION_REASON_CONNECTION_ENDED,
                                   1);
            position = 0;
        }
        st = h2session__stream_table_next(&s->streams, &position);
    }
    result = session_settle(s);
    return h2session__session_leave(s, result);
}
