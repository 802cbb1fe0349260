/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "fields.h"

static void defaults_are_documented_ones(void **state)
{
    (void)state;
    hpack_decoder_config d = test_decoder_config();
    assert_int_equal(d.size, sizeof d);
    assert_int_equal(d.table_size_limit, 4096);
    assert_int_equal(d.section_limit_bytes, 65536);
    assert_int_equal(d.field_count_limit, 2048);
    assert_int_equal(d.string_limit_bytes, 65536);
    hpack_encoder_config e = test_encoder_config();
    assert_int_equal(e.size, sizeof e);
    assert_int_equal(e.table_size_limit, 4096);
    assert_int_equal(e.peer_table_limit, 4096);
    assert_int_equal(e.policy, HPACK_POLICY_ADAPTIVE);
    assert_int_equal(e.huffman, HPACK_HUFFMAN_SHORTER);
    assert_null(e.choose);
}

static void init_refuses_too_small_a_struct(void **state)
{
    (void)state;
    hpack_decoder_config d;
    hpack_encoder_config e;
    assert_int_equal(hpack_decoder_config_init(&d, sizeof d - 1), HPACK_ERR_USAGE);
    assert_int_equal(hpack_decoder_config_init(NULL, sizeof d), HPACK_ERR_USAGE);
    assert_int_equal(hpack_encoder_config_init(&e, sizeof e - 1), HPACK_ERR_USAGE);
    assert_int_equal(hpack_encoder_config_init(NULL, sizeof e), HPACK_ERR_USAGE);
}

/* A caller with a newer header has members that are not known here. */
struct newer_decoder_config {
    hpack_decoder_config known;
    uint64_t unknown;
};
struct newer_encoder_config {
    hpack_encoder_config known;
    uint64_t unknown;
};

static void newer_decoder_config_is_taken_when_its_news_are_zero(void **state)
{
    (void)state;
    struct newer_decoder_config newer;
    hpack_decoder *d = NULL;
    memset(&newer, 0xff, sizeof newer);
    assert_int_equal(hpack_decoder_config_init(&newer.known, sizeof newer), 0);
    assert_int_equal(newer.unknown, 0);
    assert_int_equal(hpack_decoder_new(&d, &newer.known), 0);
    hpack_decoder_free(d);
    newer.unknown = 1;
    assert_int_equal(hpack_decoder_new(&d, &newer.known), HPACK_ERR_CONFIG);
    assert_null(d);
}

static void newer_encoder_config_is_taken_when_its_news_are_zero(void **state)
{
    (void)state;
    struct newer_encoder_config newer;
    hpack_encoder *e = NULL;
    memset(&newer, 0xff, sizeof newer);
    assert_int_equal(hpack_encoder_config_init(&newer.known, sizeof newer), 0);
    assert_int_equal(newer.unknown, 0);
    assert_int_equal(hpack_encoder_new(&e, &newer.known), 0);
    hpack_encoder_free(e);
    newer.unknown = 1;
    assert_int_equal(hpack_encoder_new(&e, &newer.known), HPACK_ERR_CONFIG);
    assert_null(e);
}

static void invalid_values_are_refused(void **state)
{
    (void)state;
    hpack_decoder *d = NULL;
    hpack_encoder *e = NULL;
    hpack_decoder_config dc = test_decoder_config();
    hpack_encoder_config ec = test_encoder_config();
    dc.size--;
    ec.size--;
    assert_int_equal(hpack_decoder_new(&d, &dc), HPACK_ERR_CONFIG);
    assert_int_equal(hpack_encoder_new(&e, &ec), HPACK_ERR_CONFIG);
    ec = test_encoder_config();
    ec.policy = HPACK_POLICY_STATIC + 1;
    assert_int_equal(hpack_encoder_new(&e, &ec), HPACK_ERR_CONFIG);
    ec = test_encoder_config();
    ec.huffman = HPACK_HUFFMAN_NEVER + 1;
    assert_int_equal(hpack_encoder_new(&e, &ec), HPACK_ERR_CONFIG);
    assert_null(e);
    dc = test_decoder_config();
    dc.section_limit_bytes = 0;
    assert_int_equal(hpack_decoder_new(&d, &dc), HPACK_ERR_CONFIG);
    dc = test_decoder_config();
    dc.field_count_limit = 0;
    assert_int_equal(hpack_decoder_new(&d, &dc), HPACK_ERR_CONFIG);
    dc = test_decoder_config();
    dc.string_limit_bytes = 0;
    assert_int_equal(hpack_decoder_new(&d, &dc), HPACK_ERR_CONFIG);
    assert_int_equal(hpack_decoder_new(NULL, NULL), HPACK_ERR_USAGE);
    assert_int_equal(hpack_encoder_new(NULL, NULL), HPACK_ERR_USAGE);
}

static void codes_have_names_texts_and_categories(void **state)
{
    (void)state;
#define CHECK_CODE(name, value, category, text)                                                    \
    assert_int_equal(HPACK_ERR_##name, value);                                                     \
    assert_string_equal(hpack_error_name(value), "HPACK_ERR_" #name);                              \
    assert_string_equal(hpack_error_text(value), text);                                            \
    assert_int_equal(hpack_error_category(value), HPACK_CATEGORY_##category);
    HPACK_ERROR_LIST(CHECK_CODE)
#undef CHECK_CODE
    assert_string_equal(hpack_error_name(0), "HPACK_OK");
    assert_int_equal(hpack_error_category(0), HPACK_CATEGORY_NONE);
    assert_string_equal(hpack_error_name(12345), "HPACK_ERR_UNKNOWN");
    assert_non_null(hpack_error_text(12345));
    assert_int_equal(hpack_error_category(12345), HPACK_CATEGORY_NONE);
}

static void version_is_that_of_the_header(void **state)
{
    (void)state;
    assert_string_equal(hpack_version(), HPACK_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_documented_ones),
        cmocka_unit_test(init_refuses_too_small_a_struct),
        cmocka_unit_test(newer_decoder_config_is_taken_when_its_news_are_zero),
        cmocka_unit_test(newer_encoder_config_is_taken_when_its_news_are_zero),
        cmocka_unit_test(invalid_values_are_refused),
        cmocka_unit_test(codes_have_names_texts_and_categories),
        cmocka_unit_test(version_is_that_of_the_header),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
