/* SPDX-License-Identifier: MIT */
/*
 * The examples of RFC 7541 Appendix C.2 to C.6: blocks, fields and the dynamic table after each,
 * through the decoder in every cut, and through the encoder where its choices are those of the RFC.
 */
#include <string.h>

#include "fields.h"

enum { MOST = 8 };

struct pair {
    const char *name, *value;
};

struct example {
    const char *hex;
    struct pair fields[MOST]; /* up to the first without a name */
    struct pair table[MOST];
    uint32_t table_size;
    uint32_t flags; /* of the last field */
};

struct connection {
    const char *title;
    uint32_t table_limit;
    int encoder_agrees;
    struct example blocks[3];
};

#define REQUEST_1                                                                                  \
    {":method", "GET"}, {":scheme", "http"}, {":path", "/"},                                       \
    {                                                                                              \
        ":authority", "www.example.com"                                                            \
    }
#define REQUEST_2                                                                                  \
    REQUEST_1,                                                                                     \
    {                                                                                              \
        "cache-control", "no-cache"                                                                \
    }
#define REQUEST_3                                                                                  \
    {":method", "GET"}, {":scheme", "https"}, {":path", "/index.html"},                            \
        {":authority", "www.example.com"},                                                         \
    {                                                                                              \
        "custom-key", "custom-value"                                                               \
    }
#define TABLE_1                                                                                    \
    {                                                                                              \
        ":authority", "www.example.com"                                                            \
    }
#define TABLE_2 {"cache-control", "no-cache"}, TABLE_1
#define TABLE_3 {"custom-key", "custom-value"}, TABLE_2

#define DATE_1                                                                                     \
    {                                                                                              \
        "date", "Mon, 21 Oct 2013 20:13:21 GMT"                                                    \
    }
#define DATE_2                                                                                     \
    {                                                                                              \
        "date", "Mon, 21 Oct 2013 20:13:22 GMT"                                                    \
    }
#define SITE                                                                                       \
    {                                                                                              \
        "location", "https://www.example.com"                                                      \
    }
#define PRIVATE                                                                                    \
    {                                                                                              \
        "cache-control", "private"                                                                 \
    }
#define COOKIE                                                                                     \
    {                                                                                              \
        "set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"                   \
    }
#define GZIP                                                                                       \
    {                                                                                              \
        "content-encoding", "gzip"                                                                 \
    }
#define STATUS(code)                                                                               \
    {                                                                                              \
        ":status", code                                                                            \
    }
#define RESPONSE_3 STATUS("200"), PRIVATE, DATE_2, SITE, GZIP, COOKIE

static const struct connection CONNECTIONS[] = {
    {"C.2.1",
     4096,
     0,
     {{"400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
       {{"custom-key", "custom-header"}},
       {{"custom-key", "custom-header"}},
       55,
       0}}},
    {"C.2.2",
     4096,
     0,
     {{"040c 2f73 616d 706c 652f 7061 7468", {{":path", "/sample/path"}}, {{NULL, NULL}}, 0, 0}}},
    {"C.2.3",
     4096,
     0,
     {{"1008 7061 7373 776f 7264 0673 6563 7265 74",
       {{"password", "secret"}},
       {{NULL, NULL}},
       0,
       HPACK_FIELD_NEVER_INDEXED}}},
    {"C.2.4", 4096, 1, {{"82", {{":method", "GET"}}, {{NULL, NULL}}, 0, 0}}},
    {"C.3",
     4096,
     0,
     {{"8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", {REQUEST_1}, {TABLE_1}, 57, 0},
      {"8286 84be 5808 6e6f 2d63 6163 6865", {REQUEST_2}, {TABLE_2}, 110, 0},
      {"8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
       {REQUEST_3},
       {TABLE_3},
       164,
       0}}},
    {"C.4",
     4096,
     1,
     {{"8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", {REQUEST_1}, {TABLE_1}, 57, 0},
      {"8286 84be 5886 a8eb 1064 9cbf", {REQUEST_2}, {TABLE_2}, 110, 0},
      {"8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
       {REQUEST_3},
       {TABLE_3},
       164,
       0}}},
    {"C.5",
     256,
     0,
     {{"4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a"
       "3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
       {STATUS("302"), PRIVATE, DATE_1, SITE},
       {SITE, DATE_1, PRIVATE, STATUS("302")},
       222,
       0},
      {"4803 3330 37c1 c0bf",
       {STATUS("307"), PRIVATE, DATE_1, SITE},
       {STATUS("307"), SITE, DATE_1, PRIVATE},
       222,
       0},
      {"88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0"
       "5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851"
       "5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
       {RESPONSE_3},
       {COOKIE, GZIP, DATE_2},
       215,
       0}}},
    {"C.6",
     256,
     0,
     {{"4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e"
       "919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
       {STATUS("302"), PRIVATE, DATE_1, SITE},
       {SITE, DATE_1, PRIVATE, STATUS("302")},
       222,
       0},
      {"4883 640e ffc1 c0bf",
       {STATUS("307"), PRIVATE, DATE_1, SITE},
       {STATUS("307"), SITE, DATE_1, PRIVATE},
       222,
       0},
      {"88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad"
       "94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160"
       "65c0 03ed 4ee5 b106 3d50 07",
       {RESPONSE_3},
       {COOKIE, GZIP, DATE_2},
       215,
       0}}},
};

enum { CONNECTION_COUNT = sizeof CONNECTIONS / sizeof CONNECTIONS[0] };

static size_t fields_of(const struct pair *pairs, hpack_field *fields)
{
    size_t count = 0;
    while (count < MOST && pairs[count].name != NULL) {
        fields[count] = test_field(pairs[count].name, pairs[count].value);
        count++;
    }
    return count;
}

typedef int (*entry_function)(const void *coder, uint32_t position, hpack_field *out);

static int decoder_entry(const void *coder, uint32_t position, hpack_field *out)
{
    return hpack_decoder_table_entry(coder, position, out);
}

static int encoder_entry(const void *coder, uint32_t position, hpack_field *out)
{
    return hpack_encoder_table_entry(coder, position, out);
}

static void assert_table(const void *coder, entry_function entry, const struct example *block)
{
    hpack_field expected[MOST];
    hpack_field row;
    size_t count = fields_of(block->table, expected);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(entry(coder, (uint32_t)i, &row), 0);
        test_assert_field(&row, &expected[i]);
    }
    assert_int_equal(entry(coder, (uint32_t)count, &row), HPACK_ERR_USAGE);
}

struct decode_run {
    const struct connection *connection;
    size_t cut_block; /* this one is cut, those before are whole */
};

static void decode_connection(const size_t *cuts, size_t count, void *arg)
{
    const struct decode_run *run = arg;
    hpack_decoder *d = NULL;
    hpack_decoder_config config = test_decoder_config();
    config.table_size_limit = run->connection->table_limit;
    assert_int_equal(hpack_decoder_new(&d, &config), 0);
    for (size_t i = 0; i <= run->cut_block; i++) {
        const struct example *block = &run->connection->blocks[i];
        uint8_t octets[256];
        hpack_field fields[MOST];
        struct test_feed feed;
        size_t length = test_hex(block->hex, octets, sizeof octets);
        int cut = i == run->cut_block;
        assert_int_equal(test_feed_cut(d, octets, cut ? cuts : &length, cut ? count : 1, &feed), 0);
        size_t field_count = fields_of(block->fields, fields);
        fields[field_count - 1].flags = block->flags;
        test_assert_fields(d, fields, field_count);
        test_feed_end(&feed);
        hpack_table_info info = {.size = sizeof info};
        assert_int_equal(hpack_decoder_table_info(d, &info), 0);
        assert_int_equal(info.size_bytes, block->table_size);
        assert_table(d, decoder_entry, block);
    }
    hpack_decoder_free(d);
}

/* rfc: 7541#6.1, 7541#6.2.1, 7541#6.2.2, 7541#6.2.3, 7541#4.4 */
static void decoder_reads_the_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONNECTION_COUNT; i++) {
        for (size_t k = 0; k < 3 && CONNECTIONS[i].blocks[k].hex != NULL; k++) {
            struct decode_run run = {&CONNECTIONS[i], k};
            uint8_t octets[256];
            size_t length = test_hex(CONNECTIONS[i].blocks[k].hex, octets, sizeof octets);
            test_each_split(length, decode_connection, &run);
        }
    }
}

/* rfc: 7541#6.1, 7541#6.2.1, 7541#6.2.2, 7541#6.2.3 */
static void encoder_writes_the_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONNECTION_COUNT; i++) {
        if (!CONNECTIONS[i].encoder_agrees) {
            continue;
        }
        hpack_encoder *e = test_encoder();
        for (size_t k = 0; k < 3 && CONNECTIONS[i].blocks[k].hex != NULL; k++) {
            const struct example *block = &CONNECTIONS[i].blocks[k];
            uint8_t expected[256];
            uint8_t octets[256];
            hpack_field fields[MOST];
            hpack_buffer out = {octets, sizeof octets, 0};
            size_t length = test_hex(block->hex, expected, sizeof expected);
            size_t count = fields_of(block->fields, fields);
            assert_int_equal(hpack_encoder_encode(e, fields, count, &out), 0);
            assert_int_equal(out.length, length);
            assert_memory_equal(octets, expected, length);
            assert_table(e, encoder_entry, block);
        }
        hpack_encoder_free(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoder_reads_the_examples),
        cmocka_unit_test(encoder_writes_the_examples),
    };
    return cmocka_run_group_tests_name("rfc_examples", tests, NULL, NULL);
}
