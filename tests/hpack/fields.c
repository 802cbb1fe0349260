/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

hpack_field test_field(const char *name, const char *value)
{
    return (hpack_field){.name = name,
                         .value = value,
                         .name_length = (uint32_t)strlen(name),
                         .value_length = (uint32_t)strlen(value)};
}

hpack_decoder_config test_decoder_config(void)
{
    hpack_decoder_config config;
    assert_int_equal(hpack_decoder_config_init(&config, sizeof config), 0);
    return config;
}

hpack_encoder_config test_encoder_config(void)
{
    hpack_encoder_config config;
    assert_int_equal(hpack_encoder_config_init(&config, sizeof config), 0);
    return config;
}

hpack_decoder *test_decoder(void)
{
    hpack_decoder *d = NULL;
    assert_int_equal(hpack_decoder_new(&d, NULL), 0);
    return d;
}

hpack_decoder *test_decoder_with(struct test_alloc *a, hpack_decoder_config config)
{
    hpack_decoder *d = NULL;
    config.resize = test_alloc_resize;
    config.resize_ctx = a;
    assert_int_equal(hpack_decoder_new(&d, &config), 0);
    return d;
}

hpack_encoder *test_encoder(void)
{
    hpack_encoder *e = NULL;
    assert_int_equal(hpack_encoder_new(&e, NULL), 0);
    return e;
}

void test_assert_field(const hpack_field *got, const hpack_field *expected)
{
    assert_non_null(got->name);
    assert_non_null(got->value);
    assert_int_equal(got->name_length, expected->name_length);
    assert_memory_equal(got->name, expected->name, expected->name_length);
    assert_int_equal(got->value_length, expected->value_length);
    assert_memory_equal(got->value, expected->value, expected->value_length);
    assert_int_equal((got->flags ^ expected->flags) & ~(uint32_t)HPACK_FIELD_CLEAN, 0);
    assert_int_equal(got->token, hpack_token(expected->name, expected->name_length));
}

void test_assert_fields(const hpack_decoder *d, const hpack_field *expected, size_t count)
{
    size_t got_count = 0;
    const hpack_field *got = hpack_decoder_fields(d, &got_count);
    assert_int_equal(got_count, count);
    for (size_t i = 0; i < count; i++) {
        test_assert_field(&got[i], &expected[i]);
    }
}

int test_feed_cut(hpack_decoder *d, const uint8_t *data, const size_t *cuts, size_t count,
                  struct test_feed *feed)
{
    size_t from = 0;
    int result = 0;
    feed->last = NULL;
    for (size_t i = 0; i < count && result == 0; i++) {
        size_t length = cuts[i] - from;
        free(feed->last);
        feed->last = malloc(length > 0 ? length : 1);
        assert_non_null(feed->last);
        if (length > 0) {
            memcpy(feed->last, data + from, length);
        }
        result = hpack_decoder_feed(d, feed->last, length, i + 1 == count ? HPACK_FEED_LAST : 0);
        from = cuts[i];
    }
    return result;
}

void test_feed_end(struct test_feed *feed)
{
    free(feed->last);
    feed->last = NULL;
}

int test_feed_hex(hpack_decoder *d, const char *hex)
{
    static uint8_t octets[65536];
    size_t length = test_hex(hex, octets, sizeof octets);
    return hpack_decoder_feed(d, octets, length, HPACK_FEED_LAST);
}
