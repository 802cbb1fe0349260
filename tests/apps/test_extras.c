/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "extras.h"
#include "support.h"

static int read_one(struct extras *extras, const char *hint, const char *trailer, char *error)
{
    const struct option_list hints = {&hint, hint != NULL};
    const struct option_list trailers = {&trailer, trailer != NULL};
    return extras_read(extras, &hints, &trailers, error);
}

static void hints_follow_their_status(void **state)
{
    (void)state;
    struct extras extras;
    char error[OPTIONS_ERROR_SIZE] = "";
    assert_int_equal(read_one(&extras, "</a.css>; rel=preload ", NULL, error), 0);
    assert_int_equal(extras.hint_count, 2);
    assert_int_equal(extras.hints[0].token, HPACK_TOKEN_STATUS);
    assert_memory_equal(extras.hints[0].value, "103", 3);
    assert_int_equal(extras.hints[1].token, HPACK_TOKEN_LINK);
    assert_int_equal(extras.hints[1].value_length, strlen("</a.css>; rel=preload"));
    extras_clear(&extras);
}

/* rfc: 9110#6.5.1 */
static void trailers_are_lines_with_names_of_no_meaning_to_http(void **state)
{
    (void)state;
    static const char *const wrong[] = {"x",       ":path: x",          "x y: z",        "x:",
                                        "x: a\nb", "content-length: 5", "Connection: x", ": x",
                                        "x: \x7f", "set-cookie: a=b",   "\xc3\xa9: x"};
    struct extras extras;
    char error[OPTIONS_ERROR_SIZE] = "";
    assert_int_equal(read_one(&extras, NULL, "X-Sum: \t5: 6 ", error), 0);
    assert_int_equal(extras.trailer_count, 1);
    assert_int_equal(extras.trailers[0].name_length, 5);
    assert_memory_equal(extras.trailers[0].name, "x-sum", 5);
    assert_int_equal(extras.trailers[0].value_length, 4);
    assert_memory_equal(extras.trailers[0].value, "5: 6", 4);
    extras_clear(&extras);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        print_message("%s\n", wrong[i]);
        assert_int_equal(read_one(&extras, NULL, wrong[i], error), -1);
        assert_non_null(strstr(error, "--trailer"));
        extras_clear(&extras);
    }
    assert_int_equal(read_one(&extras, "a\nb", NULL, error), -1);
    assert_non_null(strstr(error, "--early-hints"));
    extras_clear(&extras);
}

static void number_of_each_is_limited(void **state)
{
    (void)state;
    const char *lines[EXTRAS_MOST + 1];
    struct extras extras;
    char error[OPTIONS_ERROR_SIZE] = "";
    for (size_t i = 0; i <= EXTRAS_MOST; i++) {
        lines[i] = "x: y";
    }
    const struct option_list most = {lines, EXTRAS_MOST};
    const struct option_list more = {lines, EXTRAS_MOST + 1};
    assert_int_equal(extras_read(&extras, &most, &most, error), 0);
    assert_int_equal(extras.hint_count, EXTRAS_MOST + 1);
    assert_int_equal(extras.trailer_count, EXTRAS_MOST);
    extras_clear(&extras);
    assert_int_equal(extras_read(&extras, &more, &most, error), -1);
    assert_non_null(strstr(error, "--early-hints"));
    assert_int_equal(extras_read(&extras, &most, &more, error), -1);
    assert_non_null(strstr(error, "--trailer"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hints_follow_their_status),
        cmocka_unit_test(trailers_are_lines_with_names_of_no_meaning_to_http),
        cmocka_unit_test(number_of_each_is_limited),
    };
    return cmocka_run_group_tests_name("extras", tests, NULL, NULL);
}
