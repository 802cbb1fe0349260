/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "text_buffer.h"

static void expect(struct text_buffer *text, const char *expected)
{
    size_t length = 0;
    char *data = text_take(text, &length);
    assert_non_null(data);
    assert_int_equal(length, strlen(expected));
    assert_string_equal(data, expected);
    free(data);
}

static void text_grows_at_its_end(void **state)
{
    (void)state;
    struct text_buffer text = {.data = NULL};
    expect(&text, "");
    text_add_string(&text, "a");
    text_add(&text, "bcd", 2);
    text_printf(&text, "-%d-", 5);
    expect(&text, "abc-5-");
    text_add_number(&text, 0, 1);
    text_add_number(&text, UINT64_MAX, 1);
    text_add_number(&text, 7, 3);
    text_add_number(&text, 1234, 3);
    text_add_number(&text, 1, 20);
    memcpy(text_room(&text, 2), "xy", 2);
    expect(&text, "018446744073709551615007123400000000000000000001xy");
    for (int i = 0; i < 1000; i++) {
        text_add_string(&text, "0123456789");
    }
    assert_int_equal(text.length, 10000);
    text_clear(&text);
    expect(&text, "");
}

static void octets_are_escaped_for_html(void **state)
{
    (void)state;
    struct text_buffer text = {.data = NULL};
    text_add_html(&text, "<a href=\"x\" b='&'>\n\x7f\xc3\xa9");
    expect(&text, "&lt;a href=&quot;x&quot; b=&#39;&amp;&#39;&gt;??\xc3\xa9");
}

static void octets_are_encoded_for_a_path(void **state)
{
    (void)state;
    struct text_buffer text = {.data = NULL};
    text_add_path(&text, "aZ0-._~/ %?#&:\"\xff\n");
    expect(&text, "aZ0-._~/%20%25%3F%23%26%3A%22%FF%0A");
}

static void text_beyond_its_limit_fails_and_stays_so(void **state)
{
    (void)state;
    size_t length = 0;
    struct text_buffer text = {.limit = 10};
    text_add_string(&text, "0123456789");
    assert_false(text.failed);
    text_add_string(&text, "x");
    assert_true(text.failed);
    text_add_string(&text, "");
    assert_null(text_take(&text, &length));
    assert_false(text.failed);
    char longer[400];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    text_printf(&text, "%s", longer);
    assert_true(text.failed);
    text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_grows_at_its_end),
        cmocka_unit_test(octets_are_escaped_for_html),
        cmocka_unit_test(octets_are_encoded_for_a_path),
        cmocka_unit_test(text_beyond_its_limit_fails_and_stays_so),
    };
    return cmocka_run_group_tests_name("text_buffer", tests, NULL, NULL);
}
