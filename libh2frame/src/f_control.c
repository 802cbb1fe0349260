/* SPDX-License-Identifier: MIT */
/* The small frames: PRIORITY, RST_STREAM, PING, GOAWAY, WINDOW_UPDATE (RFC 9113 6.3, 6.4, 6.7,
 * 6.8, 6.9). Their lengths have been checked by the rules before they are read. */
#include <string.h>

#include "codec.h"
#include "head.h"
#include "octets.h"

/* ---- PRIORITY, and the same fields in HEADERS ---- */

void h2frame__priority_read(const uint8_t *in, h2frame_frame *frame)
{
    frame->dependency = h2frame__get31(in);
    frame->exclusive = in[0] >> 7;
    frame->weight = (uint32_t)in[4] + 1;
}

int h2frame__priority_fits(const h2frame_frame *frame)
{
    return frame->dependency <= H2FRAME_MAX_STREAM_ID && frame->exclusive <= 1 &&
           frame->weight >= 1 && frame->weight <= 256;
}

uint8_t *h2frame__priority_write(const h2frame_frame *frame, uint8_t *out)
{
    h2frame__put32(out, frame->dependency | frame->exclusive << 31);
    out[4] = (uint8_t)(frame->weight - 1);
    return out + H2FRAME__PRIORITY_LENGTH;
}

static uint32_t priority_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                              struct h2frame__wrong *wrong)
{
    (void)length;
    (void)wrong;
    h2frame__priority_read(in, frame);
    return 0;
}

static int priority_measure(const h2frame_frame *frame, size_t *length)
{
    *length = H2FRAME__PRIORITY_LENGTH;
    return h2frame__priority_fits(frame) ? 0 : -1;
}

static void priority_write(const h2frame_frame *frame, uint8_t *out)
{
    h2frame__priority_write(frame, out);
}

const struct h2frame__codec h2frame__codec_priority = {priority_read, priority_measure,
                                                       priority_write};

/* ---- RST_STREAM ---- */

static uint32_t rst_stream_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                                struct h2frame__wrong *wrong)
{
    (void)length;
    (void)wrong;
    frame->error_code = h2frame__get32(in);
    return 0;
}

static int rst_stream_measure(const h2frame_frame *frame, size_t *length)
{
    (void)frame;
    *length = 4;
    return 0;
}

static void rst_stream_write(const h2frame_frame *frame, uint8_t *out)
{
    h2frame__put32(out, frame->error_code);
}

void h2frame_write_rst_stream(uint8_t out[13], uint32_t stream_id, uint32_t code)
{
    h2frame__head_write(out, 4, H2FRAME_TYPE_RST_STREAM, 0, stream_id);
    h2frame__put32(out + H2FRAME_HEAD_LENGTH, code);
}

const struct h2frame__codec h2frame__codec_rst_stream = {rst_stream_read, rst_stream_measure,
                                                         rst_stream_write};

/* ---- PING ---- */

static uint32_t ping_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                          struct h2frame__wrong *wrong)
{
    (void)length;
    (void)wrong;
    memcpy(frame->opaque, in, sizeof frame->opaque);
    return 0;
}

static int ping_measure(const h2frame_frame *frame, size_t *length)
{
    *length = sizeof frame->opaque;
    return 0;
}

static void ping_write(const h2frame_frame *frame, uint8_t *out)
{
    memcpy(out, frame->opaque, sizeof frame->opaque);
}

void h2frame_write_ping(uint8_t out[17], uint32_t flags, const uint8_t opaque[8])
{
    h2frame__head_write(out, 8, H2FRAME_TYPE_PING, flags & H2FRAME_FLAG_ACK, 0);
    memcpy(out + H2FRAME_HEAD_LENGTH, opaque, 8);
}

const struct h2frame__codec h2frame__codec_ping = {ping_read, ping_measure, ping_write};

/* ---- GOAWAY ---- */

static uint32_t goaway_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                            struct h2frame__wrong *wrong)
{
    (void)wrong;
    frame->last_stream_id = h2frame__get31(in);
    frame->error_code = h2frame__get32(in + 4);
    frame->payload = (h2frame_bytes){.data = in + 8, .length = length - 8};
    return 0;
}

static int goaway_measure(const h2frame_frame *frame, size_t *length)
{
    *length = 8 + frame->payload.length;
    return frame->last_stream_id <= H2FRAME_MAX_STREAM_ID ? 0 : -1;
}

static void goaway_write(const h2frame_frame *frame, uint8_t *out)
{
    h2frame__put32(out, frame->last_stream_id);
    h2frame__put32(out + 4, frame->error_code);
    h2frame__bytes_write(&frame->payload, out + 8);
}

const struct h2frame__codec h2frame__codec_goaway = {goaway_read, goaway_measure, goaway_write};

/* ---- WINDOW_UPDATE ---- */

/* The reserved bit is not part of the increment. rfc: 9113#6.9 */
static uint32_t window_update_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                                   struct h2frame__wrong *wrong)
{
    (void)length;
    (void)wrong;
    frame->increment = h2frame__get31(in);
    return frame->increment != 0 ? 0 : H2FRAME_REASON_WINDOW_UPDATE_ZERO;
}

static int window_update_measure(const h2frame_frame *frame, size_t *length)
{
    *length = 4;
    return frame->increment >= 1 && frame->increment <= UINT32_C(0x7fffffff) ? 0 : -1;
}

static void window_update_write(const h2frame_frame *frame, uint8_t *out)
{
    h2frame__put32(out, frame->increment);
}

void h2frame_write_window_update(uint8_t out[13], uint32_t stream_id, uint32_t increment)
{
    h2frame__head_write(out, 4, H2FRAME_TYPE_WINDOW_UPDATE, 0, stream_id);
    h2frame__put32(out + H2FRAME_HEAD_LENGTH, increment & H2FRAME_MAX_STREAM_ID);
}

const struct h2frame__codec h2frame__codec_window_update = {
    window_update_read, window_update_measure, window_update_write};
