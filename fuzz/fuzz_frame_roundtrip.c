/* SPDX-License-Identifier: MIT */
/*
 * What the parser reads, the writer writes, and the parser reads the same again: frame by frame,
 * until the input ends or the frame is one that must not be sent.
 *
 * Flags without a meaning are read but not written, so they are left out of the comparison; so is
 * the padding, which is written as zeros.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

static h2frame_parser *parser_new(void)
{
    h2frame_parser *parser;
    if (h2frame_parser_new(&parser, NULL) != 0) {
        abort();
    }
    return parser;
}

/* Flags of a known type that mean something; all of an unknown type. */
static uint32_t sent_flags(const h2frame_frame *frame)
{
    if (strcmp(h2frame_type_name(frame->type), "UNKNOWN") == 0) {
        return frame->flags;
    }
    uint32_t flags = 0;
    for (uint32_t bit = 1; bit < 0x100; bit <<= 1) {
        flags |= h2frame_flag_name(frame->type, bit) != NULL ? frame->flags & bit : 0;
    }
    return flags;
}

/* An ALTSVC beyond extension_limit_bytes has not been interpreted. */
static int is_raw(const h2frame_frame *frame)
{
    return frame->type == H2FRAME_TYPE_ALTSVC && frame->payload.length == frame->length;
}

/* RFC 7838 4 and RFC 8336 2.1 have frames that are ignored but must not be sent; a PRIORITY_UPDATE
 * beyond extension_limit_bytes has not been interpreted. */
static int may_be_refused(const h2frame_frame *frame)
{
    return frame->type == H2FRAME_TYPE_ALTSVC || frame->type == H2FRAME_TYPE_ORIGIN ||
           (frame->type == H2FRAME_TYPE_PRIORITY_UPDATE && frame->prioritized_stream_id == 0);
}

static void check_frame(const h2frame_event *event)
{
    h2frame_event expected = *event;
    size_t size = h2frame_write_size(&event->frame);
    if (size == 0) {
        demand(may_be_refused(&event->frame), "a frame that was read cannot be written");
        return;
    }
    uint8_t *octets = malloc(size);
    demand(octets != NULL, "no memory");
    h2frame_buffer out = {.data = octets, .capacity = size};
    demand(h2frame_write(&event->frame, &out) == 0 && out.length == size, "written size");

    expected.frame.flags = sent_flags(&event->frame);
    expected.frame.length = (uint32_t)(size - H2FRAME_HEAD_LENGTH); /* debug data may be cut */
    struct event_log before = {.text = NULL};
    event_log_add(&before, &expected);
    struct event_log after = {.text = NULL};
    h2frame_parser *parser = parser_new();
    demand(event_log_run(&after, parser, octets, &size, 1) == 0, "reading again");
    if (strcmp(event_log_text(&before), event_log_text(&after)) != 0) {
        fprintf(stderr, "%s%s", event_log_text(&before), event_log_text(&after));
        abort();
    }
    h2frame_parser_free(parser);
    event_log_free(&before);
    event_log_free(&after);
    free(octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    h2frame_parser *parser = parser_new();
    const h2frame_event *event = NULL;
    do {
        size_t consumed;
        demand(h2frame_parser_next(parser, data, size, &consumed, &event) == 0, "reading");
        data += consumed;
        size -= consumed;
        if (event != NULL && event->kind == H2FRAME_EVENT_FRAME &&
            event->frame.part == (H2FRAME_PART_FIRST | H2FRAME_PART_LAST) &&
            !is_raw(&event->frame)) {
            check_frame(event);
        }
    } while (event != NULL);
    h2frame_parser_free(parser);
    return 0;
}
