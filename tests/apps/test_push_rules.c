/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "push_rules.h"
#include "support.h"

/* All that is pushed with a path, a space behind each. */
static void expect(const struct option_list *rules, const char *path, const char *expected)
{
    char got[256] = "";
    struct push_walk walk = {0, NULL};
    size_t length = 0;
    for (const char *p = push_rules_next(rules, path, strlen(path), &walk, &length); length > 0;
         p = push_rules_next(rules, path, strlen(path), &walk, &length)) {
        (void)snprintf(got + strlen(got), sizeof got - strlen(got), "%.*s ", (int)length, p);
    }
    assert_string_equal(got, expected);
}

static void rules_name_what_goes_with_a_path(void **state)
{
    (void)state;
    const char *items[] = {"/=/a.css,/b.js", "/x=/y?q=1", "/=/c.png", "/x/=/z"};
    const struct option_list rules = {items, 4};
    char error[OPTIONS_ERROR_SIZE] = "";
    assert_int_equal(push_rules_check(&rules, error), 0);
    expect(&rules, "/", "/a.css /b.js /c.png ");
    expect(&rules, "/?query", "/a.css /b.js /c.png ");
    expect(&rules, "/x", "/y?q=1 ");
    expect(&rules, "/x/", "/z ");
    expect(&rules, "/xy", "");
    expect(&rules, "/x=/y", "");
    expect(&rules, "", "");
}

static void rule_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",          "/a",      "/a=",     "=/b",    "a=/b",   "/a=b",         "/a=/b,",
        "/a=/b,,/c", "/a=/b c", "/a=/b\n", "/a b=/", "/a=,/b", "/a=/\xc3\xa9", "/a=/b,https:"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *item = wrong[i];
        const struct option_list rules = {&item, 1};
        char error[OPTIONS_ERROR_SIZE] = "";
        print_message("%s\n", item);
        assert_int_equal(push_rules_check(&rules, error), -1);
        assert_non_null(strstr(error, "--push"));
    }
}

static void number_of_paths_is_limited(void **state)
{
    (void)state;
    char text[8 + 3 * (PUSH_MOST + 1)] = "/a=/0";
    const char *item = text;
    const struct option_list rules = {&item, 1};
    char error[OPTIONS_ERROR_SIZE] = "";
    for (int i = 1; i < PUSH_MOST; i++) {
        (void)strcat(text, ",/1");
    }
    assert_int_equal(push_rules_check(&rules, error), 0);
    (void)strcat(text, ",/2");
    assert_int_equal(push_rules_check(&rules, error), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_name_what_goes_with_a_path),
        cmocka_unit_test(rule_that_is_none_is_refused),
        cmocka_unit_test(number_of_paths_is_limited),
    };
    return cmocka_run_group_tests_name("push_rules", tests, NULL, NULL);
}
