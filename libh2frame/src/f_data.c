/* SPDX-License-Identifier: MIT */
/* DATA (RFC 9113 6.1): pad length, body, padding. */
#include "codec.h"
#include "padding.h"

static uint32_t data_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                          struct h2frame__wrong *wrong)
{
    h2frame__padding_read(in, frame);
    return h2frame__padding_check(frame, (uint32_t)length, wrong);
}

static int data_measure(const h2frame_frame *frame, size_t *length)
{
    int padding = h2frame__padding_size(frame);
    if (padding < 0) {
        return -1;
    }
    *length = (size_t)padding + frame->payload.length;
    return 0;
}

static void data_write(const h2frame_frame *frame, uint8_t *out)
{
    out = h2frame__padding_write_length(frame, out);
    out = h2frame__bytes_write(&frame->payload, out);
    h2frame__padding_write(frame, out);
}

const struct h2frame__codec h2frame__codec_data = {data_read, data_measure, data_write};
