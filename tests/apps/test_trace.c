/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "capture.h"
#include "support.h"
#include "trace.h"

#define FIELD(n, v, t, f)                                                                          \
    {                                                                                              \
        .name = (n), .value = (v), .name_length = sizeof(n) - 1, .value_length = sizeof(v) - 1,    \
        .token = (t), .flags = (f)                                                                 \
    }

enum { START_MS = 1000, MS = 1000000 };

static struct trace trace_to(struct capture *capture)
{
    capture_open(capture);
    return (struct trace){.out = capture->out, .start_ns = (uint64_t)START_MS * MS};
}

/* Prints a frame 1234 ms after the start and compares. */
static void prints(const h2session_trace_event *event, const char *expected)
{
    struct capture capture;
    struct trace trace = trace_to(&capture);

    trace_frame(&trace, event, (uint64_t)(START_MS + 1234) * MS + 999999);
    capture_is(&capture, expected);
}

static void settings_are_printed_by_name(void **state)
{
    const h2frame_setting settings[] = {{H2FRAME_SETTING_MAX_CONCURRENT_STREAMS, 100},
                                        {H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 65535},
                                        {0xf0, 1}};
    const h2frame_frame frame = {.size = sizeof frame,
                                 .type = H2FRAME_TYPE_SETTINGS,
                                 .length = 18,
                                 .settings = settings,
                                 .settings_count = 3};
    const h2session_trace_event event = {.size = sizeof event, .outgoing = 1, .frame = &frame};

    (void)state;
    prints(&event, "[  1.234] send SETTINGS frame <length=18, flags=0x00, stream_id=0>\n"
                   "          (niv=3)\n"
                   "          [SETTINGS_MAX_CONCURRENT_STREAMS(0x03):100]\n"
                   "          [SETTINGS_INITIAL_WINDOW_SIZE(0x04):65535]\n"
                   "          [SETTINGS_UNKNOWN(0xf0):1]\n");
}

static void fields_received_come_before_their_frame(void **state)
{
    const hpack_field fields[] = {
        FIELD(":status", "200", HPACK_TOKEN_STATUS, 0),
        FIELD("set-cookie", "a=\"b\"", HPACK_TOKEN_SET_COOKIE, HPACK_FIELD_NEVER_INDEXED),
        FIELD("x-empty", "", 0, 0)};
    const h2frame_frame frame = {.size = sizeof frame,
                                 .type = H2FRAME_TYPE_HEADERS,
                                 .flags = H2FRAME_FLAG_END_HEADERS | H2FRAME_FLAG_END_STREAM,
                                 .stream_id = 13,
                                 .length = 40};
    const h2session_trace_event event = {
        .size = sizeof event, .has_fields = 1, .frame = &frame, .fields = fields, .field_count = 3};

    (void)state;
    prints(&event, "[  1.234] recv (stream_id=13) :status: 200\n"
                   "[  1.234] recv (stream_id=13, sensitive) set-cookie: a=\"b\"\n"
                   "[  1.234] recv (stream_id=13) x-empty: \n"
                   "[  1.234] recv HEADERS frame <length=40, flags=0x05, stream_id=13>\n"
                   "          ; END_STREAM | END_HEADERS\n"
                   "          (padlen=0)\n"
                   "          ; First response header\n");
}

static void fields_sent_come_after_their_frame(void **state)
{
    const hpack_field fields[] = {FIELD(":method", "GET", HPACK_TOKEN_METHOD, 0),
                                  FIELD("accept", "*/*", HPACK_TOKEN_ACCEPT, 0)};
    const h2frame_frame frame = {.size = sizeof frame,
                                 .type = H2FRAME_TYPE_HEADERS,
                                 .flags = H2FRAME_FLAG_END_HEADERS | H2FRAME_FLAG_PADDED |
                                          H2FRAME_FLAG_PRIORITY,
                                 .stream_id = 1,
                                 .length = 20,
                                 .pad_length = 7,
                                 .dependency = 11,
                                 .weight = 16};
    const h2session_trace_event event = {.size = sizeof event,
                                         .outgoing = 1,
                                         .has_fields = 1,
                                         .frame = &frame,
                                         .fields = fields,
                                         .field_count = 2,
                                         .opens_stream = 1};

    (void)state;
    prints(&event, "[  1.234] send HEADERS frame <length=20, flags=0x2c, stream_id=1>\n"
                   "          ; END_HEADERS | PADDED | PRIORITY\n"
                   "          (padlen=7, dep_stream_id=11, weight=16, exclusive=0)\n"
                   "          ; Open new stream\n"
                   "          :method: GET\n"
                   "          accept: */*\n");
}

static void each_kind_of_field_section_is_told(void **state)
{
    static const hpack_field early = FIELD(":status", "103", HPACK_TOKEN_STATUS, 0);
    static const hpack_field trailer = FIELD("grpc-status", "0", 0, 0);
    const h2frame_frame frame = {
        .size = sizeof frame, .type = H2FRAME_TYPE_HEADERS, .flags = H2FRAME_FLAG_END_HEADERS};
    const struct {
        const hpack_field *field;
        const char *note;
    } rows[] = {{&early, "; Informational response header"}, {&trailer, "; Trailers"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const h2session_trace_event event = {.size = sizeof event,
                                             .has_fields = 1,
                                             .frame = &frame,
                                             .fields = rows[i].field,
                                             .field_count = 1};
        struct capture capture;
        struct trace trace = trace_to(&capture);

        trace_frame(&trace, &event, 0);
        char *text = capture_close(&capture);

        assert_non_null(strstr(text, rows[i].note));
        free(text);
    }
}

struct member_row {
    h2frame_frame frame;
    const char *expected; /* after the direction */
};

#define BYE                                                                                        \
    {                                                                                              \
        (const uint8_t *)"bye", 3                                                                  \
    }

static const struct member_row member_rows[] = {
    {{.type = H2FRAME_TYPE_DATA, .flags = 0x9, .stream_id = 1, .length = 9, .pad_length = 3},
     "DATA frame <length=9, flags=0x09, stream_id=1>\n"
     "          ; END_STREAM | PADDED\n          (padlen=3)\n"},
    {{.type = H2FRAME_TYPE_PRIORITY, .stream_id = 3, .length = 5, .weight = 201},
     "PRIORITY frame <length=5, flags=0x00, stream_id=3>\n"
     "          (dep_stream_id=0, weight=201, exclusive=0)\n"},
    {{.type = H2FRAME_TYPE_RST_STREAM, .stream_id = 3, .length = 4, .error_code = 8},
     "RST_STREAM frame <length=4, flags=0x00, stream_id=3>\n"
     "          (error_code=CANCEL(0x08))\n"},
    {{.type = H2FRAME_TYPE_SETTINGS, .flags = 1},
     "SETTINGS frame <length=0, flags=0x01, stream_id=0>\n"
     "          ; ACK\n          (niv=0)\n"},
    {{.type = H2FRAME_TYPE_PUSH_PROMISE, .stream_id = 1, .promised_stream_id = 2},
     "PUSH_PROMISE frame <length=0, flags=0x00, stream_id=1>\n"
     "          (padlen=0, promised_stream_id=2)\n"},
    {{.type = H2FRAME_TYPE_PING, .length = 8, .opaque = {1, 2, 0xab}},
     "PING frame <length=8, flags=0x00, stream_id=0>\n"
     "          (opaque_data=0102ab0000000000)\n"},
    {{.type = H2FRAME_TYPE_GOAWAY, .length = 11, .error_code = 11, .payload = BYE},
     "GOAWAY frame <length=11, flags=0x00, stream_id=0>\n"
     "          (last_stream_id=0, error_code=ENHANCE_YOUR_CALM(0x0b), "
     "opaque_data(3)=[bye])\n"},
    {{.type = H2FRAME_TYPE_WINDOW_UPDATE, .length = 4, .increment = 36554},
     "WINDOW_UPDATE frame <length=4, flags=0x00, stream_id=0>\n"
     "          (window_size_increment=36554)\n"},
    {{.type = H2FRAME_TYPE_ALTSVC, .origin = BYE, .payload = BYE},
     "ALTSVC frame <length=0, flags=0x00, stream_id=0>\n"
     "          (origin=[bye], altsvc_field_value=[bye])\n"},
    {{.type = H2FRAME_TYPE_PRIORITY_UPDATE, .prioritized_stream_id = 5, .payload = BYE},
     "PRIORITY_UPDATE frame <length=0, flags=0x00, stream_id=0>\n"
     "          (prioritized_stream_id=5, priority_field_value=[bye])\n"},
    {{.type = 0xbe, .flags = 0xff, .stream_id = 7},
     "UNKNOWN(0xbe) frame <length=0, flags=0xff, stream_id=7>\n"},
};

static void members_of_each_type_are_printed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof member_rows / sizeof member_rows[0]; i++) {
        h2frame_frame frame = member_rows[i].frame;
        const h2session_trace_event event = {.size = sizeof event, .frame = &frame};
        char expected[256];

        frame.size = sizeof frame;
        snprintf(expected, sizeof expected, "[  1.234] recv %s", member_rows[i].expected);
        prints(&event, expected);
    }
}

static void origins_are_printed_one_a_line(void **state)
{
    static const uint8_t payload[] = "\x00\x09https://a\x00\x09https://b\x00\x09http";
    const h2frame_frame frame = {.size = sizeof frame,
                                 .type = H2FRAME_TYPE_ORIGIN,
                                 .payload = {payload, sizeof payload - 1}};
    const h2session_trace_event event = {.size = sizeof event, .frame = &frame};

    (void)state;
    prints(&event, "[  1.234] recv ORIGIN frame <length=0, flags=0x00, stream_id=0>\n"
                   "          [https://a]\n"
                   "          [https://b]\n");
}

static void text_of_the_peer_cannot_forge_lines(void **state)
{
    static const uint8_t payload[] = "\r\n[  9.999] recv\033[2J";
    static const hpack_field field = FIELD("x\n", "\033]0;title\007", 0, 0);
    const h2frame_frame frame = {.size = sizeof frame,
                                 .type = H2FRAME_TYPE_GOAWAY,
                                 .payload = {payload, sizeof payload - 1}};
    const h2session_trace_event event = {
        .size = sizeof event, .has_fields = 1, .frame = &frame, .fields = &field, .field_count = 1};
    struct capture capture;
    struct trace trace = trace_to(&capture);

    (void)state;
    trace_frame(&trace, &event, 0);
    trace_note(&trace, 0, "%s", "a\nb");
    char *text = capture_close(&capture);
    size_t lines = 0;

    for (const char *c = text; *c != '\0'; c++) {
        assert_true(*c == '\n' || (*c >= 0x20 && *c < 0x7f));
        lines += *c == '\n';
    }
    assert_int_equal(lines, 5);
    assert_non_null(strstr(text, "x\\x0a: \\x1b]0;title\\x07\n"));
    free(text);
}

static void a_server_names_the_connection(void **state)
{
    const h2frame_frame frame = {.size = sizeof frame, .type = H2FRAME_TYPE_SETTINGS, .flags = 1};
    const h2session_trace_event event = {.size = sizeof event, .frame = &frame};
    struct capture capture;
    struct trace trace = trace_to(&capture);

    (void)state;
    trace.connection_id = 7;
    trace_frame(&trace, &event, 0); /* a clock before the start shows zero */
    trace_note(&trace, (uint64_t)(START_MS + 3600000) * MS, "closed %d", 1);
    capture_is(&capture, "[id=7] [  0.000] recv SETTINGS frame <length=0, flags=0x01, "
                         "stream_id=0>\n          ; ACK\n          (niv=0)\n"
                         "[id=7] [3600.000] closed 1\n");
}

static void faults_say_what_why_and_where(void **state)
{
    const h2session_fault_event fault = {.size = sizeof fault,
                                         .scope = H2FRAME_SCOPE_STREAM,
                                         .code = H2FRAME_CODE_PROTOCOL_ERROR,
                                         .reason = H2SESSION_REASON_CONTENT_LENGTH_MISMATCH,
                                         .stream_id = 5,
                                         .value = 3,
                                         .limit = 4};
    struct capture capture;
    struct trace trace = trace_to(&capture);

    (void)state;
    trace_fault(&trace, &fault, 0);
    capture_is(&capture, "[  0.000] fault of stream 5: PROTOCOL_ERROR(0x01)\n"
                         "          CONTENT_LENGTH_MISMATCH: content-length differs from the body "
                         "(RFC 9113 8.1.1); value 3, limit 4\n");
}

static void input_is_dumped_in_hexadecimal(void **state)
{
    static const uint8_t octets[] = "PRI * HTTP/2.0\r\n\0\x7f\xff\x1b";
    uint8_t same[53] = {0};
    struct capture capture;
    struct trace trace = trace_to(&capture);

    (void)state;
    trace_input(&trace, 0, octets, sizeof octets - 1);
    trace_input(&trace, 0, same, sizeof same);
    capture_is(&capture,
               "[  0.000] recv 20 octets\n"
               "00000000  50 52 49 20 2a 20 48 54  54 50 2f 32 2e 30 0d 0a  |PRI * HTTP/2.0..|\n"
               "00000010  00 7f ff 1b                                       |....|\n"
               "00000014\n"
               "[  0.000] recv 53 octets\n"
               "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
               "*\n"
               "00000030  00 00 00 00 00                                    |.....|\n"
               "00000035\n");
}

static void colour_is_only_where_it_is_wanted(void **state)
{
    struct capture capture;
    const h2frame_frame frame = {.size = sizeof frame, .type = H2FRAME_TYPE_SETTINGS, .flags = 1};
    const h2session_trace_event event = {.size = sizeof event, .frame = &frame};
    struct trace trace = trace_to(&capture);

    (void)state;
    trace.colour = 1;
    trace_frame(&trace, &event, 0);
    char *text = capture_close(&capture);

    assert_non_null(strstr(text, "\033["));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_printed_by_name),
        cmocka_unit_test(fields_received_come_before_their_frame),
        cmocka_unit_test(fields_sent_come_after_their_frame),
        cmocka_unit_test(each_kind_of_field_section_is_told),
        cmocka_unit_test(members_of_each_type_are_printed),
        cmocka_unit_test(origins_are_printed_one_a_line),
        cmocka_unit_test(text_of_the_peer_cannot_forge_lines),
        cmocka_unit_test(a_server_names_the_connection),
        cmocka_unit_test(faults_say_what_why_and_where),
        cmocka_unit_test(input_is_dumped_in_hexadecimal),
        cmocka_unit_test(colour_is_only_where_it_is_wanted),
    };

    return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
