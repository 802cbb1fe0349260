/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <h2session/version.h>

#include "fields.h"
#include "support.h"

enum { LINES_MAX = 8, TEXT_SIZE = 1024 };

/* The section for a URI and lines of --header, as "name: value|name: value". */
static void build(const char *const *texts, int64_t length, char out[TEXT_SIZE])
{
    struct option_list list = {0};
    const char *items[LINES_MAX];
    struct field_lines lines;
    struct fields fields;
    struct uri uri;
    const char *text;
    const char *why;

    for (; texts[list.count] != NULL; list.count++) {
        assert_true(list.count < LINES_MAX);
        items[list.count] = texts[list.count];
    }
    list.items = items;
    assert_int_equal(uri_parse(&uri, "https://h:8443/p?q", &why), 0);
    assert_int_equal(field_lines_read(&lines, &list, &text, &why), 0);
    const struct fields_wish wish = {.uri = &uri, .lines = &lines, .content_length = length};

    assert_int_equal(fields_build(&fields, &wish), 0);
    size_t at = 0;

    for (size_t i = 0; i < fields.count; i++) {
        at += (size_t)snprintf(out + at, TEXT_SIZE - at, "%s%.*s: %.*s", i == 0 ? "" : "|",
                               (int)fields.items[i].name_length, fields.items[i].name,
                               (int)fields.items[i].value_length, fields.items[i].value);
        assert_true(at < TEXT_SIZE);
    }
    fields_clear(&fields);
    field_lines_clear(&lines);
    uri_clear(&uri);
}

#define PSEUDO(method) ":method: " method "|:scheme: https|:authority: h:8443|:path: /p?q"
#define AGENT "user-agent: h2-client/" H2SESSION_VERSION

static void section_follows_uri_and_body(void **state)
{
    static const struct {
        int64_t length;
        const char *expected;
    } rows[] = {
        {FIELDS_NO_BODY, PSEUDO("GET") "|accept: */*|" AGENT},
        {FIELDS_UNKNOWN_LENGTH, PSEUDO("POST") "|accept: */*|" AGENT},
        {0, PSEUDO("POST") "|accept: */*|" AGENT "|content-length: 0"},
        {INT64_MAX, PSEUDO("POST") "|accept: */*|" AGENT "|content-length: 9223372036854775807"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const none[] = {NULL};
        char text[TEXT_SIZE];

        build(none, rows[i].length, text);
        assert_string_equal(text, rows[i].expected);
    }
}

/* rfc: 9113#8.3 */
static void lines_replace_defaults_or_are_added(void **state)
{
    static const struct {
        const char *lines[LINES_MAX];
        const char *expected;
    } rows[] = {
        {{"X-Test:  a b \t"},
         PSEUDO("POST") "|accept: */*|" AGENT "|content-length: 5|x-test: a b"},
        {{"accept: text/html", "ACCEPT: b"},
         PSEUDO("POST") "|accept: text/html|" AGENT "|content-length: 5|accept: b"},
        {{"cookie: a", "cookie: b"},
         PSEUDO("POST") "|accept: */*|" AGENT "|content-length: 5|cookie: a|cookie: b"},
        {{"user-agent:"}, PSEUDO("POST") "|accept: */*|user-agent: |content-length: 5"},
        {{"content-length: 6", "content-length: 7"},
         PSEUDO("POST") "|accept: */*|" AGENT "|content-length: 7"},
        {{":method: PUT", ":method: PATCH"},
         PSEUDO("PATCH") "|accept: */*|" AGENT "|content-length: 5"},
        {{"x: y", ":protocol: websocket"},
         PSEUDO("POST") "|:protocol: websocket|accept: */*|" AGENT "|content-length: 5|x: y"},
        {{"Host: other"},
         ":method: POST|:scheme: https|:authority: other|:path: /p?q|accept: */*|" AGENT
         "|content-length: 5"},
        {{"a:b:c"}, PSEUDO("POST") "|accept: */*|" AGENT "|content-length: 5|a: b:c"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[TEXT_SIZE];

        build(rows[i].lines, 5, text);
        assert_string_equal(text, rows[i].expected);
    }
}

static void wishes_become_fields(void **state)
{
    struct field_lines lines = {0};
    struct fields fields;
    struct uri uri;
    const char *why;

    (void)state;
    assert_int_equal(uri_parse(&uri, "http://h/", &why), 0);
    const struct fields_wish wish = {.uri = &uri,
                                     .lines = &lines,
                                     .content_length = FIELDS_UNKNOWN_LENGTH,
                                     .priority = "u=1",
                                     .expects_continue = 1,
                                     .is_large = 1};

    assert_int_equal(fields_build(&fields, &wish), 0);
    assert_int_equal(fields.count, 8 + FIELDS_LARGE);
    assert_memory_equal(fields.items[6].name, "priority", 8);
    assert_memory_equal(fields.items[6].value, "u=1", 3);
    assert_memory_equal(fields.items[7].value, "100-continue", 12);
    size_t octets = 0;

    for (size_t i = 8; i < fields.count; i++) {
        octets += fields.items[i].value_length;
    }
    assert_true(octets * 3 / 4 > 16384);
    fields_clear(&fields);
    uri_clear(&uri);
}

static void trailers_are_the_lines_alone(void **state)
{
    const char *items[] = {"X-Sum: 1", "b:2"};
    const struct option_list list = {items, 2};
    struct field_lines lines;
    struct fields fields;
    const char *text;
    const char *why;

    (void)state;
    assert_int_equal(field_lines_read(&lines, &list, &text, &why), 0);
    assert_int_equal(fields_from_lines(&fields, &lines), 0);
    assert_int_equal(fields.count, 2);
    assert_memory_equal(fields.items[0].name, "x-sum", 5);
    assert_memory_equal(fields.items[1].value, "2", 1);
    fields_clear(&fields);
    field_lines_clear(&lines);
}

static void a_line_without_name_or_colon_is_refused(void **state)
{
    static const char *const bad[] = {"", ":", "x", ":method", "no colon"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *items[] = {"good: 1", bad[i]};
        const struct option_list list = {items, 2};
        struct field_lines lines;
        const char *text = NULL;
        const char *why = NULL;

        assert_int_equal(field_lines_read(&lines, &list, &text, &why), -1);
        assert_string_equal(text, bad[i]);
        assert_non_null(why);
        field_lines_clear(&lines);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(section_follows_uri_and_body),
        cmocka_unit_test(lines_replace_defaults_or_are_added),
        cmocka_unit_test(wishes_become_fields),
        cmocka_unit_test(trailers_are_the_lines_alone),
        cmocka_unit_test(a_line_without_name_or_colon_is_refused),
    };

    return cmocka_run_group_tests_name("client_fields", tests, NULL, NULL);
}
