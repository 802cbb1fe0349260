/* SPDX-License-Identifier: MIT */
/* Configurations of this, older and newer callers. */
#include <h2frame/h2frame.h>

#include <string.h>

#include "support.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A structure as a later version may have it. */
struct newer_config {
    h2frame_parser_config known;
    uint64_t member_of_the_future;
};

static void config_has_the_published_defaults(void **state)
{
    (void)state;
    h2frame_parser_config config;
    memset(&config, 0xaa, sizeof config);
    assert_int_equal(h2frame_parser_config_init(&config, sizeof config), 0);
    assert_int_equal(config.size, sizeof config);
    assert_null(config.resize);
    assert_null(config.resize_ctx);
    assert_int_equal(config.max_frame_size, 16384);
    assert_int_equal(config.settings_entry_limit, 32);
    assert_int_equal(config.expect_preface, 0);
    assert_int_equal(config.extension_limit_bytes, 4096);
}

static void config_of_a_newer_caller_is_taken_when_its_news_are_unused(void **state)
{
    (void)state;
    struct newer_config newer;
    memset(&newer, 0xaa, sizeof newer);
    assert_int_equal(h2frame_parser_config_init(&newer.known, sizeof newer), 0);
    assert_int_equal(newer.member_of_the_future, 0);
    assert_int_equal(newer.known.size, sizeof newer);
    h2frame_parser *parser;
    assert_int_equal(h2frame_parser_new(&parser, &newer.known), 0);
    h2frame_parser_free(parser);
    newer.member_of_the_future = 1;
    assert_int_equal(h2frame_parser_new(&parser, &newer.known), H2FRAME_ERR_CONFIG);
    assert_null(parser);
}

static void config_that_is_cut_short_is_refused(void **state)
{
    (void)state;
    h2frame_parser_config config;
    h2frame_parser *parser;
    assert_int_equal(h2frame_parser_config_init(NULL, sizeof config), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_parser_config_init(&config, sizeof config - 1), H2FRAME_ERR_USAGE);
    assert_int_equal(h2frame_parser_config_init(&config, sizeof config), 0);
    config.size--;
    assert_int_equal(h2frame_parser_new(&parser, &config), H2FRAME_ERR_CONFIG);
    config.size = 0;
    assert_int_equal(h2frame_parser_new(&parser, &config), H2FRAME_ERR_CONFIG);
}

static void config_values_are_checked(void **state)
{
    (void)state;
    static const struct {
        uint32_t max_frame_size;
        uint32_t expect_preface;
        int expected;
    } cases[] = {
        {16384, 0, 0},
        {16777215, 1, 0},
        {16383, 0, H2FRAME_ERR_CONFIG},
        {16777216, 0, H2FRAME_ERR_CONFIG},
        {0, 0, H2FRAME_ERR_CONFIG},
        {16384, 2, H2FRAME_ERR_CONFIG},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        h2frame_parser_config config;
        assert_int_equal(h2frame_parser_config_init(&config, sizeof config), 0);
        config.max_frame_size = cases[i].max_frame_size;
        config.expect_preface = cases[i].expect_preface;
        h2frame_parser *parser;
        assert_int_equal(h2frame_parser_new(&parser, &config), cases[i].expected);
        assert_int_equal(parser != NULL, cases[i].expected == 0);
        h2frame_parser_free(parser);
    }
}

static void config_is_copied(void **state)
{
    (void)state;
    struct test_alloc books = {.fail_at = 0};
    h2frame_parser_config config;
    assert_int_equal(h2frame_parser_config_init(&config, sizeof config), 0);
    config.resize = test_alloc_resize;
    config.resize_ctx = &books;
    h2frame_parser *parser;
    assert_int_equal(h2frame_parser_new(&parser, &config), 0);
    memset(&config, 0, sizeof config);
    assert_int_equal(books.live_blocks, 1);
    h2frame_parser_free(parser);
    assert_int_equal(books.live_blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_has_the_published_defaults),
        cmocka_unit_test(config_of_a_newer_caller_is_taken_when_its_news_are_unused),
        cmocka_unit_test(config_that_is_cut_short_is_refused),
        cmocka_unit_test(config_values_are_checked),
        cmocka_unit_test(config_is_copied),
    };
    return cmocka_run_group_tests_name("h2frame.config", tests, NULL, NULL);
}
