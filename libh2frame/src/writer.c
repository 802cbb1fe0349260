/* SPDX-License-Identifier: MIT */
/* The public writer: version of the caller's frame, head, bounds; the codecs do the rest. */
#include <assert.h>

#include "codec.h"
#include "config.h"
#include "head.h"

static_assert(sizeof(h2frame_frame) ==
                  offsetof(h2frame_frame, opaque) + sizeof(((h2frame_frame *)0)->opaque),
              "no padding at the end, so that every version has its own size");

static int is_usable(const h2frame_frame *frame)
{
    return frame != NULL && frame->size >= sizeof *frame &&
           (frame->size == sizeof *frame ||
            h2frame__tail_is_zero(frame, sizeof *frame, frame->size));
}

/* Length of the payload in *length, or the error that forbids to write the frame. */
static int measure(const h2frame_frame *frame, size_t *length)
{
    if (!is_usable(frame)) {
        return H2FRAME_ERR_USAGE;
    }
    if (frame->type > UINT8_MAX || frame->flags > UINT8_MAX ||
        frame->stream_id > H2FRAME_MAX_STREAM_ID ||
        frame->payload.length > H2FRAME_MAX_MAX_FRAME_SIZE ||
        (frame->payload.length > 0 && frame->payload.data == NULL) ||
        !h2frame__stream_fits(h2frame__rule(frame->type), frame->stream_id)) {
        return H2FRAME_ERR_FRAME;
    }
    if (h2frame__codec(frame->type)->measure(frame, length) != 0 ||
        *length > H2FRAME_MAX_MAX_FRAME_SIZE) {
        return H2FRAME_ERR_FRAME;
    }
    return 0;
}

size_t h2frame_write_size(const h2frame_frame *frame)
{
    size_t length = 0;
    return measure(frame, &length) == 0 ? H2FRAME_HEAD_LENGTH + length : 0;
}

int h2frame_write(const h2frame_frame *frame, h2frame_buffer *out)
{
    size_t length = 0;
    int rv = measure(frame, &length);
    if (rv != 0) {
        return rv;
    }
    if (out == NULL || out->length > out->capacity) {
        return H2FRAME_ERR_USAGE;
    }
    if (out->capacity - out->length < H2FRAME_HEAD_LENGTH + length) {
        return H2FRAME_ERR_BUFFER;
    }
    uint8_t *at = out->data + out->length;
    /* Flags without a meaning for the type are left unset. rfc: 9113#4.1 */
    uint32_t flags = frame->flags & h2frame__rule(frame->type)->flags;
    h2frame_write_head(at, (uint32_t)length, frame->type, flags, frame->stream_id);
    h2frame__codec(frame->type)->write(frame, at + H2FRAME_HEAD_LENGTH);
    out->length += H2FRAME_HEAD_LENGTH + length;
    return 0;
}
