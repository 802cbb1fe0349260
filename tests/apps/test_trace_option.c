/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"
#include "trace_option.h"

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
        assert_int_equal(trace_option_open(&trace, ROWS[i].value, error), EXIT_CODE_OK);
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
        assert_int_equal(trace_option_open(&trace, ROWS[i], error), EXIT_CODE_USAGE);
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
    assert_int_equal(trace_option_open(&trace, value, error), EXIT_CODE_OK);
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
    assert_int_equal(trace_option_open(&trace, "text:/nonexistent/a", error), EXIT_CODE_LOCAL);
    assert_string_equal(error, "--trace: /nonexistent/a: No such file or directory");
    if (access("/dev/full", W_OK) != 0) {
        skip();
    }
    assert_int_equal(trace_option_open(&trace, "ndjson:/dev/full", error), EXIT_CODE_OK);
    trace_option_begin(&trace, "test");
    assert_int_not_equal(trace_option_close(&trace), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_a_format_and_maybe_a_file),
        cmocka_unit_test(other_formats_are_refused),
        cmocka_unit_test(a_file_begins_with_the_format),
        cmocka_unit_test(a_file_that_cannot_be_had_or_written_is_told),
    };
    return cmocka_run_group_tests_name("trace_option", tests, NULL, NULL);
}
