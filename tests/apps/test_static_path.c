/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "static_path.h"
#include "support.h"

struct path_case {
    const char *path;
    int status;
    const char *name;
    uint32_t is_folder;
};

static const struct path_case CASES[] = {
    {"/", 0, ".", 1},
    {"/a.txt", 0, "a.txt", 0},
    {"/a/b/c.txt", 0, "a/b/c.txt", 0},
    {"/a/b/", 0, "a/b", 1},
    {"/a.txt?x=/../y", 0, "a.txt", 0},
    {"/?q", 0, ".", 1},
    {"//a///b", 0, "a/b", 0},
    {"/./a/./b/.", 0, "a/b", 1},
    {"/%61%2Etxt", 0, "a.txt", 0},
    {"/a%20b%C3%A9", 0, "a b\xc3\xa9", 0},
    {"/%2561", 0, "%61", 0}, /* decoded once */
    {"/...", 0, "...", 0},
    {"/..a/b..", 0, "..a/b..", 0},
    {"/a\\b", 0, "a\\b", 0},
    {"/..", 404, NULL, 0},
    {"/../etc/passwd", 404, NULL, 0},
    {"/a/../../b", 404, NULL, 0},
    {"/a/..", 404, NULL, 0},
    {"/%2e%2e/etc/passwd", 404, NULL, 0},
    {"/.%2E/", 404, NULL, 0},
    {"/..%2fetc", 404, NULL, 0},
    {"/a%2Fb", 404, NULL, 0},
    {"", 400, NULL, 0},
    {"*", 400, NULL, 0},
    {"a", 400, NULL, 0},
    {"?", 400, NULL, 0},
    {"/a%00.txt", 400, NULL, 0},
    {"/a%0ab", 400, NULL, 0},
    {"/%7f", 400, NULL, 0},
    {"/%", 400, NULL, 0},
    {"/%4", 400, NULL, 0},
    {"/%4?1", 400, NULL, 0},
    {"/%zz", 400, NULL, 0},
    {"/%-1", 400, NULL, 0},
};

static void path_is_decoded_once_and_stays_inside(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        /* No NUL at the end, so that reading too far is seen. */
        const size_t length = strlen(CASES[i].path);
        char *copy = malloc(length + 1);
        assert_non_null(copy);
        char *exact = copy + 1;
        memcpy(exact, CASES[i].path, length);
        struct static_path out;
        print_message("%s\n", CASES[i].path);
        assert_int_equal(static_path_parse(exact, length, &out), CASES[i].status);
        if (CASES[i].status == 0) {
            assert_string_equal(out.name, CASES[i].name);
            assert_int_equal(out.is_folder, CASES[i].is_folder);
        }
        free(copy);
    }
}

/* Whatever the octets, an accepted name keeps its promises. */
static void random_path_never_leaves(void **state)
{
    (void)state;
    static const char ALPHABET[] = "/./..%2e%2F%00ab\\?";
    uint32_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        char path[32];
        const size_t length = test_rand(&seed) % sizeof path;
        for (size_t i = 0; i < length; i++) {
            path[i] = ALPHABET[test_rand(&seed) % (sizeof ALPHABET - 1)];
        }
        struct static_path out;
        if (static_path_parse(path, length, &out) != 0) {
            continue;
        }
        assert_true(out.name[0] != '/' && out.name[0] != '\0');
        char wrapped[STATIC_PATH_SIZE + 2];
        (void)snprintf(wrapped, sizeof wrapped, "/%s/", out.name);
        assert_null(strstr(wrapped, "/../"));
        assert_null(strstr(wrapped, "//"));
    }
}

static void long_path_is_not_found(void **state)
{
    (void)state;
    static char path[2 * STATIC_PATH_SIZE];
    static struct static_path out;
    memset(path, 'a', sizeof path);
    path[0] = '/';
    assert_int_equal(static_path_parse(path, sizeof path, &out), 404);
    assert_int_equal(static_path_parse(path, STATIC_PATH_SIZE - 1, &out), 0);
    assert_int_equal(strlen(out.name), STATIC_PATH_SIZE - 2);
    assert_int_equal(static_path_parse(path, STATIC_PATH_SIZE, &out), 404);
    for (size_t i = 1; i < sizeof path; i += 2) {
        path[i] = '/';
    }
    path[sizeof path - 1] = 'a';
    const int status = static_path_parse(path, sizeof path, &out);
    assert_true(status == 404 || strlen(out.name) < STATIC_PATH_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_is_decoded_once_and_stays_inside),
        cmocka_unit_test(random_path_never_leaves),
        cmocka_unit_test(long_path_is_not_found),
    };
    return cmocka_run_group_tests_name("static_path", tests, NULL, NULL);
}
