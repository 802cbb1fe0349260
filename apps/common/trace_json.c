/* SPDX-License-Identifier: MIT */
#include "trace_json.h"

#include <string.h>
#include <time.h>

#include "json_text.h"

/* ---- Lines --------------------------------------------------------------------------------- */

/* {"time_ns":1,"connection":2,"event":"frame" */
static void begin_line(struct text_buffer *line, const struct trace *trace, uint64_t now_ns,
                       const char *event)
{
    json_open_object(line, NULL);
    json_number(line, "time_ns", now_ns > trace->start_ns ? now_ns - trace->start_ns : 0);
    if (trace->connection_id != 0) {
        json_number(line, "connection", trace->connection_id);
    }
    json_string(line, "event", event);
}

static void end_line(struct text_buffer *line, const struct trace *trace)
{
    json_close_object(line);
    text_add(line, "\n", 1);
    if (!line->failed) {
        flockfile(trace->out);
        (void)fwrite(line->data, 1, line->length, trace->out);
        (void)fflush(trace->out);
        funlockfile(trace->out);
    }
    text_clear(line);
}

void trace_json_begin(const struct trace *trace, const char *program, uint64_t started)
{
    enum { NS = 1000000000 };
    struct text_buffer line = {0};
    const time_t seconds = (time_t)(started / NS);
    struct tm parts;
    char text[64] = "";
    if (gmtime_r(&seconds, &parts) != NULL) {
        const size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
        (void)snprintf(text + length, sizeof text - length, ".%09uZ", (unsigned)(started % NS));
    }
    json_open_object(&line, NULL);
    json_string(&line, "format", "h2kit-trace");
    json_number(&line, "version", TRACE_JSON_VERSION);
    json_string(&line, "program", program);
    json_string(&line, "program_version", h2session_version());
    json_string(&line, "started", text);
    end_line(&line, trace);
}

/* ---- Members ------------------------------------------------------------------------------- */

static void add_bytes(struct text_buffer *line, const char *key, h2frame_bytes bytes)
{
    json_octets(line, key, bytes.data, bytes.length);
}

static void add_code(struct text_buffer *line, uint32_t code)
{
    json_number(line, "error_code", code);
    json_string(line, "error_name", h2frame_code_name(code));
}

static void add_fields(struct text_buffer *line, const hpack_field *fields, size_t count)
{
    json_open_array(line, "fields");
    for (size_t i = 0; i < count; i++) {
        const hpack_field *field = &fields[i];
        json_open_object(line, NULL);
        json_octets(line, "name", field->name, field->name_length);
        json_octets(line, "value", field->value, field->value_length);
        json_boolean(line, "sensitive", (field->flags & HPACK_FIELD_NEVER_INDEXED) != 0);
        json_close_object(line);
    }
    json_close_array(line);
}

static void add_flags(struct text_buffer *line, const h2frame_frame *frame)
{
    json_number(line, "flags", frame->flags);
    json_open_array(line, "flag_names");
    for (uint32_t bit = 1; bit <= 0x80; bit <<= 1) {
        const char *name =
            frame->flags & bit ? h2frame_flag_name(frame->type, frame->flags & bit) : NULL;
        if (name != NULL) {
            json_string(line, NULL, name);
        }
    }
    json_close_array(line);
}

/* What a field section is for. */
static const char *section_of(const h2session_trace_event *event)
{
    const hpack_field *first = event->fields;
    if (event->opens_stream || event->frame->type == H2FRAME_TYPE_PUSH_PROMISE) {
        return "request";
    }
    if (event->field_count == 0 || first->token != HPACK_TOKEN_STATUS) {
        return "trailers";
    }
    return first->value_length == 3 && first->value[0] == '1' ? "informational" : "response";
}

/* ---- What a type of frame has beside its head and fields ----------------------------------- */

static void add_padding(struct text_buffer *line, const h2frame_frame *frame)
{
    if (frame->flags & H2FRAME_FLAG_PADDED) {
        json_number(line, "pad_length", frame->pad_length);
    }
}

static void add_priority(struct text_buffer *line, const h2frame_frame *frame)
{
    json_open_object(line, "priority");
    json_number(line, "dependency", frame->dependency);
    json_number(line, "weight", frame->weight);
    json_boolean(line, "exclusive", frame->exclusive != 0);
    json_close_object(line);
}

static void add_headers(struct text_buffer *line, const h2frame_frame *frame)
{
    add_padding(line, frame);
    if (frame->flags & H2FRAME_FLAG_PRIORITY) {
        add_priority(line, frame);
    }
}

static void add_rst_stream(struct text_buffer *line, const h2frame_frame *frame)
{
    add_code(line, frame->error_code);
}

static void add_settings(struct text_buffer *line, const h2frame_frame *frame)
{
    json_open_array(line, "settings");
    for (size_t i = 0; i < frame->settings_count; i++) {
        json_open_object(line, NULL);
        json_number(line, "id", frame->settings[i].id);
        json_string(line, "name", h2frame_setting_name(frame->settings[i].id));
        json_number(line, "value", frame->settings[i].value);
        json_close_object(line);
    }
    json_close_array(line);
}

static void add_push_promise(struct text_buffer *line, const h2frame_frame *frame)
{
    add_padding(line, frame);
    json_number(line, "promised_stream", frame->promised_stream_id);
}

static void add_ping(struct text_buffer *line, const h2frame_frame *frame)
{
    json_hex(line, "opaque", frame->opaque, sizeof frame->opaque);
}

static void add_goaway(struct text_buffer *line, const h2frame_frame *frame)
{
    json_number(line, "last_stream", frame->last_stream_id);
    add_code(line, frame->error_code);
    add_bytes(line, "debug", frame->payload);
}

static void add_window_update(struct text_buffer *line, const h2frame_frame *frame)
{
    json_number(line, "increment", frame->increment);
}

static void add_altsvc(struct text_buffer *line, const h2frame_frame *frame)
{
    add_bytes(line, "origin", frame->origin);
    add_bytes(line, "value", frame->payload);
}

static void add_origin(struct text_buffer *line, const h2frame_frame *frame)
{
    h2frame_bytes origin;
    size_t offset = 0;
    json_open_array(line, "origins");
    while (h2frame_origin_next(frame, &offset, &origin)) {
        add_bytes(line, NULL, origin);
    }
    json_close_array(line);
}

static void add_priority_update(struct text_buffer *line, const h2frame_frame *frame)
{
    json_number(line, "prioritized_stream", frame->prioritized_stream_id);
    add_bytes(line, "value", frame->payload);
}

static const struct {
    uint32_t type;
    void (*add)(struct text_buffer *line, const h2frame_frame *frame);
} MEMBERS[] = {
    {H2FRAME_TYPE_DATA, add_padding},
    {H2FRAME_TYPE_HEADERS, add_headers},
    {H2FRAME_TYPE_PRIORITY, add_priority},
    {H2FRAME_TYPE_RST_STREAM, add_rst_stream},
    {H2FRAME_TYPE_SETTINGS, add_settings},
    {H2FRAME_TYPE_PUSH_PROMISE, add_push_promise},
    {H2FRAME_TYPE_PING, add_ping},
    {H2FRAME_TYPE_GOAWAY, add_goaway},
    {H2FRAME_TYPE_WINDOW_UPDATE, add_window_update},
    {H2FRAME_TYPE_ALTSVC, add_altsvc},
    {H2FRAME_TYPE_ORIGIN, add_origin},
    {H2FRAME_TYPE_PRIORITY_UPDATE, add_priority_update},
};

static void add_members(struct text_buffer *line, const h2frame_frame *frame)
{
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) {
        if (MEMBERS[i].type == frame->type) {
            MEMBERS[i].add(line, frame);
        }
    }
}

/* ---- Events -------------------------------------------------------------------------------- */

void trace_json_frame(const struct trace *trace, const h2session_trace_event *event,
                      uint64_t now_ns)
{
    const h2frame_frame *frame = event->frame;
    struct text_buffer line = {0};
    begin_line(&line, trace, now_ns, "frame");
    json_string(&line, "direction", event->outgoing ? "send" : "recv");
    json_string(&line, "type", h2frame_type_name(frame->type));
    json_number(&line, "type_id", frame->type);
    add_flags(&line, frame);
    json_number(&line, "stream", frame->stream_id);
    json_number(&line, "length", frame->length);
    add_members(&line, frame);
    if (event->has_fields) {
        json_string(&line, "section", section_of(event));
        add_fields(&line, event->fields, event->field_count);
    }
    end_line(&line, trace);
}

/* A reason is held against a section of an RFC or against a limit of the configuration. */
static void add_reason(struct text_buffer *line, uint32_t reason)
{
    const char *where = h2session_reason_where(reason);
    json_number(line, "reason", reason);
    json_string(line, "reason_name", h2session_reason_name(reason));
    json_string(line, "text", h2session_reason_text(reason));
    if (strncmp(where, "RFC ", 4) == 0) {
        json_string(line, "rfc", where);
    } else if (where[0] != '\0') {
        json_string(line, "limit_name", where);
    }
}

void trace_json_fault(const struct trace *trace, const h2session_fault_event *event,
                      uint64_t now_ns)
{
    struct text_buffer line = {0};
    begin_line(&line, trace, now_ns, "fault");
    json_string(&line, "scope", event->scope == H2FRAME_SCOPE_CONNECTION ? "connection" : "stream");
    json_number(&line, "stream", event->stream_id);
    add_code(&line, event->code);
    add_reason(&line, event->reason);
    json_number(&line, "value", event->value);
    json_number(&line, "limit", event->limit);
    json_boolean(&line, "forgiven", event->forgiven != 0);
    end_line(&line, trace);
}

void trace_json_stream_closed(const struct trace *trace, const h2session_stream_closed_event *event,
                              uint64_t now_ns)
{
    struct text_buffer line = {0};
    begin_line(&line, trace, now_ns, "stream_closed");
    json_number(&line, "stream", event->stream_id);
    add_code(&line, event->code);
    add_reason(&line, event->reason);
    json_boolean(&line, "remote", event->remote != 0);
    json_boolean(&line, "complete", event->complete != 0);
    json_boolean(&line, "unprocessed", event->unprocessed != 0);
    end_line(&line, trace);
}

void trace_json_opened(const struct trace *trace, uint64_t now_ns, const char *peer,
                       const struct tls_info *tls)
{
    struct text_buffer line = {0};
    begin_line(&line, trace, now_ns, "opened");
    json_string(&line, "peer", peer);
    if (tls != NULL) {
        json_open_object(&line, "tls");
        json_string(&line, "version", tls->version);
        json_string(&line, "cipher", tls->cipher);
        json_string(&line, "protocol", tls->protocol);
        if (tls->kernel != NULL) {
            json_string(&line, "kernel", tls->kernel);
        }
        json_close_object(&line);
    }
    end_line(&line, trace);
}

void trace_json_ended(const struct trace *trace, uint64_t now_ns, const char *why)
{
    struct text_buffer line = {0};
    begin_line(&line, trace, now_ns, "ended");
    json_octets(&line, "why", why, strlen(why));
    end_line(&line, trace);
}

void trace_json_http1_request(const struct trace *trace, uint64_t now_ns, const hpack_field *fields,
                              size_t count)
{
    struct text_buffer line = {0};
    begin_line(&line, trace, now_ns, "http1_request");
    json_string(&line, "direction", "recv");
    add_fields(&line, fields, count);
    end_line(&line, trace);
}

void trace_json_input(const struct trace *trace, uint64_t now_ns, const uint8_t *octets,
                      size_t length)
{
    struct text_buffer line = {0};
    begin_line(&line, trace, now_ns, "input");
    json_number(&line, "length", length);
    json_hex(&line, "octets", octets, length);
    end_line(&line, trace);
}

void trace_json_note(const struct trace *trace, uint64_t now_ns, const char *text)
{
    struct text_buffer line = {0};
    begin_line(&line, trace, now_ns, "note");
    json_octets(&line, "text", text, strlen(text));
    end_line(&line, trace);
}
