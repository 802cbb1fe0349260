/* SPDX-License-Identifier: MIT */
#include "event_log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_IN_FULL = 48 };

static void demand(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "event log: %s\n", what);
        abort();
    }
}

/* ---- Text ---- */

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
say(struct event_log *log, const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    demand(written >= 0 && (size_t)written < sizeof line, "line too long");
    size_t needed = log->length + (size_t)written + 1;
    if (needed > log->capacity) {
        log->capacity = needed * 2;
        log->text = realloc(log->text, log->capacity);
        demand(log->text != NULL, "no memory");
    }
    memcpy(log->text + log->length, line, (size_t)written + 1);
    log->length += (size_t)written;
}

/* Short octets in full, long ones as a length and a hash (FNV-1a). */
static void say_bytes(struct event_log *log, const char *name, const uint8_t *data, size_t length)
{
    if (length == 0) {
        return;
    }
    say(log, " %s=", name);
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) {
        if (length <= SHOWN_IN_FULL) {
            say(log, "%02x", data[i]);
        }
        hash = (hash ^ data[i]) * 16777619u;
    }
    if (length > SHOWN_IN_FULL) {
        say(log, "%zu#%08" PRIx32, length, hash);
    }
}

static void say_number(struct event_log *log, const char *name, uint32_t value)
{
    if (value != 0) {
        say(log, " %s=%" PRIu32, name, value);
    }
}

static void say_head(struct event_log *log, const h2frame_frame *frame)
{
    if (strcmp(h2frame_type_name(frame->type), "UNKNOWN") == 0) {
        say(log, "TYPE-%02" PRIx32, frame->type);
    } else {
        say(log, "%s", h2frame_type_name(frame->type));
    }
    say(log, " flags=%" PRIx32 " stream=%" PRIu32 " length=%" PRIu32, frame->flags,
        frame->stream_id, frame->length);
}

static void say_frame(struct event_log *log, const h2frame_frame *frame, const uint8_t *body,
                      size_t body_length)
{
    static const uint8_t no_opaque[8] = {0};
    say_head(log, frame);
    say_number(log, "pad", frame->pad_length);
    say_number(log, "dependency", frame->dependency);
    say_number(log, "weight", frame->weight);
    say_number(log, "exclusive", frame->exclusive);
    say_number(log, "promised", frame->promised_stream_id);
    say_number(log, "last", frame->last_stream_id);
    say_number(log, "code", frame->error_code);
    say_number(log, "increment", frame->increment);
    say_number(log, "prioritized", frame->prioritized_stream_id);
    if (memcmp(frame->opaque, no_opaque, sizeof no_opaque) != 0) {
        say_bytes(log, "opaque", frame->opaque, sizeof frame->opaque);
    }
    for (size_t i = 0; i < frame->settings_count; i++) {
        say(log, " %" PRIx32 ":%" PRIu32, frame->settings[i].id, frame->settings[i].value);
    }
    say_bytes(log, "origin", frame->origin.data, frame->origin.length);
    say_bytes(log, "payload", body, body_length);
    say(log, "\n");
}

static void say_fault(struct event_log *log, const h2frame_event *event)
{
    const h2frame_fault *fault = &event->fault;
    say(log, "FAULT %s %s %s ", fault->scope == H2FRAME_SCOPE_STREAM ? "stream" : "connection",
        h2frame_code_name(fault->code), h2frame_reason_name(fault->reason));
    say_head(log, &event->frame);
    say(log, " value=%" PRIu64 " limit=%" PRIu64 "\n", fault->value, fault->limit);
    demand(fault->stream_id == event->frame.stream_id, "fault and head name different streams");
    demand(fault->stream_id != 0 || fault->scope == H2FRAME_SCOPE_CONNECTION,
           "a fault on stream 0 is one of the connection");
}

/* ---- Parts ---- */

static void add_body(struct event_log *log, const h2frame_bytes *part)
{
    if (part->length == 0) {
        return;
    }
    log->body = realloc(log->body, log->body_length + part->length);
    demand(log->body != NULL, "no memory");
    memcpy(log->body + log->body_length, part->data, part->length);
    log->body_length += part->length;
}

static int same_fixed_members(h2frame_frame a, h2frame_frame b)
{
    a.part = b.part = 0;
    a.payload = b.payload = (h2frame_bytes){NULL, 0};
    return memcmp(&a, &b, sizeof a) == 0;
}

static void close_frame(struct event_log *log)
{
    say_frame(log, &log->frame, log->body, log->body_length);
    free(log->body);
    log->body = NULL;
    log->body_length = 0;
    log->is_open = 0;
}

static void add_frame(struct event_log *log, const h2frame_frame *frame)
{
    int is_first = (frame->part & H2FRAME_PART_FIRST) != 0;
    int is_last = (frame->part & H2FRAME_PART_LAST) != 0;
    demand(is_first == !log->is_open, "first part out of place");
    demand(is_first || same_fixed_members(log->frame, *frame), "a part changes its frame");
    demand(is_first || is_last || frame->payload.length > 0, "empty part in the middle");
    log->frame = *frame;
    log->is_open = 1;
    add_body(log, &frame->payload);
    if (is_last) {
        close_frame(log);
    }
}

static int has_no_fault(const h2frame_event *event)
{
    static const h2frame_fault none;
    return memcmp(&event->fault, &none, sizeof none) == 0;
}

void event_log_add(struct event_log *log, const h2frame_event *event)
{
    demand(event->size == sizeof *event && event->frame.size == sizeof event->frame, "sizes");
    demand(event->kind == H2FRAME_EVENT_FAULT || has_no_fault(event), "a stale fault");
    if (event->kind == H2FRAME_EVENT_FRAME) {
        add_frame(log, &event->frame);
        return;
    }
    demand(!log->is_open, "a frame has no last part");
    if (event->kind == H2FRAME_EVENT_PREFACE) {
        say(log, "PREFACE\n");
    } else {
        demand(event->kind == H2FRAME_EVENT_FAULT, "kind");
        say_fault(log, event);
    }
}

int event_log_feed(struct event_log *log, h2frame_parser *parser, const uint8_t *data,
                   size_t length)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    demand(copy != NULL, "no memory");
    if (length > 0) {
        memcpy(copy, data, length);
    }
    size_t at = 0;
    const h2frame_event *event = NULL;
    int rv;
    do {
        size_t consumed = SIZE_MAX;
        rv = h2frame_parser_next(parser, copy + at, length - at, &consumed, &event);
        demand(consumed <= length - at, "more consumed than given");
        at += consumed;
        if (event != NULL) {
            event_log_add(log, event);
        }
    } while (rv == 0 && event != NULL);
    demand(rv != 0 || at == length, "octets left over");
    memset(copy, 0xdb, length);
    free(copy);
    return rv;
}

void event_log_end(struct event_log *log)
{
    if (log->is_open) {
        say(log, "PARTIAL ");
        close_frame(log);
    }
}

int event_log_run(struct event_log *log, h2frame_parser *parser, const uint8_t *data,
                  const size_t *cuts, size_t count)
{
    size_t begin = 0;
    int rv = 0;
    for (size_t i = 0; i < count && rv == 0; i++) {
        rv = event_log_feed(log, parser, data + begin, cuts[i] - begin);
        begin = cuts[i];
    }
    event_log_end(log);
    return rv;
}

const char *event_log_text(const struct event_log *log)
{
    return log->text != NULL ? log->text : "";
}

void event_log_free(struct event_log *log)
{
    free(log->text);
    free(log->body);
    *log = (struct event_log){.text = NULL};
}
