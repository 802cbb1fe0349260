/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "remote_name.h"
#include "support.h"

static void the_last_part_of_the_path_is_the_name(void **state)
{
    static const struct {
        const char *path;
        const char *name;
    } rows[] = {
        {"/", "index.html"},
        {"/a/b/", "index.html"},
        {"/?q=/x", "index.html"},
        {"/a/page.html", "page.html"},
        {"/page?x=/etc/passwd", "page"},
        {"/a/..", "_."},
        {"/.", "_"},
        {"/.bashrc", "_bashrc"},
        {"/-rf", "_rf"},
        {"/a%2f..%2fb", "a%2f..%2fb"},
        {"/a\\b", "a_b"},
        {"*", "*"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char name[REMOTE_NAME_SIZE];

        remote_name(rows[i].path, name);
        assert_string_equal(name, rows[i].name);
    }
}

static void a_long_name_is_cut(void **state)
{
    char path[1000];
    char name[REMOTE_NAME_SIZE];

    (void)state;
    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    remote_name(path, name);
    assert_int_equal(strlen(name), REMOTE_NAME_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_part_of_the_path_is_the_name),
        cmocka_unit_test(a_long_name_is_cut),
    };

    return cmocka_run_group_tests_name("client_remote_name", tests, NULL, NULL);
}
