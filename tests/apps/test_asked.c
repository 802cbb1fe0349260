/* SPDX-License-Identifier: MIT */
#include "asked_fixture.h"

static void method_is_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum method method;
    } cases[] = {
        {"GET", METHOD_GET},    {"HEAD", METHOD_HEAD}, {"POST", METHOD_UPLOAD},
        {"PUT", METHOD_UPLOAD}, {"get", METHOD_OTHER}, {"GETS", METHOD_OTHER},
        {"", METHOD_OTHER},     {"GE", METHOD_OTHER},  {"DELETE", METHOD_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const hpack_field fields[] = {asked_field(":method", cases[i].text),
                                      asked_field(":path", "/a?b")};
        struct asked asked = {.fields = NULL};
        asked_read(&asked, fields, 2);
        assert_int_equal(asked.method, cases[i].method);
        assert_int_equal(asked.path_length, 4);
        assert_memory_equal(asked.path, "/a?b", 4);
    }
}

static void request_without_method_and_path_is_readable(void **state)
{
    (void)state;
    struct asked asked = {.fields = NULL};
    asked_read(&asked, NULL, 0);
    assert_int_equal(asked.method, METHOD_OTHER);
    assert_null(asked.path);
    assert_null(asked_find(&asked, HPACK_TOKEN_RANGE));
    assert_null(asked_only(&asked, HPACK_TOKEN_RANGE));
}

static void field_given_twice_is_not_the_only_one(void **state)
{
    (void)state;
    const hpack_field fields[] = {
        asked_field("range", "bytes=0-"),
        asked_field("if-range", "a"),
        asked_field("cookie", "x"),
        asked_field("if-range", "b"),
    };
    struct asked asked = {.fields = NULL};
    asked_read(&asked, fields, 4);
    assert_ptr_equal(asked_only(&asked, HPACK_TOKEN_RANGE), &fields[0]);
    assert_ptr_equal(asked_find(&asked, HPACK_TOKEN_IF_RANGE), &fields[1]);
    assert_null(asked_only(&asked, HPACK_TOKEN_IF_RANGE));
    assert_null(asked_find(&asked, HPACK_TOKEN_IF_MATCH));
}

static void kept_request_stands_by_itself(void **state)
{
    (void)state;
    char path[] = "/upload";
    char tag[] = "\"x\"";
    const hpack_field fields[] = {
        asked_field(":method", "POST"),    asked_field(":path", path),
        asked_field("cookie", "c"),        asked_field("if-match", tag),
        asked_field("range", "bytes=0-0"),
    };
    struct asked asked = {.now = 5};
    struct asked copy;
    asked_read(&asked, fields, 5);
    assert_int_equal(asked_keep(&copy, &asked), 0);
    memset(path, 'x', sizeof path - 1);
    memset(tag, 'x', sizeof tag - 1);
    assert_int_equal(copy.method, METHOD_UPLOAD);
    assert_int_equal(copy.now, 5);
    assert_int_equal(copy.path_length, 7);
    assert_memory_equal(copy.path, "/upload", 7);
    const hpack_field *kept = asked_only(&copy, HPACK_TOKEN_IF_MATCH);
    assert_non_null(kept);
    assert_int_equal(kept->value_length, 3);
    assert_memory_equal(kept->value, "\"x\"", 3);
    assert_null(asked_find(&copy, HPACK_TOKEN_COOKIE));
    asked_clear(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(method_is_exact),
        cmocka_unit_test(request_without_method_and_path_is_readable),
        cmocka_unit_test(field_given_twice_is_not_the_only_one),
        cmocka_unit_test(kept_request_stands_by_itself),
    };
    return cmocka_run_group_tests_name("asked", tests, NULL, NULL);
}
