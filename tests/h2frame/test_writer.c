/* SPDX-License-Identifier: MIT */
/* What the writer writes, what it refuses, and that both ways agree. */
#include <h2frame/h2frame.h>

#include <string.h>

#include "support.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define FRAME(name, ...) .size = sizeof(h2frame_frame), .type = H2FRAME_TYPE_##name, __VA_ARGS__

static const h2frame_setting two_settings[] = {{H2FRAME_SETTING_MAX_FRAME_SIZE, 16777215},
                                               {0xffff, 0xffffffff}};

struct written {
    h2frame_frame frame;
    const char *hex;
};

static const struct written written[] = {
    {{FRAME(DATA, .flags = H2FRAME_FLAG_END_STREAM, .stream_id = 1, .payload = BYTES("abc"))},
     "000003 00 01 00000001 616263"},
    {{FRAME(DATA, .stream_id = H2FRAME_MAX_STREAM_ID)}, "000000 00 00 7fffffff"},
    /* rfc: 9113#6.1 (padding is zero) */
    {{FRAME(DATA, .flags = H2FRAME_FLAG_PADDED, .stream_id = 1, .pad_length = 3,
            .payload = BYTES("abc"))},
     "000007 00 08 00000001 03 616263 000000"},
    {{FRAME(DATA, .flags = H2FRAME_FLAG_PADDED, .stream_id = 1)}, "000001 00 08 00000001 00"},
    {{FRAME(DATA, .stream_id = 1, .pad_length = 3)}, "000000 00 00 00000001"},
    {{FRAME(HEADERS, .flags = H2FRAME_FLAG_END_HEADERS, .stream_id = 3, .payload = BYTES("\x82"))},
     "000001 01 04 00000003 82"},
    {{FRAME(HEADERS, .flags = H2FRAME_FLAG_PRIORITY | H2FRAME_FLAG_PADDED, .stream_id = 3,
            .pad_length = 1, .dependency = 1, .weight = 256, .exclusive = 1,
            .payload = BYTES("\x82"))},
     "000008 01 28 00000003 01 80000001 ff 82 00"},
    {{FRAME(PRIORITY, .stream_id = 5, .dependency = H2FRAME_MAX_STREAM_ID, .weight = 1)},
     "000005 02 00 00000005 7fffffff 00"},
    {{FRAME(RST_STREAM, .stream_id = 1, .error_code = 0xfffffff8)},
     "000004 03 00 00000001 fffffff8"},
    {{FRAME(SETTINGS, .settings = two_settings, .settings_count = 2)},
     "00000c 04 00 00000000 000500ffffff ffffffffffff"},
    {{FRAME(SETTINGS, .flags = H2FRAME_FLAG_ACK)}, "000000 04 01 00000000"},
    {{FRAME(PUSH_PROMISE, .flags = H2FRAME_FLAG_END_HEADERS, .stream_id = 1,
            .promised_stream_id = 2, .payload = BYTES("\x82"))},
     "000005 05 04 00000001 00000002 82"},
    {{FRAME(PUSH_PROMISE, .flags = H2FRAME_FLAG_PADDED, .stream_id = 1, .pad_length = 2,
            .promised_stream_id = H2FRAME_MAX_STREAM_ID)},
     "000007 05 08 00000001 02 7fffffff 0000"},
    {{FRAME(PING, .flags = H2FRAME_FLAG_ACK, .opaque = {1, 2, 3, 4, 5, 6, 7, 8})},
     "000008 06 01 00000000 0102030405060708"},
    {{FRAME(GOAWAY, .last_stream_id = 7, .error_code = 11, .payload = BYTES("debg"))},
     "00000c 07 00 00000000 00000007 0000000b 64656267"},
    {{FRAME(WINDOW_UPDATE, .increment = 0x7fffffff)}, "000004 08 00 00000000 7fffffff"},
    {{FRAME(WINDOW_UPDATE, .stream_id = 9, .increment = 1)}, "000004 08 00 00000009 00000001"},
    {{FRAME(CONTINUATION, .stream_id = 1, .payload = BYTES("\x82\x84"))},
     "000002 09 00 00000001 8284"},
    {{FRAME(ALTSVC, .origin = BYTES("abc"), .payload = BYTES("x=y"))},
     "000008 0a 00 00000000 0003 616263 783d79"},
    {{FRAME(ALTSVC, .stream_id = 1, .payload = BYTES("x=y"))}, "000005 0a 00 00000001 0000 783d79"},
    {{FRAME(ORIGIN, .payload = BYTES("\0\2ab\0\3cde"))},
     "000009 0c 00 00000000 0002 6162 0003 636465"},
    {{FRAME(ORIGIN, .stream_id = 0)}, "000000 0c 00 00000000"},
    {{FRAME(PRIORITY_UPDATE, .prioritized_stream_id = 3, .payload = BYTES("u=7"))},
     "000007 10 00 00000000 00000003 753d37"},
    {{.size = sizeof(h2frame_frame),
      .type = 0xee,
      .flags = 0xff,
      .stream_id = 1,
      .payload = BYTES("abc")},
     "000003 ee ff 00000001 616263"},
    /* Flags without a meaning are left unset. rfc: 9113#4.1 */
    {{FRAME(DATA, .flags = 0xf6, .stream_id = 1, .payload = BYTES("a"))},
     "000001 00 00 00000001 61"},
    {{FRAME(PING, .flags = 0xff)}, "000008 06 01 00000000 0000000000000000"},
    {{FRAME(CONTINUATION, .flags = 0x2c, .stream_id = 1, .payload = BYTES("a"))},
     "000001 09 04 00000001 61"},
};

static void writer_writes_each_frame(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(written); i++) {
        uint8_t expected[64];
        size_t length = test_hex(written[i].hex, expected, sizeof expected);
        uint8_t octets[64];
        memset(octets, 0xaa, sizeof octets);
        h2frame_buffer out = {.data = octets, .capacity = 5 + length, .length = 5};
        assert_int_equal(h2frame_write(&written[i].frame, &out), 0);
        assert_int_equal(out.length, 5 + length);
        assert_memory_equal(octets + 5, expected, length);
        assert_int_equal(octets[4], 0xaa);
        assert_int_equal(octets[5 + length], 0xaa);
        assert_int_equal(h2frame_write_size(&written[i].frame), length);
    }
}

static void writer_refuses_a_buffer_without_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(written); i++) {
        size_t length = h2frame_write_size(&written[i].frame);
        for (size_t capacity = 0; capacity < length; capacity++) {
            uint8_t octets[64] = {0};
            static const uint8_t untouched[64] = {0};
            h2frame_buffer out = {.data = octets, .capacity = capacity};
            assert_int_equal(h2frame_write(&written[i].frame, &out), H2FRAME_ERR_BUFFER);
            assert_int_equal(out.length, 0);
            assert_memory_equal(octets, untouched, sizeof octets);
        }
    }
}

/* What is read from what was written, written again, is the same. */
static void written_frames_read_back_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(written); i++) {
        uint8_t octets[64];
        h2frame_buffer first = {.data = octets, .capacity = sizeof octets};
        assert_int_equal(h2frame_write(&written[i].frame, &first), 0);
        h2frame_parser *parser;
        assert_int_equal(h2frame_parser_new(&parser, NULL), 0);
        size_t consumed;
        const h2frame_event *event;
        assert_int_equal(h2frame_parser_next(parser, octets, first.length, &consumed, &event), 0);
        assert_non_null(event);
        assert_int_equal(event->kind, H2FRAME_EVENT_FRAME);
        assert_int_equal(consumed, first.length);
        uint8_t again[64];
        h2frame_buffer second = {.data = again, .capacity = sizeof again};
        assert_int_equal(h2frame_write(&event->frame, &second), 0);
        assert_int_equal(second.length, first.length);
        assert_memory_equal(again, octets, first.length);
        h2frame_parser_free(parser);
    }
}

static const uint8_t octet[1];
static const h2frame_setting wide_id[] = {{0x10000, 0}};
static const h2frame_setting bad_push[] = {{H2FRAME_SETTING_ENABLE_PUSH, 2}};
static const h2frame_setting bad_window[] = {{H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 0x80000000}};
static const h2frame_setting bad_size[] = {{H2FRAME_SETTING_MAX_FRAME_SIZE, 16383}};

/* rfc: 9113#6.5.2, 9113#6.9, 9113#6.6 */
static const h2frame_frame refused[] = {
    {FRAME(DATA, .stream_id = 0)},
    {FRAME(DATA, .stream_id = 0x80000001)},
    {FRAME(DATA, .stream_id = 1, .flags = 0x100)},
    {FRAME(DATA, .stream_id = 1, .flags = H2FRAME_FLAG_PADDED, .pad_length = 256)},
    {FRAME(DATA, .stream_id = 1, .payload = {NULL, 1})},
    {FRAME(DATA, .stream_id = 1, .payload = {octet, 0x1000000})},
    {FRAME(DATA, .stream_id = 1, .payload = {octet, SIZE_MAX})},
    {FRAME(DATA, .stream_id = 1, .flags = H2FRAME_FLAG_PADDED, .payload = {octet, 0xffffff})},
    {.size = sizeof(h2frame_frame), .type = 0x100, .stream_id = 1},
    {FRAME(HEADERS, .stream_id = 0)},
    {FRAME(HEADERS, .stream_id = 1, .flags = H2FRAME_FLAG_PRIORITY, .weight = 0)},
    {FRAME(HEADERS, .stream_id = 1, .flags = H2FRAME_FLAG_PRIORITY, .weight = 257)},
    {FRAME(HEADERS, .stream_id = 1, .flags = H2FRAME_FLAG_PADDED, .pad_length = 256)},
    {FRAME(PRIORITY, .stream_id = 1, .weight = 1, .dependency = 0x80000000)},
    {FRAME(PRIORITY, .stream_id = 1, .weight = 1, .exclusive = 2)},
    {FRAME(PRIORITY, .stream_id = 0, .weight = 1)},
    {FRAME(RST_STREAM, .stream_id = 0)},
    {FRAME(SETTINGS, .stream_id = 1)},
    {FRAME(SETTINGS, .flags = H2FRAME_FLAG_ACK, .settings = two_settings, .settings_count = 2)},
    {FRAME(SETTINGS, .settings = NULL, .settings_count = 1)},
    {FRAME(SETTINGS, .settings = two_settings, .settings_count = SIZE_MAX)},
    {FRAME(SETTINGS, .settings = wide_id, .settings_count = 1)},
    {FRAME(SETTINGS, .settings = bad_push, .settings_count = 1)},
    {FRAME(SETTINGS, .settings = bad_window, .settings_count = 1)},
    {FRAME(SETTINGS, .settings = bad_size, .settings_count = 1)},
    {FRAME(PUSH_PROMISE, .stream_id = 1, .promised_stream_id = 0)},
    {FRAME(PUSH_PROMISE, .stream_id = 1, .promised_stream_id = 0x80000000)},
    {FRAME(PUSH_PROMISE, .stream_id = 0, .promised_stream_id = 2)},
    {FRAME(PING, .stream_id = 1)},
    {FRAME(GOAWAY, .stream_id = 1)},
    {FRAME(GOAWAY, .last_stream_id = 0x80000000)},
    {FRAME(GOAWAY, .payload = {octet, 0xffffff})},
    {FRAME(WINDOW_UPDATE, .increment = 0)},
    {FRAME(WINDOW_UPDATE, .increment = 0x80000000)},
    {FRAME(CONTINUATION, .stream_id = 0)},
    {FRAME(ALTSVC, .stream_id = 0)},
    {FRAME(ALTSVC, .stream_id = 1, .origin = BYTES("a"))},
    {FRAME(ALTSVC, .stream_id = 0, .origin = {NULL, 1})},
    {FRAME(ALTSVC, .stream_id = 0, .origin = {octet, 0x10000})},
    {FRAME(ORIGIN, .stream_id = 1)},
    {FRAME(ORIGIN, .payload = BYTES("\0\2a"))},
    {FRAME(ORIGIN, .payload = BYTES("\0\1a\0"))},
    {FRAME(PRIORITY_UPDATE, .prioritized_stream_id = 0)},
    {FRAME(PRIORITY_UPDATE, .prioritized_stream_id = 0x80000000)},
    {FRAME(PRIORITY_UPDATE, .stream_id = 1, .prioritized_stream_id = 1)},
};

static void writer_refuses_members_out_of_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        uint8_t octets[128];
        h2frame_buffer out = {.data = octets, .capacity = sizeof octets};
        int rv = h2frame_write(&refused[i], &out);
        if (rv != H2FRAME_ERR_FRAME) {
            print_error("refused[%zu]\n", i);
        }
        assert_int_equal(rv, H2FRAME_ERR_FRAME);
        assert_int_equal(out.length, 0);
        assert_int_equal(h2frame_write_size(&refused[i]), 0);
    }
}

static void writer_takes_frames_of_newer_callers(void **state)
{
    (void)state;
    struct {
        h2frame_frame frame;
        uint64_t member_of_the_future;
    } newer = {.frame = {FRAME(PING, .stream_id = 0)}};
    newer.frame.size = sizeof newer;
    uint8_t octets[17];
    h2frame_buffer out = {.data = octets, .capacity = sizeof octets};
    assert_int_equal(h2frame_write(&newer.frame, &out), 0);
    out.length = 0;
    newer.member_of_the_future = 1;
    assert_int_equal(h2frame_write(&newer.frame, &out), H2FRAME_ERR_USAGE);
    newer.frame.size = sizeof newer.frame - 1;
    assert_int_equal(h2frame_write(&newer.frame, &out), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_write(NULL, &out), H2FRAME_ERR_USAGE);
    newer.frame.size = sizeof newer.frame;
    assert_int_equal(h2frame_write(&newer.frame, NULL), H2FRAME_ERR_USAGE);
    out.length = out.capacity + 1;
    assert_int_equal(h2frame_write(&newer.frame, &out), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_write_size(NULL), 0);
}

static void writer_writes_payloads_of_any_length(void **state)
{
    (void)state;
    static uint8_t payload[H2FRAME_MAX_MAX_FRAME_SIZE];
    static uint8_t octets[H2FRAME_HEAD_LENGTH + H2FRAME_MAX_MAX_FRAME_SIZE];
    payload[sizeof payload - 1] = 7;
    h2frame_frame frame = {FRAME(DATA, .stream_id = 1, .payload = {payload, sizeof payload})};
    h2frame_buffer out = {.data = octets, .capacity = sizeof octets};
    assert_int_equal(h2frame_write(&frame, &out), 0);
    assert_int_equal(out.length, sizeof octets);
    assert_int_equal(octets[sizeof octets - 1], 7);
}

static void head_is_cut_to_its_bits(void **state)
{
    (void)state;
    uint8_t head[9];
    h2frame_write_head(head, 0xff123456, 0x1ee, 0x2cc, 0x80000001);
    static const uint8_t expected[9] = {0x12, 0x34, 0x56, 0xee, 0xcc, 0, 0, 0, 1};
    assert_memory_equal(head, expected, sizeof expected);
}

static void fixed_frames_are_those_of_the_general_writer(void **state)
{
    (void)state;
    static const uint8_t opaque[8] = {1, 2, 3, 4, 5, 6, 7, 0xff};
    h2frame_frame frames[] = {
        {FRAME(RST_STREAM, .stream_id = 0x7ffffff1, .error_code = 0x80000008)},
        {FRAME(WINDOW_UPDATE, .stream_id = 5, .increment = 0x7ffffffe)},
        {FRAME(PING, .flags = H2FRAME_FLAG_ACK)},
    };
    memcpy(frames[2].opaque, opaque, sizeof opaque);
    uint8_t fixed[3][17];
    h2frame_write_rst_stream(fixed[0], 0xfffffff1, 0x80000008);
    h2frame_write_window_update(fixed[1], 0x80000005, 0xfffffffe);
    h2frame_write_ping(fixed[2], 0xff, opaque);
    for (size_t i = 0; i < COUNT(frames); i++) {
        uint8_t octets[17];
        h2frame_buffer out = {.data = octets, .capacity = sizeof octets};
        assert_int_equal(h2frame_write(&frames[i], &out), 0);
        assert_memory_equal(fixed[i], octets, out.length);
    }
}

static void origin_entries_are_walked(void **state)
{
    (void)state;
    h2frame_frame frame = {FRAME(ORIGIN, .payload = BYTES("\0\2ab\0\0\0\3cde"))};
    static const char *const expected[] = {"ab", "", "cde"};
    size_t offset = 0;
    h2frame_bytes origin;
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(h2frame_origin_next(&frame, &offset, &origin), 1);
        assert_int_equal(origin.length, strlen(expected[i]));
        assert_memory_equal(origin.data, expected[i], origin.length);
    }
    assert_int_equal(h2frame_origin_next(&frame, &offset, &origin), 0);
    offset = SIZE_MAX;
    assert_int_equal(h2frame_origin_next(&frame, &offset, &origin), 0);
}

static void origin_entries_that_are_cut_end_the_walk(void **state)
{
    (void)state;
    static const h2frame_frame cut[] = {
        {FRAME(ORIGIN, .payload = BYTES("\0"))},
        {FRAME(ORIGIN, .payload = BYTES("\0\1"))},
        {FRAME(ORIGIN, .payload = BYTES("\xff\xff"
                                        "a"))},
        {FRAME(ORIGIN, .payload = {NULL, 0})},
    };
    for (size_t i = 0; i < COUNT(cut); i++) {
        size_t offset = 0;
        h2frame_bytes origin;
        assert_int_equal(h2frame_origin_next(&cut[i], &offset, &origin), 0);
        assert_int_equal(offset, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writer_writes_each_frame),
        cmocka_unit_test(writer_refuses_a_buffer_without_room),
        cmocka_unit_test(written_frames_read_back_the_same),
        cmocka_unit_test(writer_refuses_members_out_of_range),
        cmocka_unit_test(writer_takes_frames_of_newer_callers),
        cmocka_unit_test(writer_writes_payloads_of_any_length),
        cmocka_unit_test(head_is_cut_to_its_bits),
        cmocka_unit_test(fixed_frames_are_those_of_the_general_writer),
        cmocka_unit_test(origin_entries_are_walked),
        cmocka_unit_test(origin_entries_that_are_cut_end_the_walk),
    };
    return cmocka_run_group_tests_name("h2frame.writer", tests, NULL, NULL);
}
