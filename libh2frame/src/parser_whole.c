/* SPDX-License-Identifier: MIT */
/*
 * The short way through the parser: a frame of the common types that lies whole in the input, right
 * where a head is expected, becomes an event at once, without states.
 *
 * It only takes what is right: a frame that breaks a rule, is cut, padded, carries a priority or
 * settings, or is of a rare type is left to the states, which find the fault or read it. So there
 * is one place for each fault, and the two ways cannot differ but in speed.
 *
 * Invariant: while parser->between is set, the state is the head, nothing has been gathered, there
 * is no error, no block to give back, and the last event was no fault.
 */
#include <string.h>

#include "octets.h"
#include "parser_states.h"

/* The octets behind the head into the frame; 0 when it is not for the short way after all. */
static inline int read_payload(h2frame_frame *frame, uint32_t shape, const uint8_t *in)
{
    switch (shape) {
    case H2FRAME__WHOLE_OCTETS:
        frame->payload = (h2frame_bytes){.data = in, .length = frame->length};
        return 1;
    case H2FRAME__WHOLE_INCREMENT:
        frame->increment = h2frame__get31(in);
        return frame->increment != 0;
    case H2FRAME__WHOLE_OPAQUE:
        memcpy(frame->opaque, in, sizeof frame->opaque);
        return 1;
    case H2FRAME__WHOLE_CODE:
        frame->error_code = h2frame__get32(in);
        return 1;
    default:
        return shape == H2FRAME__WHOLE_EMPTY && frame->length == 0;
    }
}

/* 1 with parser->event filled; 0 when the states must look: they read the head again, so it does no
 * harm that some of it was written. */
static inline int read_whole(h2frame_parser *parser, const uint8_t *in, size_t left)
{
    h2frame_frame *frame = &parser->event.frame;
    uint32_t length = h2frame__get32(in) >> 8;
    if (length > left - H2FRAME_HEAD_LENGTH || length > parser->limits.max_frame_size) {
        return 0;
    }
    frame->length = length;
    frame->type = in[3];
    const struct h2frame__rule *rule = h2frame__rule(in[3]);
    frame->flags = in[4];
    if (length < rule->min_length || length > rule->max_length ||
        (in[4] & rule->prefix_flags) != 0) {
        return 0;
    }
    uint32_t stream_id = h2frame__get31(in + 5);
    frame->stream_id = stream_id;
    if (!h2frame__stream_fits(rule, stream_id)) {
        return 0;
    }
    if (parser->shape != rule->whole) {
        h2frame__event_shape(parser, rule->whole);
    }
    return read_payload(frame, rule->whole, in + H2FRAME_HEAD_LENGTH);
}

int h2frame_parser_next(h2frame_parser *parser, const uint8_t *data, size_t length,
                        size_t *consumed, const h2frame_event **event)
{
    if (parser != NULL && parser->between && data != NULL && length >= H2FRAME_HEAD_LENGTH &&
        consumed != NULL && event != NULL && read_whole(parser, data, length)) {
        h2frame__parser_check(parser);
        *consumed = H2FRAME_HEAD_LENGTH + (size_t)parser->event.frame.length;
        *event = &parser->event;
        return 0;
    }
    return h2frame__parser_drive(parser, data, length, consumed, event);
}
