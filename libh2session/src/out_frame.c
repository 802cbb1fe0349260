/* SPDX-License-Identifier: MIT */
/*
 * Frames into the out queue, each traced. Frames queued while a body source fills the out queue go
 * to the side queue and are spliced behind that body.
 */
#include <string.h>

#include "session.h"

int h2session__out_frame_trace(h2session *s, const h2frame_frame *frame, const hpack_field *fields,
                               size_t count, uint32_t opens)
{
    if (s->callbacks.on_trace == NULL) {
        return 0;
    }
    h2session_trace_event event = {
        .outgoing = 1,
        .has_fields = fields != NULL,
        .frame = frame,
        .fields = fields,
        .field_count = count,
        .opens_stream = opens,
    };
    return h2session__events_trace(s, &event);
}

int h2session__out_frame_write(h2session *s, const h2frame_frame *frame)
{
    if (s->out_broken) {
        return s->failed;
    }
    size_t size = h2frame_write_size(frame);
    uint8_t *to = h2session__out_queue_reserve(s->out_to, size);
    if (to == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    h2frame_buffer buffer = {.data = to, .capacity = size};
    if (size == 0 || h2frame_write(frame, &buffer) != 0) {
        return note_failure(s, H2SESSION_ERR_INTERNAL);
    }
    h2session__out_queue_commit(s->out_to, size);
    h2frame_frame traced = *frame;
    traced.length = (uint32_t)(size - H2FRAME_HEAD_LENGTH);
    traced.part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST;
    return h2session__out_frame_trace(s, &traced, NULL, 0, 0);
}

/* What such a frame is for on_trace. */
#define FIXED_FRAME(frame_type, octets)                                                            \
    .size = sizeof(h2frame_frame), .type = (frame_type), .length = (octets),                       \
    .part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST

/* Room in the queue for a frame of fixed length, which the caller writes at once. NULL: the session
 * failed. */
static uint8_t *fixed(h2session *s, size_t size)
{
    if (s->out_broken) {
        return NULL;
    }
    uint8_t *to = h2session__out_queue_extend(s->out_to, size);
    if (to == NULL) {
        (void)note_failure(s, H2SESSION_ERR_NOMEM);
    }
    return to;
}

/* Traces a frame of fixed length that was written. */
static int trace_fixed(h2session *s, const h2frame_frame *frame)
{
    return h2session__out_frame_trace(s, frame, NULL, 0, 0);
}

int h2session__out_frame_reset(h2session *s, uint32_t stream_id, uint32_t code)
{
    if (h2session__reset_ring_add(&s->resets, &s->memory, stream_id) != 0) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    s->counters.resets_out++;
    uint8_t *to = fixed(s, H2FRAME_HEAD_LENGTH + 4);
    if (to == NULL) {
        return s->failed;
    }
    h2frame_write_rst_stream(to, stream_id, code);
    if (s->callbacks.on_trace == NULL) {
        return 0;
    }
    const h2frame_frame frame = {
        FIXED_FRAME(H2FRAME_TYPE_RST_STREAM, 4),
        .stream_id = stream_id,
        .error_code = code,
    };
    return trace_fixed(s, &frame);
}

int h2session__out_frame_window_update(h2session *s, uint32_t stream_id, uint32_t increment)
{
    uint8_t *to = fixed(s, H2FRAME_HEAD_LENGTH + 4);
    if (to == NULL) {
        return s->failed;
    }
    h2frame_write_window_update(to, stream_id, increment);
    if (s->callbacks.on_trace == NULL) {
        return 0;
    }
    const h2frame_frame frame = {
        FIXED_FRAME(H2FRAME_TYPE_WINDOW_UPDATE, 4),
        .stream_id = stream_id,
        .increment = increment,
    };
    return trace_fixed(s, &frame);
}

int h2session__out_frame_goaway(h2session *s, uint32_t last_id, uint32_t code, uint32_t reason)
{
    const char *text = code == H2FRAME_CODE_NO_ERROR ? "" : h2session_reason_text(reason);
    const h2frame_bytes debug = {(const uint8_t *)text, strlen(text)};
    return h2session__out_frame_goaway_debug(s, last_id, code, &debug);
}

int h2session__out_frame_goaway_debug(h2session *s, uint32_t last_id, uint32_t code,
                                      const h2frame_bytes *debug)
{
    s->goaway_sent = 1;
    s->goaway_sent_last = last_id;
    const h2frame_frame frame = {
        .size = sizeof frame,
        .type = H2FRAME_TYPE_GOAWAY,
        .last_stream_id = last_id,
        .error_code = code,
        .payload = *debug,
    };
    return h2session__out_frame_write(s, &frame);
}

int h2session__out_frame_settings(h2session *s, const h2frame_setting *settings, size_t count)
{
    if (h2session__settings_local_sent(&s->settings, settings, count) != 0) {
        return H2SESSION_ERR_OUTPUT_LIMIT;
    }
    const h2frame_frame frame = {
        .size = sizeof frame,
        .type = H2FRAME_TYPE_SETTINGS,
        .settings = settings,
        .settings_count = count,
    };
    int result = h2session__out_frame_write(s, &frame);
    s->settings_mark = out_end(s);
    return result;
}

int h2session__out_frame_settings_ack(h2session *s)
{
    uint8_t *to = fixed(s, H2FRAME_HEAD_LENGTH);
    if (to == NULL) {
        return s->failed;
    }
    h2frame_write_head(to, 0, H2FRAME_TYPE_SETTINGS, H2FRAME_FLAG_ACK, 0);
    if (s->callbacks.on_trace != NULL) {
        const h2frame_frame frame = {
            FIXED_FRAME(H2FRAME_TYPE_SETTINGS, 0),
            .flags = H2FRAME_FLAG_ACK,
        };
        int result = trace_fixed(s, &frame);
        if (result != 0) {
            return result;
        }
    }
    h2session__clock_ack_queued(s);
    return 0;
}

int h2session__out_frame_ping(h2session *s, const uint8_t opaque[8], uint32_t flags)
{
    uint8_t *to = fixed(s, H2FRAME_HEAD_LENGTH + 8);
    if (to == NULL) {
        return s->failed;
    }
    h2frame_write_ping(to, flags, opaque);
    if (s->callbacks.on_trace != NULL) {
        h2frame_frame frame = {
            FIXED_FRAME(H2FRAME_TYPE_PING, 8),
            .flags = flags,
        };
        memcpy(frame.opaque, opaque, sizeof frame.opaque);
        int result = trace_fixed(s, &frame);
        if (result != 0) {
            return result;
        }
    }
    if ((flags & H2FRAME_FLAG_ACK) == 0) {
        s->pings_waiting += s->pings_waiting < UINT32_MAX;
        return 0;
    }
    h2session__clock_ack_queued(s);
    return 0;
}
