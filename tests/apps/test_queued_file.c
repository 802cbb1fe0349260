/* SPDX-License-Identifier: MIT */
/* A FILE behind which a thread writes. Nothing here depends on how fast that is. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "queued_file.h"

enum { LINE = 64, MUCH = 1 << 20, LIMIT = 4096 };

struct bench {
    struct capture errors;
    struct log log;
    struct queued_file *file;
    FILE *out;
    int ends[2];
};

static void set_up(struct bench *b, uint32_t patience_ms)
{
    memset(b, 0, sizeof *b);
    capture_open(&b->errors);
    b->log = (struct log){.out = b->errors.out, .program = "test"};
    assert_int_equal(pipe(b->ends), 0);
    const struct queued_file_config config = {b->ends[1], LIMIT, "the log", &b->log, patience_ms};
    assert_int_equal(queued_file_open(&b->file, &config), 0);
    b->out = queued_file_stream(b->file);
}

static void put(struct bench *b, int number)
{
    (void)fprintf(b->out, "%0*d\n", LINE - 1, number);
    (void)fflush(b->out);
}

/* All that comes until the other end is closed; a string. */
static size_t read_all(int fd, char *text)
{
    size_t length = 0;
    ssize_t got = 1;
    while (got > 0) {
        got = read(fd, text + length, MUCH - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    text[length] = '\0';
    return length;
}

struct reader {
    pthread_t thread;
    int fd;
    char *text;
    size_t length;
};

static void *read_on(void *user)
{
    struct reader *r = user;
    r->length = read_all(r->fd, r->text);
    return NULL;
}

static void start_reader(struct reader *r, const struct bench *b)
{
    r->fd = b->ends[0];
    r->text = malloc(MUCH);
    assert_non_null(r->text);
    assert_int_equal(pthread_create(&r->thread, NULL, read_on, r), 0);
}

/* Closes all, and returns how many lines were read: whole, and in order. */
static int lines_read(struct reader *r, struct bench *b)
{
    (void)close(b->ends[1]);
    assert_int_equal(pthread_join(r->thread, NULL), 0);
    (void)close(b->ends[0]);
    int before = -1;
    assert_int_equal(r->length % LINE, 0);
    for (size_t at = 0; at < r->length; at += LINE) {
        const int number = atoi(r->text + at);
        assert_int_equal(r->text[at + LINE - 1], '\n');
        assert_true(number > before);
        before = number;
    }
    free(r->text);
    return (int)(r->length / LINE);
}

static void what_is_read_is_all_there(void **state)
{
    enum { LINES = 50 };
    struct bench b;
    struct reader r;
    (void)state;
    set_up(&b, 60000);
    start_reader(&r, &b);
    for (int i = 0; i < LINES; i++) { /* fewer than the limit */
        put(&b, i);
    }
    queued_file_close(b.file);
    assert_int_equal(lines_read(&r, &b), LINES);
    capture_is(&b.errors, "");
}

/* The pipe, the queue and the piece under way take what they take; the rest is dropped. */
static void what_nobody_reads_is_dropped_in_whole_lines(void **state)
{
    enum { LINES = 5000 };
    struct bench b;
    struct reader r;
    char expected[160];
    (void)state;
    set_up(&b, 60000);
    for (int i = 0; i < LINES; i++) {
        put(&b, i);
    }
    start_reader(&r, &b);
    queued_file_close(b.file);
    const int got = lines_read(&r, &b);
    assert_in_range(got, LIMIT / LINE, LINES - 1);
    (void)snprintf(expected, sizeof expected,
                   "test: the log: lines are lost: nobody reads them\n"
                   "test: the log: %d lines were lost\n",
                   LINES - got);
    capture_is(&b.errors, expected);
}

static void the_end_does_not_wait_for_who_reads_nothing(void **state)
{
    struct bench b;
    (void)state;
    set_up(&b, 1);
    for (int i = 0; i < 5000; i++) { /* more than a pipe holds */
        put(&b, i);
    }
    queued_file_close(b.file);
    char *told = capture_close(&b.errors);
    assert_non_null(strstr(told, " lines were lost\n"));
    free(told);
    (void)close(b.ends[0]);
    (void)close(b.ends[1]);
}

static void a_reader_that_has_left_misses_nothing(void **state)
{
    struct bench b;
    (void)state;
    set_up(&b, 60000);
    (void)close(b.ends[0]);
    for (int i = 0; i < LIMIT / LINE; i++) {
        put(&b, i);
    }
    queued_file_close(b.file);
    (void)close(b.ends[1]);
    capture_is(&b.errors, "");
}

/* However it is cut into calls: a line that has begun is kept, and one that was dropped has no end. */
static void lines_may_come_in_parts(void **state)
{
    static char part[LIMIT];
    struct bench b;
    struct reader r;
    (void)state;
    set_up(&b, 60000);
    memset(part, 'x', sizeof part);
    for (int i = 0; i < 3; i++) {
        (void)fwrite(part, 1, sizeof part, b.out);
        (void)fflush(b.out);
    }
    (void)fputs("\n", b.out);
    (void)fflush(b.out);
    start_reader(&r, &b);
    queued_file_close(b.file);
    (void)close(b.ends[1]);
    assert_int_equal(pthread_join(r.thread, NULL), 0);
    (void)close(b.ends[0]);
    assert_int_equal(r.length, 3 * LIMIT + 1);
    free(r.text);
    capture_is(&b.errors, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_all_there),
        cmocka_unit_test(what_nobody_reads_is_dropped_in_whole_lines),
        cmocka_unit_test(the_end_does_not_wait_for_who_reads_nothing),
        cmocka_unit_test(a_reader_that_has_left_misses_nothing),
        cmocka_unit_test(lines_may_come_in_parts),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("queued_file", tests, NULL, NULL);
}
