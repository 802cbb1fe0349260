/* SPDX-License-Identifier: MIT */
/*
 * A field section as one HEADERS or PUSH_PROMISE frame and as many CONTINUATION frames as the
 * peer's MAX_FRAME_SIZE asks for (RFC 9113 4.3, 6.10). The block is encoded straight into the out
 * queue behind room for the first head, and for the promised id or the priority part that may come
 * first; when all that must be cut, the pieces are moved apart from the end. What fits into one frame
 * may be padded.
 */
#include <string.h>

#include "padding.h"
#include "session.h"

enum {
    PROMISED_ID = 4,
    PRIORITY = 5,
    FIRST_FIELDS = 32, /* of a first section, above which it fills the table */
    ROOM_TO_TRY = 512, /* less than any frame size, so that no block in it has to be cut */
    NOT_PLAIN = 1
};

/* A section and what is around it. */
struct section {
    uint32_t stream_id;
    uint32_t promised_id; /* 0: HEADERS */
    uint32_t end_stream;
    uint32_t opens;   /* these HEADERS open the stream */
    uint32_t padding; /* of the only frame, as in padding.h */
    const hpack_field *fields;
    size_t count;
    uint32_t dependency; /* HEADERS: the priority part, with weight 0 there is none */
    uint32_t weight;
    uint32_t exclusive;
};

static uint32_t first_type(const struct section *section)
{
    return section->promised_id != 0 ? H2FRAME_TYPE_PUSH_PROMISE : H2FRAME_TYPE_HEADERS;
}

static uint32_t first_flags(const struct section *section)
{
    return (section->end_stream ? H2FRAME_FLAG_END_STREAM : 0u) |
           (section->padding > 0 ? H2FRAME_FLAG_PADDED : 0u) |
           (section->weight > 0 ? H2FRAME_FLAG_PRIORITY : 0u);
}

static uint32_t cuts_of(size_t payload, uint32_t frame_size)
{
    return payload <= frame_size ? 0 : (uint32_t)((payload - 1) / frame_size);
}

/* The payload stands at `to + H2FRAME_HEAD_LENGTH`. Writes all heads; returns octets of all frames. */
static size_t write_frames(uint8_t *to, size_t payload, uint32_t frame_size,
                           const struct section *section)
{
    uint32_t cuts = cuts_of(payload, frame_size);
    for (uint32_t i = cuts; i > 0; i--) {
        size_t from = (size_t)i * frame_size;
        size_t length = payload - from < frame_size ? payload - from : frame_size;
        uint8_t *frame = to + H2FRAME_HEAD_LENGTH + from + (size_t)(i - 1) * H2FRAME_HEAD_LENGTH;
        memmove(frame + H2FRAME_HEAD_LENGTH, to + H2FRAME_HEAD_LENGTH + from, length);
        h2frame_write_head(frame, (uint32_t)length, H2FRAME_TYPE_CONTINUATION,
                           i == cuts ? H2FRAME_FLAG_END_HEADERS : 0, section->stream_id);
    }
    uint32_t flags = first_flags(section) | (cuts == 0 ? H2FRAME_FLAG_END_HEADERS : 0);
    h2frame_write_head(to, cuts == 0 ? (uint32_t)payload : frame_size, first_type(section), flags,
                       section->stream_id);
    return H2FRAME_HEAD_LENGTH + payload + (size_t)cuts * H2FRAME_HEAD_LENGTH;
}

COLD static int trace_frames(h2session *s, size_t payload, uint32_t frame_size,
                             const struct section *section)
{
    uint32_t cuts = cuts_of(payload, frame_size);
    for (uint32_t i = 0; i <= cuts; i++) {
        size_t rest = payload - (size_t)i * frame_size;
        h2frame_frame frame = {
            .size = sizeof frame,
            .type = i == 0 ? first_type(section) : H2FRAME_TYPE_CONTINUATION,
            .stream_id = section->stream_id,
            .promised_stream_id = i == 0 ? section->promised_id : 0,
            .pad_length = section->padding > 0 ? section->padding - 1 : 0,
            .length = (uint32_t)(rest < frame_size ? rest : frame_size),
            .part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST,
        };
        frame.flags = i == cuts ? H2FRAME_FLAG_END_HEADERS : 0;
        if (i == 0) {
            frame.flags |= first_flags(section);
            frame.dependency = section->dependency;
            frame.weight = section->weight;
            frame.exclusive = section->exclusive;
        }
        int fields_here = i == cuts;
        int result = h2session__out_frame_trace(s, &frame, fields_here ? section->fields : NULL,
                                                fields_here ? section->count : 0,
                                                i == 0 ? section->opens : 0);
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

static void write_id(uint8_t *to, uint32_t id)
{
    for (int i = 0; i < PROMISED_ID; i++) {
        to[i] = (uint8_t)(id >> (24 - 8 * i));
    }
}

static size_t prefix_length(const struct section *section)
{
    if (section->promised_id != 0) {
        return PROMISED_ID;
    }
    return section->weight > 0 ? PRIORITY : 0;
}

static void write_prefix(uint8_t *to, const struct section *section)
{
    if (section->promised_id != 0) {
        write_id(to, section->promised_id);
    } else if (section->weight > 0) { /* RFC 9113 6.2 */
        write_id(to, section->dependency | section->exclusive << 31);
        to[PRIORITY - 1] = (uint8_t)(section->weight - 1);
    }
}

/* Pads what fits into one frame, if the policy says so. Returns the new length of the payload. */
static size_t pad(const h2session *s, struct section *section, uint8_t *payload, size_t length)
{
    uint32_t frame_size = s->settings.remote.max_frame_size;
    if (s->config.padding == NULL || length >= frame_size) {
        return length;
    }
    section->padding = h2session__padding_choose(&s->config, first_type(section), (uint32_t)length,
                                                 frame_size - (uint32_t)length);
    if (section->padding > 0) {
        h2session__padding_apply(payload, length, section->padding);
    }
    return length + section->padding;
}

/* Many connections have one response, or one in a long while: it takes no memory for a table that
 * nothing may ever be found in. The second one begins to fill the table. */
COLD static int encode_first(h2session *s, const struct section *section, hpack_buffer *block)
{
    hpack_field fields[FIRST_FIELDS];
    for (size_t i = 0; i < section->count; i++) {
        fields[i] = section->fields[i];
        fields[i].flags |= HPACK_FIELD_NO_INDEXING;
    }
    int result = hpack_encoder_encode(s->encoder, fields, section->count, block);
    s->encoder_fresh = result != 0;
    return result;
}

/* Encodes the block into a reserve with room for all that it may take and for what is around.
 * Returns 0 with the reserve open, the encoder's error, or H2SESSION_ERR_NOMEM. */
static int encode(h2session *s, const struct section *section, hpack_buffer *block)
{
    uint64_t most = block_room(section->fields, section->count);
    if (section->count > UINT32_MAX / 32 || most > SIZE_MAX / 2) {
        return H2SESSION_ERR_SECTION_LIMIT;
    }
    size_t payload = prefix_length(section) + (size_t)most;
    size_t around =
        H2FRAME_HEAD_LENGTH +
        (size_t)cuts_of(payload, s->settings.remote.max_frame_size) * H2FRAME_HEAD_LENGTH;
    around += s->config.padding != NULL ? PADDING_MAX : 0;
    hpack_encoder *encoder = codecs_encoder(s);
    uint8_t *to =
        encoder == NULL ? NULL : h2session__out_queue_reserve(s->out_to, around + payload);
    if (to == NULL) {
        return H2SESSION_ERR_NOMEM;
    }
    *block = (hpack_buffer){.data = to + H2FRAME_HEAD_LENGTH + prefix_length(section),
                            .capacity = (size_t)most};
    int result = s->encoder_fresh && section->count <= FIRST_FIELDS
                     ? encode_first(s, section, block)
                     : hpack_encoder_encode(encoder, section->fields, section->count, block);
    if (result != 0) {
        h2session__out_queue_commit(s->out_to, 0);
    }
    return result;
}

static int write_section(h2session *s, struct section *section)
{
    uint32_t frame_size = s->settings.remote.max_frame_size;
    size_t prefix = prefix_length(section);
    hpack_buffer block;
    int result = encode(s, section, &block);
    if (result == H2SESSION_ERR_SECTION_LIMIT) {
        return result;
    }
    if (result != 0) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    uint8_t *to = block.data - prefix - H2FRAME_HEAD_LENGTH;
    write_prefix(to + H2FRAME_HEAD_LENGTH, section);
    size_t payload = pad(s, section, to + H2FRAME_HEAD_LENGTH, prefix + block.length);
    h2session__out_queue_commit(s->out_to, write_frames(to, payload, frame_size, section));
    return s->callbacks.on_trace == NULL ? 0 : trace_frames(s, payload, frame_size, section);
}

/* Nearly all messages: nothing is around the block, nobody traces, and the rest of the last chunk
 * will do, so that nothing has to be measured or reserved. Returns 0, NOT_PLAIN, or the code the
 * session failed with. */
static inline int write_plain(h2session *s, const struct stream *st,
                              const h2session_message *message, uint32_t end_stream)
{
    struct out_queue *q = s->out_to;
    if (s->encoder == NULL || s->encoder_fresh || message->weight > 0 ||
        s->config.padding != NULL || s->callbacks.on_trace != NULL ||
        h2session__out_queue_room(q) < ROOM_TO_TRY) {
        return NOT_PLAIN;
    }
    uint8_t *to = h2session__out_queue_tail(q);
    hpack_buffer block = {.data = to + H2FRAME_HEAD_LENGTH,
                          .capacity = ROOM_TO_TRY - H2FRAME_HEAD_LENGTH};
    int result = hpack_encoder_encode(s->encoder, message->fields, message->field_count, &block);
    if (result == HPACK_ERR_BUFFER) {
        return NOT_PLAIN;
    }
    if (result != 0) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    uint32_t flags = H2FRAME_FLAG_END_HEADERS | (end_stream ? H2FRAME_FLAG_END_STREAM : 0u);
    h2frame_write_head(to, (uint32_t)block.length, H2FRAME_TYPE_HEADERS, flags, st->id);
    return h2session__out_queue_extend(q, H2FRAME_HEAD_LENGTH + block.length) != NULL
               ? 0
               : note_failure(s, H2SESSION_ERR_NOMEM);
}

static int opens(const h2session *s, const struct stream *st)
{
    return s->config.role == H2SESSION_CLIENT ? !(st->flags & STREAM_ANNOUNCED)
                                              : st->state == STATE_RESERVED_LOCAL;
}

int h2session__header_out_message(h2session *s, struct stream *st, const h2session_message *message,
                                  uint32_t end_stream)
{
    int plain = write_plain(s, st, message, end_stream);
    if (plain != NOT_PLAIN) {
        return plain;
    }
    struct section section = {
        .stream_id = st->id,
        .end_stream = end_stream,
        .opens = (uint32_t)opens(s, st),
        .fields = message->fields,
        .count = message->field_count,
    };
    if (message->weight > 0 && hears_dependencies(s)) {
        section.dependency = message->dependency;
        section.weight = message->weight;
        section.exclusive = message->exclusive;
    }
    return write_section(s, &section);
}

int h2session__header_out_write(h2session *s, struct stream *st, const hpack_field *fields,
                                size_t count, uint32_t end_stream)
{
    const h2session_message message = {.fields = fields, .field_count = count};
    return h2session__header_out_message(s, st, &message, end_stream);
}

int h2session__header_out_promise(h2session *s, uint32_t parent_id, uint32_t promised_id,
                                  const hpack_field *fields, size_t count)
{
    struct section section = {
        .stream_id = parent_id,
        .promised_id = promised_id,
        .fields = fields,
        .count = count,
    };
    return write_section(s, &section);
}
