/* SPDX-License-Identifier: MIT */
/*
 * Frames of types that the application has asked for (RFC 9113 5.5). Up to extension_limit_bytes
 * they come whole, gathered here when the input cut them; larger ones come in parts, as views. What
 * is gathered is given back with the frame, and nothing is held while no type was asked for.
 */
#include <string.h>

#include "session.h"

enum { TYPES_MAX = 16, WHOLE = H2FRAME_PART_FIRST | H2FRAME_PART_LAST };

struct custom_frames {
    uint8_t types[TYPES_MAX];
    uint32_t type_count;
    uint32_t open;   /* the first part of a frame has been seen, the last has not */
    uint8_t *octets; /* of the frame being gathered, NULL: none */
    uint32_t length; /* of the whole frame */
    uint32_t have;
};

static int is_accepted(const struct custom_frames *c, uint32_t type)
{
    for (uint32_t i = 0; c != NULL && i < c->type_count; i++) {
        if (c->types[i] == type) {
            return 1;
        }
    }
    return 0;
}

int h2session__in_custom_is_free(uint32_t type)
{
    return type > H2FRAME_TYPE_CONTINUATION && type <= UINT8_MAX && type != H2FRAME_TYPE_ALTSVC &&
           type != H2FRAME_TYPE_ORIGIN && type != H2FRAME_TYPE_PRIORITY_UPDATE;
}

int h2session_accept_extension(h2session *s, uint32_t type)
{
    if (s == NULL || !h2session__in_custom_is_free(type)) {
        return H2SESSION_ERR_USAGE;
    }
    if (is_accepted(s->custom, type)) {
        return 0;
    }
    if (s->custom == NULL) {
        const struct memory memory = h2session__accounts_memory(s, ACCOUNT_OTHER);
        s->custom = h2session__memory_zero(&memory, sizeof *s->custom);
        if (s->custom == NULL) {
            return H2SESSION_ERR_NOMEM;
        }
    }
    if (s->custom->type_count == TYPES_MAX) {
        return H2SESSION_ERR_USAGE;
    }
    s->custom->types[s->custom->type_count++] = (uint8_t)type;
    return 0;
}

static void drop_octets(h2session *s, struct custom_frames *c)
{
    const struct memory memory = h2session__accounts_memory(s, ACCOUNT_OTHER);
    h2session__memory_free(&memory, c->octets, c->length);
    c->octets = NULL;
}

void h2session__in_custom_free(h2session *s)
{
    if (s->custom != NULL) {
        const struct memory memory = h2session__accounts_memory(s, ACCOUNT_OTHER);
        drop_octets(s, s->custom);
        h2session__memory_free(&memory, s->custom, sizeof *s->custom);
        s->custom = NULL;
    }
}

/* An empty frame costs nothing to send, so it has a budget; the others bring what they cost. */
static int begin_gathering(h2session *s, const h2frame_frame *frame)
{
    struct custom_frames *c = s->custom;
    c->open = 1;
    int result = frame->length == 0 ? h2session__fault_extension(s) : 0;
    if (result != 0) {
        return result;
    }
    if (frame->part == WHOLE || frame->length > s->config.extension_limit_bytes) {
        return 0;
    }
    const struct memory memory = h2session__accounts_memory(s, ACCOUNT_OTHER);
    c->octets = h2session__memory_new(&memory, frame->length);
    if (c->octets == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    c->length = frame->length;
    c->have = 0;
    return 0;
}

static int tell_extension(h2session *s, const h2frame_frame *frame)
{
    return h2session__events_extension(s, h2session__streams_find(s, frame->stream_id), frame);
}

/* Adds a part; with the last one the frame is told. */
static int gather_payload(h2session *s, const h2frame_frame *frame)
{
    struct custom_frames *c = s->custom;
    if (frame->payload.length > 0) {
        memcpy(c->octets + c->have, frame->payload.data, frame->payload.length);
        c->have += (uint32_t)frame->payload.length;
    }
    if (!(frame->part & H2FRAME_PART_LAST)) {
        return 0;
    }
    h2frame_frame whole = *frame;
    whole.part = WHOLE;
    whole.payload = (h2frame_bytes){c->octets, c->have};
    int result = tell_extension(s, &whole);
    drop_octets(s, c);
    return result;
}

int h2session__in_custom_frame(h2session *s, const h2frame_frame *frame)
{
    struct custom_frames *c = s->custom;
    if (!is_accepted(c, frame->type)) {
        return h2session__in_control_ignored(s, frame);
    }
    if (frame->part & H2FRAME_PART_FIRST) {
        int result = begin_gathering(s, frame);
        if (result != 0 || s->terminated) {
            return result;
        }
    }
    if (!c->open) {
        return 0; /* accepted in the middle of it */
    }
    c->open = !(frame->part & H2FRAME_PART_LAST);
    return c->octets != NULL ? gather_payload(s, frame) : tell_extension(s, frame);
}
