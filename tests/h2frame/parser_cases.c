/* SPDX-License-Identifier: MIT */
#include "parser_cases.h"

#include <stdlib.h>
#include <string.h>

#include "support.h"

struct split_run {
    const struct parser_case *what;
    const h2frame_parser_config *config;
    const uint8_t *data;
};

static void run_split(const size_t *cuts, size_t count, void *arg)
{
    const struct split_run *run = arg;
    h2frame_parser *parser;
    assert_int_equal(h2frame_parser_new(&parser, run->config), 0);
    struct event_log log = {.text = NULL};
    assert_int_equal(event_log_run(&log, parser, run->data, cuts, count), 0);
    if (strcmp(event_log_text(&log), run->what->expected) != 0) {
        print_error("case: %s, %zu fragments\n", run->what->name, count);
    }
    assert_string_equal(event_log_text(&log), run->what->expected);
    event_log_free(&log);
    h2frame_parser_free(parser);
}

void parser_cases_run(const struct parser_case *cases, size_t count,
                      const h2frame_parser_config *config)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t data[512];
        size_t length = test_hex(cases[i].hex, data, sizeof data);
        struct split_run run = {.what = &cases[i], .config = config, .data = data};
        test_each_split(length, run_split, &run);
    }
}

char *parser_cases_text(const uint8_t *data, size_t length, const h2frame_parser_config *config)
{
    h2frame_parser *parser;
    assert_int_equal(h2frame_parser_new(&parser, config), 0);
    struct event_log log = {.text = NULL};
    assert_int_equal(event_log_run(&log, parser, data, &length, 1), 0);
    char *text = log.text != NULL ? log.text : calloc(1, 1);
    assert_non_null(text);
    log.text = NULL;
    event_log_free(&log);
    h2frame_parser_free(parser);
    return text;
}
