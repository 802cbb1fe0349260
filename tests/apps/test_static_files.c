/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "static_files.h"
#include "support.h"

/* A folder "www" with files, links inside and links out, beside a file that must not be served. */
struct fixture {
    char base[64];
    struct static_root root;
};

static void write_file(const char *name, const char *text)
{
    const int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    (void)snprintf(f->base, sizeof f->base, "/tmp/h2kit-static-XXXXXX");
    assert_non_null(mkdtemp(f->base));
    assert_int_equal(chdir(f->base), 0);
    assert_int_equal(mkdir("www", 0755), 0);
    assert_int_equal(mkdir("www/folder", 0755), 0);
    assert_int_equal(mkdir("www/bare", 0755), 0);
    write_file("secret.txt", "secret");
    write_file("www/a.txt", "hello");
    write_file("www/folder/index.html", "<p>index</p>");
    write_file("www/denied.txt", "x");
    assert_int_equal(chmod("www/denied.txt", 0), 0);
    assert_int_equal(symlink("a.txt", "www/inside"), 0);
    assert_int_equal(symlink("../secret.txt", "www/outside"), 0);
    assert_int_equal(symlink("/etc", "www/folder/etc"), 0);
    assert_int_equal(symlink("..", "www/folder/up"), 0);
    assert_int_equal(symlink("../..", "www/folder/out"), 0);
    assert_int_equal(symlink("loop", "www/loop"), 0);
    assert_int_equal(mkfifo("www/pipe", 0644), 0);
    assert_int_equal(static_root_open(&f->root, "www", 0), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    static_root_close(&f->root);
    static const char *const names[] = {
        "www/pipe",    "www/loop",   "www/folder/out", "www/folder/up", "www/folder/etc",
        "www/outside", "www/inside", "www/denied.txt", "www/a.txt",     "www/folder/index.html",
        "secret.txt",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)unlink(names[i]);
    }
    (void)rmdir("www/bare");
    (void)rmdir("www/folder");
    (void)rmdir("www");
    assert_int_equal(chdir("/"), 0);
    (void)rmdir(f->base);
    free(f);
    return 0;
}

/* What opening gives: "file", "folder", or the status. */
static void expect(const struct static_root *root, const char *name, const char *expected)
{
    struct static_file file;
    char got[16];
    print_message("%s\n", name);
    const int status = static_open(root, name, &file);
    if (status == 0) {
        (void)snprintf(got, sizeof got, "%s", file.is_folder ? "folder" : "file");
        assert_true(file.fd >= 0);
        assert_int_equal(close(file.fd), 0);
    } else {
        (void)snprintf(got, sizeof got, "%d", status);
        assert_int_equal(file.fd, -1);
    }
    assert_string_equal(got, expected);
}

static void check_all(const struct static_root *root, int links_inside)
{
    expect(root, "a.txt", "file");
    expect(root, "folder/index.html", "file");
    expect(root, "./folder/index.html", "file");
    expect(root, "folder", "folder");
    expect(root, ".", "folder");
    expect(root, "none", "404");
    expect(root, "none/a.txt", "404");
    expect(root, "a.txt/b", "404");
    expect(root, "pipe", "404");
    expect(root, "loop", "404");
    expect(root, "outside", "404");
    expect(root, "folder/etc/passwd", "404");
    expect(root, "folder/out/secret.txt", "404");
    expect(root, "inside", links_inside ? "file" : "404");
    expect(root, "folder/up/a.txt", links_inside ? "file" : "404");
}

static void nothing_outside_is_opened_by_the_kernels_rules(void **state)
{
    const struct fixture *f = *state;
    struct static_root root;
    if (!f->root.kernel_resolves) {
        print_message("this kernel has no openat2\n");
        skip();
    }
    check_all(&f->root, 0);
    expect(&f->root, "../secret.txt", "404");
    expect(&f->root, "/etc/passwd", "404");
    assert_int_equal(static_root_open(&root, "www", 1), 0);
    check_all(&root, 1);
    expect(&root, "../secret.txt", "404");
    static_root_close(&root);
}

static void nothing_outside_is_opened_step_by_step(void **state)
{
    const struct fixture *f = *state;
    struct static_root root = f->root;
    root.kernel_resolves = 0;
    check_all(&root, 0);
}

static void found_file_has_its_identity_and_content(void **state)
{
    const struct fixture *f = *state;
    struct static_file file;
    char text[16] = "";
    assert_int_equal(static_open(&f->root, "a.txt", &file), 0);
    assert_int_equal(file.identity.size, 5);
    assert_true(file.identity.modified.tv_sec > 0);
    assert_int_equal(read(file.fd, text, sizeof text), 5);
    assert_string_equal(text, "hello");
    assert_int_equal(close(file.fd), 0);
}

static void change_of_a_file_is_seen(void **state)
{
    const struct fixture *f = *state;
    struct static_file file;
    const struct timespec times[2] = {{1000000000, 1}, {1000000000, 1}};
    assert_int_equal(static_open(&f->root, "a.txt", &file), 0);
    assert_int_equal(close(file.fd), 0);
    assert_true(static_is_still(&f->root, "a.txt", &file.identity));
    assert_false(static_is_still(&f->root, "folder/index.html", &file.identity));
    assert_false(static_is_still(&f->root, "none", &file.identity));
    assert_false(static_is_still(&f->root, "inside", &file.identity));
    assert_false(static_is_still(&f->root, "folder", &file.identity));
    assert_int_equal(utimensat(AT_FDCWD, "www/a.txt", times, 0), 0);
    assert_false(static_is_still(&f->root, "a.txt", &file.identity));
}

static void unreadable_file_is_forbidden(void **state)
{
    const struct fixture *f = *state;
    /* Root may read everything. */
    const int was_root = test_leave_root();
    expect(&f->root, "denied.txt", "403");
    test_be_root_again(was_root);
}

static void root_must_be_a_folder(void **state)
{
    (void)state;
    struct static_root root;
    assert_int_not_equal(static_root_open(&root, "www/a.txt", 0), 0);
    assert_int_not_equal(static_root_open(&root, "none", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_outside_is_opened_by_the_kernels_rules, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_outside_is_opened_step_by_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(found_file_has_its_identity_and_content, set_up, tear_down),
        cmocka_unit_test_setup_teardown(change_of_a_file_is_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unreadable_file_is_forbidden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(root_must_be_a_folder, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("static_files", tests, NULL, NULL);
}
