/* SPDX-License-Identifier: MIT */
/* What blocks mean and which are errors: RFC 7541 from the side of the reader. */
#include "decoder.h"

#include <string.h>

#include <guard.h>
#include <support.h>

#include "fields.h"

struct error_case {
    const char *title, *hex;
    int result;
    uint32_t table_limit; /* 0: leave the default */
};

/* rfc: 7541#2.3.3, 7541#4.2, 7541#5.1, 7541#5.2, 7541#6.1, 7541#6.3 */
static const struct error_case CASES[] = {
    {"indexed: zero", "80", HPACK_ERR_INDEX, 0},
    {"indexed: beyond the static table, none dynamic", "be", HPACK_ERR_INDEX, 0},
    {"indexed: 62 exists, 63 does not", "40 01 61 01 62 bf", HPACK_ERR_INDEX, 0},
    {"indexed: huge", "ff 80 ff ff ff 0f", HPACK_ERR_INDEX, 0},
    {"name index beyond, incremental", "7e 01 61", HPACK_ERR_INDEX, 0},
    {"name index beyond, without indexing", "0f 2f 01 61", HPACK_ERR_INDEX, 0},
    {"name index beyond, never indexed", "1f 2f 01 61", HPACK_ERR_INDEX, 0},
    {"size update after a field", "82 20", HPACK_ERR_SIZE_UPDATE_PLACE, 0},
    {"size update after a literal", "00 01 61 00 3f e1 1f", HPACK_ERR_SIZE_UPDATE_PLACE, 0},
    {"size update above the limit", "3f e2 1f", HPACK_ERR_SIZE_UPDATE_LIMIT, 0},
    {"size update above a small limit", "3f 46", HPACK_ERR_SIZE_UPDATE_LIMIT, 100},
    {"second size update above the limit", "20 3f e2 1f", HPACK_ERR_SIZE_UPDATE_LIMIT, 0},
    {"three size updates", "20 21 22 82", HPACK_ERR_SIZE_UPDATE_COUNT, 0},
    {"integer too large: indexed", "ff 81 ff ff ff 0f", HPACK_ERR_INTEGER, 0},
    {"integer too large: incremental", "7f c1 ff ff ff 0f", HPACK_ERR_INTEGER, 0},
    {"integer too large: size update", "3f e1 ff ff ff 0f", HPACK_ERR_INTEGER, 0},
    {"integer too large: without indexing", "0f f1 ff ff ff 0f", HPACK_ERR_INTEGER, 0},
    {"integer too large: name length", "00 7f 81 ff ff ff 0f", HPACK_ERR_INTEGER, 0},
    {"integer too large: value length", "00 01 61 7f 81 ff ff ff 0f", HPACK_ERR_INTEGER, 0},
    {"integer with endless zeros", "ff 80 80 80 80 80 80 80 80 00", HPACK_ERR_INTEGER, 0},
    {"integer not at its end", "ff 80", HPACK_ERR_TRUNCATED, 0},
    {"name missing", "40", HPACK_ERR_TRUNCATED, 0},
    {"name longer than the block", "40 03 61 62", HPACK_ERR_TRUNCATED, 0},
    {"name as long as can be", "00 7f 80 ff ff ff 0f 61 62", HPACK_ERR_TRUNCATED, 0},
    {"value missing", "40 01 61", HPACK_ERR_TRUNCATED, 0},
    {"value missing after a name index", "41", HPACK_ERR_TRUNCATED, 0},
    {"value longer than the block", "40 01 61 02 62", HPACK_ERR_TRUNCATED, 0},
    {"value as long as can be", "41 7f 80 ff ff ff 0f 61 62", HPACK_ERR_TRUNCATED, 0},
    {"Huffman string longer than the block", "41 82 07", HPACK_ERR_TRUNCATED, 0},
    {"value length not at its end", "41 7f", HPACK_ERR_TRUNCATED, 0},
    {"size update not at its end", "3f", HPACK_ERR_TRUNCATED, 0},
    {"Huffman padding longer than 7 bits", "41 82 07 ff", HPACK_ERR_HUFFMAN_PADDING, 0},
    {"Huffman padding of zeros", "41 81 00", HPACK_ERR_HUFFMAN_PADDING, 0},
    {"Huffman padding of a name", "40 81 00 01 61", HPACK_ERR_HUFFMAN_PADDING, 0},
    {"EOS in a value", "41 84 ff ff ff ff", HPACK_ERR_HUFFMAN_EOS, 0},
    {"EOS in a name", "00 85 07 ff ff ff ff 00", HPACK_ERR_HUFFMAN_EOS, 0},

    {"empty block", "", 0, 0},
    {"size update alone", "20", 0, 0},
    {"size update equal to the limit", "3f e1 1f 82", 0, 0},
    {"two size updates", "20 3f e1 1f 82", 0, 0},
    {"duplicate entries", "40 01 61 01 62 40 01 61 01 62 be bf", 0, 0},
    {"entry larger than the table", "21 40 01 61 01 62 82", 0, 0},
    {"empty name and value", "40 00 00 be", 0, 0},
    {"empty Huffman strings", "40 80 80 be", 0, 0},
    {"never indexed, new name", "10 01 61 01 62", 0, 0},
    {"never indexed, name index", "1f 08 01 62", 0, 0},
    {"zero padding of an integer", "ff 82 80 80 80 00 82", HPACK_ERR_INDEX, 0},
    {"zero padding of a length", "41 7f 80 80 80 80 00", HPACK_ERR_TRUNCATED, 0},
};

struct feed_run {
    const struct error_case *expected;
    uint8_t octets[64];
};

static void feed_case(const size_t *cuts, size_t count, void *arg)
{
    const struct feed_run *run = arg;
    const struct error_case *c = run->expected;
    hpack_decoder *d = NULL;
    hpack_decoder_config config = test_decoder_config();
    config.table_size_limit = c->table_limit > 0 ? c->table_limit : 4096;
    assert_int_equal(hpack_decoder_new(&d, &config), 0);
    struct test_feed feed;
    int result = test_feed_cut(d, run->octets, cuts, count, &feed);
    if (result != c->result) {
        print_error("%s: %s\n", c->title, hpack_error_name(result));
    }
    assert_int_equal(result, c->result);
    test_feed_end(&feed);
    if (c->result != 0) {
        /* It stays failed, whatever comes. */
        assert_int_equal(test_feed_hex(d, "82"), c->result);
        assert_int_equal(hpack_decoder_feed(d, NULL, 0, 0), c->result);
        assert_int_equal(hpack_decoder_set_table_limit(d, 1), c->result);
    } else {
        assert_int_equal(test_feed_hex(d, "82"), 0);
    }
    hpack_decoder_free(d);
}

static void blocks_are_refused_or_taken_as_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct feed_run run = {.expected = &CASES[i]};
        size_t length = test_hex(CASES[i].hex, run.octets, sizeof run.octets);
        test_each_split(length, feed_case, &run);
    }
}

/* Field by field: kinds, order, empty strings, flags; nothing but the new names enters the table. */
static void fields_come_in_order_with_their_flags(void **state)
{
    (void)state;
    hpack_decoder *d = test_decoder();
    hpack_field expected[] = {test_field(":method", "GET"), test_field("a", "b"),
                              test_field("c", ""),          test_field("", "d"),
                              test_field("a", "e"),         test_field("cookie", "f"),
                              test_field("a", "b")};
    expected[2].flags = HPACK_FIELD_NEVER_INDEXED;
    expected[5].flags = HPACK_FIELD_NEVER_INDEXED;
    assert_int_equal(test_feed_hex(d, "82 40 01 61 01 62 10 01 63 00 00 00 01 64 0f 2f 01 65"
                                      "1f 11 01 66 be"),
                     0);
    test_assert_fields(d, expected, 7);
    hpack_table_info info = {.size = sizeof info};
    assert_int_equal(hpack_decoder_table_info(d, &info), 0);
    assert_int_equal(info.count, 1);
    assert_int_equal(hpack_decoder_section_size(d), 42 + 34 + 33 + 33 + 34 + 39 + 34);
    hpack_decoder_free(d);
}

/* The state of the table is that of the connection; blocks without fields do not touch it. */
static void entries_last_over_blocks(void **state)
{
    (void)state;
    hpack_decoder *d = test_decoder();
    const hpack_field expected[] = {test_field("a", "b")};
    assert_int_equal(test_feed_hex(d, "40 01 61 01 62"), 0);
    assert_int_equal(test_feed_hex(d, ""), 0);
    test_assert_fields(d, NULL, 0);
    assert_int_equal(hpack_decoder_feed(d, NULL, 0, HPACK_FEED_LAST), 0);
    assert_int_equal(test_feed_hex(d, "be"), 0);
    test_assert_fields(d, expected, 1);
    hpack_decoder_free(d);
}

/* rfc: 7541#4.4 */
static void name_of_an_evicted_entry_stays_valid(void **state)
{
    (void)state;
    /* A table for one entry: the literal takes the name of the entry that it drives out. */
    hpack_decoder_config config = test_decoder_config();
    config.table_size_limit = 41;
    hpack_decoder *d = NULL;
    assert_int_equal(hpack_decoder_new(&d, &config), 0);
    const hpack_field expected[] = {test_field("name", "value"), test_field("name", "other"),
                                    test_field("name", "other")};
    assert_int_equal(test_feed_hex(d, "40 04 6e616d65 05 76616c7565 7e 05 6f74686572 be"), 0);
    test_assert_fields(d, expected, 3);
    assert_int_equal(test_feed_hex(d, "7e 05 76616c7565"), 0);
    test_assert_fields(d, expected, 1);
    /* One whose new value does not fit leaves the table empty, and the field is there all the
     * same. */
    const hpack_field longer[] = {test_field("name", "value1")};
    assert_int_equal(test_feed_hex(d, "7e 06 76616c756531"), 0);
    test_assert_fields(d, longer, 1);
    assert_int_equal(test_feed_hex(d, "be"), HPACK_ERR_INDEX);
    hpack_decoder_free(d);
}

/* Fields of entries that were evicted later in the same block, by insertion and by size update in
 * the next, through growth of all buffers. */
static void fields_stand_until_the_next_block(void **state)
{
    (void)state;
    enum { COUNT = 600 };
    static uint8_t octets[COUNT * 12];
    hpack_decoder *d = test_decoder();
    size_t length = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        uint8_t literal[] = {0x40,
                             0x02,
                             'n',
                             (uint8_t)('a' + i % 26),
                             0x04,
                             (uint8_t)('0' + i / 100),
                             (uint8_t)('0' + i / 10 % 10),
                             (uint8_t)('0' + i % 10),
                             '!',
                             0xbe};
        memcpy(octets + length, literal, sizeof literal);
        length += sizeof literal;
    }
    for (size_t from = 0; from < length; from += 100) {
        size_t left = length - from;
        assert_int_equal(hpack_decoder_feed(d, octets + from, left < 100 ? left : 100,
                                            left <= 100 ? HPACK_FEED_LAST : 0),
                         0);
    }
    size_t count;
    const hpack_field *fields = hpack_decoder_fields(d, &count);
    assert_int_equal(count, 2 * COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        char name[] = {'n', (char)('a' + i % 26), '\0'};
        char value[] = {(char)('0' + i / 100), (char)('0' + i / 10 % 10), (char)('0' + i % 10), '!',
                        '\0'};
        hpack_field expected = test_field(name, value);
        test_assert_field(&fields[2 * i], &expected);
        test_assert_field(&fields[2 * i + 1], &expected);
    }
    hpack_decoder_free(d);
}

/* rfc: 7541#4.2, 9113#4.3.1 */
static void reduction_must_be_acknowledged(void **state)
{
    (void)state;
    static const struct {
        uint32_t limits[2]; /* set one after the other; 0 at the end for none */
        const char *hex;
        int result;
    } cases[] = {
        {{100, 0}, "82", HPACK_ERR_SIZE_UPDATE_MISSING},
        {{100, 0}, "", HPACK_ERR_SIZE_UPDATE_MISSING},
        {{100, 0}, "40 01 61 01 62", HPACK_ERR_SIZE_UPDATE_MISSING},
        {{100, 0}, "3f 45 82", 0},
        {{100, 0}, "20 3f 45 82", 0},
        {{100, 0}, "20 82", 0},
        {{100, 0}, "3f 46 82", HPACK_ERR_SIZE_UPDATE_LIMIT},
        /* Down and up again: first the lowest, then what is wanted. */
        {{100, 4096}, "82", HPACK_ERR_SIZE_UPDATE_MISSING},
        {{100, 4096}, "3f e1 1f 82", HPACK_ERR_SIZE_UPDATE_MISSING},
        {{100, 4096}, "3f 46 3f e1 1f 82", HPACK_ERR_SIZE_UPDATE_MISSING},
        {{100, 4096}, "3f 45 3f e1 1f 82", 0},
        {{100, 4096}, "3f 45 82", 0},
        {{100, 4096}, "3f 45 3f e2 1f 82", HPACK_ERR_SIZE_UPDATE_LIMIT},
        /* Up needs nothing. */
        {{8192, 0}, "82", 0},
        {{8192, 0}, "3f e1 3f 82", 0},
        {{4096, 0}, "82", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hpack_decoder *d = test_decoder();
        assert_int_equal(test_feed_hex(d, "40 01 61 01 62"), 0);
        for (int k = 0; k < 2 && cases[i].limits[k] > 0; k++) {
            assert_int_equal(hpack_decoder_set_table_limit(d, cases[i].limits[k]), 0);
        }
        assert_int_equal(test_feed_hex(d, cases[i].hex), cases[i].result);
        if (cases[i].result == 0) {
            assert_int_equal(test_feed_hex(d, "82"), 0);
        }
        hpack_decoder_free(d);
    }
}

/* rfc: 7541#4.2 */
static void reduction_above_the_size_in_force_needs_nothing(void **state)
{
    (void)state;
    hpack_decoder *d = test_decoder();
    assert_int_equal(test_feed_hex(d, "3f 31"), 0); /* 80 */
    assert_int_equal(hpack_decoder_set_table_limit(d, 100), 0);
    assert_int_equal(test_feed_hex(d, "82"), 0);
    assert_int_equal(test_feed_hex(d, "3f 45"), 0);
    hpack_decoder_free(d);
}

static void limit_cannot_change_inside_a_block(void **state)
{
    (void)state;
    hpack_decoder *d = test_decoder();
    assert_int_equal(hpack_decoder_feed(d, NULL, 0, 0), 0);
    assert_int_equal(hpack_decoder_set_table_limit(d, 100), HPACK_ERR_USAGE);
    assert_int_equal(test_feed_hex(d, "82"), 0);
    assert_int_equal(hpack_decoder_set_table_limit(d, 100), 0);
    hpack_decoder_free(d);
}

static void bad_arguments_do_no_harm(void **state)
{
    (void)state;
    const uint8_t octet = 0x82;
    hpack_decoder *d = test_decoder();
    assert_int_equal(hpack_decoder_feed(d, NULL, 1, HPACK_FEED_LAST), HPACK_ERR_USAGE);
    assert_int_equal(hpack_decoder_feed(d, &octet, 1, 2), HPACK_ERR_USAGE);
    assert_int_equal(hpack_decoder_feed(d, &octet, 1, HPACK_FEED_LAST), 0);
    hpack_decoder_free(d);
    hpack_decoder_free(NULL);
}

static void fields_are_visible_during_a_block(void **state)
{
    (void)state;
    const uint8_t octets[] = {0x82, 0x84, 0x41};
    const hpack_field expected[] = {test_field(":method", "GET"), test_field(":path", "/")};
    hpack_decoder *d = test_decoder();
    test_assert_fields(d, NULL, 0);
    assert_int_equal(hpack_decoder_feed(d, octets, sizeof octets, 0), 0);
    test_assert_fields(d, expected, 2);
    hpack_decoder_free(d);
}

/* What lies whole in the last fragment and does not enter the table is not copied. */
static void raw_literals_are_views_of_the_last_fragment(void **state)
{
    (void)state;
    static const uint8_t octets[] = {0x00, 0x01, 'a', 0x02, 'b', 'c'};
    hpack_decoder *d = test_decoder();
    assert_int_equal(hpack_decoder_feed(d, octets, sizeof octets, HPACK_FEED_LAST), 0);
    size_t count;
    const hpack_field *fields = hpack_decoder_fields(d, &count);
    assert_int_equal(count, 1);
    assert_ptr_equal(fields[0].name, octets + 2);
    assert_ptr_equal(fields[0].value, octets + 4);
    hpack_decoder_free(d);
}

/* A block of each kind of representation that ends where memory ends. */
static void input_is_not_read_beyond_its_end(void **state)
{
    (void)state;
    static const char *const blocks[] = {
        "82",
        "ff",
        "40",
        "40 01 61 01 62",
        "00 03 61 62 63 03 64 65 66",
        "41 8c f1e3c2e5f23a6ba0ab90f4ff",
        "00 84 f1e3c2e5",
        "3f e1 1f",
        "0f 2f 84 f1",
        "10 88 25a849e95ba97d7f 89 25a849e95bb8e8b4bf",
    };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        uint8_t octets[64];
        size_t length = test_hex(blocks[i], octets, sizeof octets);
        for (size_t cut = 0; cut <= length; cut++) {
            struct test_guard guard = test_guard_new(cut);
            hpack_decoder *d = test_decoder();
            memcpy(guard.data, octets, cut);
            int result = hpack_decoder_feed(d, guard.data, cut, HPACK_FEED_LAST);
            assert_true(result <= 0);
            hpack_decoder_free(d);
            test_guard_free(&guard);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_refused_or_taken_as_listed),
        cmocka_unit_test(fields_come_in_order_with_their_flags),
        cmocka_unit_test(entries_last_over_blocks),
        cmocka_unit_test(name_of_an_evicted_entry_stays_valid),
        cmocka_unit_test(fields_stand_until_the_next_block),
        cmocka_unit_test(reduction_must_be_acknowledged),
        cmocka_unit_test(reduction_above_the_size_in_force_needs_nothing),
        cmocka_unit_test(limit_cannot_change_inside_a_block),
        cmocka_unit_test(bad_arguments_do_no_harm),
        cmocka_unit_test(fields_are_visible_during_a_block),
        cmocka_unit_test(raw_literals_are_views_of_the_last_fragment),
        cmocka_unit_test(input_is_not_read_beyond_its_end),
    };
    return cmocka_run_group_tests_name("decoder", tests, NULL, NULL);
}
