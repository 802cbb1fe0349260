/* SPDX-License-Identifier: MIT */
#include "trace.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "escape.h"
#include "hexdump.h"
#include "trace_json.h"

/* Colours of a terminal. */
#define COLOUR_TIME "\033[33m"
#define COLOUR_SEND "\033[1;35m"
#define COLOUR_RECV "\033[1;36m"
#define COLOUR_NAME "\033[1;34m"
#define COLOUR_FAULT "\033[1;31m"
#define COLOUR_OFF "\033[0m"

static const char indent[] = "          ";

static void print_coloured(const struct trace *trace, const char *colour, const char *text)
{
    fprintf(trace->out, "%s%s%s", trace->colour ? colour : "", text,
            trace->colour ? COLOUR_OFF : "");
}

/* "[id=1] [  0.002] " */
static void print_time(const struct trace *trace, uint64_t now_ns)
{
    uint64_t ms = now_ns > trace->start_ns ? (now_ns - trace->start_ns) / 1000000 : 0;
    char text[40];

    if (trace->connection_id != 0) {
        fprintf(trace->out, "[id=%" PRIu64 "] ", trace->connection_id);
    }
    snprintf(text, sizeof text, "[%3" PRIu64 ".%03" PRIu64 "] ", ms / 1000, ms % 1000);
    print_coloured(trace, COLOUR_TIME, text);
}

static void print_direction(const struct trace *trace, uint32_t outgoing)
{
    print_coloured(trace, outgoing ? COLOUR_SEND : COLOUR_RECV, outgoing ? "send " : "recv ");
}

static void print_bytes(FILE *out, h2frame_bytes bytes)
{
    escape_print(out, (const char *)bytes.data, bytes.length);
}

/* Name and value; a colon stands between them also in front of an empty value. */
static void print_field(const struct trace *trace, const hpack_field *field)
{
    if (trace->colour) {
        fputs(COLOUR_NAME, trace->out);
    }
    escape_print(trace->out, field->name, field->name_length);
    fprintf(trace->out, "%s: ", trace->colour ? COLOUR_OFF : "");
    escape_print(trace->out, field->value, field->value_length);
    fputc('\n', trace->out);
}

static void print_fields_in(const struct trace *trace, const h2session_trace_event *event,
                            uint64_t now_ns)
{
    for (size_t i = 0; i < event->field_count; i++) {
        const hpack_field *field = &event->fields[i];

        print_time(trace, now_ns);
        print_direction(trace, 0);
        fprintf(trace->out, "(stream_id=%" PRIu32 "%s) ", event->frame->stream_id,
                field->flags & HPACK_FIELD_NEVER_INDEXED ? ", sensitive" : "");
        print_field(trace, field);
    }
}

static void print_fields_out(const struct trace *trace, const h2session_trace_event *event)
{
    for (size_t i = 0; i < event->field_count; i++) {
        fputs(indent, trace->out);
        print_field(trace, &event->fields[i]);
    }
}

/* "; END_STREAM | END_HEADERS" */
static void print_flags(FILE *out, const h2frame_frame *frame)
{
    const char *before = "; ";

    for (uint32_t bit = 1; bit <= 0x80; bit <<= 1) {
        const char *name =
            frame->flags & bit ? h2frame_flag_name(frame->type, frame->flags & bit) : NULL;

        if (name != NULL) {
            fprintf(out, "%s%s%s", before[0] == ';' ? indent : "", before, name);
            before = " | ";
        }
    }
    if (before[0] != ';') {
        fputc('\n', out);
    }
}

static void print_settings(FILE *out, const h2frame_frame *frame)
{
    fprintf(out, "%s(niv=%zu)\n", indent, frame->settings_count);
    for (size_t i = 0; i < frame->settings_count; i++) {
        const h2frame_setting *setting = &frame->settings[i];

        fprintf(out, "%s[SETTINGS_%s(0x%02" PRIx32 "):%" PRIu32 "]\n", indent,
                h2frame_setting_name(setting->id), setting->id, setting->value);
    }
}

/* Padding and priority of HEADERS, padding of PUSH_PROMISE. */
static void print_headers(FILE *out, const h2frame_frame *frame)
{
    fprintf(out, "%s(padlen=%" PRIu32, indent, frame->pad_length);
    if (frame->type == H2FRAME_TYPE_PUSH_PROMISE) {
        fprintf(out, ", promised_stream_id=%" PRIu32, frame->promised_stream_id);
    } else if (frame->flags & H2FRAME_FLAG_PRIORITY) {
        fprintf(out, ", dep_stream_id=%" PRIu32 ", weight=%" PRIu32 ", exclusive=%" PRIu32,
                frame->dependency, frame->weight, frame->exclusive);
    }
    fputs(")\n", out);
}

static void print_goaway(FILE *out, const h2frame_frame *frame)
{
    fprintf(out,
            "%s(last_stream_id=%" PRIu32 ", error_code=%s(0x%02" PRIx32 "), opaque_data(%zu)=[",
            indent, frame->last_stream_id, h2frame_code_name(frame->error_code), frame->error_code,
            frame->payload.length);
    print_bytes(out, frame->payload);
    fputs("])\n", out);
}

static void print_ping(FILE *out, const h2frame_frame *frame)
{
    fprintf(out, "%s(opaque_data=", indent);
    for (size_t i = 0; i < sizeof frame->opaque; i++) {
        fprintf(out, "%02x", frame->opaque[i]);
    }
    fputs(")\n", out);
}

static void print_origins(FILE *out, const h2frame_frame *frame)
{
    h2frame_bytes origin;
    size_t offset = 0;

    while (h2frame_origin_next(frame, &offset, &origin)) {
        fprintf(out, "%s[", indent);
        print_bytes(out, origin);
        fputs("]\n", out);
    }
}

static void print_altsvc(FILE *out, const h2frame_frame *frame)
{
    fprintf(out, "%s(origin=[", indent);
    print_bytes(out, frame->origin);
    fputs("], altsvc_field_value=[", out);
    print_bytes(out, frame->payload);
    fputs("])\n", out);
}

static void print_priority(FILE *out, const h2frame_frame *frame)
{
    fprintf(out, "%s(dep_stream_id=%" PRIu32 ", weight=%" PRIu32 ", exclusive=%" PRIu32 ")\n",
            indent, frame->dependency, frame->weight, frame->exclusive);
}

static void print_priority_update(FILE *out, const h2frame_frame *frame)
{
    fprintf(out, "%s(prioritized_stream_id=%" PRIu32 ", priority_field_value=[", indent,
            frame->prioritized_stream_id);
    print_bytes(out, frame->payload);
    fputs("])\n", out);
}

/* What a type has beside its head and fields. */
static void print_members(FILE *out, const h2frame_frame *frame)
{
    switch (frame->type) {
    case H2FRAME_TYPE_DATA:
        if (frame->flags & H2FRAME_FLAG_PADDED) {
            fprintf(out, "%s(padlen=%" PRIu32 ")\n", indent, frame->pad_length);
        }
        return;
    case H2FRAME_TYPE_HEADERS:
    case H2FRAME_TYPE_PUSH_PROMISE:
        print_headers(out, frame);
        return;
    case H2FRAME_TYPE_PRIORITY:
        print_priority(out, frame);
        return;
    case H2FRAME_TYPE_RST_STREAM:
        fprintf(out, "%s(error_code=%s(0x%02" PRIx32 "))\n", indent,
                h2frame_code_name(frame->error_code), frame->error_code);
        return;
    case H2FRAME_TYPE_SETTINGS:
        print_settings(out, frame);
        return;
    case H2FRAME_TYPE_PING:
        print_ping(out, frame);
        return;
    case H2FRAME_TYPE_GOAWAY:
        print_goaway(out, frame);
        return;
    case H2FRAME_TYPE_WINDOW_UPDATE:
        fprintf(out, "%s(window_size_increment=%" PRIu32 ")\n", indent, frame->increment);
        return;
    case H2FRAME_TYPE_ALTSVC:
        print_altsvc(out, frame);
        return;
    case H2FRAME_TYPE_ORIGIN:
        print_origins(out, frame);
        return;
    case H2FRAME_TYPE_PRIORITY_UPDATE:
        print_priority_update(out, frame);
        return;
    default:
        return;
    }
}

/* What a field section is for. */
static void print_kind(FILE *out, const h2session_trace_event *event)
{
    const hpack_field *first = event->fields;

    if (event->opens_stream) {
        fprintf(out, "%s; Open new stream\n", indent);
    } else if (event->frame->type == H2FRAME_TYPE_PUSH_PROMISE || !event->has_fields) {
        return;
    } else if (event->field_count == 0 || first->token != HPACK_TOKEN_STATUS) {
        fprintf(out, "%s; Trailers\n", indent);
    } else if (first->value_length == 3 && first->value[0] == '1') {
        fprintf(out, "%s; Informational response header\n", indent);
    } else {
        fprintf(out, "%s; First response header\n", indent);
    }
}

static void print_head(const struct trace *trace, const h2session_trace_event *event)
{
    const h2frame_frame *frame = event->frame;
    char name[48];

    if (strcmp(h2frame_type_name(frame->type), "UNKNOWN") == 0) {
        snprintf(name, sizeof name, "UNKNOWN(0x%02" PRIx32 ")", frame->type);
    } else {
        snprintf(name, sizeof name, "%s", h2frame_type_name(frame->type));
    }
    print_direction(trace, event->outgoing);
    print_coloured(trace, event->outgoing ? COLOUR_SEND : COLOUR_RECV, name);
    fprintf(trace->out,
            " frame <length=%" PRIu32 ", flags=0x%02" PRIx32 ", stream_id=%" PRIu32 ">\n",
            frame->length, frame->flags, frame->stream_id);
}

void trace_frame(const struct trace *trace, const h2session_trace_event *event, uint64_t now_ns)
{
    if (trace->format == TRACE_NDJSON) {
        trace_json_frame(trace, event, now_ns);
        return;
    }
    flockfile(trace->out);
    if (!event->outgoing) {
        print_fields_in(trace, event, now_ns);
    }
    print_time(trace, now_ns);
    print_head(trace, event);
    print_flags(trace->out, event->frame);
    print_members(trace->out, event->frame);
    print_kind(trace->out, event);
    if (event->outgoing) {
        print_fields_out(trace, event);
    }
    fflush(trace->out);
    funlockfile(trace->out);
}

static void print_fault(const struct trace *trace, const h2session_fault_event *event)
{
    const char *where = h2session_reason_where(event->reason);

    print_coloured(trace, COLOUR_FAULT, "fault");
    if (event->scope == H2FRAME_SCOPE_CONNECTION) {
        fputs(" of the connection: ", trace->out);
    } else {
        fprintf(trace->out, " of stream %" PRIu32 ": ", event->stream_id);
    }
    fprintf(trace->out, "%s(0x%02" PRIx32 ")\n%s%s: %s", h2frame_code_name(event->code),
            event->code, indent, h2session_reason_name(event->reason),
            h2session_reason_text(event->reason));
    if (where[0] != '\0') {
        fprintf(trace->out, " (%s)", where);
    }
    if (event->value != 0 || event->limit != 0) {
        fprintf(trace->out, "; value %" PRIu64, event->value);
    }
    if (event->limit != 0) {
        fprintf(trace->out, ", limit %" PRIu64, event->limit);
    }
    fputc('\n', trace->out);
}

void trace_fault(const struct trace *trace, const h2session_fault_event *event, uint64_t now_ns)
{
    if (trace->format == TRACE_NDJSON) {
        trace_json_fault(trace, event, now_ns);
        return;
    }
    flockfile(trace->out);
    print_time(trace, now_ns);
    print_fault(trace, event);
    fflush(trace->out);
    funlockfile(trace->out);
}

/* One line, of which the text may be a peer's. */
static void print_line(const struct trace *trace, uint64_t now_ns, const char *text)
{
    flockfile(trace->out);
    print_time(trace, now_ns);
    escape_print(trace->out, text, strlen(text));
    fputc('\n', trace->out);
    fflush(trace->out);
    funlockfile(trace->out);
}

void trace_note(const struct trace *trace, uint64_t now_ns, const char *format, ...)
{
    char text[LOG_LINE_SIZE];
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);

    if (length < 0) {
        return;
    }
    if (trace->format == TRACE_NDJSON) {
        trace_json_note(trace, now_ns, text);
    } else {
        print_line(trace, now_ns, text);
    }
}

void trace_stream_closed(const struct trace *trace, const h2session_stream_closed_event *event,
                         uint64_t now_ns)
{
    if (trace->format == TRACE_NDJSON) {
        trace_json_stream_closed(trace, event, now_ns);
    } else {
        trace_note(trace, now_ns, "stream_id=%" PRIu32 " closed", event->stream_id);
    }
}

void trace_opened(const struct trace *trace, uint64_t now_ns, const char *peer,
                  const struct tls_info *tls)
{
    if (trace->format == TRACE_NDJSON) {
        trace_json_opened(trace, now_ns, peer, tls);
    } else {
        const char *client = tls == NULL ? NULL : tls->client;
        const char *kernel = tls == NULL ? NULL : tls->kernel;
        trace_note(trace, now_ns, "%s connected%s%s%s%s%s%s", peer, tls == NULL ? "" : ", ",
                   tls == NULL ? "" : tls->version, client == NULL ? "" : ", certificate of ",
                   client == NULL ? "" : client,
                   kernel == NULL ? "" : ", kernel TLS: ", kernel == NULL ? "" : kernel);
    }
}

void trace_ended(const struct trace *trace, uint64_t now_ns, const char *why)
{
    if (trace->format == TRACE_NDJSON) {
        trace_json_ended(trace, now_ns, why);
    } else {
        trace_note(trace, now_ns, "closed%s%s", why[0] == '\0' ? "" : ": ", why);
    }
}

void trace_http1_request(const struct trace *trace, uint64_t now_ns, const hpack_field *fields,
                         size_t count)
{
    if (trace->format == TRACE_NDJSON) {
        trace_json_http1_request(trace, now_ns, fields, count);
        return;
    }
    flockfile(trace->out);
    for (size_t i = 0; i < count; i++) {
        print_time(trace, now_ns);
        fputs("recv HTTP/1.1 ", trace->out);
        print_field(trace, &fields[i]);
    }
    fflush(trace->out);
    funlockfile(trace->out);
}

void trace_input(const struct trace *trace, uint64_t now_ns, const uint8_t *octets, size_t length)
{
    if (trace->format == TRACE_NDJSON) {
        trace_json_input(trace, now_ns, octets, length);
        return;
    }
    flockfile(trace->out);
    print_time(trace, now_ns);
    print_direction(trace, 0);
    fprintf(trace->out, "%zu octets\n", length);
    hexdump_print(trace->out, octets, length);
    fflush(trace->out);
    funlockfile(trace->out);
}
