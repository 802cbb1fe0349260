/* SPDX-License-Identifier: MIT */
/* Extensions: ALTSVC (RFC 7838 4), ORIGIN (RFC 8336 2), PRIORITY_UPDATE (RFC 9218 7), and the
 * codec of frames whose payload is nothing but octets. */
#include "codec.h"
#include "octets.h"

/* ---- ALTSVC ---- */

static uint32_t altsvc_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                            struct h2frame__wrong *wrong)
{
    size_t origin = h2frame__get16(in);
    if (origin > length - 2) {
        wrong->value = length;
        wrong->limit = origin + 2;
        return H2FRAME_REASON_FRAME_TOO_SMALL;
    }
    frame->origin = (h2frame_bytes){.data = in + 2, .length = origin};
    frame->payload = (h2frame_bytes){.data = in + 2 + origin, .length = length - 2 - origin};
    return 0;
}

/* With stream 0 the origin is named, with any other the stream's own is meant. RFC 7838 4. */
static int altsvc_measure(const h2frame_frame *frame, size_t *length)
{
    if (frame->origin.length > UINT16_MAX ||
        (frame->origin.length > 0 && frame->origin.data == NULL) ||
        (frame->stream_id == 0) != (frame->origin.length > 0)) {
        return -1;
    }
    *length = 2 + frame->origin.length + frame->payload.length;
    return 0;
}

static void altsvc_write(const h2frame_frame *frame, uint8_t *out)
{
    h2frame__put16(out, (uint32_t)frame->origin.length);
    out = h2frame__bytes_write(&frame->origin, out + 2);
    h2frame__bytes_write(&frame->payload, out);
}

const struct h2frame__codec h2frame__codec_altsvc = {altsvc_read, altsvc_measure, altsvc_write};

/* ---- ORIGIN ---- */

static uint32_t origin_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                            struct h2frame__wrong *wrong)
{
    (void)wrong;
    frame->payload = (h2frame_bytes){.data = in, .length = length};
    return 0;
}

int h2frame_origin_next(const h2frame_frame *frame, size_t *offset, h2frame_bytes *origin)
{
    const h2frame_bytes *all = &frame->payload;
    if (*offset > all->length || all->length - *offset < 2) {
        return 0;
    }
    size_t length = h2frame__get16(all->data + *offset);
    if (length > all->length - *offset - 2) {
        return 0;
    }
    origin->data = all->data + *offset + 2;
    origin->length = length;
    *offset += 2 + length;
    return 1;
}

/* Only on stream 0 (RFC 8336 2.1), and only entries that are whole. */
static int origin_measure(const h2frame_frame *frame, size_t *length)
{
    size_t offset = 0;
    h2frame_bytes origin;
    while (h2frame_origin_next(frame, &offset, &origin) == 1) {
    }
    *length = frame->payload.length;
    return frame->stream_id == 0 && offset == frame->payload.length ? 0 : -1;
}

/* ---- PRIORITY_UPDATE ---- */

static uint32_t priority_update_read(const uint8_t *in, size_t length, h2frame_frame *frame,
                                     struct h2frame__wrong *wrong)
{
    (void)wrong;
    frame->prioritized_stream_id = h2frame__get31(in);
    frame->payload = (h2frame_bytes){.data = in + 4, .length = length - 4};
    /* rfc: 9218#7.1 */
    return frame->prioritized_stream_id != 0 ? 0 : H2FRAME_REASON_PRIORITY_UPDATE_ID;
}

static int priority_update_measure(const h2frame_frame *frame, size_t *length)
{
    *length = 4 + frame->payload.length;
    return frame->prioritized_stream_id >= 1 &&
                   frame->prioritized_stream_id <= H2FRAME_MAX_STREAM_ID
               ? 0
               : -1;
}

static void priority_update_write(const h2frame_frame *frame, uint8_t *out)
{
    h2frame__put32(out, frame->prioritized_stream_id);
    h2frame__bytes_write(&frame->payload, out + 4);
}

const struct h2frame__codec h2frame__codec_priority_update = {
    priority_update_read, priority_update_measure, priority_update_write};

/* ---- CONTINUATION and types that are not known: nothing but octets ---- */

static int octets_measure(const h2frame_frame *frame, size_t *length)
{
    *length = frame->payload.length;
    return 0;
}

static void octets_write(const h2frame_frame *frame, uint8_t *out)
{
    h2frame__bytes_write(&frame->payload, out);
}

const struct h2frame__codec h2frame__codec_origin = {origin_read, origin_measure, octets_write};
const struct h2frame__codec h2frame__codec_octets = {NULL, octets_measure, octets_write};
