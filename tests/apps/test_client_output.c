/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "support.h"

static char folder[] = "/tmp/h2kit-output-XXXXXX";
static char path[sizeof folder + 8];

static int make_folder(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    return snprintf(path, sizeof path, "%s/out", folder) > 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void file_is(const char *expected)
{
    char text[64];
    int fd = open(path, O_RDONLY);

    assert_true(fd >= 0);
    ssize_t length = read(fd, text, sizeof text);

    close(fd);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, strlen(expected));
}

static void put(struct output *output, const char *text)
{
    assert_int_equal(output_write(output, (const uint8_t *)text, strlen(text)), OUTPUT_OK);
}

static void file_appears_with_the_first_body(void **state)
{
    struct output output;

    (void)state;
    unlink(path);
    output_init(&output, path, 0);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(output_begin(&output), OUTPUT_OK);
    assert_int_equal(output_close(&output), OUTPUT_OK);
    file_is("");
}

static void bodies_follow_each_other_and_replace_an_older_file(void **state)
{
    struct output output;

    (void)state;
    output_init(&output, path, 0);
    put(&output, "longer than the next one");
    assert_int_equal(output_close(&output), OUTPUT_OK);
    output_init(&output, path, 0);
    put(&output, "a");
    assert_int_equal(output_begin(&output), OUTPUT_OK);
    put(&output, "");
    put(&output, "bc");
    assert_int_equal(output_close(&output), OUTPUT_OK);
    file_is("abc");
}

static void discarding_touches_nothing(void **state)
{
    struct output output;

    (void)state;
    unlink(path);
    output_init(&output, path, 1);
    assert_int_equal(output_begin(&output), OUTPUT_OK);
    put(&output, "abc");
    assert_int_equal(output_close(&output), OUTPUT_OK);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_failure_is_reported_and_stays(void **state)
{
    struct output output;

    (void)state;
    output_init(&output, "/dev/full", 0);
    assert_int_equal(output_write(&output, (const uint8_t *)"a", 1), OUTPUT_FAILED);
    assert_int_equal(output.error, ENOSPC);
    assert_int_equal(output_begin(&output), OUTPUT_FAILED);
    assert_int_equal(output_close(&output), OUTPUT_FAILED);
    output_init(&output, "/nonexistent/file", 0);
    assert_int_equal(output_begin(&output), OUTPUT_FAILED);
    assert_int_equal(output.error, ENOENT);
}

/* Runs with standard output as one end of a pipe. */
static void a_reader_who_left_is_told_apart(void **state)
{
    int ends[2];
    struct output output;

    (void)state;
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);

    assert_true(saved >= 0);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    output_init(&output, "-", 0);
    dup2(ends[1], STDOUT_FILENO);
    int result = output_write(&output, (const uint8_t *)"a", 1);

    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(ends[1]);
    assert_int_equal(result, OUTPUT_READER_GONE);
    assert_int_equal(output_close(&output), OUTPUT_READER_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_appears_with_the_first_body),
        cmocka_unit_test(bodies_follow_each_other_and_replace_an_older_file),
        cmocka_unit_test(discarding_touches_nothing),
        cmocka_unit_test(a_failure_is_reported_and_stays),
        cmocka_unit_test(a_reader_who_left_is_told_apart),
    };

    return cmocka_run_group_tests_name("client_output", tests, make_folder, remove_folder);
}
