/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "capture.h"
#include "options.h"
#include "support.h"

struct target {
    uint32_t verbose;
    uint32_t quiet;
    const char *output;
    struct option_list headers;
    uint64_t count;
    uint64_t timeout_ns;
    uint64_t size;
    struct option_list operands;
};

static const struct option_spec specs[] = {
    {"verbose", 'v', OPTION_FLAG, offsetof(struct target, verbose), NULL, "Say more.", "Talk", 0,
     0},
    {"quiet", 0, OPTION_FLAG, offsetof(struct target, quiet), NULL, "Say less.", NULL, 0, 0},
    {"output", 'o', OPTION_TEXT, offsetof(struct target, output), "FILE", "Where to.", "Data", 0,
     0},
    {"header", 'H', OPTION_LIST, offsetof(struct target, headers), "FIELD", "A field.", NULL, 0, 0},
};

static const struct option_spec more_specs[] = {
    {"count", 'c', OPTION_NUMBER, offsetof(struct target, count), "N",
     "How many of them there are to be when all is said and done, and not one more than that.",
     NULL, 1, 100},
    {"a-long-name-for-timeout", 't', OPTION_DURATION, offsetof(struct target, timeout_ns),
     "DURATION", "How long.", NULL, 1000000, 3600000000000},
    {"size", 's', OPTION_SIZE, offsetof(struct target, size), "SIZE", "How large.", NULL, 1,
     UINT64_C(5) << 30},
};

static const struct options_program program = {"prog",
                                               "[OPTION]... FILE",
                                               "Does it.",
                                               specs,
                                               sizeof specs / sizeof specs[0],
                                               offsetof(struct target, operands),
                                               more_specs,
                                               sizeof more_specs / sizeof more_specs[0]};

enum { ARGS_MAX = 12 };

/* Parses the words; error is "" on success. */
static struct target parse(char error[OPTIONS_ERROR_SIZE], const char *const *words)
{
    struct target target = {.count = 5};
    char *argv[ARGS_MAX] = {(char *)"prog"};
    int argc = 1;

    while (words[argc - 1] != NULL) {
        assert_true(argc < ARGS_MAX - 1);
        argv[argc] = (char *)words[argc - 1];
        argc++;
    }
    memset(error, 0, OPTIONS_ERROR_SIZE);
    int result = options_parse(&program, argc, argv, &target, error);

    assert_int_equal(result, error[0] == '\0' ? 0 : -1);
    return target;
}

static void every_way_to_write_a_value_is_understood(void **state)
{
    static const char *const ways[][4] = {
        {"-o", "file"},
        {"-ofile"},
        {"--output", "file"},
        {"--output=file"},
        {"-o", "x", "-o=", NULL},
        {"-vo", "file"},
        {"-vofile"},
        {"-o", "-o", NULL},
        {"--output="},
        {"--output", "--"},
        {"-o", "-"},
    };
    static const char *const values[] = {"file", "file", "file", "file", "=", "file",
                                         "file", "-o",   "",     "--",   "-"};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char error[OPTIONS_ERROR_SIZE];
        struct target target = parse(error, ways[i]);

        assert_string_equal(error, "");
        assert_string_equal(target.output, values[i]);
        assert_int_equal(target.operands.count, 0);
        options_clear(&program, &target);
    }
}

static void flags_count_and_lists_collect(void **state)
{
    static const char *const words[] = {"-vv",           "-H",     "a: 1",    "--verbose",
                                        "--header=b: 2", "-Hc: 3", "--quiet", NULL};
    char error[OPTIONS_ERROR_SIZE];
    struct target target = parse(error, words);

    (void)state;
    assert_string_equal(error, "");
    assert_int_equal(target.verbose, 3);
    assert_int_equal(target.quiet, 1);
    assert_int_equal(target.headers.count, 3);
    assert_string_equal(target.headers.items[0], "a: 1");
    assert_string_equal(target.headers.items[1], "b: 2");
    assert_string_equal(target.headers.items[2], "c: 3");
    assert_int_equal(target.count, 5);
    options_clear(&program, &target);
    assert_null(target.headers.items);
}

static void operands_and_options_mix(void **state)
{
    static const char *const words[] = {"one", "-v",       "-",  "two", "--",
                                        "-v",  "--output", "--", NULL};
    static const char *const operands[] = {"one", "-", "two", "-v", "--output", "--"};
    char error[OPTIONS_ERROR_SIZE];
    struct target target = parse(error, words);

    (void)state;
    assert_string_equal(error, "");
    assert_int_equal(target.verbose, 1);
    assert_int_equal(target.operands.count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(target.operands.items[i], operands[i]);
    }
    options_clear(&program, &target);
}

static void durations_have_units(void **state)
{
    static const struct {
        const char *text;
        uint64_t ns;
    } rows[] = {
        {"10", 10000000000},  {"10s", 10000000000},  {"250ms", 250000000},
        {"2m", 120000000000}, {"1h", 3600000000000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const words[] = {"-t", rows[i].text, NULL};
        char error[OPTIONS_ERROR_SIZE];
        struct target target = parse(error, words);

        assert_string_equal(error, "");
        assert_true(target.timeout_ns == rows[i].ns);
    }
}

static void sizes_have_units(void **state)
{
    static const struct {
        const char *text;
        uint64_t size;
    } rows[] = {
        {"1", 1}, {"4096", 4096}, {"64k", 65536}, {"16m", 16777216}, {"5g", UINT64_C(5) << 30},
    };
    static const char *const wrong[] = {"0",  "k",  "1kb",  "1K",
                                        "6g", "-1", "1.5m", "99999999999999999g"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const words[] = {"-s", rows[i].text, NULL};
        char error[OPTIONS_ERROR_SIZE];
        struct target target = parse(error, words);

        assert_string_equal(error, "");
        assert_true(target.size == rows[i].size);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *const words[] = {"-s", wrong[i], NULL};
        char error[OPTIONS_ERROR_SIZE];

        (void)parse(error, words);
        assert_non_null(strstr(error, "-s: the value"));
    }
}

static void errors_name_the_option(void **state)
{
    static const struct {
        const char *words[3];
        const char *error;
    } rows[] = {
        {{"--otuput=x"}, "--otuput: unknown option, did you mean --output?"},
        {{"--verbos"}, "--verbos: unknown option, did you mean --verbose?"},
        {{"--a-long"}, "--a-long: unknown option, did you mean --a-long-name-for-timeout?"},
        {{"--xyzzy"}, "--xyzzy: unknown option"},
        {{"-x"}, "-x: unknown option"},
        {{"-vx"}, "-x: unknown option"},
        {{"--verbose=1"}, "--verbose: takes no value"},
        {{"--output"}, "--output: needs a value (FILE)"},
        {{"-o"}, "-o: needs a value (FILE)"},
        {{"-vo"}, "-o: needs a value (FILE)"},
        {{"-c", "0"}, "-c: the value must be from 1 to 100"},
        {{"--count", "101"}, "--count: the value must be from 1 to 100"},
        {{"-c", "-1"}, "-c: the value is a number"},
        {{"-c", ""}, "-c: the value is a number"},
        {{"-c", "1x"}, "-c: the value is a number"},
        {{"-c", " 1"}, "-c: the value is a number"},
        {{"-c", "18446744073709551616"}, "-c: the value is a number"},
        {{"-t", "1d"}, "-t: the value is a time such as 10s or 500ms"},
        {{"-t", "ms"}, "-t: the value is a time such as 10s or 500ms"},
        {{"-t", "99999999999999h"}, "-t: the value is a time such as 10s or 500ms"},
        {{"-t", "0"}, "-t: the value must be from 1 to 3600000 ms"},
        {{"-t", "2h"}, "-t: the value must be from 1 to 3600000 ms"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char error[OPTIONS_ERROR_SIZE];
        struct target target = parse(error, rows[i].words);

        assert_string_equal(error, rows[i].error);
        options_clear(&program, &target);
    }
}

static void very_long_names_are_refused_in_bounds(void **state)
{
    char name[5000];
    const char *const words[] = {name, NULL};
    char error[OPTIONS_ERROR_SIZE];

    (void)state;
    memset(name, 'a', sizeof name - 1);
    memcpy(name, "--", 2);
    name[sizeof name - 1] = '\0';
    parse(error, words);
    assert_true(strlen(error) < OPTIONS_ERROR_SIZE);
    assert_non_null(strstr(error, "unknown option"));
}

static void help_lists_every_option_in_80_columns(void **state)
{
    struct capture capture;

    (void)state;
    capture_open(&capture);
    options_print_help(&program, capture.out);
    capture_is(&capture,
               "Usage: prog [OPTION]... FILE\n"
               "Does it.\n"
               "\n"
               "Talk:\n"
               "  -v, --verbose            Say more.\n"
               "      --quiet              Say less.\n"
               "\n"
               "Data:\n"
               "  -o, --output=FILE        Where to.\n"
               "  -H, --header=FIELD       A field.\n"
               "  -c, --count=N            How many of them there are to be when all is said and\n"
               "                           done, and not one more than that.\n"
               "  -t, --a-long-name-for-timeout=DURATION\n"
               "                           How long.\n"
               "  -s, --size=SIZE          How large.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_write_a_value_is_understood),
        cmocka_unit_test(flags_count_and_lists_collect),
        cmocka_unit_test(operands_and_options_mix),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(sizes_have_units),
        cmocka_unit_test(errors_name_the_option),
        cmocka_unit_test(very_long_names_are_refused_in_bounds),
        cmocka_unit_test(help_lists_every_option_in_80_columns),
    };

    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
