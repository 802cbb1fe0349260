/* SPDX-License-Identifier: MIT */
#include "padding.h"

#include <string.h>

static int is_padded(const h2frame_frame *frame)
{
    return (frame->flags & H2FRAME_FLAG_PADDED) != 0;
}

const uint8_t *h2frame__padding_read(const uint8_t *in, h2frame_frame *frame)
{
    if (is_padded(frame)) {
        frame->pad_length = *in++;
    }
    return in;
}

/* rfc: 9113#6.1, 9113#6.2, 9113#6.6 */
uint32_t h2frame__padding_check(const h2frame_frame *frame, uint32_t prefix,
                                struct h2frame__wrong *wrong)
{
    if (frame->pad_length <= frame->length - prefix) {
        return 0;
    }
    wrong->value = frame->pad_length;
    wrong->limit = frame->length - prefix;
    return H2FRAME_REASON_PADDING;
}

int h2frame__padding_size(const h2frame_frame *frame)
{
    if (!is_padded(frame)) {
        return 0;
    }
    return frame->pad_length <= UINT8_MAX ? (int)frame->pad_length + 1 : -1;
}

uint8_t *h2frame__padding_write_length(const h2frame_frame *frame, uint8_t *out)
{
    if (is_padded(frame)) {
        *out++ = (uint8_t)frame->pad_length;
    }
    return out;
}

/* Padding must be zero when sent. rfc: 9113#6.1 */
uint8_t *h2frame__padding_write(const h2frame_frame *frame, uint8_t *out)
{
    if (!is_padded(frame)) {
        return out;
    }
    memset(out, 0, frame->pad_length);
    return out + frame->pad_length;
}
