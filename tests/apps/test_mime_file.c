/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mime.h"
#include "support.h"

static const char TEXT[] = "# types\n"
                           "application/x-one\tone  uno\n"
                           "\n"
                           "text/x-two two # and no more\n"
                           "   application/x-html html\r\n"
                           "application/empty\n"
                           "text/x-charset;charset=latin1 latin\n"
                           "application/x-first dup\n"
                           "application/x-last DUP";

static void types_come_from_the_file_and_then_from_the_table(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *type;
    } cases[] = {
        {"a.one", "application/x-one"},
        {"folder.one/a.UNO", "application/x-one"},
        {"a.two", "text/x-two; charset=utf-8"},
        {"a.html", "application/x-html"},
        {"a.latin", "text/x-charset;charset=latin1"},
        {"a.dup", "application/x-last"},
        {"a.css", "text/css; charset=utf-8"},
        {"a.more", "application/octet-stream"},
        {"one", "application/octet-stream"},
        {".one", "application/octet-stream"},
        {"", "application/octet-stream"},
    };
    struct mime_types *types = NULL;
    assert_int_equal(mime_types_parse(&types, TEXT, sizeof TEXT - 1), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%s\n", cases[i].name);
        assert_string_equal(mime_types_find(types, cases[i].name), cases[i].type);
    }
    mime_types_free(types);
    assert_string_equal(mime_types_find(NULL, "a.html"), "text/html; charset=utf-8");
}

static void file_without_types_is_fine(void **state)
{
    (void)state;
    struct mime_types *types = NULL;
    assert_int_equal(mime_types_parse(&types, "", 0), 0);
    assert_string_equal(mime_types_find(types, "a.css"), "text/css; charset=utf-8");
    mime_types_free(types);
}

static void last_of_many_entries_counts(void **state)
{
    (void)state;
    static const char text[] = "a/1 x\na/2 X\na/3 x\na/4 x\na/5 x\na/6 x\na/7 x\na/8 x\n";
    struct mime_types *types = NULL;
    assert_int_equal(mime_types_parse(&types, text, sizeof text - 1), 0);
    assert_string_equal(mime_types_find(types, "a.x"), "a/8");
    mime_types_free(types);
}

static void line_that_has_no_type_is_named(void **state)
{
    (void)state;
    static const char *const lines[] = {"text txt",  "/x a",    "x/ a",    "a/b/c d",
                                        "a/b\x01 c", "a/b,c d", "\xff/x y"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char text[64];
        struct mime_types *types = NULL;
        const int length = snprintf(text, sizeof text, "#\na/b c\n%s\n", lines[i]);
        assert_int_equal(mime_types_parse(&types, text, (size_t)length), 3);
        assert_null(types);
    }
}

static void every_beginning_of_a_file_can_be_read(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof TEXT; length++) {
        struct mime_types *types = NULL;
        char *part = malloc(length + 1);
        assert_non_null(part);
        memcpy(part, TEXT, length);
        if (mime_types_parse(&types, part, length) == 0) {
            assert_non_null(mime_types_find(types, "a.one"));
            mime_types_free(types);
        }
        free(part);
    }
}

static void file_is_loaded_or_the_reason_is_told(void **state)
{
    (void)state;
    char name[] = "/tmp/h2kit-mime-XXXXXX";
    char error[256] = "";
    struct mime_types *types = NULL;
    const int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, TEXT, sizeof TEXT - 1), sizeof TEXT - 1);
    assert_int_equal(mime_types_load(&types, name, error, sizeof error), 0);
    assert_string_equal(mime_types_find(types, "a.one"), "application/x-one");
    mime_types_free(types);
    assert_int_equal(write(fd, "\nwrong", 6), 6);
    assert_int_equal(mime_types_load(&types, name, error, sizeof error), -1);
    assert_non_null(strstr(error, "line 10"));
    assert_int_equal(ftruncate(fd, MIME_FILE_LIMIT + 1), 0);
    assert_int_equal(mime_types_load(&types, name, error, sizeof error), -1);
    assert_non_null(strstr(error, "too large"));
    assert_int_equal(close(fd), 0);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(mime_types_load(&types, name, error, sizeof error), -1);
    assert_non_null(strstr(error, name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_come_from_the_file_and_then_from_the_table),
        cmocka_unit_test(file_without_types_is_fine),
        cmocka_unit_test(last_of_many_entries_counts),
        cmocka_unit_test(line_that_has_no_type_is_named),
        cmocka_unit_test(every_beginning_of_a_file_can_be_read),
        cmocka_unit_test(file_is_loaded_or_the_reason_is_told),
    };
    return cmocka_run_group_tests_name("mime_file", tests, NULL, NULL);
}
