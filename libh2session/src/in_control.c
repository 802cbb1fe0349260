/* SPDX-License-Identifier: MIT */
/*
 * SETTINGS, PING, RST_STREAM, GOAWAY, WINDOW_UPDATE, and frames that are read and ignored.
 * Ranges and lengths have been checked by the frame layer.
 */
#include "session.h"

static int64_t furthest_ahead(const h2session *s)
{
    int64_t highest = 0;
    uint32_t position = 0;
    const struct stream *st = h2session__stream_table_next(&s->streams, &position);
    for (; st != NULL; st = h2session__stream_table_next(&s->streams, &position)) {
        highest = st->send_ahead > highest ? st->send_ahead : highest;
    }
    return highest;
}

/* Whoever can send now enters the schedule at the next peek, once for all changes until then.
 * rfc: 9113#6.9.2 */
static int change_send_windows(h2session *s, uint32_t initial)
{
    s->windows_moved = 1;
    if (h2session__send_windows_change(&s->send_windows, initial) == 0) {
        return 0;
    }
    s->send_windows.highest = furthest_ahead(s);
    if (h2session__send_windows_change(&s->send_windows, initial) == 0) {
        return 0;
    }
    struct verdict v =
        verdict_connection(H2FRAME_CODE_FLOW_CONTROL_ERROR, H2SESSION_REASON_WINDOW_OVERFLOW);
    uint64_t window = (uint64_t)(initial + s->send_windows.highest);
    return h2session__fault_apply(s, verdict_with(v, window, H2FRAME_MAX_STREAM_ID), 0);
}

static int apply_remote(h2session *s, const h2frame_setting *entry)
{
    struct settings_effect effect;
    struct verdict v = h2session__settings_remote_entry(&s->settings, entry, &effect);
    if (v.scope != VERDICT_OK) {
        return h2session__fault_apply(s, v, 0);
    }
    if (effect.kind == SETTINGS_EFFECT_TABLE) {
        return h2session__codecs_encoder_table(s, effect.value);
    }
    return effect.kind == SETTINGS_EFFECT_WINDOW ? change_send_windows(s, effect.value) : 0;
}

int h2session__in_control_apply_remote(h2session *s, const h2frame_setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int result = apply_remote(s, &settings[i]);
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

/* The peer agreed to ours: what was announced may be enforced from now on. */
static int apply_local(h2session *s, const struct settings_effect *effect)
{
    if (effect->kind == SETTINGS_EFFECT_TABLE) {
        return h2session__codecs_decoder_table(s, effect->value);
    }
    if (effect->kind == SETTINGS_EFFECT_FRAME_SIZE) {
        return h2session__codecs_frame_size(s);
    }
    if (effect->kind == SETTINGS_EFFECT_CONCURRENCY) {
        s->config.max_concurrent_streams = effect->value;
    }
    if (effect->kind != SETTINGS_EFFECT_WINDOW) {
        return 0;
    }
    uint32_t position = 0;
    struct stream *st = h2session__stream_table_next(&s->streams, &position);
    for (; st != NULL; st = h2session__stream_table_next(&s->streams, &position)) {
        /* Cannot overflow: the window never exceeds its size, and sizes are checked. */
        (void)h2session__flow_shift(&st->recv, effect->delta);
    }
    return 0;
}

/* A smaller window makes credit due that was not worth a frame before, and there may be no more DATA
 * to bring it: the peer's window may be used up. rfc: 9113#6.9.2 */
static int give_due_credit(h2session *s)
{
    uint32_t position = 0;
    uint32_t count = s->streams.count;
    int result = 0;
    struct stream *st = h2session__stream_table_next(&s->streams, &position);
    while (st != NULL && result == 0 && !s->terminated) {
        result = h2session__credit_give(s, st, 0);
        if (s->streams.count != count) { /* on_trace ended one */
            count = s->streams.count;
            position = 0;
        }
        st = h2session__stream_table_next(&s->streams, &position);
    }
    return result;
}

int h2session__in_control_apply_local(h2session *s, const struct settings_effect *effects,
                                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (apply_local(s, &effects[i]) != 0) {
            return note_failure(s, H2SESSION_ERR_INTERNAL);
        }
    }
    return give_due_credit(s);
}

/* rfc: 9113#6.5.3 */
static int settings_acked(h2session *s, const h2frame_frame *frame)
{
    struct settings_effect effects[SETTINGS_ENTRIES_MAX];
    size_t count = 0;
    struct verdict v = h2session__settings_local_acked(&s->settings, effects, &count);
    if (v.scope != VERDICT_OK) {
        return h2session__fault_apply(s, v, 0);
    }
    h2session__clock_acked(s);
    int result = h2session__in_control_apply_local(s, effects, count);
    return result != 0 ? result : h2session__events_settings(s, frame);
}

/* Unsent acknowledgements have a limit: a peer that does not read cannot pile them up. */
static int ack_queued(h2session *s)
{
    return limits_ack_fits(&s->limits) == 0
               ? 0
               : h2session__fault_apply(s, h2session__limits_ack_queued(&s->limits), 0);
}

int h2session__in_control_settings(h2session *s, const h2frame_frame *frame)
{
    if (frame->flags & H2FRAME_FLAG_ACK) {
        return settings_acked(s, frame);
    }
    if (s->settings.remote_seen) {
        int result = h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_SETTINGS);
        if (result != 0) {
            return result;
        }
    }
    int result = h2session__in_control_apply_remote(s, frame->settings, frame->settings_count);
    if (result != 0) {
        return result;
    }
    /* What must be ignored needs no tree. rfc: 9218#2.1 */
    if (s->config.role == H2SESSION_SERVER && s->settings.remote.no_rfc7540_priorities == 1 &&
        h2session__scheduler_has_tree(&s->schedule)) {
        h2session__streams_use_urgency(s);
    }
    h2session__settings_remote_end(&s->settings);
    result = h2session__out_frame_settings_ack(s);
    result = result != 0 ? result : ack_queued(s);
    return result != 0 ? result : h2session__events_settings(s, frame);
}

/* rfc: 9113#6.7 */
int h2session__in_control_ping(h2session *s, const h2frame_frame *frame)
{
    if (frame->flags & H2FRAME_FLAG_ACK) {
        int taken = 0;
        if (s->pings_waiting == 0) { /* an answer to nothing */
            return h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_PING_ACK);
        }
        s->pings_waiting--;
        if (h2session__credit_ping_acked(s, frame->opaque)) {
            return 0;
        }
        int result = h2session__goaway_ping_acked(s, frame->opaque, &taken);
        return result != 0 || taken ? result : h2session__events_ping(s, frame);
    }
    int result = h2session__out_frame_ping(s, frame->opaque, H2FRAME_FLAG_ACK);
    result = result != 0 ? result : ack_queued(s);
    return result != 0 ? result : h2session__events_ping(s, frame);
}

/* A server that has answered in full may say NO_ERROR to what is left of the request; anywhere else
 * NO_ERROR would make half a message look whole. rfc: 9113#8.1 */
static uint32_t reset_code(const h2session *s, const struct stream *st, uint32_t code)
{
    int answered = s->config.role == H2SESSION_CLIENT
                       ? (st->flags & STREAM_MESSAGE_ENDED) != 0
                       : !h2session__stream_states_local_open(st->state);
    return code == H2FRAME_CODE_NO_ERROR && !answered ? H2FRAME_CODE_CANCEL : code;
}

/* rfc: 9113#6.4 */
int h2session__in_control_rst_stream(h2session *s, const h2frame_frame *frame)
{
    uint32_t state = h2session__streams_state(s, frame->stream_id);
    struct verdict v = h2session__stream_states_apply(&state, INPUT_RECV_RST_STREAM);
    s->counters.resets_in++;
    struct stream *st = h2session__streams_find(s, frame->stream_id);
    if (v.scope == VERDICT_OK && st != NULL) {
        uint32_t code = reset_code(s, st, frame->error_code);
        h2session__streams_end(s, st, code, H2SESSION_REASON_RESET_BY_PEER, 1);
    }
    /* What resets of our own requests cost is ours to limit. */
    int counts = st == NULL || !(st->flags & STREAM_LOCAL_INITIATED);
    if (counts && (v.scope == VERDICT_OK || v.scope == VERDICT_IGNORE)) {
        h2session__fault_count(s, H2SESSION_REASON_RESET_BY_PEER);
        v = h2session__limits_reset(&s->limits, s->now_ns);
    }
    return h2session__fault_apply(s, v, frame->stream_id);
}

/* Streams we opened above the last one the peer will look at never began there. */
static void end_unprocessed(h2session *s, uint32_t last_id)
{
    uint32_t position = 0;
    struct stream *st = h2session__stream_table_next(&s->streams, &position);
    while (st != NULL) {
        if ((st->flags & STREAM_LOCAL_INITIATED) && st->id > last_id) {
            h2session__streams_end(s, st, H2FRAME_CODE_REFUSED_STREAM,
                                   H2SESSION_REASON_GOAWAY_NOT_PROCESSED, 1);
            position = 0;
        }
        st = h2session__stream_table_next(&s->streams, &position);
    }
}

/* rfc: 9113#6.8 */
static int goaway_again(h2session *s, const h2frame_frame *frame)
{
    if (frame->last_stream_id <= s->goaway_received_last) {
        return h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_GOAWAY);
    }
    struct verdict v = verdict_protocol(H2SESSION_REASON_GOAWAY_LAST_ID_GREW);
    return h2session__fault_apply(
        s, verdict_with(v, frame->last_stream_id, s->goaway_received_last), 0);
}

int h2session__in_control_goaway(h2session *s, const h2frame_frame *frame)
{
    if (s->goaway_received) {
        int result = goaway_again(s, frame);
        if (result != 0) {
            return result;
        }
    }
    /* One that grew has been forgiven, but what it left out before is gone. */
    if (!s->goaway_received || frame->last_stream_id < s->goaway_received_last) {
        s->goaway_received_last = frame->last_stream_id;
    }
    s->goaway_received = 1;
    int result = h2session__events_goaway(s, frame);
    if (result == 0) {
        end_unprocessed(s, s->goaway_received_last);
    }
    return result;
}

/* On a stream that is gone or takes none. */
COLD static int misplaced_window_update(h2session *s, const struct stream *st, uint32_t id)
{
    uint32_t state = st != NULL ? st->state : h2session__streams_state(s, id);
    struct verdict v = h2session__stream_states_apply(&state, INPUT_RECV_WINDOW_UPDATE);
    return h2session__fault_apply(s, v, id);
}

COLD static int too_large_stream_window(h2session *s, const h2frame_frame *frame)
{
    struct verdict v =
        verdict_stream(H2FRAME_CODE_FLOW_CONTROL_ERROR, H2SESSION_REASON_WINDOW_OVERFLOW);
    v = verdict_with(v, frame->increment, H2FRAME_MAX_STREAM_ID);
    return h2session__fault_apply(s, v, frame->stream_id);
}

/* rfc: 9113#6.9 rfc: 9113#6.9.1 */
static int stream_window_update(h2session *s, const h2frame_frame *frame)
{
    struct stream *st = h2session__streams_find(s, frame->stream_id);
    if (st == NULL || !h2session__stream_states_takes(st->state, INPUT_RECV_WINDOW_UPDATE)) {
        return misplaced_window_update(s, st, frame->stream_id);
    }
    int was_shut = h2session__streams_send_window(s, st) <= 0;
    if (h2session__send_windows_credit(&s->send_windows, &st->send_ahead, frame->increment) != 0) {
        return too_large_stream_window(s, frame);
    }
    if (was_shut) {
        h2session__streams_schedule(s, st);
    }
    return 0;
}

COLD static int too_many_updates(h2session *s)
{
    return h2session__fault_apply(s, h2session__limits_window_update(&s->limits), 0);
}

COLD static int too_large_window(h2session *s, uint32_t increment)
{
    struct verdict v =
        verdict_connection(H2FRAME_CODE_FLOW_CONTROL_ERROR, H2SESSION_REASON_WINDOW_OVERFLOW);
    return h2session__fault_apply(s, verdict_with(v, increment, H2FRAME_MAX_STREAM_ID), 0);
}

int h2session__in_control_window_update(h2session *s, const h2frame_frame *frame)
{
    if (limits_window_update_fits(&s->limits) != 0) {
        int over = too_many_updates(s);
        if (over != 0 || s->terminated) {
            return over;
        }
    }
    if (frame->stream_id != 0) {
        return stream_window_update(s, frame);
    }
    return h2session__flow_credit(&s->send_flow, frame->increment) == 0
               ? 0
               : too_large_window(s, frame->increment);
}

/* Types that nobody knows. rfc: 9113#4.1 rfc: 9113#5.5 */
int h2session__in_control_ignored(h2session *s, const h2frame_frame *frame)
{
    return frame->part & H2FRAME_PART_FIRST ? h2session__fault_extension(s) : 0;
}
