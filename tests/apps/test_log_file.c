/* SPDX-License-Identifier: MIT */
/* The files of a log. Nothing here waits: the loop is run without, and pipes are read when full. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "log_file.h"

enum { NAME = 128, READ = 1 << 20 };

struct bench {
    struct loop loop;
    struct log_file file;
    struct capture errors;
    struct log log;
    atomic_uint told;
    char folder[NAME];
    char path[NAME + 8];
};

static void set_up(struct bench *b, const char *path)
{
    memset(b, 0, sizeof *b);
    (void)snprintf(b->folder, sizeof b->folder, "/tmp/h2kit-log-XXXXXX");
    assert_non_null(mkdtemp(b->folder));
    (void)snprintf(b->path, sizeof b->path, "%s/log", b->folder);
    capture_open(&b->errors);
    b->log = (struct log){.out = b->errors.out, .program = "test"};
    assert_int_equal(loop_init(&b->loop), 0);
    const struct log_file_config config = {path == NULL ? b->path : path, "the log", &b->log,
                                           &b->told, &b->loop};
    assert_int_equal(log_file_open(&b->file, &config), 0);
}

/* Closes all and compares what was told. */
static void tear_down(struct bench *b, const char *told)
{
    char old[NAME + 16];
    log_file_close(&b->file);
    loop_close(&b->loop);
    capture_is(&b->errors, told);
    (void)snprintf(old, sizeof old, "%s.1", b->path);
    (void)unlink(old);
    (void)unlink(b->path);
    assert_int_equal(rmdir(b->folder), 0);
}

static void put(struct bench *b, const char *line, size_t length)
{
    do {
        struct text_buffer *text = log_file_begin(&b->file);
        text_add(text, line, length);
        text_add(text, "\n", 1);
    } while (log_file_end(&b->file) == 1);
}

static void turn(struct bench *b)
{
    (void)uv_run(&b->loop.uv, UV_RUN_NOWAIT);
}

static size_t read_file(const char *path, char *out)
{
    const int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    const ssize_t length = read(fd, out, READ - 1);
    assert_true(length >= 0);
    out[length] = '\0';
    (void)close(fd);
    return (size_t)length;
}

static void file_is(const char *path, const char *expected)
{
    char *text = malloc(READ);
    assert_non_null(text);
    (void)read_file(path, text);
    assert_string_equal(text, expected);
    free(text);
}

static void lines_are_written_at_the_end_of_a_turn(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, NULL);
    put(&b, "a", 1);
    put(&b, "b", 1);
    file_is(b.path, "");
    turn(&b);
    file_is(b.path, "a\nb\n");
    put(&b, "c", 1);
    loop_cancel(&b.loop, &b.file.flush);
    const int fd = open(b.path, O_RDONLY);
    char octets[8] = "";
    tear_down(&b, ""); /* writes what there is */
    assert_int_equal(read(fd, octets, sizeof octets - 1), 6);
    assert_string_equal(octets, "a\nb\nc\n");
    (void)close(fd);
}

static void much_is_written_before_the_turn_ends(void **state)
{
    (void)state;
    static char line[1000];
    struct bench b;
    set_up(&b, NULL);
    memset(line, 'x', sizeof line);
    for (int i = 0; i < 1000; i++) {
        put(&b, line, sizeof line);
        assert_true(b.file.text.length <= 65535);
    }
    turn(&b);
    struct stat facts;
    assert_int_equal(stat(b.path, &facts), 0);
    assert_int_equal(facts.st_size, 1001000);
    assert_int_equal(b.file.lost, 0);
    tear_down(&b, "");
}

static void renaming_loses_no_line(void **state)
{
    (void)state;
    struct bench b;
    char old[sizeof b.path + 2];
    set_up(&b, NULL);
    put(&b, "one", 3);
    turn(&b);
    (void)snprintf(old, sizeof old, "%s.1", b.path);
    put(&b, "two", 3);
    assert_int_equal(rename(b.path, old), 0);
    put(&b, "three", 5);
    log_file_reopen(&b.file);
    put(&b, "four", 4);
    turn(&b);
    file_is(old, "one\ntwo\nthree\n");
    file_is(b.path, "four\n");
    tear_down(&b, "");
}

static void log_that_cannot_be_opened_anew_goes_on(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, NULL);
    b.file.config.path = "/nonexistent/log";
    log_file_reopen(&b.file);
    log_file_reopen(&b.file);
    put(&b, "a", 1);
    turn(&b);
    file_is(b.path, "a\n");
    tear_down(&b, "test: the log: cannot open it anew: No such file or directory\n"
                  "test: the log: cannot open it anew: No such file or directory\n");
}

static void full_disk_is_told_once_and_counted(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0) {
        skip();
    }
    struct bench b;
    set_up(&b, "/dev/full");
    for (int i = 0; i < 3; i++) {
        put(&b, "a", 1);
        put(&b, "b", 1);
        turn(&b);
    }
    assert_int_equal(b.file.lost, 6);
    assert_int_equal(b.file.text.length, 0);
    tear_down(&b, "test: the log: lines are lost: No space left on device\n");
}

/* A pipe at b->path, with an end to read from. */
static int set_up_pipe(struct bench *b)
{
    char folder[NAME] = "/tmp/h2kit-pipe-XXXXXX";
    char path[NAME + 8];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    const int fd = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    set_up(b, path);
    b->file.config.path = "-"; /* so that to reopen it is just to write it out */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    return fd;
}

static void pipe_without_a_reader_is_told_once(void **state)
{
    (void)state;
    struct bench b;
    const int reader = set_up_pipe(&b);
    put(&b, "a", 1);
    turn(&b);
    char octets[8];
    assert_int_equal(read(reader, octets, sizeof octets), 2);
    (void)close(reader);
    put(&b, "b", 1);
    turn(&b);
    put(&b, "c", 1);
    turn(&b);
    assert_int_equal(b.file.lost, 2);
    tear_down(&b, "test: the log: lines are lost: Broken pipe\n");
}

/* Every line that was not lost comes out whole and in order, however slow the reader is. */
static void full_pipe_keeps_lines_whole(void **state)
{
    (void)state;
    enum { LINES = 1000, LINE = 700 };
    struct bench b;
    char line[LINE];
    char *out = calloc(1, READ);
    size_t length = 0;
    assert_non_null(out);
    const int reader = set_up_pipe(&b);
    memset(line, 'x', sizeof line);
    for (int i = 0; i < LINES; i++) {
        char number[16];
        (void)snprintf(number, sizeof number, "%06d ", i);
        memcpy(line, number, 7);
        put(&b, line, sizeof line);
        turn(&b);
    }
    assert_true(b.file.lost > 0 && b.file.lost < LINES);
    for (int i = 0; i < 100 && b.file.text.length > 0; i++) {
        ssize_t n = read(reader, out + length, READ - 1 - length);
        length += n > 0 ? (size_t)n : 0;
        log_file_reopen(&b.file);
    }
    assert_int_equal(b.file.text.length, 0);
    for (ssize_t n = 1; n > 0; length += n > 0 ? (size_t)n : 0) {
        n = read(reader, out + length, READ - 1 - length);
    }
    assert_int_equal(length % (LINE + 1), 0);
    assert_int_equal(length / (LINE + 1) + b.file.lost, LINES);
    for (size_t at = 0; at < length; at += LINE + 1) {
        assert_int_equal(out[at + LINE], '\n');
        assert_int_equal(out[at + 6], ' ');
    }
    (void)close(reader);
    free(out);
    tear_down(&b, "test: the log: lines are lost: Resource temporarily unavailable\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_written_at_the_end_of_a_turn),
        cmocka_unit_test(much_is_written_before_the_turn_ends),
        cmocka_unit_test(renaming_loses_no_line),
        cmocka_unit_test(log_that_cannot_be_opened_anew_goes_on),
        cmocka_unit_test(full_disk_is_told_once_and_counted),
        cmocka_unit_test(pipe_without_a_reader_is_told_once),
        cmocka_unit_test(full_pipe_keeps_lines_whole),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("log_file", tests, NULL, NULL);
}
