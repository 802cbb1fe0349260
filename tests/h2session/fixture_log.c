/* SPDX-License-Identifier: MIT */
#include "fixture_log.h"

#include <stdio.h>
#include <string.h>

#include <session_callbacks.h>

/* ---- Lines -------------------------------------------------------------------------------- */

static void add_text(struct fixture *f, const char *text)
{
    octets_add(&f->log, text, strlen(text));
}

void fixture_flush(struct fixture *f)
{
    if (f->data_length > 0 && !f->quiet) {
        char line[64];
        (void)snprintf(line, sizeof line, "data %u %zu\n", f->data_stream, f->data_length);
        f->data_length = 0;
        add_text(f, line);
    }
}

void fixture_log(struct fixture *f, const char *format, ...)
{
    char line[512];
    if (f->quiet) {
        return;
    }
    fixture_flush(f);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    add_text(f, line);
    add_text(f, "\n");
}

const char *fixture_text(struct fixture *f)
{
    fixture_flush(f);
    return (const char *)f->log.data;
}

void fixture_clear(struct fixture *f)
{
    fixture_flush(f);
    f->log.length = 0;
    f->log.data[0] = 0;
}

void fixture_expect(struct fixture *f, const char *text)
{
    if (strcmp(fixture_text(f), text) != 0) {
        print_error("expected:\n%sgot:\n%s", text, fixture_text(f));
        fail();
    }
    fixture_clear(f);
}

int fixture_has(struct fixture *f, const char *line)
{
    const char *at = fixture_text(f);
    size_t length = strlen(line);
    while (at != NULL && *at != '\0') {
        if (strncmp(at, line, length) == 0 && at[length] == '\n') {
            return 1;
        }
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    return 0;
}

/* " name=value ..." of at most 8 fields, long values cut. */
static void fields_text(const hpack_field *fields, size_t count, char *out, size_t capacity)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count && i < 8; i++) {
        int most = fields[i].value_length < 24 ? (int)fields[i].value_length : 24;
        int n = snprintf(out + used, capacity - used, " %.*s=%.*s", (int)fields[i].name_length,
                         fields[i].name, most, fields[i].value);
        if (n < 0 || (size_t)n >= capacity - used) {
            return;
        }
        used += (size_t)n;
    }
    if (count > 8) {
        (void)snprintf(out + used, capacity - used, " (%zu)", count);
    }
}

/* ---- Events ------------------------------------------------------------------------------- */

static int hook(struct fixture *f, const char *event, uint32_t stream_id)
{
    f->events++;
    return f->hook != NULL ? f->hook(f, event, stream_id) : 0;
}

static int on_headers(h2session *s, const h2session_headers_event *e, void *user)
{
    static const char *const KINDS[] = {"?",        "request", "response", "informational",
                                        "trailers", "push"};
    struct fixture *f = user;
    assert_ptr_equal(f->s, s);
    char text[400] = "";
    if (!f->quiet) {
        fields_text(e->fields, e->field_count, text, sizeof text);
    }
    int push = e->kind == H2SESSION_HEADERS_PUSH;
    assert_int_equal(push, e->parent_stream_id != 0);
    if (push) {
        fixture_log(f, "push %u of %u%s", e->stream_id, e->parent_stream_id, text);
    } else {
        fixture_log(f, "%s %u%s%s", KINDS[e->kind], e->stream_id, e->end_stream ? " end" : "",
                    text);
    }
    f->opened += e->kind == H2SESSION_HEADERS_REQUEST || push;
    if (e->kind == H2SESSION_HEADERS_REQUEST && f->answer != NULL) {
        (void)app_respond(f, e->stream_id, f->answer, f->body);
    }
    return hook(f, KINDS[e->kind], e->stream_id);
}

static int on_data(h2session *s, const h2session_data_event *e, void *user)
{
    (void)s;
    struct fixture *f = user;
    assert_true(e->length > 0);
    if (f->data_stream != e->stream_id) {
        fixture_flush(f);
    }
    f->data_stream = e->stream_id;
    f->data_length += e->length;
    f->data_total += e->length;
    if (f->on_octets != NULL) {
        f->on_octets(e->data, e->length);
    }
    return hook(f, "data", e->stream_id);
}

static int on_stream_end(h2session *s, const h2session_stream_end_event *e, void *user)
{
    (void)s;
    fixture_log(user, "end %u", e->stream_id);
    return hook(user, "end", e->stream_id);
}

static int on_stream_closed(h2session *s, const h2session_stream_closed_event *e, void *user)
{
    (void)s;
    struct fixture *f = user;
    f->closed++;
    /* A client's question; and that both sides ended it says already that it is complete. */
    int complete = e->complete && f->role == H2SESSION_CLIENT && e->reason != H2SESSION_REASON_NONE;
    int promised = f->role == H2SESSION_SERVER && e->stream_id % 2 == 0;
    assert_true(e->complete || promised || e->reason != H2SESSION_REASON_NONE);
    fixture_log(f, "closed %u %s %s%s%s%s", e->stream_id, h2frame_code_name(e->code),
                h2session_reason_name(e->reason), e->remote ? " remote" : "",
                complete ? " complete" : "", e->unprocessed ? " unprocessed" : "");
    return hook(f, "closed", e->stream_id);
}

static int on_settings(h2session *s, const h2session_settings_event *e, void *user)
{
    (void)s;
    if (e->ack) {
        fixture_log(user, "settings ack");
    } else {
        fixture_log(user, "settings %zu", e->settings_count);
    }
    return hook(user, "settings", 0);
}

static int on_ping(h2session *s, const h2session_ping_event *e, void *user)
{
    (void)s;
    fixture_log(user, e->ack ? "ping ack" : "ping");
    return hook(user, "ping", 0);
}

static int on_goaway(h2session *s, const h2session_goaway_event *e, void *user)
{
    (void)s;
    fixture_log(user, "goaway last=%u %s", e->last_stream_id, h2frame_code_name(e->code));
    return hook(user, "goaway", 0);
}

static int on_altsvc(h2session *s, const h2session_altsvc_event *e, void *user)
{
    (void)s;
    fixture_log(user, "altsvc %u origin=%.*s value=%.*s", e->stream_id, (int)e->origin.length,
                (const char *)e->origin.data, (int)e->value.length, (const char *)e->value.data);
    return hook(user, "altsvc", e->stream_id);
}

static int on_origin(h2session *s, const h2session_origin_event *e, void *user)
{
    (void)s;
    fixture_log(user, "origins %zu", e->origin_count);
    for (size_t i = 0; i < e->origin_count; i++) {
        fixture_log(user, "origin %.*s", (int)e->origins[i].length,
                    (const char *)e->origins[i].data);
    }
    return hook(user, "origin", 0);
}

static int on_priority_update(h2session *s, const h2session_priority_update_event *e, void *user)
{
    (void)s;
    fixture_log(user, "priority%s %u u=%u i=%u", e->is_idle ? " idle" : "", e->stream_id,
                e->urgency, e->incremental);
    return hook(user, "priority", e->stream_id);
}

/* Logged when it is complete, however it was cut. */
static int on_extension(h2session *s, const h2session_extension_event *e, void *user)
{
    (void)s;
    struct fixture *f = user;
    if (e->part & H2FRAME_PART_FIRST) {
        assert_int_equal(f->extension.length, 0);
    }
    octets_add(&f->extension, e->payload.data, e->payload.length);
    if (e->part & H2FRAME_PART_LAST) {
        fixture_log(f, "extension %02x %u flags=%02x %zu", e->type, e->stream_id, e->flags,
                    f->extension.length);
        assert_int_equal(f->extension.length, e->length);
        f->extension.length = 0;
    }
    return hook(f, "extension", e->stream_id);
}

static int on_fault(h2session *s, const h2session_fault_event *e, void *user)
{
    (void)s;
    fixture_log(user, "fault %s %u %s %s",
                e->scope == H2FRAME_SCOPE_STREAM ? "stream" : "connection", e->stream_id,
                h2frame_code_name(e->code), h2session_reason_name(e->reason));
    return hook(user, "fault", e->stream_id);
}

static int on_trace(h2session *s, const h2session_trace_event *e, void *user)
{
    (void)s;
    char padding[24] = "";
    if (e->frame->pad_length > 0) {
        (void)snprintf(padding, sizeof padding, " pad=%u", e->frame->pad_length);
    }
    fixture_log(user, "trace %s %s %u %u flags=%x%s%s%s", e->outgoing ? "out" : "in",
                h2frame_type_name(e->frame->type), e->frame->stream_id, e->frame->length,
                e->frame->flags, padding, e->has_fields ? " fields" : "",
                e->opens_stream ? " opens" : "");
    return hook(user, "trace", e->frame->stream_id);
}

void fixture_callbacks(struct fixture *f, h2session_callbacks *out)
{
    *out = (h2session_callbacks){
        .size = sizeof *out,
        CALLBACKS_OF_STREAMS,
        CALLBACKS_OF_CONNECTION,
        CALLBACKS_OF_EXTENSIONS,
        .on_trace = f->trace ? on_trace : NULL,
    };
}

/* ---- Output ------------------------------------------------------------------------------- */

static void flags_text(const h2frame_frame *frame, char *out, size_t capacity)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t bit = 1; bit < 256; bit *= 2) {
        const char *name = frame->flags & bit ? h2frame_flag_name(frame->type, bit) : NULL;
        if (name != NULL && used < capacity) {
            used +=
                (size_t)snprintf(out + used, capacity - used, "%s%s", used > 0 ? "|" : " ", name);
        }
    }
}

/* The fields of a block that ends with the frame. */
static void block_text(struct fixture *f, const h2frame_frame *frame, char *out, size_t capacity)
{
    size_t count = 0;
    const hpack_field *fields = NULL;
    uint32_t last = frame->flags & H2FRAME_FLAG_END_HEADERS ? HPACK_FEED_LAST : 0;
    assert_int_equal(
        hpack_decoder_feed(f->out_decoder, frame->payload.data, frame->payload.length, last), 0);
    if (last) {
        fields = hpack_decoder_fields(f->out_decoder, &count);
    }
    fields_text(fields, count, out, capacity);
}

/* What follows name, stream and flags. */
static void details(struct fixture *f, const h2frame_frame *frame, char *out, size_t capacity)
{
    out[0] = '\0';
    switch (frame->type) {
    case H2FRAME_TYPE_PUSH_PROMISE: {
        int n = snprintf(out, capacity, " promises %u", frame->promised_stream_id);
        block_text(f, frame, out + n, capacity - (size_t)n);
        break;
    }
    case H2FRAME_TYPE_HEADERS:
    case H2FRAME_TYPE_CONTINUATION:
        block_text(f, frame, out, capacity);
        break;
    case H2FRAME_TYPE_DATA:
        (void)snprintf(out, capacity, " %u", frame->length);
        break;
    case H2FRAME_TYPE_SETTINGS:
        (void)snprintf(out, capacity, " n=%zu", frame->settings_count);
        break;
    case H2FRAME_TYPE_RST_STREAM:
        (void)snprintf(out, capacity, " %s", h2frame_code_name(frame->error_code));
        break;
    case H2FRAME_TYPE_GOAWAY:
        (void)snprintf(out, capacity, " last=%u %s", frame->last_stream_id,
                       h2frame_code_name(frame->error_code));
        break;
    case H2FRAME_TYPE_WINDOW_UPDATE:
        (void)snprintf(out, capacity, " +%u", frame->increment);
        break;
    case H2FRAME_TYPE_ALTSVC:
        (void)snprintf(out, capacity, " %.*s: %.*s", (int)frame->origin.length,
                       (const char *)frame->origin.data, (int)frame->payload.length,
                       (const char *)frame->payload.data);
        break;
    case H2FRAME_TYPE_ORIGIN:
        (void)snprintf(out, capacity, " %u", frame->length);
        break;
    case H2FRAME_TYPE_PRIORITY_UPDATE:
        (void)snprintf(out, capacity, " %u %.*s", frame->prioritized_stream_id,
                       (int)frame->payload.length, (const char *)frame->payload.data);
        break;
    default:
        if (strcmp(h2frame_type_name(frame->type), "UNKNOWN") == 0) {
            (void)snprintf(out, capacity, " type=%02x flags=%02x %u", frame->type, frame->flags,
                           frame->length);
        }
        break;
    }
}

static void log_frame(struct fixture *f, const h2frame_frame *frame)
{
    char flags[80];
    char rest[400];
    h2frame_frame shown = *frame;
    f->sent[frame->type] += (frame->part & H2FRAME_PART_LAST) != 0;
    if (f->quiet || (frame->type == H2FRAME_TYPE_DATA && !(frame->part & H2FRAME_PART_LAST))) {
        return;
    }
    if (frame->type != H2FRAME_TYPE_DATA && !(frame->part & H2FRAME_PART_LAST)) {
        shown.flags &= ~(uint32_t)H2FRAME_FLAG_END_HEADERS; /* the block goes on in this frame */
        details(f, &shown, rest, sizeof rest);
        return;
    }
    flags_text(frame, flags, sizeof flags);
    details(f, frame, rest, sizeof rest);
    fixture_log(f, "> %s %u%s%s", h2frame_type_name(frame->type), frame->stream_id, flags, rest);
}

/* Under a failing allocator the output may end anywhere and is not looked at. */
void fixture_log_output(struct fixture *f, const uint8_t *data, size_t length)
{
    const h2frame_event *event = NULL;
    size_t at = 0;
    if (f->alloc->fail_at != 0) {
        return;
    }
    do {
        size_t used = 0;
        assert_int_equal(h2frame_parser_next(f->out_parser, data + at, length - at, &used, &event),
                         0);
        at += used;
        if (event != NULL && event->kind == H2FRAME_EVENT_FAULT) {
            fail_msg("the session sent: %s", h2frame_reason_text(event->fault.reason));
        }
        if (event != NULL && event->kind == H2FRAME_EVENT_FRAME) {
            log_frame(f, &event->frame);
        }
    } while (event != NULL);
}
