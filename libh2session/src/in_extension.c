/* SPDX-License-Identifier: MIT */
/*
 * ALTSVC (RFC 7838 4) and ORIGIN (RFC 8336 2). Both are for clients, and both are to be ignored
 * wherever they make no sense, never answered with an error; but one that makes no sense counts as
 * a glitch, so that nobody keeps a session busy with them.
 */
#include "http_authority.h"
#include "session.h"

/* Whether it is at the right side, and was not too long to be interpreted. */
static int is_readable(const h2session *s, const h2frame_frame *frame)
{
    return s->config.role == H2SESSION_CLIENT && frame->length <= s->config.extension_limit_bytes;
}

/* rfc: 7838#4 */
int h2session__in_extension_altsvc(h2session *s, const h2frame_frame *frame)
{
    if (!(frame->part & H2FRAME_PART_FIRST)) {
        return 0;
    }
    const struct stream *st = h2session__streams_find(s, frame->stream_id);
    int names_origin = frame->origin.length > 0;
    int is_response = st != NULL && !h2session__streams_is_tunnel(st, 0);
    int is_placed = frame->stream_id == 0 ? names_origin : is_response && !names_origin;
    if (!is_readable(s, frame) || !is_placed) {
        return h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_MISPLACED);
    }
    int result = h2session__fault_extension(s);
    return result != 0 || s->terminated ? result : h2session__events_altsvc(s, st, frame);
}

static int is_origin_entry(const h2frame_bytes *entry)
{
    return h2session__http_authority_is_origin((const char *)entry->data, entry->length);
}

/* The entries that are origins, to `out` unless that is NULL; returns how many there are.
 * rfc: 8336#2.1 */
static size_t collect_origins(const h2frame_frame *frame, h2frame_bytes *out)
{
    size_t count = 0;
    size_t offset = 0;
    h2frame_bytes entry;
    while (h2frame_origin_next(frame, &offset, &entry)) {
        if (!is_origin_entry(&entry)) {
            continue;
        }
        if (out != NULL) {
            out[count] = entry;
        }
        count++;
    }
    return count;
}

static int tell_origins(h2session *s, const h2frame_frame *frame)
{
    size_t count = collect_origins(frame, NULL);
    if (count == 0) {
        return h2session__events_origin(s, NULL, 0);
    }
    h2frame_bytes *origins = h2session__memory_new(&s->memory, count * sizeof *origins);
    if (origins == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    (void)collect_origins(frame, origins);
    int result = h2session__events_origin(s, origins, count);
    h2session__memory_free(&s->memory, origins, count * sizeof *origins);
    return result;
}

/* rfc: 8336#2.1 rfc: 8336#2.2 */
int h2session__in_extension_origin(h2session *s, const h2frame_frame *frame)
{
    enum { FLAGS_OF_LATER_VERSIONS = 0x0f };
    if (!(frame->part & H2FRAME_PART_FIRST)) {
        return 0;
    }
    if (!is_readable(s, frame) || frame->stream_id != 0 ||
        (frame->flags & FLAGS_OF_LATER_VERSIONS)) {
        return h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_MISPLACED);
    }
    int result = h2session__fault_extension(s);
    if (result != 0 || s->terminated || s->callbacks.on_origin == NULL) {
        return result;
    }
    return tell_origins(s, frame);
}
