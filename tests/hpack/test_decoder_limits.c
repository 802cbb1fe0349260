/* SPDX-License-Identifier: MIT */
/* Sections larger than allowed: refused at their end, with the table in step. */
#include <string.h>

#include "decoder.h"
#include "fields.h"

static hpack_decoder *limited(uint32_t section, uint32_t count, uint32_t string, uint32_t table)
{
    hpack_decoder *d = NULL;
    hpack_decoder_config config = test_decoder_config();
    config.section_limit_bytes = section;
    config.field_count_limit = count;
    config.string_limit_bytes = string;
    config.table_size_limit = table;
    assert_int_equal(hpack_decoder_new(&d, &config), 0);
    return d;
}

struct limit_case {
    const char *title;
    uint32_t section, count, string;
    const char *hex;
    int result;
    uint32_t kept;    /* fields */
    uint32_t size;    /* of the section */
    uint32_t entries; /* in the table afterwards */
};

static const struct limit_case CASES[] = {
    {"section: exactly the limit", 84, 99, 99, "82 82", 0, 2, 84, 0},
    {"section: one more", 83, 99, 99, "82 82", HPACK_ERR_SECTION_LIMIT, 1, 84, 0},
    {"section: what is left out counts", 83, 99, 99, "82 82 82 82", HPACK_ERR_SECTION_LIMIT, 1, 168,
     0},
    {"section: 32 for each empty field", 100, 99, 99, "00 00 00 00 00 00 00 00 00 00 00 00",
     HPACK_ERR_SECTION_LIMIT, 3, 128, 0},
    {"section: nothing follows that would fit", 80, 99, 99, "82 40 05 6161616161 05 6262626262 82",
     HPACK_ERR_SECTION_LIMIT, 1, 126, 1},
    {"section: entries are made beyond it", 42, 99, 99, "82 40 01 61 01 62 40 01 61 01 63",
     HPACK_ERR_SECTION_LIMIT, 1, 110, 2},
    {"section: names of entries are good beyond it", 42, 99, 99,
     "82 40 01 61 01 62 7e 01 63 0f 2f 01 64 be", HPACK_ERR_SECTION_LIMIT, 1, 178, 2},
    {"count: exactly the limit", 999, 2, 99, "82 84", 0, 2, 80, 0},
    {"count: one more", 999, 2, 99, "82 84 86", HPACK_ERR_FIELD_COUNT_LIMIT, 2, 123, 0},
    {"count: one more, a literal", 999, 2, 99, "82 84 40 01 61 01 62", HPACK_ERR_FIELD_COUNT_LIMIT,
     2, 114, 1},
    {"string: value of the limit", 999, 99, 3, "00 01 61 03 626262 40 01 61 03 626262", 0, 2, 72,
     1},
    {"string: value one longer", 999, 99, 3, "00 01 61 04 62626262 00 01 61 00",
     HPACK_ERR_STRING_LIMIT, 0, 70, 0},
    {"string: name one longer", 999, 99, 3, "00 04 61616161 00", HPACK_ERR_STRING_LIMIT, 0, 36, 0},
    {"string: Huffman, of the limit", 999, 99, 3, "00 01 61 82 18c7", 0, 1, 36, 0},
    {"string: Huffman, one longer", 999, 99, 3, "00 01 61 83 18c63f", HPACK_ERR_STRING_LIMIT, 0, 37,
     0},
    {"string: Huffman, of the limit, longest codes", 999, 99, 4,
     "00 01 61 8f fffffff3ffffffcfffffff3ffffffc", 0, 1, 37, 0},
    {"string: too long, yet an entry", 999, 99, 3, "40 04 61616161 01 62 be",
     HPACK_ERR_STRING_LIMIT, 0, 74, 1},
    {"string: static one too long", 999, 99, 3, "82", HPACK_ERR_STRING_LIMIT, 0, 42, 0},
    {"count: what is dropped counts, literals of all kinds", 999, 1, 99,
     "82 84 00 01 61 01 62 0f 00 00 01 03 626262 00 81 1f 01 62 10 00 80 40 01 63 01 64 be",
     HPACK_ERR_FIELD_COUNT_LIMIT, 1, 339, 1},
    {"errors behind a limit are errors: index of a name", 42, 99, 99, "82 82 0f 30 01 62",
     HPACK_ERR_INDEX, 1, 84, 0},
    {"errors behind a limit are errors: no index", 42, 99, 99, "82 82 80", HPACK_ERR_INDEX, 1, 84,
     0},
    {"errors behind a limit are errors: size of the table", 42, 99, 99, "82 82 20",
     HPACK_ERR_SIZE_UPDATE_PLACE, 1, 84, 0},
    {"errors behind a limit are errors: a string that is cut", 42, 99, 99, "82 82 00 01 61 02 62",
     HPACK_ERR_TRUNCATED, 1, 84, 0},
    {"errors behind a limit are errors: index", 42, 99, 99, "82 82 be", HPACK_ERR_INDEX, 1, 84, 0},
    {"errors behind a limit are errors: padding of a skipped string", 999, 99, 1,
     "00 01 61 83 18c630", HPACK_ERR_HUFFMAN_PADDING, 0, 0, 0},
    {"errors behind a limit are errors: EOS in a skipped string", 999, 99, 1,
     "00 01 61 86 18c7ffffffff", HPACK_ERR_HUFFMAN_EOS, 0, 0, 0},
    {"the first limit is the one reported", 50, 99, 2, "00 01 61 03 626262 82 82",
     HPACK_ERR_STRING_LIMIT, 0, 120, 0},
};

struct limit_run {
    const struct limit_case *expected;
    uint8_t octets[64];
};

static void feed_case(const size_t *cuts, size_t count, void *arg)
{
    const struct limit_run *run = arg;
    const struct limit_case *c = run->expected;
    hpack_decoder *d = limited(c->section, c->count, c->string, 4096);
    struct test_feed feed;
    int result = test_feed_cut(d, run->octets, cuts, count, &feed);
    if (result != c->result) {
        print_error("%s: %s\n", c->title, hpack_error_name(result));
    }
    assert_int_equal(result, c->result);
    size_t kept;
    const hpack_field *fields = hpack_decoder_fields(d, &kept);
    assert_int_equal(kept, c->kept);
    uint64_t size = 0;
    for (size_t i = 0; i < kept; i++) {
        test_assert_field(&fields[i], &fields[i]);
        size += fields[i].name_length + fields[i].value_length + UINT64_C(32);
    }
    assert_true(result != 0 || size == hpack_decoder_section_size(d));
    test_feed_end(&feed);
    if (hpack_error_category(result) != HPACK_CATEGORY_PEER) {
        hpack_table_info info = {.size = sizeof info};
        assert_int_equal(hpack_decoder_section_size(d), c->size);
        assert_int_equal(hpack_decoder_table_info(d, &info), 0);
        assert_int_equal(info.count, c->entries);
        /* The next block is a block like any other. */
        assert_int_equal(test_feed_hex(d, "00 00 00"), 0);
        assert_int_equal(hpack_decoder_section_size(d), 32);
    }
    hpack_decoder_free(d);
}

static void sections_are_limited_as_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct limit_run run = {.expected = &CASES[i]};
        size_t length = test_hex(CASES[i].hex, run.octets, sizeof run.octets);
        test_each_split(length, feed_case, &run);
    }
}

/* A limit is told with the end of the block, not before. */
static void limits_are_reported_at_the_end(void **state)
{
    (void)state;
    const uint8_t octets[] = {0x82, 0x82};
    hpack_decoder *d = limited(42, 99, 99, 4096);
    assert_int_equal(hpack_decoder_feed(d, octets, 2, 0), 0);
    assert_int_equal(hpack_decoder_feed(d, octets, 2, 0), 0);
    assert_int_equal(hpack_decoder_feed(d, NULL, 0, HPACK_FEED_LAST), HPACK_ERR_SECTION_LIMIT);
    hpack_decoder_free(d);
}

/* An entry of 4064 octets, then referred to 16,000 times: 64 MiB out of 20 KiB. */
static void repeated_large_entry_is_not_handed_out(void **state)
{
    (void)state;
    static uint8_t octets[4096 + 16384];
    struct test_alloc alloc = {0};
    hpack_decoder *d = test_decoder_with(&alloc, test_decoder_config());
    size_t length = test_hex("40 00 7f e1 1e", octets, sizeof octets);
    memset(octets + length, 'v', 4064);
    length += 4064;
    memset(octets + length, 0xbe, 16000);
    length += 16000;
    assert_int_equal(hpack_decoder_feed(d, octets, length, HPACK_FEED_LAST),
                     HPACK_ERR_SECTION_LIMIT);
    size_t count;
    (void)hpack_decoder_fields(d, &count);
    assert_int_equal(count, 65536 / 4096);
    assert_int_equal(hpack_decoder_section_size(d), 16001 * UINT64_C(4096));
    assert_true(alloc.peak_bytes <= 65536);
    hpack_decoder_free(d);
    assert_int_equal(alloc.live_blocks, 0);
}

/* Two octets make an entry with the name of the last one, 4000 octets long, again and again. */
static void repeated_large_name_does_not_pile_up(void **state)
{
    (void)state;
    static uint8_t octets[4096 + 40000];
    struct test_alloc alloc = {0};
    hpack_decoder *d = test_decoder_with(&alloc, test_decoder_config());
    size_t length = test_hex("40 7f a1 1e", octets, sizeof octets);
    memset(octets + length, 'n', 4000);
    length += 4000;
    octets[length++] = 0;
    for (int i = 0; i < 20000; i++) {
        octets[length++] = 0x7e;
        octets[length++] = 0x00;
    }
    assert_int_equal(hpack_decoder_feed(d, octets, length, HPACK_FEED_LAST),
                     HPACK_ERR_SECTION_LIMIT);
    hpack_field entry;
    assert_int_equal(hpack_decoder_table_entry(d, 0, &entry), 0);
    assert_int_equal(entry.name_length, 4000);
    assert_true(alloc.peak_bytes <= 4 * (65536 + 4096));
    /* The fields that were kept are whole. */
    size_t count;
    const hpack_field *fields = hpack_decoder_fields(d, &count);
    assert_int_equal(count, 65536 / 4032);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(fields[i].name_length, 4000);
        assert_memory_equal(fields[i].name, octets + 4, 4000);
    }
    hpack_decoder_free(d);
}

/* What was kept before the limit stands, while the table behind it is compacted again and again. */
static void kept_fields_stand_while_the_table_goes_on(void **state)
{
    (void)state;
    static uint8_t octets[8192];
    hpack_decoder *d = limited(7 * 34, 99, 999, 200);
    size_t length = test_hex("00 01 61 01 31 40 01 62 01 32 00 01 63 01 33 be 0f2f 01 34"
                             "40 01 64 01 35 7e 01 36",
                             octets, sizeof octets);
    assert_int_equal(hpack_decoder_feed(d, octets, length, 0), 0);
    for (uint32_t i = 0; i < 500; i++) {
        length = test_hex("40 04 6e6e6e6e 08 7676767676767676", octets, sizeof octets);
        octets[length - 1] = (uint8_t)('a' + i % 26);
        assert_int_equal(hpack_decoder_feed(d, octets, length, 0), 0);
    }
    assert_int_equal(hpack_decoder_feed(d, NULL, 0, HPACK_FEED_LAST), HPACK_ERR_SECTION_LIMIT);
    const hpack_field expected[] = {
        test_field("a", "1"), test_field("b", "2"), test_field("c", "3"), test_field("b", "2"),
        test_field("b", "4"), test_field("d", "5"), test_field("d", "6")};
    test_assert_fields(d, expected, 7);
    const hpack_field newest = test_field("nnnn", "vvvvvvvf");
    hpack_field entry;
    assert_int_equal(hpack_decoder_table_entry(d, 0, &entry), 0);
    test_assert_field(&entry, &newest);
    assert_true(d->table.log_used <= 1000);
    hpack_decoder_free(d);
}

/* Literals without end, neither kept nor entered, of all sizes. */
static void skipped_literals_take_no_memory(void **state)
{
    (void)state;
    static uint8_t octets[1 << 16];
    struct test_alloc alloc = {0};
    hpack_decoder_config config = test_decoder_config();
    config.section_limit_bytes = 1000;
    config.table_size_limit = 0;
    hpack_decoder *d = test_decoder_with(&alloc, config);
    for (int block = 0; block < 64; block++) {
        /* Without indexing, then incremental: a value of 65,000 octets. */
        size_t length = test_hex(block % 2 ? "40 01 61 7f e9 fa 03" : "00 01 61 7f e9 fa 03",
                                 octets, sizeof octets);
        memset(octets + length, 'v', 65000);
        length += 65000;
        assert_int_equal(hpack_decoder_feed(d, octets, length, 0), 0);
    }
    assert_int_equal(hpack_decoder_feed(d, NULL, 0, HPACK_FEED_LAST), HPACK_ERR_SECTION_LIMIT);
    assert_int_equal(hpack_decoder_section_size(d), 64 * UINT64_C(65033));
    assert_true(alloc.peak_bytes <= 4096);
    hpack_decoder_free(d);
}

/* 16 KiB of the shortest codes, of the longest, in strings that are kept and that are skipped. */
static void huffman_strings_are_measured_by_their_decoded_length(void **state)
{
    (void)state;
    static uint8_t octets[16384 + 16];
    for (uint32_t string_limit = 20000; string_limit <= 40000; string_limit += 20000) {
        hpack_decoder *d = limited(65536, 99, string_limit, 4096);
        size_t length = test_hex("00 01 61 ff 81 7f", octets, sizeof octets);
        memset(octets + length, 0, 16384); /* 26,214 times '0' and two bits */
        octets[length + 16383] = 0x03;
        length += 16384;
        int result = hpack_decoder_feed(d, octets, length, HPACK_FEED_LAST);
        assert_int_equal(result, string_limit < 26214 ? HPACK_ERR_STRING_LIMIT : 0);
        assert_int_equal(hpack_decoder_section_size(d), 26214 + 1 + 32);
        hpack_decoder_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_are_limited_as_listed),
        cmocka_unit_test(limits_are_reported_at_the_end),
        cmocka_unit_test(repeated_large_entry_is_not_handed_out),
        cmocka_unit_test(repeated_large_name_does_not_pile_up),
        cmocka_unit_test(kept_fields_stand_while_the_table_goes_on),
        cmocka_unit_test(skipped_literals_take_no_memory),
        cmocka_unit_test(huffman_strings_are_measured_by_their_decoded_length),
    };
    return cmocka_run_group_tests_name("decoder_limits", tests, NULL, NULL);
}
