/* SPDX-License-Identifier: MIT */
/*
 * A field section as one HEADERS frame and as many CONTINUATION frames as the peer's
 * MAX_FRAME_SIZE asks for (RFC 9113 4.3, 6.10). The block is encoded straight into the out queue
 * behind room for the first head; when it must be cut, its pieces are moved apart from the end.
 */
#include <string.h>

#include "session.h"

enum { HEAD = H2FRAME_HEAD_LENGTH };

static uint32_t cuts_of(size_t block, uint32_t frame_size)
{
    return block <= frame_size ? 0 : (uint32_t)((block - 1) / frame_size);
}

/* Block octets stand at `to + HEAD`. Writes all heads; returns octets of all frames. */
static size_t write_frames(uint8_t *to, size_t block, uint32_t frame_size, uint32_t stream_id,
                           uint32_t end_stream)
{
    uint32_t cuts = cuts_of(block, frame_size);
    for (uint32_t i = cuts; i > 0; i--) {
        size_t from = (size_t)i * frame_size;
        size_t length = block - from < frame_size ? block - from : frame_size;
        uint8_t *frame = to + HEAD + from + (size_t)(i - 1) * HEAD;
        memmove(frame + HEAD, to + HEAD + from, length);
        h2frame_write_head(frame, (uint32_t)length, H2FRAME_TYPE_CONTINUATION,
                           i == cuts ? H2FRAME_FLAG_END_HEADERS : 0, stream_id);
    }
    uint32_t flags = end_stream ? H2FRAME_FLAG_END_STREAM : 0;
    flags |= cuts == 0 ? H2FRAME_FLAG_END_HEADERS : 0;
    h2frame_write_head(to, cuts == 0 ? (uint32_t)block : frame_size, H2FRAME_TYPE_HEADERS, flags,
                       stream_id);
    return HEAD + block + (size_t)cuts * HEAD;
}

static int trace_frames(h2session *s, size_t block, uint32_t frame_size, uint32_t stream_id,
                        h2session_trace_event *event, uint32_t end_stream)
{
    uint32_t cuts = cuts_of(block, frame_size);
    for (uint32_t i = 0; i <= cuts; i++) {
        size_t rest = block - (size_t)i * frame_size;
        h2frame_frame frame = {
            .size = sizeof frame,
            .type = i == 0 ? H2FRAME_TYPE_HEADERS : H2FRAME_TYPE_CONTINUATION,
            .stream_id = stream_id,
            .length = (uint32_t)(rest < frame_size ? rest : frame_size),
            .part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST,
        };
        frame.flags = i == cuts ? H2FRAME_FLAG_END_HEADERS : 0;
        frame.flags |= i == 0 && end_stream ? H2FRAME_FLAG_END_STREAM : 0;
        int fields_here = i == cuts;
        int result = h2session__out_frame_trace(s, &frame, fields_here ? event->fields : NULL,
                                                fields_here ? event->field_count : 0,
                                                i == 0 ? event->opens_stream : 0);
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

/* As much as a block of these fields ever takes: their size as RFC 9113 6.5.2 counts it, and room for
 * size updates. The encoder's own bound is lower, but costs more than the octets saved. */
static uint64_t block_room(const hpack_field *fields, size_t count)
{
    uint64_t room = (uint64_t)count * 32 + 12;
    for (size_t i = 0; i < count; i++) {
        room += (uint64_t)fields[i].name_length + fields[i].value_length;
    }
    return room;
}

int h2session__header_out_write(h2session *s, struct stream *st, const hpack_field *fields,
                                size_t count, uint32_t end_stream)
{
    uint64_t most = block_room(fields, count);
    uint32_t frame_size = s->settings.remote.max_frame_size;
    if (count > UINT32_MAX / 32 || most > SIZE_MAX / 2) {
        return H2SESSION_ERR_SECTION_LIMIT;
    }
    size_t bound = (size_t)most;
    size_t room = HEAD + bound + (size_t)cuts_of(bound, frame_size) * HEAD;
    uint8_t *to = h2session__out_queue_reserve(s->out_to, room);
    if (to == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    hpack_buffer buffer = {.data = to + HEAD, .capacity = bound};
    if (hpack_encoder_encode(s->encoder, fields, count, &buffer) != 0) {
        h2session__out_queue_commit(s->out_to, 0);
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    size_t size = write_frames(to, buffer.length, frame_size, st->id, end_stream);
    h2session__out_queue_commit(s->out_to, size);
    if (s->callbacks.on_trace == NULL) {
        return 0;
    }
    uint32_t opens = (st->flags & STREAM_LOCAL_INITIATED) && !(st->flags & STREAM_FINAL_SENT);
    h2session_trace_event event = {.fields = fields, .field_count = count, .opens_stream = opens};
    return trace_frames(s, buffer.length, frame_size, st->id, &event, end_stream);
}
