/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "colour.h"
#include "support.h"
#include "trace_option.h"

static enum exit_code open_log(struct trace *trace, const char *value,
                               char error[OPTIONS_ERROR_SIZE])
{
    const struct trace_options options = {.verbose = 1, .trace = value};
    return trace_option_open(trace, &options, error);
}

static void values_are_a_format_and_maybe_a_file(void **state)
{
    static const struct {
        const char *value;
        enum trace_format format;
    } ROWS[] = {{NULL, TRACE_TEXT},
                {"text", TRACE_TEXT},
                {"ndjson", TRACE_NDJSON},
                {"text:-", TRACE_TEXT},
                {"ndjson:-", TRACE_NDJSON}};
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct trace trace;
        char error[OPTIONS_ERROR_SIZE] = "";
        assert_int_equal(open_log(&trace, ROWS[i].value, error), EXIT_CODE_OK);
        assert_int_equal(trace.format, ROWS[i].format);
        assert_ptr_equal(trace.out, stdout);
        assert_int_equal(trace_option_close(&trace), 0);
    }
}

static void other_formats_are_refused(void **state)
{
    static const char *const ROWS[] = {"", "json", "ndjsonx", "tex", ":", "TEXT"};
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct trace trace;
        char error[OPTIONS_ERROR_SIZE] = "";
        assert_int_equal(open_log(&trace, ROWS[i], error), EXIT_CODE_USAGE);
        assert_non_null(strstr(error, "--trace: "));
        assert_int_equal(trace_option_close(&trace), 0);
    }
}

static void a_file_begins_with_the_format(void **state)
{
    char path[] = "/tmp/h2kit-trace-XXXXXX";
    char value[64];
    char line[256] = "";
    struct trace trace;
    char error[OPTIONS_ERROR_SIZE] = "";
    (void)state;
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)snprintf(value, sizeof value, "ndjson:%s", path);
    assert_int_equal(open_log(&trace, value, error), EXIT_CODE_OK);
    trace_option_begin(&trace, "test");
    assert_int_equal(trace_option_close(&trace), 0);
    assert_true(read(fd, line, sizeof line - 1) > 0);
    assert_memory_equal(line, "{\"format\":\"h2kit-trace\",\"version\":1,\"program\":\"test\",",
                        53);
    assert_int_equal(close(fd), 0);
    assert_int_equal(unlink(path), 0);
}

static void a_file_that_cannot_be_had_or_written_is_told(void **state)
{
    struct trace trace;
    char error[OPTIONS_ERROR_SIZE] = "";
    (void)state;
    assert_int_equal(open_log(&trace, "text:/nonexistent/a", error), EXIT_CODE_LOCAL);
    assert_string_equal(error, "--trace: /nonexistent/a: No such file or directory");
    if (access("/dev/full", W_OK) != 0) {
        skip();
    }
    assert_int_equal(open_log(&trace, "ndjson:/dev/full", error), EXIT_CODE_OK);
    trace_option_begin(&trace, "test");
    assert_int_not_equal(trace_option_close(&trace), 0);
}

static void only_what_is_asked_for_is_opened(void **state)
{
    static const struct {
        struct trace_options options;
        uint32_t opened;
        uint32_t hexdump;
        uint32_t colour;
    } ROWS[] = {{{.verbose = 0}, 0, 0, 0},
                {{.color = "always"}, 0, 0, 0},
                {{.verbose = 2}, 1, 0, 0},
                {{.hexdump = 2}, 1, 1, 0},
                {{.trace = "ndjson", .hexdump = 1}, 1, 1, 0},
                {{.verbose = 1, .color = "always"}, 1, 0, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct trace trace;
        char error[OPTIONS_ERROR_SIZE] = "";
        assert_int_equal(trace_option_open(&trace, &ROWS[i].options, error), EXIT_CODE_OK);
        assert_int_equal(trace.out != NULL, ROWS[i].opened);
        assert_int_equal(trace.hexdump, ROWS[i].hexdump);
        assert_true(trace.colour == ROWS[i].colour || ROWS[i].options.color == NULL);
    }
    const struct trace_options wrong = {.color = "yes"};
    struct trace trace;
    char error[OPTIONS_ERROR_SIZE] = "";
    assert_int_equal(trace_option_open(&trace, &wrong, error), EXIT_CODE_USAGE);
    assert_string_equal(error, "--color: 'yes' is not auto, always or never");
}

static void colours_follow_the_option(void **state)
{
    enum colour_mode mode;
    FILE *file = tmpfile();
    (void)state;
    assert_non_null(file);
    assert_int_equal(colour_read(&mode, NULL), 0);
    assert_int_equal(mode, COLOUR_AUTO);
    assert_int_equal(colour_wanted(mode, file), 0);
    assert_int_equal(colour_read(&mode, "always"), 0);
    assert_int_equal(colour_wanted(mode, file), 1);
    assert_int_equal(colour_read(&mode, "never"), 0);
    assert_int_equal(colour_wanted(mode, file), 0);
    assert_int_equal(colour_read(&mode, "alway"), -1);
    (void)fclose(file);
}

static void a_terminal_shows_them_unless_told_otherwise(void **state)
{
    static const struct {
        const char *term;
        const char *no_color;
        uint32_t colour;
    } ROWS[] = {{"xterm", "", 1}, {"dumb", "", 0}, {"xterm", "1", 0}, {"xterm", NULL, 1}};
    (void)state;
    const int pair = posix_openpt(O_RDWR | O_NOCTTY);
    if (pair < 0 || grantpt(pair) != 0 || unlockpt(pair) != 0) {
        skip();
    }
    FILE *terminal = fopen(ptsname(pair), "w");
    assert_non_null(terminal);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        assert_int_equal(setenv("TERM", ROWS[i].term, 1), 0);
        assert_int_equal(ROWS[i].no_color == NULL ? unsetenv("NO_COLOR")
                                                  : setenv("NO_COLOR", ROWS[i].no_color, 1),
                         0);
        assert_int_equal(colour_wanted(COLOUR_AUTO, terminal), ROWS[i].colour);
    }
    assert_int_equal(unsetenv("TERM"), 0);
    assert_int_equal(colour_wanted(COLOUR_AUTO, terminal), 0);
    assert_int_equal(colour_wanted(COLOUR_ALWAYS, terminal), 1);
    (void)fclose(terminal);
    assert_int_equal(close(pair), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_a_format_and_maybe_a_file),
        cmocka_unit_test(other_formats_are_refused),
        cmocka_unit_test(a_file_begins_with_the_format),
        cmocka_unit_test(a_file_that_cannot_be_had_or_written_is_told),
        cmocka_unit_test(only_what_is_asked_for_is_opened),
        cmocka_unit_test(colours_follow_the_option),
        cmocka_unit_test(a_terminal_shows_them_unless_told_otherwise),
    };
    return cmocka_run_group_tests_name("trace_option", tests, NULL, NULL);
}
