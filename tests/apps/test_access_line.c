/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <h2frame/h2frame.h>

#include "access_line.h"
#include "support.h"

#define HOSTILE "\"\\\n\r\033[31m\x7f\xc3\xa9\xff"

static void set(struct access_entry *entry, enum access_text which, const char *text)
{
    entry->texts[which] = text;
    entry->lengths[which] = strlen(text);
}

static struct access_entry make_entry(void)
{
    struct access_entry entry = {
        .begun_ns = UINT64_C(1700000000000000042),
        .duration_ns = 1500,
        .connection_id = 7,
        .stream_id = 3,
        .status = 200,
        .body_octets = 12345678901,
        .peer = "127.0.0.1:5555",
        .tls = "TLSv1.3",
        .protocol = "HTTP/2.0",
    };
    set(&entry, ACCESS_METHOD, "GET");
    set(&entry, ACCESS_AUTHORITY, "a.example");
    set(&entry, ACCESS_PATH, "/x?y=z");
    set(&entry, ACCESS_REFERER, "https://b.example/");
    set(&entry, ACCESS_USER_AGENT, "curl/8");
    return entry;
}

static void line_is(enum access_format format, const struct access_entry *entry,
                    const char *expected)
{
    struct text_buffer text = {.data = NULL};
    struct access_writer writer = {.format = format};
    size_t length = 0;
    access_line(&text, &writer, entry);
    char *line = text_take(&text, &length);
    assert_non_null(line);
    assert_string_equal(line, expected);
    free(line);
}

static void formats_are_read_by_name(void **state)
{
    (void)state;
    enum access_format format = ACCESS_JSON;
    assert_int_equal(access_format_read(&format, NULL), 0);
    assert_int_equal(format, ACCESS_COMBINED);
    assert_int_equal(access_format_read(&format, "common"), 0);
    assert_int_equal(format, ACCESS_COMMON);
    assert_int_equal(access_format_read(&format, "json"), 0);
    assert_int_equal(format, ACCESS_JSON);
    assert_int_equal(access_format_read(&format, "jso"), -1);
    assert_int_equal(access_format_read(&format, ""), -1);
}

static void each_format_has_its_line(void **state)
{
    (void)state;
    const struct access_entry entry = make_entry();
    line_is(ACCESS_COMMON, &entry,
            "127.0.0.1 - - [14/Nov/2023:22:13:20 +0000] \"GET /x?y=z HTTP/2.0\" 200 12345678901\n");
    line_is(ACCESS_COMBINED, &entry,
            "127.0.0.1 - - [14/Nov/2023:22:13:20 +0000] \"GET /x?y=z HTTP/2.0\" 200 12345678901 "
            "\"https://b.example/\" \"curl/8\"\n");
    line_is(ACCESS_JSON, &entry,
            "{\"time\":\"2023-11-14T22:13:20.000000Z\",\"connection\":7,\"stream\":3,"
            "\"peer\":\"127.0.0.1:5555\",\"tls\":\"TLSv1.3\",\"protocol\":\"HTTP/2.0\","
            "\"method\":\"GET\",\"authority\":\"a.example\",\"path\":\"/x?y=z\","
            "\"referer\":\"https://b.example/\",\"user_agent\":\"curl/8\",\"status\":200,"
            "\"body_octets\":12345678901,\"duration_ns\":1500,\"end\":\"complete\"}\n");
}

static void what_is_not_known_is_left_out(void **state)
{
    (void)state;
    const struct access_entry entry = {
        .peer = "[::1]:443", .end = ACCESS_RESET, .code = H2FRAME_CODE_CANCEL, .refused = 1};
    line_is(ACCESS_COMBINED, &entry,
            "::1 - - [01/Jan/1970:00:00:00 +0000] \"-\" 000 0 \"-\" \"-\"\n");
    line_is(ACCESS_JSON, &entry,
            "{\"time\":\"1970-01-01T00:00:00.000000Z\",\"connection\":0,\"peer\":\"[::1]:443\","
            "\"body_octets\":0,\"duration_ns\":0,\"end\":\"reset\",\"reset_by\":\"server\","
            "\"error_code\":8,\"error_name\":\"CANCEL\",\"refused\":true}\n");
}

static void one_writer_keeps_up_with_the_time(void **state)
{
    (void)state;
    static const uint64_t TIMES[] = {0, 1, 1, 86400, 0};
    struct access_writer writer = {.format = ACCESS_COMMON};
    for (size_t i = 0; i < sizeof TIMES / sizeof TIMES[0]; i++) {
        struct access_entry entry = make_entry();
        struct text_buffer text = {.data = NULL};
        struct text_buffer fresh = {.data = NULL};
        struct access_writer other = {.format = ACCESS_COMMON};
        entry.begun_ns = TIMES[i] * UINT64_C(1000000000) + 5;
        access_line(&text, &writer, &entry);
        access_line(&fresh, &other, &entry);
        assert_string_equal(text.data, fresh.data);
        text_clear(&text);
        text_clear(&fresh);
    }
}

static void no_text_of_a_peer_can_forge_a_line(void **state)
{
    (void)state;
    for (int format = ACCESS_COMMON; format <= ACCESS_JSON; format++) {
        struct access_entry entry = make_entry();
        struct text_buffer text = {.data = NULL};
        for (int i = 0; i < ACCESS_TEXTS; i++) {
            set(&entry, (enum access_text)i, HOSTILE);
        }
        struct access_writer writer = {.format = (enum access_format)format};
        access_line(&text, &writer, &entry);
        assert_int_equal(text.data[text.length - 1], '\n');
        size_t quotes = 0;
        for (size_t i = 0; i + 1 < text.length; i++) {
            assert_true(text.data[i] >= 0x20 && text.data[i] < 0x7f);
            quotes += text.data[i] == '"';
        }
        assert_true(format == ACCESS_JSON || quotes == (format == ACCESS_COMMON ? 2 : 6));
        text_clear(&text);
    }
    struct access_entry entry = make_entry();
    set(&entry, ACCESS_PATH, "/" HOSTILE);
    line_is(ACCESS_COMMON, &entry,
            "127.0.0.1 - - [14/Nov/2023:22:13:20 +0000] \"GET /\\x22\\x5c\\x0a\\x0d\\x1b[31m\\x7f"
            "\\xc3\\xa9\\xff HTTP/2.0\" 200 12345678901\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_read_by_name),
        cmocka_unit_test(each_format_has_its_line),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(one_writer_keeps_up_with_the_time),
        cmocka_unit_test(no_text_of_a_peer_can_forge_a_line),
    };
    return cmocka_run_group_tests_name("access_line", tests, NULL, NULL);
}
