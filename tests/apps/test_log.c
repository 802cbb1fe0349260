/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "escape.h"
#include "log.h"
#include "support.h"

static void escape_leaves_printable_ascii_alone(void **state)
{
    char all[0x7f - 0x20 + 1];
    char out[sizeof all];

    (void)state;
    for (size_t i = 0; i < sizeof all - 1; i++) {
        all[i] = (char)(0x20 + i);
    }
    all[sizeof all - 1] = '\0';
    assert_int_equal(escape_copy(out, sizeof out, all, sizeof all - 1), sizeof all - 1);
    assert_string_equal(out, all);
}

static void escape_shows_every_other_octet_as_hex(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        char octet = (char)value;
        char expected[5];
        char out[5];
        struct capture capture;

        if (value >= 0x20 && value < 0x7f) {
            continue;
        }
        snprintf(expected, sizeof expected, "\\x%02x", value);
        assert_int_equal(escape_copy(out, sizeof out, &octet, 1), 4);
        assert_string_equal(out, expected);
        capture_open(&capture);
        escape_print(capture.out, &octet, 1);
        capture_is(&capture, expected);
    }
}

static void escape_cuts_between_octets(void **state)
{
    static const char text[] = "ab\033c";
    static const char *const expected[] = {"", "a", "ab", "ab", "ab", "ab", "ab\\x1b", "ab\\x1bc"};

    (void)state;
    for (size_t capacity = 1; capacity <= 8; capacity++) {
        char out[9];

        memset(out, '#', sizeof out);
        escape_copy(out, capacity, text, 4);
        assert_string_equal(out, expected[capacity - 1]);
        assert_int_equal(out[capacity], '#');
    }
}

static void log_writes_one_line_whatever_the_text(void **state)
{
    struct capture capture;

    (void)state;
    capture_open(&capture);
    struct log log = {.out = capture.out, .program = "prog"};

    log_error(&log, "%s: %d", "a\r\nforged\033[2J", 7);
    log_warning(&log, "odd");
    capture_is(&capture, "prog: a\\x0d\\x0aforged\\x1b[2J: 7\nprog: warning: odd\n");
}

static void log_cuts_long_messages(void **state)
{
    struct capture capture;
    char longer[4 * LOG_LINE_SIZE];

    (void)state;
    memset(longer, '\033', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    capture_open(&capture);
    struct log log = {.out = capture.out, .program = "prog"};

    log_error(&log, "%s", longer);
    char *text = capture_close(&capture);

    assert_true(strlen(text) < 2 * LOG_LINE_SIZE);
    assert_true(strlen(text) > LOG_LINE_SIZE);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    free(text);
}

/* Were it written, this would wait for ever. */
static void log_that_never_waits_leaves_out_what_a_full_pipe_does_not_take(void **state)
{
    char octets[65536] = "";
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    FILE *out = fdopen(ends[1], "w");
    assert_non_null(out);
    const struct log log = {.out = out, .program = "prog", .never_waits = 1};
    log_error(&log, "told");
    assert_int_equal(read(ends[0], octets, sizeof octets), 11);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    while (write(ends[1], octets, 1) == 1) {
    }
    assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
    log_error(&log, "left out");
    while (read(ends[0], octets, sizeof octets) == (ssize_t)sizeof octets) {
        assert_null(memchr(octets, 'l', sizeof octets));
        log_error(&log, "told again");
    }
    assert_non_null(strstr(octets, "told again\n"));
    (void)fclose(out);
    (void)close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escape_leaves_printable_ascii_alone),
        cmocka_unit_test(escape_shows_every_other_octet_as_hex),
        cmocka_unit_test(escape_cuts_between_octets),
        cmocka_unit_test(log_writes_one_line_whatever_the_text),
        cmocka_unit_test(log_cuts_long_messages),
        cmocka_unit_test(log_that_never_waits_leaves_out_what_a_full_pipe_does_not_take),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
