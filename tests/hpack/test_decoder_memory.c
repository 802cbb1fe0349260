/* SPDX-License-Identifier: MIT */
/* What coders take of memory: nothing before use, nothing more once warm, errors when there is
 * none. */
#include <string.h>

#include "decoder.h"
#include "fields.h"

static hpack_encoder *encoder_with(struct test_alloc *a)
{
    hpack_encoder *e = NULL;
    hpack_encoder_config config = test_encoder_config();
    config.resize = test_alloc_resize;
    config.resize_ctx = a;
    assert_int_equal(hpack_encoder_new(&e, &config), 0);
    return e;
}

static void unused_coders_take_less_than_a_kibibyte(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    hpack_decoder *d = test_decoder_with(&alloc, test_decoder_config());
    hpack_encoder *e = encoder_with(&alloc);
    assert_true(alloc.live_bytes <= 1024);
    assert_int_equal(alloc.live_blocks, 2);
    hpack_encoder_free(e);
    hpack_decoder_free(d);
    assert_int_equal(alloc.live_blocks, 0);
}

/* A connection in use: fields with and without entries, values that change. */
static size_t request(uint32_t number, hpack_field fields[8], char value[24])
{
    memcpy(value, "/some/path/000000000000", 24);
    for (int i = 0; i < 8; i++) {
        value[22 - i] = (char)('a' + (number >> (4 * i) & 15));
    }
    fields[0] = test_field(":method", "GET");
    fields[1] = test_field(":path", value);
    fields[2] = test_field("user-agent", "some/1.0 (very long name of a program)");
    fields[3] = test_field("x-request", value);
    fields[4] = test_field(value + 8, "x");
    fields[5] = test_field("cookie", "short");
    return 6;
}

static void warm_coders_allocate_nothing(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    hpack_decoder *d = test_decoder_with(&alloc, test_decoder_config());
    hpack_encoder *e = encoder_with(&alloc);
    size_t warm = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        hpack_field fields[8];
        char value[24];
        uint8_t octets[512];
        hpack_buffer block = {octets, sizeof octets, 0};
        size_t count = request(i, fields, value);
        assert_int_equal(hpack_encoder_encode(e, fields, count, &block), 0);
        assert_int_equal(hpack_decoder_feed(d, octets, block.length, HPACK_FEED_LAST), 0);
        warm = i == 500 ? alloc.calls : warm;
    }
    assert_int_equal(alloc.calls, warm);
    assert_true(alloc.live_bytes <= 40000);
    hpack_encoder_free(e);
    hpack_decoder_free(d);
}

/* Names with a token and literals that nobody keeps leave nothing behind. */
static void only_what_is_kept_stays_in_the_log(void **state)
{
    (void)state;
    hpack_decoder_config config = test_decoder_config();
    struct test_alloc alloc = {0};
    config.string_limit_bytes = 6;
    hpack_decoder *d = test_decoder_with(&alloc, config);
    assert_int_equal(test_feed_hex(d, "40 06 636f6f6b6965 02 6162"), 0);
    assert_int_equal(d->table.log_used, 2);
    assert_int_equal(test_feed_hex(d, "be 00 81 1f 07 61626364656667"), HPACK_ERR_STRING_LIMIT);
    assert_int_equal(d->table.log_used, 2);
    hpack_decoder_free(d);
}

/* A log that was needed once, and is empty when it has to grow. */
static void empty_log_that_grows_is_freed(void **state)
{
    (void)state;
    static uint8_t octets[5000] = {0x40, 0x01, '|', 0x7f, 0x80 | (4000 & 0x7f), 4000 >> 7};
    struct test_alloc alloc = {0};
    hpack_decoder *d = test_decoder_with(&alloc, test_decoder_config());
    memset(octets + 6, 'v', 4127);
    assert_int_equal(test_feed_hex(d, "40 06 636f6f6b6965 00"), 0);
    assert_int_equal(d->table.log_used, 0);
    assert_true(d->table.log_capacity > 0);
    assert_int_equal(hpack_decoder_feed(d, octets, 6 + 4127, HPACK_FEED_LAST), 0);
    hpack_decoder_free(d);
    assert_int_equal(alloc.live_blocks, 0);
}

static void expect_field(const hpack_decoder *d, size_t at, const char *name, const char *value)
{
    size_t count = 0;
    const hpack_field *fields = hpack_decoder_fields(d, &count);
    assert_true(at < count);
    assert_int_equal(fields[at].name_length, strlen(name));
    assert_memory_equal(fields[at].name, name, strlen(name));
    assert_int_equal(fields[at].value_length, strlen(value));
    assert_memory_equal(fields[at].value, value, strlen(value));
}

static void trimmed_decoder_holds_its_entries_and_little_else(void **state)
{
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        struct test_alloc alloc = {0};
        hpack_decoder *d = test_decoder_with(&alloc, test_decoder_config());
        const size_t unused = alloc.live_bytes;
        /* a: b, c: d, and a field without an entry */
        assert_int_equal(test_feed_hex(d, "40 01 61 01 62 40 01 63 01 64 00 01 65 01 66"), 0);
        const size_t busy = alloc.live_bytes;
        alloc.fail_at = fails ? alloc.calls + 1 : 0;
        hpack_decoder_trim(d);
        alloc.fail_at = 0;
        size_t count = 1;
        (void)hpack_decoder_fields(d, &count);
        assert_int_equal(count, 0);
        assert_true(fails ? alloc.live_bytes == busy : alloc.live_bytes < busy);
        assert_true(fails || alloc.live_bytes == unused + 2 * sizeof(hpack_field) + 4);
        assert_int_equal(test_feed_hex(d, "be bf 40 01 67 01 68"), 0);
        expect_field(d, 0, "c", "d");
        expect_field(d, 1, "a", "b");
        assert_int_equal(test_feed_hex(d, "be c0"), 0);
        expect_field(d, 0, "g", "h");
        expect_field(d, 1, "a", "b");
        hpack_decoder_free(d);
        assert_int_equal(alloc.live_blocks, 0);
    }
}

static void decoder_without_entries_is_trimmed_to_nothing(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    hpack_decoder *d = test_decoder_with(&alloc, test_decoder_config());
    const size_t unused = alloc.live_bytes;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(test_feed_hex(d, "40 01 61 01 62 00 01 65 01 66"), 0);
        assert_int_equal(test_feed_hex(d, "20 3f e1 1f"), 0); /* empties the table */
        assert_true(alloc.live_bytes > unused);
        hpack_decoder_trim(d);
        assert_int_equal(alloc.live_bytes, unused);
    }
    hpack_decoder_free(d);
}

static void trim_inside_a_block_does_nothing(void **state)
{
    (void)state;
    static const uint8_t block[] = {0x40, 0x01, 'a', 0x01, 'b', 0x00, 0x01, 'c', 0x01, 'd'};
    struct test_alloc alloc = {0};
    hpack_decoder *d = test_decoder_with(&alloc, test_decoder_config());
    assert_int_equal(hpack_decoder_feed(d, block, 8, 0), 0);
    hpack_decoder_trim(d);
    assert_int_equal(hpack_decoder_feed(d, block + 8, 2, HPACK_FEED_LAST), 0);
    expect_field(d, 0, "a", "b");
    expect_field(d, 1, "c", "d");
    hpack_decoder_free(d);
}

/* After the largest section that is allowed, small ones. */
static void memory_of_a_large_block_is_given_back(void **state)
{
    (void)state;
    static uint8_t octets[1 << 16];
    struct test_alloc alloc = {0};
    hpack_decoder *d = test_decoder_with(&alloc, test_decoder_config());
    size_t length = test_hex("00 01 61 7f e9 e6 03", octets, sizeof octets); /* 62,440 */
    memset(octets + length, 'v', 62440);
    length += 62440;
    assert_int_equal(hpack_decoder_feed(d, octets, length - 1, 0), 0);
    assert_int_equal(hpack_decoder_feed(d, octets + length - 1, 1, HPACK_FEED_LAST), 0);
    memset(octets, 0x82, 1500);
    assert_int_equal(hpack_decoder_feed(d, octets, 1500, HPACK_FEED_LAST), 0);
    assert_true(alloc.live_bytes > 100000);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(test_feed_hex(d, "82"), 0);
    }
    assert_true(alloc.live_bytes <= 10000);
    hpack_decoder_free(d);
}

static int decode_scenario(struct test_alloc *a, void *arg)
{
    (void)arg;
    static const char *const blocks[] = {
        "82 40 88 25a849e95ba97d7f 89 25a849e95bb8e8b4bf 7e 03 616263 be",
        "00 0a 30313233343536373839 0a 30313233343536373839 be bf",
        "41 8c f1e3c2e5f23a6ba0ab90f4ff",
    };
    hpack_decoder *d = NULL;
    hpack_decoder_config config = test_decoder_config();
    config.resize = test_alloc_resize;
    config.resize_ctx = a;
    config.section_limit_bytes = 1 << 20;
    int result = hpack_decoder_new(&d, &config);
    for (uint32_t i = 0; i < 600 && result == 0; i++) {
        uint8_t octets[64];
        size_t length = test_hex(blocks[i % 3], octets, sizeof octets);
        /* One long block, so that rows and log grow. */
        result = hpack_decoder_feed(d, octets, length, i == 599 ? HPACK_FEED_LAST : 0);
    }
    if (result != 0 && d != NULL) {
        assert_int_equal(result, HPACK_ERR_NOMEM);
        assert_int_equal(hpack_decoder_feed(d, NULL, 0, 0), HPACK_ERR_NOMEM);
    }
    hpack_decoder_free(d);
    return result;
}

static void decoder_reports_every_failing_allocation(void **state)
{
    (void)state;
    test_each_failing_alloc(decode_scenario, NULL);
}

/* Without memory for an entry the field is sent all the same, and both tables stay the same. */
static int encode_scenario(struct test_alloc *a, void *arg)
{
    (void)arg;
    hpack_encoder *e = NULL;
    hpack_encoder_config config = test_encoder_config();
    config.resize = test_alloc_resize;
    config.resize_ctx = a;
    int result = hpack_encoder_new(&e, &config);
    hpack_decoder *d = test_decoder();
    for (uint32_t i = 0; i < 200 && result == 0; i++) {
        hpack_field fields[8];
        char value[24];
        uint8_t octets[512];
        hpack_buffer block = {octets, sizeof octets, 0};
        size_t count = request(i, fields, value);
        assert_int_equal(hpack_encoder_encode(e, fields, count, &block), 0);
        assert_int_equal(hpack_decoder_feed(d, octets, block.length, HPACK_FEED_LAST), 0);
        fields[5].flags = HPACK_FIELD_NEVER_INDEXED;
        test_assert_fields(d, fields, count);
    }
    hpack_decoder_free(d);
    hpack_encoder_free(e);
    return result;
}

static void encoder_does_without_entries_it_has_no_memory_for(void **state)
{
    (void)state;
    test_each_failing_alloc(encode_scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unused_coders_take_less_than_a_kibibyte),
        cmocka_unit_test(warm_coders_allocate_nothing),
        cmocka_unit_test(only_what_is_kept_stays_in_the_log),
        cmocka_unit_test(empty_log_that_grows_is_freed),
        cmocka_unit_test(trimmed_decoder_holds_its_entries_and_little_else),
        cmocka_unit_test(decoder_without_entries_is_trimmed_to_nothing),
        cmocka_unit_test(trim_inside_a_block_does_nothing),
        cmocka_unit_test(memory_of_a_large_block_is_given_back),
        cmocka_unit_test(decoder_reports_every_failing_allocation),
        cmocka_unit_test(encoder_does_without_entries_it_has_no_memory_for),
    };
    return cmocka_run_group_tests_name("decoder_memory", tests, NULL, NULL);
}
