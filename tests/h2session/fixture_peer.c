/* SPDX-License-Identifier: MIT */
/* What the scripted peer sends. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

void peer_preface(struct fixture *f)
{
    octets_add(&f->in, h2frame_preface(), H2FRAME_PREFACE_LENGTH);
}

void peer_frame(struct fixture *f, const h2frame_frame *frame)
{
    h2frame_frame own = *frame;
    own.size = sizeof own;
    size_t size = h2frame_write_size(&own);
    assert_true(size > 0);
    h2frame_buffer buffer = {.data = malloc(size), .capacity = size};
    assert_non_null(buffer.data);
    assert_int_equal(h2frame_write(&own, &buffer), 0);
    octets_add(&f->in, buffer.data, buffer.length);
    free(buffer.data);
}

void peer_settings(struct fixture *f, uint32_t id, uint32_t value)
{
    /* By hand, because the writer refuses values that are out of range. */
    uint8_t octets[H2FRAME_HEAD_LENGTH + 6];
    uint32_t length = id != 0 ? 6 : 0;
    h2frame_write_head(octets, length, H2FRAME_TYPE_SETTINGS, 0, 0);
    uint8_t *entry = octets + H2FRAME_HEAD_LENGTH;
    entry[0] = (uint8_t)(id >> 8);
    entry[1] = (uint8_t)id;
    for (int i = 0; i < 4; i++) {
        entry[2 + i] = (uint8_t)(value >> (24 - 8 * i));
    }
    octets_add(&f->in, octets, H2FRAME_HEAD_LENGTH + length);
}

void peer_ack(struct fixture *f)
{
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_SETTINGS, .flags = H2FRAME_FLAG_ACK});
}

void peer_encode(struct fixture *f, const hpack_field *fields, size_t count, struct octets *out)
{
    size_t bound = hpack_encoder_bound(f->encoder, fields, count);
    hpack_buffer block = {.data = malloc(bound + 1), .capacity = bound};
    assert_non_null(block.data);
    assert_int_equal(hpack_encoder_encode(f->encoder, fields, count, &block), 0);
    octets_add(out, block.data, block.length);
    free(block.data);
}

/* `first` lacks its fragment of the block. */
static void block_frames(struct fixture *f, h2frame_frame first, const char *fields,
                         uint32_t frames)
{
    static hpack_field parsed[FIELDS_MAX];
    struct octets block = {.length = 0};
    peer_encode(f, parsed, parse_fields(fields, parsed, FIELDS_MAX), &block);
    size_t step = block.length / frames;
    for (uint32_t i = 0; i < frames; i++) {
        uint32_t last = i + 1 == frames;
        h2frame_frame frame = {.type = H2FRAME_TYPE_CONTINUATION, .stream_id = first.stream_id};
        frame = i == 0 ? first : frame;
        frame.flags |= last ? H2FRAME_FLAG_END_HEADERS : 0;
        frame.payload =
            (h2frame_bytes){block.data + i * step, last ? block.length - i * step : step};
        peer_frame(f, &frame);
    }
    free(block.data);
}

void peer_headers_like(struct fixture *f, const h2frame_frame *head, const char *fields)
{
    h2frame_frame first = *head;
    first.type = H2FRAME_TYPE_HEADERS;
    block_frames(f, first, fields, 1);
}

void peer_headers_cut(struct fixture *f, uint32_t stream_id, const char *fields, uint32_t flags,
                      uint32_t frames)
{
    const h2frame_frame first = {
        .type = H2FRAME_TYPE_HEADERS, .flags = flags, .stream_id = stream_id};
    block_frames(f, first, fields, frames);
}

void peer_promise(struct fixture *f, uint32_t parent_id, uint32_t promised_id, const char *fields,
                  uint32_t frames)
{
    const h2frame_frame first = {.type = H2FRAME_TYPE_PUSH_PROMISE,
                                 .stream_id = parent_id,
                                 .promised_stream_id = promised_id};
    block_frames(f, first, fields, frames);
}

void peer_headers(struct fixture *f, uint32_t stream_id, const char *fields, uint32_t flags)
{
    peer_headers_cut(f, stream_id, fields, flags, 1);
}

static void data_frame(struct fixture *f, h2frame_frame frame, size_t length)
{
    uint8_t *octets = malloc(length + 1);
    assert_non_null(octets);
    memset(octets, 'd', length + 1);
    frame.type = H2FRAME_TYPE_DATA;
    frame.payload = (h2frame_bytes){octets, length};
    peer_frame(f, &frame);
    free(octets);
}

void peer_data(struct fixture *f, uint32_t stream_id, size_t length, uint32_t flags)
{
    data_frame(f, (h2frame_frame){.flags = flags, .stream_id = stream_id}, length);
}

void peer_padded(struct fixture *f, uint32_t stream_id, size_t length, uint32_t padding)
{
    data_frame(f,
               (h2frame_frame){
                   .flags = H2FRAME_FLAG_PADDED, .stream_id = stream_id, .pad_length = padding},
               length);
}

void peer_reset(struct fixture *f, uint32_t stream_id, uint32_t code)
{
    peer_frame(f, &(h2frame_frame){
                      .type = H2FRAME_TYPE_RST_STREAM, .stream_id = stream_id, .error_code = code});
}

void peer_window(struct fixture *f, uint32_t stream_id, uint32_t increment)
{
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_WINDOW_UPDATE,
                                   .stream_id = stream_id,
                                   .increment = increment});
}

void peer_ping(struct fixture *f, uint32_t flags)
{
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_PING, .flags = flags});
}

void peer_goaway(struct fixture *f, uint32_t last_id, uint32_t code)
{
    peer_frame(f, &(h2frame_frame){
                      .type = H2FRAME_TYPE_GOAWAY, .last_stream_id = last_id, .error_code = code});
}

void peer_priority_update(struct fixture *f, uint32_t stream_id, const char *value)
{
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_PRIORITY_UPDATE,
                                   .prioritized_stream_id = stream_id,
                                   .payload = {(const uint8_t *)value, strlen(value)}});
}

void peer_raw(struct fixture *f, const char *hex)
{
    uint8_t octets[2048];
    octets_add(&f->in, octets, test_hex(hex, octets, sizeof octets));
}
