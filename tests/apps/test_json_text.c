/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "json_text.h"
#include "support.h"

static void expect(struct text_buffer *text, const char *expected)
{
    size_t length = 0;
    char *data = text_take(text, &length);
    assert_non_null(data);
    assert_string_equal(data, expected);
    free(data);
}

static void members_are_parted_by_commas(void **state)
{
    (void)state;
    struct text_buffer text = {.data = NULL};
    json_open_object(&text, NULL);
    json_number(&text, "a", UINT64_MAX);
    json_open_array(&text, "b");
    json_close_array(&text);
    json_open_array(&text, "c");
    json_boolean(&text, NULL, 1);
    json_boolean(&text, NULL, 0);
    json_open_object(&text, NULL);
    json_close_object(&text);
    json_string(&text, NULL, "{");
    json_string(&text, NULL, "[");
    json_close_array(&text);
    json_hex(&text, "d", (const uint8_t *)"\x00\xf9", 2);
    json_close_object(&text);
    text_add(&text, "\n", 1);
    json_open_object(&text, NULL);
    json_close_object(&text);
    expect(&text, "{\"a\":18446744073709551615,\"b\":[],\"c\":[true,false,{},\"{\",\"[\"],"
                  "\"d\":\"00f9\"}\n{}");
}

static void strings_are_printable_ascii(void **state)
{
    (void)state;
    struct text_buffer text = {.data = NULL};
    json_octets(&text, NULL, "a\"\\/\n\0\x7f", 7);
    expect(&text, "\"a\\\"\\\\/\\u000a\\u0000\\u007f\"");
    json_octets(&text, NULL, "\xc3\xa9z\xef\xbf\xbf", 6);
    expect(&text, "\"\\u00e9z\\uffff\"");
    json_octets(&text, NULL, "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8);
    expect(&text, "\"\\ud800\\udc00\\udbff\\udfff\"");
    json_octets(&text, NULL, NULL, 0);
    expect(&text, "\"\"");
}

static void octets_that_are_no_text_are_hexadecimal(void **state)
{
    static const char *const ROWS[] = {"\xff", "\xc3", "\xed\xa0\x80", "\xc0\xaf",
                                       "\xf4\x90\x80\x80"};
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct text_buffer text = {.data = NULL};
        json_octets(&text, "x", ROWS[i], strlen(ROWS[i]));
        text_add(&text, "", 0);
        assert_memory_equal(text.data, "\"x_hex\":\"", 9);
        text_clear(&text);
    }
    struct text_buffer text = {.data = NULL};
    json_open_array(&text, NULL);
    json_octets(&text, NULL, "\xff", 1);
    json_octets(&text, NULL, "\xfe", 1);
    json_close_array(&text);
    expect(&text, "[{\"hex\":\"ff\"},{\"hex\":\"fe\"}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_parted_by_commas),
        cmocka_unit_test(strings_are_printable_ascii),
        cmocka_unit_test(octets_that_are_no_text_are_hexadecimal),
    };
    return cmocka_run_group_tests_name("json_text", tests, NULL, NULL);
}
