/* SPDX-License-Identifier: MIT */
/* The library as its users see it: the shared object and the public header, nothing else. */
#include <hpack/hpack.h>

#include <string.h>

#include "fields.h"

static void fields_travel_from_encoder_to_decoder(void **state)
{
    (void)state;
    hpack_field fields[] = {
        test_field(":method", "GET"),           test_field(":scheme", "https"),
        test_field(":path", "/some/where"),     test_field(":authority", "example.org"),
        test_field("authorization", "Basic x"), test_field("x-custom", "value"),
        test_field("x-custom", "value"),
    };
    const size_t count = sizeof fields / sizeof fields[0];
    hpack_encoder *e = test_encoder();
    hpack_decoder *d = test_decoder();
    for (int i = 0; i < 3; i++) {
        uint8_t octets[256];
        hpack_buffer block = {octets, sizeof octets, 0};
        fields[4].flags = 0;
        assert_true(hpack_encoder_bound(e, fields, count) <= sizeof octets);
        assert_int_equal(hpack_encoder_encode(e, fields, count, &block), 0);
        assert_int_equal(hpack_decoder_feed(d, octets, block.length, HPACK_FEED_LAST), 0);
        fields[4].flags = HPACK_FIELD_NEVER_INDEXED;
        test_assert_fields(d, fields, count);
    }
    hpack_decoder_free(d);
    hpack_encoder_free(e);
}

/* rfc: 7541#6.2.3 */
static void never_indexed_fields_stay_so_when_forwarded(void **state)
{
    (void)state;
    hpack_decoder *from = test_decoder();
    hpack_encoder *e = test_encoder();
    hpack_decoder *to = test_decoder();
    assert_int_equal(test_feed_hex(from, "10 01 61 01 62"), 0);
    size_t count;
    const hpack_field *fields = hpack_decoder_fields(from, &count);
    uint8_t octets[64];
    hpack_buffer block = {octets, sizeof octets, 0};
    assert_int_equal(hpack_encoder_encode(e, fields, count, &block), 0);
    assert_int_equal(octets[0] & 0xf0, 0x10);
    assert_int_equal(hpack_decoder_feed(to, octets, block.length, HPACK_FEED_LAST), 0);
    test_assert_fields(to, fields, count);
    hpack_decoder_free(to);
    hpack_encoder_free(e);
    hpack_decoder_free(from);
}

static void tables_of_both_ends_can_be_inspected(void **state)
{
    (void)state;
    hpack_field fields[] = {test_field("a", "1"), test_field("b", "2")};
    hpack_encoder *e = test_encoder();
    hpack_decoder *d = test_decoder();
    uint8_t octets[64];
    hpack_buffer block = {octets, sizeof octets, 0};
    assert_int_equal(hpack_encoder_encode(e, fields, 2, &block), 0);
    assert_int_equal(hpack_decoder_feed(d, octets, block.length, HPACK_FEED_LAST), 0);
    hpack_table_info ours = {.size = sizeof ours};
    hpack_table_info theirs = {.size = sizeof theirs};
    assert_int_equal(hpack_encoder_table_info(e, &ours), 0);
    assert_int_equal(hpack_decoder_table_info(d, &theirs), 0);
    assert_memory_equal(&ours, &theirs, sizeof ours);
    assert_int_equal(ours.count, 2);
    assert_int_equal(ours.size_bytes, 68);
    assert_int_equal(ours.limit_bytes, 4096);
    assert_int_equal(ours.insertions, 2);
    assert_int_equal(ours.hits, 0);
    for (uint32_t i = 0; i < 2; i++) {
        hpack_field entry;
        assert_int_equal(hpack_encoder_table_entry(e, i, &entry), 0);
        test_assert_field(&entry, &fields[1 - i]);
        assert_int_equal(hpack_decoder_table_entry(d, i, &entry), 0);
        test_assert_field(&entry, &fields[1 - i]);
    }
    hpack_decoder_free(d);
    hpack_encoder_free(e);
}

enum { ENTRIES = 100 }; /* the oldest have indexes of two octets */

/* Encodes the fields and decodes them in fragments of so many octets. */
static void send_block(hpack_encoder *e, hpack_decoder *d, const hpack_field *fields, size_t cut)
{
    uint8_t octets[1024];
    hpack_buffer block = {octets, sizeof octets, 0};
    assert_int_equal(hpack_encoder_encode(e, fields, ENTRIES, &block), 0);
    size_t at = 0;
    for (; block.length - at > cut; at += cut) {
        assert_int_equal(hpack_decoder_feed(d, octets + at, cut, 0), 0);
    }
    assert_int_equal(hpack_decoder_feed(d, octets + at, block.length - at, HPACK_FEED_LAST), 0);
}

/* Fields that come again are hits on both sides, however the block was cut; a table that became too
 * small for its entries still remembers that it had them. */
static void tables_count_what_they_are_good_for(void **state)
{
    (void)state;
    char names[ENTRIES][2];
    hpack_field fields[ENTRIES];
    hpack_encoder *e = test_encoder();
    hpack_decoder *d = test_decoder();
    hpack_table_info ours = {.size = sizeof ours};
    hpack_table_info theirs = {.size = sizeof theirs};
    for (size_t i = 0; i < ENTRIES; i++) {
        names[i][0] = (char)('a' + i / 10);
        names[i][1] = (char)('0' + i % 10);
        fields[i] = (hpack_field){.name = names[i], .name_length = 2};
    }
    send_block(e, d, fields, 1024);
    send_block(e, d, fields, 1024);
    send_block(e, d, fields, 1);
    assert_int_equal(hpack_encoder_table_info(e, &ours), 0);
    assert_int_equal(hpack_decoder_table_info(d, &theirs), 0);
    assert_int_equal(ours.hits, 2 * ENTRIES);
    assert_int_equal(theirs.hits, 2 * ENTRIES);
    hpack_encoder_set_table_limit(e, 34);
    assert_int_equal(hpack_encoder_table_info(e, &ours), 0);
    assert_int_equal(ours.insertions, ENTRIES);
    assert_int_equal(ours.count, 1);
    hpack_decoder_free(d);
    hpack_encoder_free(e);
}

static void huffman_code_is_open_to_others(void **state)
{
    (void)state;
    const uint8_t text[] = "www.example.com";
    uint8_t coded[16];
    uint8_t back[24];
    hpack_buffer out = {coded, sizeof coded, 0};
    hpack_buffer again = {back, sizeof back, 0};
    assert_int_equal(hpack_huffman_length(text, 15), 12);
    assert_int_equal(hpack_huffman_encode(text, 15, &out), 0);
    assert_int_equal(out.length, 12);
    assert_int_equal(hpack_huffman_decode(coded, 12, &again), 0);
    assert_int_equal(again.length, 15);
    assert_memory_equal(back, text, 15);
}

static void names_and_versions_are_there(void **state)
{
    (void)state;
    hpack_field field;
    assert_string_equal(hpack_version(), HPACK_VERSION);
    assert_string_equal(hpack_error_name(HPACK_ERR_INDEX), "HPACK_ERR_INDEX");
    assert_int_equal(hpack_error_category(HPACK_ERR_INDEX), HPACK_CATEGORY_PEER);
    assert_true(strlen(hpack_error_text(HPACK_ERR_INDEX)) > 0);
    assert_int_equal(hpack_static_table_entry(2, &field), 0);
    assert_int_equal(field.token, HPACK_TOKEN_METHOD);
    assert_int_equal(hpack_token("cookie", 6), HPACK_TOKEN_COOKIE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_travel_from_encoder_to_decoder),
        cmocka_unit_test(never_indexed_fields_stay_so_when_forwarded),
        cmocka_unit_test(tables_of_both_ends_can_be_inspected),
        cmocka_unit_test(tables_count_what_they_are_good_for),
        cmocka_unit_test(huffman_code_is_open_to_others),
        cmocka_unit_test(names_and_versions_are_there),
    };
    return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
