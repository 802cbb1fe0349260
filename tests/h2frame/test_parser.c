/* SPDX-License-Identifier: MIT */
/* What the parser reads, and how it behaves with its input and memory. */
#include <stdlib.h>
#include <string.h>

#include "parser_cases.h"
#include "support.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct parser_case frame_cases[] = {
    {"DATA", "000003 00 01 00000001 616263", "DATA flags=1 stream=1 length=3 payload=616263\n"},
    {"DATA, empty", "000000 00 00 00000001", "DATA flags=0 stream=1 length=0\n"},
    {"DATA, padded", "000007 00 09 00000001 03 616263 000000",
     "DATA flags=9 stream=1 length=7 pad=3 payload=616263\n"},
    {"DATA, pad length 0", "000004 00 08 00000001 00 616263",
     "DATA flags=8 stream=1 length=4 payload=616263\n"},
    {"DATA, nothing but a pad length", "000001 00 08 00000001 00",
     "DATA flags=8 stream=1 length=1\n"},
    {"DATA, nothing but padding", "000004 00 08 00000001 03 000000",
     "DATA flags=8 stream=1 length=4 pad=3\n"},
    {"DATA, padding that is not zero", "000004 00 08 00000001 02 61 ffee",
     "DATA flags=8 stream=1 length=4 pad=2 payload=61\n"},
    {"HEADERS", "000001 01 05 00000003 82", "HEADERS flags=5 stream=3 length=1 payload=82\n"},
    {"HEADERS, empty", "000000 01 00 00000003", "HEADERS flags=0 stream=3 length=0\n"},
    {"HEADERS, priority", "000006 01 24 00000003 8000000b ff 82",
     "HEADERS flags=24 stream=3 length=6 dependency=11 weight=256 exclusive=1 payload=82\n"},
    {"HEADERS, priority only", "000005 01 24 00000003 00000000 00",
     "HEADERS flags=24 stream=3 length=5 weight=1\n"},
    {"HEADERS, padded and priority", "000008 01 2c 00000003 01 00000001 0f 82 00",
     "HEADERS flags=2c stream=3 length=8 pad=1 dependency=1 weight=16 payload=82\n"},
    {"PRIORITY", "000005 02 00 00000005 ffffffff 10",
     "PRIORITY flags=0 stream=5 length=5 dependency=2147483647 weight=17 exclusive=1\n"},
    {"RST_STREAM", "000004 03 00 00000001 fffffff8",
     "RST_STREAM flags=0 stream=1 length=4 code=4294967288\n"},
    {"SETTINGS, empty", "000000 04 00 00000000", "SETTINGS flags=0 stream=0 length=0\n"},
    {"SETTINGS, ACK", "000000 04 01 00000000", "SETTINGS flags=1 stream=0 length=0\n"},
    {"SETTINGS, order, repeated and unknown",
     "000018 04 00 00000000 000300000064 00040000ffff 0003000000c8 abcd12345678",
     "SETTINGS flags=0 stream=0 length=24 3:100 4:65535 3:200 abcd:305419896\n"},
    {"SETTINGS, as many as are kept in place",
     "000030 04 00 00000000 000300000001 000300000002 000300000003 000300000004 000300000005"
     "000300000006 000300000007 000300000008",
     "SETTINGS flags=0 stream=0 length=48 3:1 3:2 3:3 3:4 3:5 3:6 3:7 3:8\n"},
    {"SETTINGS, one more than are kept in place",
     "000036 04 00 00000000 000300000001 000300000002 000300000003 000300000004 000300000005"
     "000300000006 000300000007 000300000008 000300000009",
     "SETTINGS flags=0 stream=0 length=54 3:1 3:2 3:3 3:4 3:5 3:6 3:7 3:8 3:9\n"},
    {"SETTINGS, more than are kept in place",
     "00003c 04 00 00000000 000300000001 000300000002 000300000003 000300000004 000300000005"
     "000300000006 000300000007 000300000008 000300000009 00030000000a",
     "SETTINGS flags=0 stream=0 length=60 3:1 3:2 3:3 3:4 3:5 3:6 3:7 3:8 3:9 3:10\n"},
    {"PUSH_PROMISE", "000006 05 04 00000001 00000002 82 84",
     "PUSH_PROMISE flags=4 stream=1 length=6 promised=2 payload=8284\n"},
    {"PUSH_PROMISE, padded", "000007 05 0c 00000001 01 00000002 82 00",
     "PUSH_PROMISE flags=c stream=1 length=7 pad=1 promised=2 payload=82\n"},
    {"PING", "000008 06 00 00000000 0102030405060708",
     "PING flags=0 stream=0 length=8 opaque=0102030405060708\n"},
    {"PING, ACK", "000008 06 01 00000000 ff02030405060708",
     "PING flags=1 stream=0 length=8 opaque=ff02030405060708\n"},
    {"GOAWAY", "000008 07 00 00000000 00000007 00000001",
     "GOAWAY flags=0 stream=0 length=8 last=7 code=1\n"},
    {"GOAWAY, debug data", "00000c 07 00 00000000 00000007 0000000b 64656267",
     "GOAWAY flags=0 stream=0 length=12 last=7 code=11 payload=64656267\n"},
    {"GOAWAY, the longest that is gathered in place",
     "000010 07 00 00000000 00000007 0000000b 6162636465666768",
     "GOAWAY flags=0 stream=0 length=16 last=7 code=11 payload=6162636465666768\n"},
    {"GOAWAY, one octet more", "000011 07 00 00000000 00000007 0000000b 616263646566676869",
     "GOAWAY flags=0 stream=0 length=17 last=7 code=11 payload=616263646566676869\n"},
    {"WINDOW_UPDATE", "000004 08 00 00000000 7fffffff",
     "WINDOW_UPDATE flags=0 stream=0 length=4 increment=2147483647\n"},
    {"CONTINUATION", "000002 09 04 00000001 8284",
     "CONTINUATION flags=4 stream=1 length=2 payload=8284\n"},
    {"CONTINUATION, empty", "000000 09 00 00000001", "CONTINUATION flags=0 stream=1 length=0\n"},
    {"ALTSVC on stream 0", "000008 0a 00 00000000 0003 616263 783d79",
     "ALTSVC flags=0 stream=0 length=8 origin=616263 payload=783d79\n"},
    {"ALTSVC on a stream", "000005 0a 00 00000001 0000 783d79",
     "ALTSVC flags=0 stream=1 length=5 payload=783d79\n"},
    {"ALTSVC without a value", "000002 0a 00 00000001 0000", "ALTSVC flags=0 stream=1 length=2\n"},
    {"ORIGIN", "000009 0c 00 00000000 0002 6162 0003 636465",
     "ORIGIN flags=0 stream=0 length=9 payload=000261620003636465\n"},
    {"ORIGIN, empty", "000000 0c 00 00000000", "ORIGIN flags=0 stream=0 length=0\n"},
    {"PRIORITY_UPDATE", "000007 10 00 00000000 00000003 753d37",
     "PRIORITY_UPDATE flags=0 stream=0 length=7 prioritized=3 payload=753d37\n"},
    {"PRIORITY_UPDATE without a value", "000004 10 00 00000000 00000003",
     "PRIORITY_UPDATE flags=0 stream=0 length=4 prioritized=3\n"},
};

static void parser_reads_each_frame(void **state)
{
    (void)state;
    parser_cases_run(frame_cases, COUNT(frame_cases), NULL);
}

/* rfc: 9113#4.1, 9113#5.5 */
static const struct parser_case ignored_cases[] = {
    {"unknown type on stream 0", "000003 ee ff 00000000 010203",
     "TYPE-ee flags=ff stream=0 length=3 payload=010203\n"},
    {"unknown type on a stream, empty", "000000 0b 28 00000007",
     "TYPE-0b flags=28 stream=7 length=0\n"},
    {"the gaps between known types", "000001 0d 00 00000001 61 000001 11 00 00000001 62",
     "TYPE-0d flags=0 stream=1 length=1 payload=61\nTYPE-11 flags=0 stream=1 length=1 "
     "payload=62\n"},
    {"reserved bit of the stream", "000000 00 01 80000001", "DATA flags=1 stream=1 length=0\n"},
    {"reserved bit of the increment", "000004 08 00 00000001 80000001",
     "WINDOW_UPDATE flags=0 stream=1 length=4 increment=1\n"},
    {"reserved bit of the last stream", "000008 07 00 00000000 80000003 00000000",
     "GOAWAY flags=0 stream=0 length=8 last=3\n"},
    {"reserved bit of the promised stream", "000004 05 04 00000001 80000002",
     "PUSH_PROMISE flags=4 stream=1 length=4 promised=2\n"},
    {"reserved bit of the prioritized stream", "000004 10 00 00000000 80000003",
     "PRIORITY_UPDATE flags=0 stream=0 length=4 prioritized=3\n"},
    {"flags without a meaning for DATA", "000001 00 f6 00000001 61",
     "DATA flags=f6 stream=1 length=1 payload=61\n"},
    {"PADDED has no meaning for CONTINUATION", "000001 09 28 00000001 61",
     "CONTINUATION flags=28 stream=1 length=1 payload=61\n"},
    {"PRIORITY has no meaning for PUSH_PROMISE", "000005 05 24 00000001 00000002 82",
     "PUSH_PROMISE flags=24 stream=1 length=5 promised=2 payload=82\n"},
    {"flags without a meaning for GOAWAY", "000008 07 ff 00000000 00000000 00000000",
     "GOAWAY flags=ff stream=0 length=8\n"},
};

static void parser_ignores_what_has_no_meaning(void **state)
{
    (void)state;
    parser_cases_run(ignored_cases, COUNT(ignored_cases), NULL);
}

/* The last frame of some octets, with pointers taken out; every frame comes in one part. */
static h2frame_frame last_frame(const uint8_t *data, const size_t *cuts, size_t count)
{
    h2frame_parser *parser;
    assert_int_equal(h2frame_parser_new(&parser, NULL), 0);
    h2frame_frame last = {.size = 0};
    size_t at = 0;
    for (size_t i = 0; i < count;) {
        const h2frame_event *event;
        size_t consumed;
        assert_int_equal(h2frame_parser_next(parser, data + at, cuts[i] - at, &consumed, &event),
                         0);
        at += consumed;
        i += event == NULL;
        if (event != NULL) {
            static const h2frame_fault none = {0};
            assert_int_equal(event->kind, H2FRAME_EVENT_FRAME);
            assert_memory_equal(&event->fault, &none, sizeof none);
            last = event->frame;
        }
    }
    h2frame_parser_free(parser);
    last.payload.data = NULL;
    last.origin.data = NULL;
    last.settings = NULL;
    return last;
}

/* Whatever came before, also when a frame is read in one go: the members of other types are zero. */
static void parser_leaves_nothing_of_the_frame_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(frame_cases); i++) {
        for (size_t k = 0; k < COUNT(frame_cases); k++) {
            uint8_t octets[256];
            size_t first = test_hex(frame_cases[i].hex, octets, sizeof octets);
            size_t second = test_hex(frame_cases[k].hex, octets + first, sizeof octets - first);
            const size_t whole[] = {first + second};
            const size_t in_head[] = {5, second};
            h2frame_frame after = last_frame(octets, whole, 1);
            h2frame_frame alone = last_frame(octets + first, in_head, 2);
            assert_memory_equal(&after, &alone, sizeof after);
        }
    }
}

/* All frames one after the other, cut every way. */
static void parser_reads_frames_in_a_row(void **state)
{
    (void)state;
    char hex[4096] = "";
    char expected[8192] = "";
    for (size_t i = 0; i < COUNT(frame_cases); i++) {
        strncat(hex, frame_cases[i].hex, sizeof hex - strlen(hex) - 1);
        strncat(expected, frame_cases[i].expected, sizeof expected - strlen(expected) - 1);
        uint8_t octets[512];
        if (test_hex(hex, octets, sizeof octets) > 400 || i + 1 == COUNT(frame_cases)) {
            const struct parser_case all = {"in a row", hex, expected};
            parser_cases_run(&all, 1, NULL);
            hex[0] = expected[0] = '\0';
        }
    }
}

/* ---- Limits ---- */

static h2frame_parser_config config_new(void)
{
    h2frame_parser_config config;
    assert_int_equal(h2frame_parser_config_init(&config, sizeof config), 0);
    return config;
}

static void parser_does_not_interpret_long_extensions(void **state)
{
    (void)state;
    h2frame_parser_config config = config_new();
    config.extension_limit_bytes = 5;
    static const struct parser_case cases[] = {
        {"ALTSVC at the limit", "000005 0a 00 00000000 0002 6162 78",
         "ALTSVC flags=0 stream=0 length=5 origin=6162 payload=78\n"},
        {"ALTSVC beyond", "000006 0a 00 00000000 0002 6162 7879",
         "ALTSVC flags=0 stream=0 length=6 payload=000261627879\n"},
        {"ORIGIN beyond", "000006 0c 00 00000000 0004 61626364",
         "ORIGIN flags=0 stream=0 length=6 payload=000461626364\n"},
        {"PRIORITY_UPDATE beyond", "000006 10 00 00000000 00000003 7534",
         "PRIORITY_UPDATE flags=0 stream=0 length=6 payload=000000037534\n"},
        {"GOAWAY at the limit", "00000d 07 00 00000000 00000001 00000002 6162636465",
         "GOAWAY flags=0 stream=0 length=13 last=1 code=2 payload=6162636465\n"},
        {"GOAWAY is cut, and what follows is read",
         "000010 07 00 00000000 00000001 00000002 6162636465666768 000000 04 01 00000000",
         "GOAWAY flags=0 stream=0 length=16 last=1 code=2 payload=6162636465\n"
         "SETTINGS flags=1 stream=0 length=0\n"},
    };
    parser_cases_run(cases, COUNT(cases), &config);
    config.extension_limit_bytes = 0;
    static const struct parser_case none[] = {
        {"GOAWAY", "000009 07 00 00000000 00000001 00000002 61",
         "GOAWAY flags=0 stream=0 length=9 last=1 code=2\n"},
        {"ORIGIN, empty", "000000 0c 00 00000000", "ORIGIN flags=0 stream=0 length=0\n"},
        {"ORIGIN", "000002 0c 00 00000000 0000", "ORIGIN flags=0 stream=0 length=2 payload=0000\n"},
    };
    parser_cases_run(none, COUNT(none), &config);
}

static const char *expect_event(h2frame_parser *parser, const uint8_t *data, size_t length)
{
    size_t consumed;
    const h2frame_event *event;
    assert_int_equal(h2frame_parser_next(parser, data, length, &consumed, &event), 0);
    if (event == NULL) {
        return "none";
    }
    return event->kind == H2FRAME_EVENT_FAULT ? h2frame_reason_name(event->fault.reason) : "frame";
}

/* rfc: 9113#4.2 */
static void parser_holds_payloads_against_the_current_bound(void **state)
{
    (void)state;
    static const uint32_t bounds[] = {16384, 16385, 65536, 16777215};
    for (size_t i = 0; i < COUNT(bounds); i++) {
        h2frame_parser *parser;
        assert_int_equal(h2frame_parser_new(&parser, NULL), 0);
        assert_int_equal(h2frame_parser_set_max_frame_size(parser, bounds[i]), 0);
        uint8_t *data = calloc(1, H2FRAME_HEAD_LENGTH + bounds[i]);
        assert_non_null(data);
        h2frame_write_head(data, bounds[i], H2FRAME_TYPE_HEADERS, 0, 1);
        assert_string_equal(expect_event(parser, data, H2FRAME_HEAD_LENGTH + bounds[i]), "frame");
        assert_int_equal(h2frame_parser_in_frame(parser), 0);
        if (bounds[i] < H2FRAME_MAX_MAX_FRAME_SIZE) {
            h2frame_write_head(data, bounds[i] + 1, H2FRAME_TYPE_HEADERS, 0, 1);
            assert_string_equal(expect_event(parser, data, H2FRAME_HEAD_LENGTH), "FRAME_TOO_LARGE");
        }
        free(data);
        h2frame_parser_free(parser);
    }
}

/* rfc: 9113#5.5 */
static void extensions_that_are_not_supported_are_not_looked_into(void **state)
{
    static const uint32_t TYPES[] = {H2FRAME_TYPE_ALTSVC, H2FRAME_TYPE_ORIGIN,
                                     H2FRAME_TYPE_PRIORITY_UPDATE};
    (void)state;
    for (size_t i = 0; i < COUNT(TYPES); i++) {
        uint8_t data[H2FRAME_HEAD_LENGTH + 3] = {0};
        size_t used;
        const h2frame_event *event;
        h2frame_parser *parser;
        h2frame_write_head(data, 3, TYPES[i], 0, 1);
        data[H2FRAME_HEAD_LENGTH] = 0xff;
        assert_int_equal(h2frame_parser_new(&parser, NULL), 0);
        assert_int_equal(h2frame_parser_set_unsupported(parser, 1U << TYPES[i]), 0);
        assert_int_equal(h2frame_parser_set_unsupported(parser, 1), H2FRAME_ERR_USAGE);
        assert_int_equal(h2frame_parser_set_unsupported(NULL, 0), H2FRAME_ERR_USAGE);
        /* In parts, as they come. */
        assert_int_equal(h2frame_parser_next(parser, data, sizeof data - 1, &used, &event), 0);
        assert_int_equal(event->frame.payload.length, 2);
        assert_int_equal(event->frame.part, H2FRAME_PART_FIRST);
        assert_string_equal(expect_event(parser, data + used, 1), "frame");
        /* Too large it may not be. */
        h2frame_write_head(data, 16385, TYPES[i], 0, 1);
        assert_string_equal(expect_event(parser, data, H2FRAME_HEAD_LENGTH), "FRAME_TOO_LARGE");
        h2frame_parser_free(parser);
    }
}

static void bound_changes_from_the_next_head_on(void **state)
{
    (void)state;
    h2frame_parser *parser;
    assert_int_equal(h2frame_parser_new(&parser, NULL), 0);
    assert_int_equal(h2frame_parser_set_max_frame_size(parser, 16383), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_parser_set_max_frame_size(parser, 16777216), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_parser_set_max_frame_size(NULL, 16384), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_parser_set_max_frame_size(parser, 20000), 0);
    static uint8_t data[H2FRAME_HEAD_LENGTH + 20000];
    h2frame_write_head(data, 20000, H2FRAME_TYPE_DATA, 0, 1);
    assert_string_equal(expect_event(parser, data, 12), "frame");
    assert_int_equal(h2frame_parser_set_max_frame_size(parser, 16384), 0);
    assert_string_equal(expect_event(parser, data + 12, sizeof data - 12), "frame");
    assert_int_equal(h2frame_parser_in_frame(parser), 0);
    assert_string_equal(expect_event(parser, data, 12), "FRAME_TOO_LARGE");
    h2frame_parser_free(parser);
}

/* ---- Preface ---- */

/* rfc: 9113#3.4 */
static void parser_reads_the_preface_first(void **state)
{
    (void)state;
    h2frame_parser_config config = config_new();
    config.expect_preface = 1;
    static const struct parser_case cases[] = {
        {"preface, then SETTINGS",
         "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a 000000 04 00 00000000",
         "PREFACE\nSETTINGS flags=0 stream=0 length=0\n"},
        {"a preface that is not whole", "505249202a20485454502f322e300d0a0d0a534d0d0a0d", ""},
    };
    parser_cases_run(cases, COUNT(cases), &config);
}

static void parser_tells_whether_it_is_inside_a_frame(void **state)
{
    (void)state;
    h2frame_parser_config config = config_new();
    config.expect_preface = 1;
    h2frame_parser *parser;
    assert_int_equal(h2frame_parser_new(&parser, &config), 0);
    assert_int_equal(h2frame_parser_in_frame(parser), 0);
    for (size_t i = 0; i < H2FRAME_PREFACE_LENGTH; i++) {
        (void)expect_event(parser, h2frame_preface() + i, 1);
        assert_int_equal(h2frame_parser_in_frame(parser), i + 1 < H2FRAME_PREFACE_LENGTH);
    }
    h2frame_parser_free(parser);
    assert_int_equal(h2frame_parser_in_frame(NULL), 0);
}

/* Every prefix of every frame: no event that says more than has come, no fault, and the parser
 * knows that it is in the middle. */
static void parser_waits_for_the_rest_of_a_frame(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(frame_cases); i++) {
        uint8_t data[512];
        size_t length = test_hex(frame_cases[i].hex, data, sizeof data);
        for (size_t cut = 0; cut <= length; cut++) {
            h2frame_parser *parser;
            assert_int_equal(h2frame_parser_new(&parser, NULL), 0);
            struct event_log log = {.text = NULL};
            assert_int_equal(event_log_feed(&log, parser, data, cut), 0);
            assert_int_equal(h2frame_parser_in_frame(parser), cut > 0 && cut < length);
            assert_string_equal(event_log_text(&log), cut < length ? "" : frame_cases[i].expected);
            event_log_free(&log);
            h2frame_parser_free(parser);
        }
    }
}

/* ---- Views and memory ---- */

static void payloads_that_lie_whole_in_the_input_are_views_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        size_t offset;
    } cases[] = {
        {"000003 00 00 00000001 616263", 9},
        {"000006 00 08 00000001 02 616263 0000", 10},
        {"000006 01 24 00000003 8000000b ff 82", 14},
        {"000005 05 04 00000001 00000002 82", 13},
        {"000009 07 00 00000000 00000007 0000000b 64", 17},
        {"000005 0a 00 00000000 0001 61 7879", 12},
        {"000007 10 00 00000000 00000003 753d37", 13},
        {"000002 ee 00 00000000 0102", 9},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct test_alloc books = {.fail_at = 0};
        h2frame_parser_config config = config_new();
        config.resize = test_alloc_resize;
        config.resize_ctx = &books;
        h2frame_parser *parser;
        assert_int_equal(h2frame_parser_new(&parser, &config), 0);
        uint8_t data[64];
        size_t length = test_hex(cases[i].hex, data, sizeof data);
        size_t consumed;
        const h2frame_event *event;
        assert_int_equal(h2frame_parser_next(parser, data, length, &consumed, &event), 0);
        assert_int_equal(consumed, length);
        assert_ptr_equal(event->frame.payload.data, data + cases[i].offset);
        assert_int_equal(books.calls, 1); /* the parser itself */
        h2frame_parser_free(parser);
        assert_int_equal(books.live_blocks, 0);
    }
}

/* Frames that need memory when cut: more settings than are kept in place, and long payloads that
 * are delivered whole. */
static const char *const hungry =
    "00003c 04 00 00000000 000300000001 000300000002 000300000003 000300000004 000300000005"
    "000300000006 000300000007 000300000008 000300000009 00030000000a"
    "000019 07 00 00000000 00000007 0000000b 6465626764656267646562676465626764"
    "000014 0a 00 00000000 0003 616263 6465626764656267646562"
    "000014 0c 00 00000000 0012 646562676465626764656267646562676465"
    "000014 10 00 00000000 00000003 64656267646562676465626764656267";

static int read_hungry(struct test_alloc *books, void *arg)
{
    size_t step = *(size_t *)arg;
    h2frame_parser_config config = config_new();
    config.resize = test_alloc_resize;
    config.resize_ctx = books;
    h2frame_parser *parser;
    int rv = h2frame_parser_new(&parser, &config);
    if (rv != 0) {
        assert_int_equal(rv, H2FRAME_ERR_NOMEM);
        assert_null(parser);
        return rv;
    }
    uint8_t data[512];
    size_t length = test_hex(hungry, data, sizeof data);
    struct event_log log = {.text = NULL};
    for (size_t at = 0; at < length && rv == 0; at += step) {
        rv = event_log_feed(&log, parser, data + at, length - at < step ? length - at : step);
    }
    if (rv != 0) { /* final */
        assert_int_equal(rv, H2FRAME_ERR_NOMEM);
        assert_int_equal(event_log_feed(&log, parser, data, length), H2FRAME_ERR_NOMEM);
    } else {
        assert_int_equal(books->live_blocks, 1); /* what frames needed has been given back */
    }
    event_log_free(&log);
    h2frame_parser_free(parser);
    return rv;
}

static void parser_survives_failing_memory(void **state)
{
    (void)state;
    for (size_t step = 1; step < 300; step += 13) {
        test_each_failing_alloc(read_hungry, &step);
    }
}

static void parser_memory_is_bounded(void **state)
{
    (void)state;
    struct test_alloc books = {.fail_at = 0};
    size_t step = 1;
    assert_int_equal(read_hungry(&books, &step), 0);
    assert_true(books.peak_bytes < 1024);
}

static void parser_refuses_wrong_arguments(void **state)
{
    (void)state;
    h2frame_parser *parser;
    assert_int_equal(h2frame_parser_new(NULL, NULL), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_parser_new(&parser, NULL), 0);
    uint8_t octet = 0;
    size_t consumed = 7;
    const h2frame_event *event = (const h2frame_event *)(const void *)&octet;
    assert_int_equal(h2frame_parser_next(NULL, &octet, 1, &consumed, &event), H2FRAME_ERR_USAGE);
    assert_int_equal(consumed, 0);
    assert_null(event);
    assert_int_equal(h2frame_parser_next(parser, NULL, 1, &consumed, &event), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_parser_next(parser, &octet, 1, NULL, &event), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_parser_next(parser, &octet, 1, &consumed, NULL), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_parser_next(parser, NULL, 0, &consumed, &event), 0);
    assert_null(event);
    h2frame_parser_free(parser);
    h2frame_parser_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parser_reads_each_frame),
        cmocka_unit_test(parser_ignores_what_has_no_meaning),
        cmocka_unit_test(parser_leaves_nothing_of_the_frame_before),
        cmocka_unit_test(parser_reads_frames_in_a_row),
        cmocka_unit_test(parser_does_not_interpret_long_extensions),
        cmocka_unit_test(parser_holds_payloads_against_the_current_bound),
        cmocka_unit_test(extensions_that_are_not_supported_are_not_looked_into),
        cmocka_unit_test(bound_changes_from_the_next_head_on),
        cmocka_unit_test(parser_reads_the_preface_first),
        cmocka_unit_test(parser_tells_whether_it_is_inside_a_frame),
        cmocka_unit_test(parser_waits_for_the_rest_of_a_frame),
        cmocka_unit_test(payloads_that_lie_whole_in_the_input_are_views_of_it),
        cmocka_unit_test(parser_survives_failing_memory),
        cmocka_unit_test(parser_memory_is_bounded),
        cmocka_unit_test(parser_refuses_wrong_arguments),
    };
    return cmocka_run_group_tests_name("h2frame.parser", tests, NULL, NULL);
}
