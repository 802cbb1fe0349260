/* SPDX-License-Identifier: MIT */
/* The frames that begin a field block: HEADERS, PUSH_PROMISE (RFC 9113 6.2, 6.6). CONTINUATION
 * (6.10) is nothing but octets, see f_ext.c. Field blocks are passed through as octets. */
#include "codec.h"
#include "octets.h"
#include "padding.h"

static uint32_t headers_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                             struct h2frame__wrong *wrong)
{
    in = h2frame__padding_read(in, frame);
    if ((frame->flags & H2FRAME_FLAG_PRIORITY) != 0) {
        h2frame__priority_read(in, frame);
    }
    return h2frame__padding_check(frame, (uint32_t)length, wrong);
}

static int headers_measure(const h2frame_frame *frame, size_t *length)
{
    int padding = h2frame__padding_size(frame);
    int has_priority = (frame->flags & H2FRAME_FLAG_PRIORITY) != 0;
    if (padding < 0 || (has_priority && !h2frame__priority_fits(frame))) {
        return -1;
    }
    *length =
        (size_t)padding + (has_priority ? H2FRAME__PRIORITY_LENGTH : 0) + frame->payload.length;
    return 0;
}

static void headers_write(const h2frame_frame *frame, uint8_t *out)
{
    out = h2frame__padding_write_length(frame, out);
    if ((frame->flags & H2FRAME_FLAG_PRIORITY) != 0) {
        out = h2frame__priority_write(frame, out);
    }
    out = h2frame__bytes_write(&frame->payload, out);
    h2frame__padding_write(frame, out);
}

const struct h2frame__codec h2frame__codec_headers = {headers_read, headers_measure, headers_write};

static uint32_t push_promise_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                                  struct h2frame__wrong *wrong)
{
    in = h2frame__padding_read(in, frame);
    frame->promised_stream_id = h2frame__get31(in);
    uint32_t reason = h2frame__padding_check(frame, (uint32_t)length, wrong);
    if (reason == 0 && frame->promised_stream_id == 0) {
        /* rfc: 9113#6.6 */
        reason = H2FRAME_REASON_PUSH_PROMISE_ID;
    }
    return reason;
}

static int push_promise_measure(const h2frame_frame *frame, size_t *length)
{
    int padding = h2frame__padding_size(frame);
    if (padding < 0 || frame->promised_stream_id == 0 ||
        frame->promised_stream_id > H2FRAME_MAX_STREAM_ID) {
        return -1;
    }
    *length = (size_t)padding + 4 + frame->payload.length;
    return 0;
}

static void push_promise_write(const h2frame_frame *frame, uint8_t *out)
{
    out = h2frame__padding_write_length(frame, out);
    h2frame__put32(out, frame->promised_stream_id);
    out = h2frame__bytes_write(&frame->payload, out + 4);
    h2frame__padding_write(frame, out);
}

const struct h2frame__codec h2frame__codec_push_promise = {push_promise_read, push_promise_measure,
                                                           push_promise_write};
