/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "etag.h"
#include "support.h"

static const struct file_identity FILE_ONE = {.inode = 7, .size = 255, .modified = {1000000000, 5}};

static void tag_changes_with_size_time_inode_and_coding(void **state)
{
    (void)state;
    char tags[6][ETAG_SIZE];
    struct file_identity file = FILE_ONE;
    etag_make(tags[0], &file, NULL, 0);
    etag_make(tags[1], &file, "gzip", 0);
    file.size++;
    etag_make(tags[2], &file, NULL, 0);
    file = FILE_ONE;
    file.modified.tv_nsec++;
    etag_make(tags[3], &file, NULL, 0);
    file = FILE_ONE;
    file.modified.tv_sec++;
    etag_make(tags[4], &file, NULL, 0);
    file = FILE_ONE;
    file.inode++;
    etag_make(tags[5], &file, NULL, 0);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(tags[i][0], '"');
        assert_true(etag_is(tags[i], strlen(tags[i]), tags[i]));
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(tags[i], tags[j]);
        }
    }
    char again[ETAG_SIZE];
    etag_make(again, &FILE_ONE, NULL, 0);
    assert_string_equal(again, tags[0]);
}

static void longest_tag_fits(void **state)
{
    (void)state;
    char tag[ETAG_SIZE];
    const struct file_identity file = {
        .inode = UINT64_MAX, .size = UINT64_MAX, .modified = {-1, 999999999}};
    etag_make(tag, &file, "identity", 1);
    assert_int_equal(tag[strlen(tag) - 1], '"');
    assert_int_equal(strncmp(tag, "W/\"", 3), 0);
}

/* rfc: 9110#8.8.3.2 */
static void comparison_is_strong_or_weak(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        const char *tag;
        int strong;
        int weak;
    } cases[] = {
        {"\"a\"", "\"a\"", 1, 1},
        {"\"a\"", "\"b\"", 0, 0},
        {"W/\"a\"", "\"a\"", 0, 1},
        {"\"a\"", "W/\"a\"", 0, 1},
        {"W/\"a\"", "W/\"a\"", 0, 1},
        {"W/\"a\"", "W/\"b\"", 0, 0},
        {"*", "\"a\"", 1, 1},
        {"\"x\", \"a\"", "\"a\"", 1, 1},
        {"\"x\",W/\"y\" ,\t\"a\" ", "\"a\"", 1, 1},
        {"\"x,\"a\"", "\"a\"", 0, 0},
        {"\"x, \"", "\"a\"", 0, 0},
        {",,\"a\"", "\"a\"", 1, 1},
        {"a", "\"a\"", 0, 0},
        {"\"a", "\"a\"", 0, 0},
        {"w/\"a\"", "\"a\"", 0, 0},
        {"bad, \"a\"", "\"a\"", 0, 0},
        {"\"a\"\"b\"", "\"b\"", 1, 1},
        {"\"\"", "\"a\"", 0, 0},
        {"W/", "\"a\"", 0, 0},
        {"", "\"a\"", 0, 0},
        {"* ", "\"a\"", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t length = strlen(cases[i].list);
        print_message("%s\n", cases[i].list);
        assert_int_equal(etag_in_list(cases[i].list, length, cases[i].tag, ETAG_STRONG),
                         cases[i].strong);
        assert_int_equal(etag_in_list(cases[i].list, length, cases[i].tag, ETAG_WEAK),
                         cases[i].weak);
    }
}

static void one_tag_alone_is_compared_strongly(void **state)
{
    (void)state;
    assert_true(etag_is("\"a\"", 3, "\"a\""));
    assert_false(etag_is("W/\"a\"", 5, "W/\"a\""));
    assert_false(etag_is("\"a\",\"b\"", 7, "\"a\""));
    assert_false(etag_is("*", 1, "\"a\""));
    assert_false(etag_is("\"a\" ", 4, "\"a\""));
    assert_false(etag_is("", 0, "\"a\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tag_changes_with_size_time_inode_and_coding),
        cmocka_unit_test(longest_tag_fits),
        cmocka_unit_test(comparison_is_strong_or_weak),
        cmocka_unit_test(one_tag_alone_is_compared_strongly),
    };
    return cmocka_run_group_tests_name("etag", tests, NULL, NULL);
}
