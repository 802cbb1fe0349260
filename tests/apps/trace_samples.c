/* SPDX-License-Identifier: MIT */
/*
 * Prints a frame log in NDJSON with every event and every type of frame there is, with hostile octets
 * where a peer could put some; trace_format_test.py reads it.
 */
#include <stdio.h>

#include "trace.h"
#include "trace_json.h"

#define FIELD(n, v, t, f)                                                                          \
    {                                                                                              \
        .name = (n), .value = (v), .name_length = sizeof(n) - 1, .value_length = sizeof(v) - 1,    \
        .token = (t), .flags = (f)                                                                 \
    }
#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

/* A line of its own, a quote, a colour; characters beyond ASCII and beyond U+FFFF. */
#define HOSTILE "\"\\\n{\033[31m\x7f\xc3\xa9\xf0\x9f\x98\x80"
/* No UTF-8. */
#define BROKEN "a\xff\xc0\x80"

static const h2frame_setting SETTINGS[] = {{H2FRAME_SETTING_ENABLE_PUSH, 0},
                                           {0xfefe, UINT32_C(4294967295)}};

static const h2frame_frame FRAMES[] = {
    {.type = H2FRAME_TYPE_DATA, .flags = 0x9, .stream_id = 1, .length = 9, .pad_length = 3},
    {.type = H2FRAME_TYPE_PRIORITY, .stream_id = 3, .length = 5, .weight = 256, .exclusive = 1},
    {.type = H2FRAME_TYPE_RST_STREAM, .stream_id = 3, .length = 4, .error_code = 8},
    {.type = H2FRAME_TYPE_SETTINGS, .length = 12, .settings = SETTINGS, .settings_count = 2},
    {.type = H2FRAME_TYPE_SETTINGS, .flags = 1},
    {.type = H2FRAME_TYPE_PING, .length = 8, .opaque = {1, 2, 0xab}},
    {.type = H2FRAME_TYPE_GOAWAY, .length = 20, .error_code = 11, .payload = BYTES(HOSTILE)},
    {.type = H2FRAME_TYPE_GOAWAY, .length = 12, .error_code = 99, .payload = BYTES(BROKEN)},
    {.type = H2FRAME_TYPE_WINDOW_UPDATE, .length = 4, .increment = 0x7fffffff},
    {.type = H2FRAME_TYPE_ALTSVC, .origin = BYTES("https://a"), .payload = BYTES("h2=\":1\"")},
    {.type = H2FRAME_TYPE_ORIGIN, .payload = BYTES("\x00\x09https://a\x00\x04" BROKEN "\x00\x00")},
    {.type = H2FRAME_TYPE_PRIORITY_UPDATE, .prioritized_stream_id = 5, .payload = BYTES("u=1")},
    {.type = 0xbe, .flags = 0xff, .stream_id = 7, .length = 16},
};

static const hpack_field REQUEST[] = {
    FIELD(":method", "GET", HPACK_TOKEN_METHOD, 0),
    FIELD("authorization", "secret", HPACK_TOKEN_AUTHORIZATION, HPACK_FIELD_NEVER_INDEXED),
    FIELD("x-hostile", HOSTILE, 0, 0), FIELD("x-\xff", BROKEN, 0, 0), FIELD("x-empty", "", 0, 0)};
static const hpack_field EARLY = FIELD(":status", "103", HPACK_TOKEN_STATUS, 0);
static const hpack_field RESPONSE = FIELD(":status", "200", HPACK_TOKEN_STATUS, 0);
static const hpack_field TRAILER = FIELD("grpc-status", "0", 0, 0);

static const struct {
    h2frame_frame frame;
    const hpack_field *fields;
    size_t count;
    uint32_t opens;
    uint32_t outgoing;
} SECTIONS[] = {
    {{.type = H2FRAME_TYPE_HEADERS,
      .flags = 0x2d,
      .stream_id = 1,
      .length = 40,
      .pad_length = 2,
      .dependency = 11,
      .weight = 16},
     REQUEST,
     5,
     1,
     0},
    {{.type = H2FRAME_TYPE_HEADERS, .stream_id = 1, .length = 4}, NULL, 0, 0, 1},
    {{.type = H2FRAME_TYPE_CONTINUATION, .flags = 4, .stream_id = 1}, &EARLY, 1, 0, 1},
    {{.type = H2FRAME_TYPE_PUSH_PROMISE, .flags = 0xc, .stream_id = 1, .promised_stream_id = 2},
     REQUEST,
     1,
     0,
     1},
    {{.type = H2FRAME_TYPE_HEADERS, .flags = 4, .stream_id = 1}, &RESPONSE, 1, 0, 1},
    {{.type = H2FRAME_TYPE_HEADERS, .flags = 5, .stream_id = 1}, &TRAILER, 1, 0, 1},
};

static void print_frames(const struct trace *trace)
{
    for (size_t i = 0; i < sizeof FRAMES / sizeof FRAMES[0]; i++) {
        h2frame_frame frame = FRAMES[i];
        const h2session_trace_event event = {
            .size = sizeof event, .outgoing = i & 1, .frame = &frame};
        frame.size = sizeof frame;
        trace_frame(trace, &event, i);
    }
    for (size_t i = 0; i < sizeof SECTIONS / sizeof SECTIONS[0]; i++) {
        h2frame_frame frame = SECTIONS[i].frame;
        const h2session_trace_event event = {.size = sizeof event,
                                             .outgoing = SECTIONS[i].outgoing,
                                             .has_fields = SECTIONS[i].fields != NULL,
                                             .frame = &frame,
                                             .fields = SECTIONS[i].fields,
                                             .field_count = SECTIONS[i].count,
                                             .opens_stream = SECTIONS[i].opens};
        frame.size = sizeof frame;
        trace_frame(trace, &event, 100 + i);
    }
}

static void print_faults(const struct trace *trace)
{
    const h2session_fault_event faults[] = {
        {.size = sizeof faults[0],
         .scope = H2FRAME_SCOPE_STREAM,
         .code = H2FRAME_CODE_PROTOCOL_ERROR,
         .reason = H2SESSION_REASON_CONTENT_LENGTH_MISMATCH,
         .stream_id = 5,
         .value = UINT64_MAX,
         .limit = 4},
        {.size = sizeof faults[0],
         .scope = H2FRAME_SCOPE_CONNECTION,
         .code = H2FRAME_CODE_ENHANCE_YOUR_CALM,
         .reason = H2SESSION_REASON_GLITCH_EMPTY_FRAME,
         .value = 101,
         .limit = 100,
         .forgiven = 1},
    };
    const h2session_stream_closed_event closed = {.size = sizeof closed,
                                                  .stream_id = 5,
                                                  .code = H2FRAME_CODE_CANCEL,
                                                  .reason = H2SESSION_REASON_RESET_BY_PEER,
                                                  .remote = 1};
    const h2session_stream_closed_event done = {.size = sizeof done, .stream_id = 7, .complete = 1};
    trace_fault(trace, &faults[0], 200);
    trace_fault(trace, &faults[1], 201);
    trace_stream_closed(trace, &closed, 202);
    trace_stream_closed(trace, &done, 203);
}

int main(void)
{
    static const struct tls_info TLS = {
        .version = "TLSv1.3", .cipher = "TLS_AES_128_GCM_SHA256", .protocol = "h2"};
    struct trace trace = {.out = stdout, .start_ns = 10, .format = TRACE_NDJSON};
    trace_json_begin(&trace, "trace_samples", UINT64_C(1700000000000000042));
    trace_note(&trace, 5, "%s", HOSTILE); /* before the start: time 0 */
    trace_note(&trace, 11, "%s", BROKEN);
    trace.connection_id = 7;
    trace_opened(&trace, 12, "[::1]:443", NULL);
    trace_opened(&trace, 13, "127.0.0.1:443", &TLS);
    struct tls_info kernel = TLS;
    kernel.kernel = "send";
    trace_opened(&trace, 13, "127.0.0.1:444", &kernel);
    print_frames(&trace);
    print_faults(&trace);
    trace_http1_request(&trace, 300, REQUEST, 5);
    trace_input(&trace, 300, (const uint8_t *)BROKEN, sizeof BROKEN - 1);
    trace_ended(&trace, 301, "");
    trace_ended(&trace, 302, BROKEN);
    return 0;
}
