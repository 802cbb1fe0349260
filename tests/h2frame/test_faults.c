/* SPDX-License-Identifier: MIT */
/* Every rule of the frame layer with the fault that follows from breaking it: scope, code, reason,
 * and the numbers that were wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser_cases.h"
#include "support.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* After a fault of a stream the frames behind it are read; PING shows that. */
#define PING_HEX " 000008 06 00 00000000 0102030405060708"
#define PING_TEXT "PING flags=0 stream=0 length=8 opaque=0102030405060708\n"

/* rfc: 9113#4.2 */
static const struct parser_case size_cases[] = {
    {"DATA too large", "004001 00 00 00000001",
     "FAULT stream FRAME_SIZE_ERROR FRAME_TOO_LARGE DATA flags=0 stream=1 length=16385 "
     "value=16385 limit=16384\n"},
    {"HEADERS too large", "004001 01 04 00000001",
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_LARGE HEADERS flags=4 stream=1 length=16385 "
     "value=16385 limit=16384\n"},
    {"SETTINGS too large", "ffffff 04 00 00000000" PING_HEX,
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_LARGE SETTINGS flags=0 stream=0 "
     "length=16777215 value=16777215 limit=16384\n"},
    {"CONTINUATION too large", "004001 09 04 00000001",
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_LARGE CONTINUATION flags=4 stream=1 "
     "length=16385 value=16385 limit=16384\n"},
    {"PUSH_PROMISE too large", "004001 05 04 00000001",
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_LARGE PUSH_PROMISE flags=4 stream=1 "
     "length=16385 value=16385 limit=16384\n"},
    {"unknown type on a stream too large", "004001 ee 00 00000001",
     "FAULT stream FRAME_SIZE_ERROR FRAME_TOO_LARGE TYPE-ee flags=0 stream=1 length=16385 "
     "value=16385 limit=16384\n"},
    {"unknown type on stream 0 too large", "004001 ee 00 00000000",
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_LARGE TYPE-ee flags=0 stream=0 length=16385 "
     "value=16385 limit=16384\n"},
    {"DATA without its pad length", "000000 00 08 00000001" PING_HEX,
     "FAULT stream FRAME_SIZE_ERROR FRAME_TOO_SMALL DATA flags=8 stream=1 length=0 "
     "value=0 limit=1\n" PING_TEXT},
    {"HEADERS without its pad length", "000000 01 0c 00000001" PING_HEX,
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_SMALL HEADERS flags=c stream=1 length=0 "
     "value=0 limit=1\n"},
    {"HEADERS cut inside its priority", "000004 01 24 00000001 80000000",
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_SMALL HEADERS flags=24 stream=1 length=4 "
     "value=4 limit=5\n"},
    {"HEADERS padded, cut inside its priority", "000005 01 2c 00000001 0080000000",
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_SMALL HEADERS flags=2c stream=1 length=5 "
     "value=5 limit=6\n"},
    {"PUSH_PROMISE cut inside the promised stream", "000003 05 04 00000001 000000",
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_SMALL PUSH_PROMISE flags=4 stream=1 length=3 "
     "value=3 limit=4\n"},
    {"PUSH_PROMISE padded, cut inside the promised stream", "000004 05 0c 00000001 00000000",
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_SMALL PUSH_PROMISE flags=c stream=1 length=4 "
     "value=4 limit=5\n"},
    {"ALTSVC without origin length", "000001 0a 00 00000001 00" PING_HEX,
     "FAULT stream FRAME_SIZE_ERROR FRAME_TOO_SMALL ALTSVC flags=0 stream=1 length=1 "
     "value=1 limit=2\n" PING_TEXT},
    {"ALTSVC with an origin longer than itself", "000005 0a 00 00000003 0004616263" PING_HEX,
     "FAULT stream FRAME_SIZE_ERROR FRAME_TOO_SMALL ALTSVC flags=0 stream=3 length=5 "
     "value=5 limit=6\n" PING_TEXT},
    {"ALTSVC on stream 0 with an origin longer than itself", "000002 0a 00 00000000 ffff",
     "FAULT connection FRAME_SIZE_ERROR FRAME_TOO_SMALL ALTSVC flags=0 stream=0 length=2 "
     "value=2 limit=65537\n"},
};

static void parser_reports_wrong_sizes(void **state)
{
    (void)state;
    parser_cases_run(size_cases, COUNT(size_cases), NULL);
}

/* rfc: 9113#6.1, 9113#6.2, 9113#6.3, 9113#6.4, 9113#6.5, 9113#6.6, 9113#6.7, 9113#6.8, 9113#6.10 */
/* rfc: 9218#7.1 */
static const struct parser_case stream_cases[] = {
    {"DATA on stream 0", "000000 00 01 00000000" PING_HEX,
     "FAULT connection PROTOCOL_ERROR STREAM_ID_ZERO DATA flags=1 stream=0 length=0 "
     "value=0 limit=0\n"},
    {"stream 0 with the reserved bit", "000000 00 01 80000000",
     "FAULT connection PROTOCOL_ERROR STREAM_ID_ZERO DATA flags=1 stream=0 length=0 "
     "value=0 limit=0\n"},
    {"HEADERS on stream 0", "000001 01 04 00000000 82",
     "FAULT connection PROTOCOL_ERROR STREAM_ID_ZERO HEADERS flags=4 stream=0 length=1 "
     "value=0 limit=0\n"},
    {"PRIORITY on stream 0", "000005 02 00 00000000 0000000000",
     "FAULT connection PROTOCOL_ERROR STREAM_ID_ZERO PRIORITY flags=0 stream=0 length=5 "
     "value=0 limit=0\n"},
    {"RST_STREAM on stream 0", "000004 03 00 00000000 00000008",
     "FAULT connection PROTOCOL_ERROR STREAM_ID_ZERO RST_STREAM flags=0 stream=0 length=4 "
     "value=0 limit=0\n"},
    {"PUSH_PROMISE on stream 0", "000004 05 04 00000000 00000002",
     "FAULT connection PROTOCOL_ERROR STREAM_ID_ZERO PUSH_PROMISE flags=4 stream=0 length=4 "
     "value=0 limit=0\n"},
    {"CONTINUATION on stream 0", "000000 09 04 00000000",
     "FAULT connection PROTOCOL_ERROR STREAM_ID_ZERO CONTINUATION flags=4 stream=0 length=0 "
     "value=0 limit=0\n"},
    {"SETTINGS on a stream", "000000 04 00 00000001",
     "FAULT connection PROTOCOL_ERROR STREAM_ID_NOT_ZERO SETTINGS flags=0 stream=1 length=0 "
     "value=1 limit=0\n"},
    {"PING on a stream", "000008 06 00 7fffffff 0000000000000000",
     "FAULT connection PROTOCOL_ERROR STREAM_ID_NOT_ZERO PING flags=0 stream=2147483647 length=8 "
     "value=2147483647 limit=0\n"},
    {"GOAWAY on a stream", "000008 07 00 00000003 0000000000000000",
     "FAULT connection PROTOCOL_ERROR STREAM_ID_NOT_ZERO GOAWAY flags=0 stream=3 length=8 "
     "value=3 limit=0\n"},
    {"PRIORITY_UPDATE on a stream", "000004 10 00 00000001 00000001",
     "FAULT connection PROTOCOL_ERROR STREAM_ID_NOT_ZERO PRIORITY_UPDATE flags=0 stream=1 "
     "length=4 value=1 limit=0\n"},
};

static void parser_reports_streams_a_type_cannot_have(void **state)
{
    (void)state;
    parser_cases_run(stream_cases, COUNT(stream_cases), NULL);
}

/* rfc: 9113#6.1, 9113#6.2, 9113#6.6 */
static const struct parser_case padding_cases[] = {
    {"DATA with padding as long as the payload", "000003 00 08 00000001 030000" PING_HEX,
     "FAULT connection PROTOCOL_ERROR PADDING DATA flags=8 stream=1 length=3 value=3 limit=2\n"},
    {"DATA with padding longer than the payload", "000001 00 08 00000001 ff",
     "FAULT connection PROTOCOL_ERROR PADDING DATA flags=8 stream=1 length=1 value=255 limit=0\n"},
    {"HEADERS with too much padding", "000002 01 0c 00000001 0282",
     "FAULT connection PROTOCOL_ERROR PADDING HEADERS flags=c stream=1 length=2 value=2 limit=1\n"},
    {"HEADERS with priority and too much padding", "000007 01 2c 00000001 02800000000f82",
     "FAULT connection PROTOCOL_ERROR PADDING HEADERS flags=2c stream=1 length=7 "
     "value=2 limit=1\n"},
    {"PUSH_PROMISE with too much padding", "000006 05 0c 00000001 020000000282",
     "FAULT connection PROTOCOL_ERROR PADDING PUSH_PROMISE flags=c stream=1 length=6 "
     "value=2 limit=1\n"},
};

static void parser_reports_padding_without_room(void **state)
{
    (void)state;
    parser_cases_run(padding_cases, COUNT(padding_cases), NULL);
}

static const struct parser_case control_cases[] = {
    /* rfc: 9113#6.3 */
    {"PRIORITY of 4", "000004 02 00 00000001 00000000" PING_HEX,
     "FAULT stream FRAME_SIZE_ERROR PRIORITY_LENGTH PRIORITY flags=0 stream=1 length=4 "
     "value=4 limit=5\n" PING_TEXT},
    {"PRIORITY of 6", "000006 02 00 00000001 000000000000" PING_HEX,
     "FAULT stream FRAME_SIZE_ERROR PRIORITY_LENGTH PRIORITY flags=0 stream=1 length=6 "
     "value=6 limit=5\n" PING_TEXT},
    {"PRIORITY of 0", "000000 02 00 00000001" PING_HEX,
     "FAULT stream FRAME_SIZE_ERROR PRIORITY_LENGTH PRIORITY flags=0 stream=1 length=0 "
     "value=0 limit=5\n" PING_TEXT},
    /* rfc: 9113#6.4 */
    {"RST_STREAM of 3", "000003 03 00 00000001 000000",
     "FAULT connection FRAME_SIZE_ERROR RST_STREAM_LENGTH RST_STREAM flags=0 stream=1 length=3 "
     "value=3 limit=4\n"},
    {"RST_STREAM of 5", "000005 03 00 00000001 0000000000",
     "FAULT connection FRAME_SIZE_ERROR RST_STREAM_LENGTH RST_STREAM flags=0 stream=1 length=5 "
     "value=5 limit=4\n"},
    /* rfc: 9113#6.7 */
    {"PING of 7", "000007 06 00 00000000 00000000000000",
     "FAULT connection FRAME_SIZE_ERROR PING_LENGTH PING flags=0 stream=0 length=7 "
     "value=7 limit=8\n"},
    {"PING of 9", "000009 06 01 00000000 000000000000000000",
     "FAULT connection FRAME_SIZE_ERROR PING_LENGTH PING flags=1 stream=0 length=9 "
     "value=9 limit=8\n"},
    /* rfc: 9113#6.8 */
    {"GOAWAY of 7", "000007 07 00 00000000 00000000000000",
     "FAULT connection FRAME_SIZE_ERROR GOAWAY_LENGTH GOAWAY flags=0 stream=0 length=7 "
     "value=7 limit=8\n"},
    /* rfc: 9113#6.9 */
    {"WINDOW_UPDATE of 3", "000003 08 00 00000001 000001",
     "FAULT connection FRAME_SIZE_ERROR WINDOW_UPDATE_LENGTH WINDOW_UPDATE flags=0 stream=1 "
     "length=3 value=3 limit=4\n"},
    {"WINDOW_UPDATE of 5", "000005 08 00 00000000 0000000100",
     "FAULT connection FRAME_SIZE_ERROR WINDOW_UPDATE_LENGTH WINDOW_UPDATE flags=0 stream=0 "
     "length=5 value=5 limit=4\n"},
    {"WINDOW_UPDATE by 0 on a stream", "000004 08 00 00000001 00000000" PING_HEX,
     "FAULT stream PROTOCOL_ERROR WINDOW_UPDATE_ZERO WINDOW_UPDATE flags=0 stream=1 length=4 "
     "value=0 limit=0\n" PING_TEXT},
    {"WINDOW_UPDATE by 0 with the reserved bit", "000004 08 00 00000001 80000000" PING_HEX,
     "FAULT stream PROTOCOL_ERROR WINDOW_UPDATE_ZERO WINDOW_UPDATE flags=0 stream=1 length=4 "
     "value=0 limit=0\n" PING_TEXT},
    {"WINDOW_UPDATE by 0 on the connection", "000004 08 00 00000000 00000000" PING_HEX,
     "FAULT connection PROTOCOL_ERROR WINDOW_UPDATE_ZERO WINDOW_UPDATE flags=0 stream=0 length=4 "
     "value=0 limit=0\n"},
    /* rfc: 9113#6.6 */
    {"PUSH_PROMISE of stream 0", "000005 05 04 00000001 8000000082",
     "FAULT connection PROTOCOL_ERROR PUSH_PROMISE_ID PUSH_PROMISE flags=4 stream=1 length=5 "
     "value=0 limit=0\n"},
    /* rfc: 9218#7.1 */
    {"PRIORITY_UPDATE of 3", "000003 10 00 00000000 000000",
     "FAULT connection FRAME_SIZE_ERROR PRIORITY_UPDATE_LENGTH PRIORITY_UPDATE flags=0 stream=0 "
     "length=3 value=3 limit=4\n"},
    {"PRIORITY_UPDATE of stream 0", "000007 10 00 00000000 80000000 753d37",
     "FAULT connection PROTOCOL_ERROR PRIORITY_UPDATE_ID PRIORITY_UPDATE flags=0 stream=0 "
     "length=7 value=0 limit=0\n"},
};

static void parser_reports_wrong_control_frames(void **state)
{
    (void)state;
    parser_cases_run(control_cases, COUNT(control_cases), NULL);
}

#define SETTINGS_FAULT(code, reason)                                                               \
    "FAULT connection " code " " reason " SETTINGS flags=0 stream=0 length="

/* rfc: 9113#6.5, 9113#6.5.2, 8441#3, 9218#2.1 */
static const struct parser_case settings_cases[] = {
    {"ACK with a payload", "000006 04 01 00000000 000300000064",
     "FAULT connection FRAME_SIZE_ERROR SETTINGS_ACK_LENGTH SETTINGS flags=1 stream=0 length=6 "
     "value=6 limit=0\n"},
    {"5 octets", "000005 04 00 00000000 0003000000",
     SETTINGS_FAULT("FRAME_SIZE_ERROR", "SETTINGS_LENGTH") "5 value=5 limit=6\n"},
    {"7 octets", "000007 04 00 00000000 00030000006400",
     SETTINGS_FAULT("FRAME_SIZE_ERROR", "SETTINGS_LENGTH") "7 value=7 limit=6\n"},
    {"ENABLE_PUSH 2 behind a good entry", "00000c 04 00 00000000 000300000064 000200000002",
     SETTINGS_FAULT("PROTOCOL_ERROR", "SETTING_ENABLE_PUSH") "12 value=2 limit=1\n"},
    {"INITIAL_WINDOW_SIZE 2^31", "000006 04 00 00000000 000480000000",
     SETTINGS_FAULT("FLOW_CONTROL_ERROR",
                    "SETTING_WINDOW") "6 value=2147483648 limit=2147483647\n"},
    {"MAX_FRAME_SIZE 16383", "000006 04 00 00000000 000500003fff",
     SETTINGS_FAULT("PROTOCOL_ERROR", "SETTING_FRAME_SIZE") "6 value=16383 limit=16384\n"},
    {"MAX_FRAME_SIZE 2^24", "000006 04 00 00000000 000501000000",
     SETTINGS_FAULT("PROTOCOL_ERROR", "SETTING_FRAME_SIZE") "6 value=16777216 limit=16777215\n"},
    {"MAX_FRAME_SIZE 0", "000006 04 00 00000000 000500000000",
     SETTINGS_FAULT("PROTOCOL_ERROR", "SETTING_FRAME_SIZE") "6 value=0 limit=16384\n"},
    {"ENABLE_CONNECT_PROTOCOL 2", "000006 04 00 00000000 000800000002",
     SETTINGS_FAULT("PROTOCOL_ERROR", "SETTING_CONNECT") "6 value=2 limit=1\n"},
    {"NO_RFC7540_PRIORITIES 2", "000006 04 00 00000000 000900000002",
     SETTINGS_FAULT("PROTOCOL_ERROR", "SETTING_PRIORITIES") "6 value=2 limit=1\n"},
};

static void parser_reports_wrong_settings(void **state)
{
    (void)state;
    parser_cases_run(settings_cases, COUNT(settings_cases), NULL);
}

static const struct parser_case good_settings_cases[] = {
    {"values at their bounds",
     "000030 04 00 00000000 000200000001 00047fffffff 000500004000 000500ffffff 000800000001"
     "000900000001 000600000000 00ff00000005",
     "SETTINGS flags=0 stream=0 length=48 2:1 4:2147483647 5:16384 5:16777215 8:1 9:1 6:0 ff:5\n"},
};

static void parser_accepts_settings_at_their_bounds(void **state)
{
    (void)state;
    parser_cases_run(good_settings_cases, COUNT(good_settings_cases), NULL);
}

static void parser_limits_settings_entries(void **state)
{
    (void)state;
    h2frame_parser_config config;
    assert_int_equal(h2frame_parser_config_init(&config, sizeof config), 0);
    config.settings_entry_limit = 2;
    static const struct parser_case cases[] = {
        {"at the limit", "00000c 04 00 00000000 000300000001 000300000002",
         "SETTINGS flags=0 stream=0 length=12 3:1 3:2\n"},
        {"one more", "000012 04 00 00000000 000300000001 000300000002 000300000003",
         "FAULT connection ENHANCE_YOUR_CALM SETTINGS_ENTRIES SETTINGS flags=0 stream=0 length=18 "
         "value=3 limit=2\n"},
    };
    parser_cases_run(cases, COUNT(cases), &config);
}

/* rfc: 9113#3.4 */
static void parser_reports_a_wrong_preface(void **state)
{
    (void)state;
    h2frame_parser_config config;
    assert_int_equal(h2frame_parser_config_init(&config, sizeof config), 0);
    config.expect_preface = 1;
    for (size_t wrong = 0; wrong < H2FRAME_PREFACE_LENGTH; wrong++) {
        uint8_t data[H2FRAME_PREFACE_LENGTH + 17];
        memcpy(data, h2frame_preface(), H2FRAME_PREFACE_LENGTH);
        test_hex(PING_HEX, data + H2FRAME_PREFACE_LENGTH, 17);
        data[wrong] ^= 0x20;
        char *text = parser_cases_text(data, sizeof data, &config);
        char expected[160];
        (void)snprintf(expected, sizeof expected,
                       "FAULT connection PROTOCOL_ERROR PREFACE DATA flags=0 stream=0 length=0 "
                       "value=%d limit=%d\n",
                       data[wrong], h2frame_preface()[wrong]);
        assert_string_equal(text, expected);
        free(text);
    }
}

/* Takes and drops all that comes after a connection error, whatever it is. */
static void parser_stays_silent_after_a_connection_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stream_cases); i++) {
        uint8_t data[2048];
        size_t length = test_hex(stream_cases[i].hex, data, sizeof data);
        uint32_t seed = 7;
        while (length < sizeof data) {
            data[length++] = (uint8_t)test_rand(&seed);
        }
        char *text = parser_cases_text(data, length, NULL);
        assert_string_equal(text, stream_cases[i].expected);
        free(text);
    }
}

static void every_reason_is_met_by_a_case(void **state)
{
    (void)state;
    static const struct {
        const struct parser_case *cases;
        size_t count;
    } tables[] = {
        {size_cases, COUNT(size_cases)},         {stream_cases, COUNT(stream_cases)},
        {padding_cases, COUNT(padding_cases)},   {control_cases, COUNT(control_cases)},
        {settings_cases, COUNT(settings_cases)},
    };
    for (uint32_t reason = H2FRAME_REASON_FRAME_TOO_LARGE;
         strcmp(h2frame_reason_name(reason), "UNKNOWN") != 0; reason++) {
        int met = reason == H2FRAME_REASON_SETTINGS_ENTRIES; /* has a test of its own */
        for (size_t t = 0; t < COUNT(tables); t++) {
            for (size_t i = 0; i < tables[t].count; i++) {
                met |= strstr(tables[t].cases[i].expected, h2frame_reason_name(reason)) != NULL;
            }
        }
        assert_true(met);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parser_reports_wrong_sizes),
        cmocka_unit_test(parser_reports_streams_a_type_cannot_have),
        cmocka_unit_test(parser_reports_padding_without_room),
        cmocka_unit_test(parser_reports_wrong_control_frames),
        cmocka_unit_test(parser_reports_wrong_settings),
        cmocka_unit_test(parser_accepts_settings_at_their_bounds),
        cmocka_unit_test(parser_limits_settings_entries),
        cmocka_unit_test(parser_reports_a_wrong_preface),
        cmocka_unit_test(parser_stays_silent_after_a_connection_fault),
        cmocka_unit_test(every_reason_is_met_by_a_case),
    };
    return cmocka_run_group_tests_name("h2frame.faults", tests, NULL, NULL);
}
