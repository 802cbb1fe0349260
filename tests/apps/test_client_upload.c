/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"
#include "upload.h"

enum { CAPACITY = 4, BODY_MAX = 64 };

static char folder[] = "/tmp/h2kit-upload-XXXXXX";
static char path[sizeof folder + 8];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    return snprintf(path, sizeof path, "%s/in", folder) > 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void no_wake(void *user)
{
    (void)user;
}

/* Asks until the end, or until something else than octets comes, which is returned. */
static int read_all(struct upload *upload, char body[BODY_MAX])
{
    size_t length = 0;

    for (;;) {
        uint8_t buffer[CAPACITY];
        h2session_read_event event = {
            .size = sizeof event, .stream_id = 1, .buffer = buffer, .capacity = sizeof buffer};
        int result = upload_read(NULL, &event, upload);

        if (result != 0) {
            return result;
        }
        assert_true(event.length <= sizeof buffer && length + event.length < BODY_MAX);
        memcpy(body + length, buffer, event.length);
        length += event.length;
        body[length] = '\0';
        if (event.flags & H2SESSION_BODY_END) {
            return 0;
        }
        assert_true(event.length > 0);
    }
}

static void a_file_is_sent_whole_and_again(void **state)
{
    static const char *const texts[] = {"", "abc", "abcd", "0123456789abcdef-"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct upload_source source;

        write_file(texts[i]);
        assert_int_equal(upload_source_open(&source, path), 0);
        assert_int_equal(source.is_file, 1);
        assert_int_equal(source.size, strlen(texts[i]));
        for (int round = 0; round < 2; round++) {
            struct upload upload;
            char body[BODY_MAX] = "";

            upload_begin(&upload, &source, NULL, no_wake, NULL);
            assert_int_equal(read_all(&upload, body), 0);
            assert_string_equal(body, texts[i]);
            upload_end(&upload);
        }
        assert_int_equal(source.read_any, 0);
        upload_source_close(&source);
    }
}

static void a_file_that_became_shorter_fails(void **state)
{
    struct upload_source source;
    struct upload upload;
    char body[BODY_MAX];

    (void)state;
    write_file("0123456789");
    assert_int_equal(upload_source_open(&source, path), 0);
    assert_int_equal(truncate(path, 5), 0);
    upload_begin(&upload, &source, NULL, no_wake, NULL);
    assert_int_equal(read_all(&upload, body), H2SESSION_FAIL);
    assert_int_equal(upload.error, -1);
    upload_end(&upload);
    upload_source_close(&source);
}

static void octets_that_were_added_are_not_sent(void **state)
{
    struct upload_source source;
    struct upload upload;
    char body[BODY_MAX];

    (void)state;
    write_file("01234");
    assert_int_equal(upload_source_open(&source, path), 0);
    write_file("0123456789");
    upload_begin(&upload, &source, NULL, no_wake, NULL);
    assert_int_equal(read_all(&upload, body), 0);
    assert_string_equal(body, "01234");
    upload_end(&upload);
    upload_source_close(&source);
}

static void what_cannot_be_a_body_is_refused(void **state)
{
    struct upload_source source;

    (void)state;
    assert_int_equal(upload_source_open(&source, "/nonexistent/file"), ENOENT);
    upload_source_close(&source);
    assert_int_equal(upload_source_open(&source, folder), EISDIR);
    upload_source_close(&source);
}

/* A pipe in place of standard input: asked too early it defers, and flags stay as they were. */
static void a_pipe_is_waited_for(void **state)
{
    struct upload_source source = {0};
    struct upload upload;
    uv_loop_t loop;
    int ends[2];
    char body[BODY_MAX] = "";

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(uv_loop_init(&loop), 0);
    source.fd = ends[0];
    upload_begin(&upload, &source, &loop, no_wake, NULL);
    assert_int_equal(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(read_all(&upload, body), H2SESSION_DEFER);
    assert_int_equal(source.read_any, 0);
    assert_int_equal(write(ends[1], "abc", 3), 3);
    uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(read_all(&upload, body), H2SESSION_DEFER);
    assert_string_equal(body, "abc");
    assert_int_equal(source.read_any, 1);
    close(ends[1]);
    uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(read_all(&upload, body), 0);
    upload_end(&upload);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_sent_whole_and_again),
        cmocka_unit_test(a_file_that_became_shorter_fails),
        cmocka_unit_test(octets_that_were_added_are_not_sent),
        cmocka_unit_test(what_cannot_be_a_body_is_refused),
        cmocka_unit_test(a_pipe_is_waited_for),
    };

    return cmocka_run_group_tests_name("client_upload", tests, make_folder, remove_folder);
}
