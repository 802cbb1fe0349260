/* SPDX-License-Identifier: MIT */
/*
 * ALTSVC (RFC 7838 4) and ORIGIN (RFC 8336 2) of a server, and frames of the application's making.
 */
#include <string.h>

#include "http_authority.h"
#include "http_chars.h"
#include "session.h"

/* Receivers keep little of such frames (h2session 4096 octets): more origins go into more frames. */
enum { ORIGIN_FRAME_MAX = 4096, ENTRY_HEAD = 2 };

static int is_bytes(const h2frame_bytes *b)
{
    return b != NULL && (b->data != NULL || b->length == 0);
}

static int may_be_origin(const h2frame_bytes *b)
{
    return is_bytes(b) && h2session__http_authority_is_origin((const char *)b->data, b->length);
}

static int is_value(const h2frame_bytes *b)
{
    return is_bytes(b) && b->length > 0 &&
           h2session__http_chars_value((const char *)b->data, b->length);
}

/* rfc: 7838#4 */
int h2session_submit_altsvc(h2session *s, uint32_t stream_id, const h2frame_bytes *origin,
                            const h2frame_bytes *value)
{
    if (s == NULL || s->config.role != H2SESSION_SERVER || !is_value(value) ||
        (stream_id == 0 ? !may_be_origin(origin) : origin != NULL)) {
        return H2SESSION_ERR_USAGE;
    }
    int result = h2session__submit_allowed(s);
    if (result != 0) {
        return result;
    }
    h2frame_frame frame = {
        .size = sizeof frame,
        .type = H2FRAME_TYPE_ALTSVC,
        .stream_id = stream_id,
        .payload = *value,
    };
    const struct stream *st = h2session__streams_find(s, stream_id);
    if (stream_id == 0) {
        frame.origin = *origin;
    } else if (st == NULL) {
        return H2SESSION_ERR_STREAM_UNKNOWN;
    } else if (h2session__streams_is_tunnel(st, 0)) {
        return H2SESSION_ERR_STREAM_STATE; /* rfc: 9113#8.5 */
    }
    /* Each is held against the limit before they are added. */
    size_t most = s->settings.remote.max_frame_size;
    if (frame.origin.length > UINT16_MAX || frame.payload.length > most ||
        2 + frame.origin.length + frame.payload.length > most) {
        return H2SESSION_ERR_FRAME_SIZE;
    }
    return h2session__session_submitted(s, h2session__out_frame_write(s, &frame));
}

/* Where the frame that begins with origin `from` ends, and its octets. */
static size_t frame_end(const h2frame_bytes *origins, size_t from, size_t count, size_t *length)
{
    size_t end = from;
    *length = 0;
    while (end < count && *length + ENTRY_HEAD + origins[end].length <= ORIGIN_FRAME_MAX) {
        *length += ENTRY_HEAD + origins[end].length;
        end++;
    }
    return end;
}

/* rfc: 8336#2.1 */
static int write_origins(h2session *s, const h2frame_bytes *origins, size_t from, size_t end,
                         size_t length)
{
    uint8_t *to = h2session__out_queue_reserve(s->out_to, H2FRAME_HEAD_LENGTH + length);
    if (to == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    h2frame_write_head(to, (uint32_t)length, H2FRAME_TYPE_ORIGIN, 0, 0);
    uint8_t *at = to + H2FRAME_HEAD_LENGTH;
    for (size_t i = from; i < end; i++) {
        *at++ = (uint8_t)(origins[i].length >> 8);
        *at++ = (uint8_t)origins[i].length;
        memcpy(at, origins[i].data, origins[i].length);
        at += origins[i].length;
    }
    h2session__out_queue_commit(s->out_to, H2FRAME_HEAD_LENGTH + length);
    const h2frame_frame frame = {
        .size = sizeof frame,
        .type = H2FRAME_TYPE_ORIGIN,
        .length = (uint32_t)length,
        .part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST,
        .payload = {to + H2FRAME_HEAD_LENGTH, length},
    };
    return h2session__out_frame_trace(s, &frame, NULL, 0, 0);
}

int h2session_submit_origin(h2session *s, const h2frame_bytes *origins, size_t count)
{
    if (s == NULL || s->config.role != H2SESSION_SERVER || (origins == NULL && count > 0)) {
        return H2SESSION_ERR_USAGE;
    }
    for (size_t i = 0; i < count; i++) {
        if (!may_be_origin(&origins[i]) || origins[i].length > ORIGIN_FRAME_MAX - ENTRY_HEAD) {
            return H2SESSION_ERR_USAGE;
        }
    }
    int result = h2session__submit_allowed(s);
    size_t end = 0;
    do {
        size_t length = 0;
        size_t from = end;
        end = frame_end(origins, from, count, &length);
        result = result != 0 ? result : write_origins(s, origins, from, end, length);
    } while (end < count && result == 0 && !s->terminated);
    return h2session__session_submitted(s, result);
}

/* rfc: 9113#5.5 */
int h2session_submit_extension(h2session *s, const h2frame_frame *frame)
{
    if (s == NULL || frame == NULL || frame->size < sizeof *frame ||
        !h2session__in_custom_is_free(frame->type) || frame->flags > UINT8_MAX ||
        frame->stream_id > H2FRAME_MAX_STREAM_ID || !is_bytes(&frame->payload)) {
        return H2SESSION_ERR_USAGE;
    }
    if (frame->payload.length > s->settings.remote.max_frame_size) {
        return H2SESSION_ERR_FRAME_SIZE;
    }
    int result = h2session__submit_allowed(s);
    if (result != 0) {
        return result;
    }
    const h2frame_frame own = {
        .size = sizeof own,
        .type = frame->type,
        .flags = frame->flags,
        .stream_id = frame->stream_id,
        .payload = frame->payload,
    };
    return h2session__session_submitted(s, h2session__out_frame_write(s, &own));
}
