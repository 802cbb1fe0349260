/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "encoder_policy.h"
#include "fields.h"

static hpack_encoder *limited(uint32_t own, uint32_t peer)
{
    hpack_encoder *e = NULL;
    hpack_encoder_config config = test_encoder_config();
    config.table_size_limit = own;
    config.peer_table_limit = peer;
    assert_int_equal(hpack_encoder_new(&e, &config), 0);
    return e;
}

static void assert_block(hpack_encoder *e, const hpack_field *fields, size_t count, const char *hex)
{
    uint8_t octets[256];
    uint8_t expected[256];
    hpack_buffer out = {octets, sizeof octets, 0};
    size_t length = test_hex(hex, expected, sizeof expected);
    assert_true(hpack_encoder_bound(e, fields, count) <= sizeof octets);
    assert_int_equal(hpack_encoder_encode(e, fields, count, &out), 0);
    assert_int_equal(out.length, length);
    assert_memory_equal(octets, expected, length);
}

struct form_case {
    const char *name, *value;
    uint32_t flags;
    const char *hex;
};

/* rfc: 7541#6.1, 7541#6.2.1, 7541#6.2.2, 7541#6.2.3, 7541#5.2 */
static const struct form_case FORMS[] = {
    {":method", "GET", 0, "82"},
    {":status", "500", 0, "8e"},
    {"accept", "", 0, "93"},
    {":method", "|||", 0, "42 03 7c7c7c"}, /* not shorter by Huffman: raw */
    {":method", "PUT", 0, "42 03 505554"}, /* 21 bits: not shorter either */
    {":path", "|", 0, "04 01 7c"},
    {":path", "/", 0, "84"},
    {"authorization", "|", 0, "1f08 01 7c"},
    {"cookie", "|", 0, "1f11 01 7c"},
    {"cookie", "", 0, "1f11 00"},
    {"|", "|", 0, "40 01 7c 01 7c"},
    {"|", "|", HPACK_FIELD_NO_INDEXING, "00 01 7c 01 7c"},
    {"|", "|", HPACK_FIELD_NEVER_INDEXED, "10 01 7c 01 7c"},
    {":method", "GET", HPACK_FIELD_NO_INDEXING, "82"},
    {":method", "GET", HPACK_FIELD_NEVER_INDEXED, "12 03 474554"},
    {"", "", 0, "40 00 00"},
    {"aaa", "aaa", 0, "40 82 18c7 82 18c7"},
};

static void fields_take_the_form_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        hpack_encoder *e = test_encoder();
        hpack_field f = test_field(FORMS[i].name, FORMS[i].value);
        f.flags = FORMS[i].flags;
        assert_block(e, &f, 1, FORMS[i].hex);
        hpack_encoder_free(e);
        /* The same when the token is given. */
        e = test_encoder();
        f.token = hpack_token(f.name, f.name_length);
        assert_block(e, &f, 1, FORMS[i].hex);
        hpack_encoder_free(e);
    }
}

static void repeated_fields_refer_to_entries(void **state)
{
    (void)state;
    hpack_encoder *e = test_encoder();
    hpack_field a = test_field("|", "1");
    hpack_field b = test_field("|", "|");
    assert_block(e, &a, 1, "40 01 7c 01 31");
    assert_block(e, &a, 1, "be");
    assert_block(e, &b, 1, "7e 01 7c");
    assert_block(e, &a, 1, "bf");
    assert_block(e, &b, 1, "be");
    b.flags = HPACK_FIELD_NEVER_INDEXED;
    assert_block(e, &b, 1, "1f2f 01 7c");
    hpack_encoder_free(e);
}

static hpack_encoder *configured(uint32_t policy, uint32_t huffman)
{
    hpack_encoder *e = NULL;
    hpack_encoder_config config = test_encoder_config();
    config.policy = policy;
    config.huffman = huffman;
    assert_int_equal(hpack_encoder_new(&e, &config), 0);
    return e;
}

static uint32_t entry_count(const hpack_encoder *e)
{
    hpack_table_info info = {.size = sizeof info};
    assert_int_equal(hpack_encoder_table_info(e, &info), 0);
    return info.count;
}

/* Values that never come again end up as literals without indexing; one that does is indexed. */
static void adaptive_policy_learns_what_repeats(void **state)
{
    (void)state;
    hpack_encoder *e = configured(HPACK_POLICY_ADAPTIVE, HPACK_HUFFMAN_SHORTER);
    for (char c = 'a'; c <= 'z'; c++) {
        uint8_t octets[64];
        char path[] = {'/', c, '\0'};
        hpack_buffer out = {octets, sizeof octets, 0};
        hpack_field f[] = {test_field(":path", path), test_field("|", "|")};
        assert_int_equal(hpack_encoder_encode(e, f, 2, &out), 0);
    }
    assert_int_equal(entry_count(e), 1);
    hpack_field f = test_field(":path", "~");
    assert_block(e, &f, 1, "04 01 7e");
    assert_block(e, &f, 1, "44 01 7e");
    assert_block(e, &f, 1, "be");
    hpack_encoder_free(e);
}

static void policy_all_indexes_what_never_repeats(void **state)
{
    (void)state;
    hpack_encoder *e = configured(HPACK_POLICY_ALL, HPACK_HUFFMAN_SHORTER);
    for (char c = 'a'; c <= 'z'; c++) {
        uint8_t octets[64];
        hpack_buffer out = {octets, sizeof octets, 0};
        hpack_field f = {":path", &c, 5, 1, 0, 0};
        assert_int_equal(hpack_encoder_encode(e, &f, 1, &out), 0);
    }
    assert_int_equal(entry_count(e), 26);
    hpack_field secret = test_field("set-cookie", "|");
    assert_block(e, &secret, 1, "1f28 01 7c");
    hpack_encoder_free(e);
}

static void policy_static_uses_the_static_table_only(void **state)
{
    (void)state;
    hpack_encoder *e = configured(HPACK_POLICY_STATIC, HPACK_HUFFMAN_SHORTER);
    hpack_field f[] = {test_field(":method", "GET"), test_field(":path", "|"), test_field("|", "")};
    assert_block(e, f, 3, "82 04 01 7c 00 01 7c 00");
    assert_block(e, f, 3, "82 04 01 7c 00 01 7c 00");
    assert_int_equal(entry_count(e), 0);
    hpack_encoder_free(e);
}

static void huffman_can_be_left_out(void **state)
{
    (void)state;
    hpack_encoder *e = configured(HPACK_POLICY_ALL, HPACK_HUFFMAN_NEVER);
    hpack_field f = test_field("aaa", "aaaa");
    assert_block(e, &f, 1, "40 03 616161 04 61616161");
    assert_block(e, &f, 1, "be");
    hpack_encoder_free(e);
}

struct chooser {
    uint32_t calls, tokens[8], answers[8];
};

static uint32_t choose(void *ctx, const hpack_field *field)
{
    struct chooser *c = ctx;
    c->tokens[c->calls] = field->token;
    return c->answers[c->calls++];
}

static void callers_function_decides_for_each_field_once(void **state)
{
    (void)state;
    struct chooser c = {.answers = {HPACK_CHOOSE_INDEX, HPACK_CHOOSE_NO_INDEX, HPACK_CHOOSE_NEVER,
                                    HPACK_CHOOSE_POLICY, HPACK_CHOOSE_INDEX}};
    hpack_encoder *e = NULL;
    hpack_encoder_config config = test_encoder_config();
    config.policy = HPACK_POLICY_STATIC;
    config.choose = choose;
    config.choose_ctx = &c;
    assert_int_equal(hpack_encoder_new(&e, &config), 0);
    hpack_field f[] = {test_field("authorization", "|"), test_field("te", "|"),
                       test_field(":path", "|"), test_field("etag", "|"),
                       test_field("authorization", "|")};
    assert_block(e, f, 5, "57 01 7c  00 02 7465 01 7c  14 01 7c  0f13 01 7c  be");
    assert_int_equal(c.calls, 5);
    assert_int_equal(c.tokens[1], HPACK_TOKEN_TE);
    assert_int_equal(entry_count(e), 1);
    hpack_encoder_free(e);
}

/* rfc: 7541#4.2, 7541#6.3, 9113#4.3.1 */
static void changed_limits_are_announced(void **state)
{
    (void)state;
    static const struct {
        uint32_t own, limits[3]; /* up to the first 1 */
        const char *hex;
    } cases[] = {
        {4096, {1, 1, 1}, "82"},
        {4096, {4096, 1, 1}, "82"},
        {4096, {8192, 1, 1}, "82"}, /* more than is used */
        {4096, {100, 1, 1}, "3f45 82"},
        {4096, {100, 4096, 1}, "3f45 3fe11f 82"},
        {4096, {0, 4096, 100}, "20 3f45 82"},
        {4096, {100, 0, 1}, "20 82"},
        {8192, {8192, 1, 1}, "3fe13f 82"},
        {8192, {UINT32_MAX, 1, 1}, "3fe13f 82"},
        {8192, {8192, 4096, 1}, "82"},
        {100, {1, 1, 1}, "3f45 82"}, /* own limit below the peer's at the start */
        {0, {1, 1, 1}, "20 82"},
        {100, {200, 1, 1}, "3f45 82"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hpack_encoder *e = limited(cases[i].own, 4096);
        hpack_field f = test_field(":method", "GET");
        for (int k = 0; k < 3 && cases[i].limits[k] != 1; k++) {
            hpack_encoder_set_table_limit(e, cases[i].limits[k]);
        }
        assert_block(e, &f, 1, cases[i].hex);
        assert_block(e, &f, 1, "82");
        hpack_encoder_free(e);
    }
}

/* Entries that a dip of the limit drove out are not referred to, and the decoder agrees. */
static void dip_of_the_limit_empties_both_tables(void **state)
{
    (void)state;
    hpack_encoder *e = test_encoder();
    hpack_decoder *d = test_decoder();
    uint8_t octets[128];
    hpack_field f = test_field("name", "value");
    for (int i = 0; i < 3; i++) {
        hpack_buffer out = {octets, sizeof octets, 0};
        assert_int_equal(hpack_encoder_encode(e, &f, 1, &out), 0);
        assert_int_equal(hpack_decoder_feed(d, octets, out.length, HPACK_FEED_LAST), 0);
        test_assert_fields(d, &f, 1);
        hpack_encoder_set_table_limit(e, 10);
        hpack_encoder_set_table_limit(e, 4096);
        assert_int_equal(hpack_decoder_set_table_limit(d, 10), 0);
        assert_int_equal(hpack_decoder_set_table_limit(d, 4096), 0);
        hpack_table_info info = {.size = sizeof info};
        assert_int_equal(hpack_encoder_table_info(e, &info), 0);
        assert_int_equal(info.count, 0);
    }
    hpack_decoder_free(d);
    hpack_encoder_free(e);
}

/* A peer that allows everything does not make us take more than our own limit. */
static void own_limit_bounds_memory(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    hpack_encoder_config config = test_encoder_config();
    hpack_encoder *e = NULL;
    config.resize = test_alloc_resize;
    config.resize_ctx = &alloc;
    assert_int_equal(hpack_encoder_new(&e, &config), 0);
    hpack_encoder_set_table_limit(e, UINT32_MAX);
    for (uint32_t i = 0; i < 10000; i++) {
        char value[] = "value-aaaa";
        uint8_t octets[128];
        hpack_buffer out = {octets, sizeof octets, 0};
        for (int k = 0; k < 4; k++) {
            value[6 + k] = (char)('a' + (i >> (4 * k) & 15));
        }
        hpack_field f = test_field("name", value);
        assert_int_equal(hpack_encoder_encode(e, &f, 1, &out), 0);
    }
    assert_true(alloc.peak_bytes <= 32768);
    hpack_encoder_free(e);
}

static void errors_change_nothing(void **state)
{
    (void)state;
    hpack_encoder *e = test_encoder();
    uint8_t octets[64] = {0};
    hpack_field f = test_field("|", "1");
    hpack_encoder_set_table_limit(e, 100);
    size_t bound = hpack_encoder_bound(e, &f, 1);
    for (size_t room = 0; room < bound; room++) {
        hpack_buffer out = {octets, 3 + room, 3};
        assert_int_equal(hpack_encoder_encode(e, &f, 1, &out), HPACK_ERR_BUFFER);
        assert_int_equal(out.length, 3);
        assert_int_equal(octets[3], 0);
    }
    hpack_buffer out = {octets, 3 + bound, 3};
    hpack_field bad = f;
    bad.token = HPACK_TOKEN_END;
    assert_int_equal(hpack_encoder_encode(e, &bad, 1, &out), HPACK_ERR_USAGE);
    bad.token = HPACK_TOKEN_COOKIE;
    assert_int_equal(hpack_encoder_encode(e, &bad, 1, &out), HPACK_ERR_USAGE);
    bad = f;
    bad.flags = 8;
    assert_int_equal(hpack_encoder_encode(e, &bad, 1, &out), HPACK_ERR_USAGE);
    bad = f;
    bad.value = NULL;
    assert_int_equal(hpack_encoder_encode(e, &bad, 1, &out), HPACK_ERR_USAGE);
    assert_int_equal(hpack_encoder_encode(e, NULL, 1, &out), HPACK_ERR_USAGE);
    assert_int_equal(hpack_encoder_encode(e, &f, 1, NULL), HPACK_ERR_USAGE);
    out.length = out.capacity + 1;
    assert_int_equal(hpack_encoder_encode(e, &f, 1, &out), HPACK_ERR_USAGE);
    assert_block(e, &f, 1, "3f45 40 01 7c 01 31");
    hpack_encoder_free(e);
    hpack_encoder_free(NULL);
}

static void empty_list_gives_an_empty_block(void **state)
{
    (void)state;
    hpack_encoder *e = test_encoder();
    hpack_buffer none = {NULL, 0, 0};
    assert_int_equal(hpack_encoder_bound(e, NULL, 0), 0);
    assert_int_equal(hpack_encoder_encode(e, NULL, 0, &none), 0);
    hpack_encoder_free(e);
}

/* Lengths at which their own encoding gets longer, for name and value, raw: the bound is exact. */
static void bound_holds_where_lengths_get_longer(void **state)
{
    (void)state;
    static const uint32_t edges[] = {126, 127, 128, 254, 255, 16510, 16511, 2097278, 2097279};
    const uint32_t most = 2097280;
    char *raw = malloc(most);
    uint8_t *octets = malloc(2 * (size_t)most + 32);
    assert_non_null(raw);
    assert_non_null(octets);
    memset(raw, '|', most);
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        for (uint32_t length = edges[i] - 1; length <= edges[i] + 1; length++) {
            hpack_encoder *e = test_encoder();
            hpack_field f = {raw, raw, length, length, 0, HPACK_FIELD_NO_INDEXING};
            size_t bound = hpack_encoder_bound(e, &f, 1);
            hpack_buffer out = {octets, bound, 0};
            assert_int_equal(hpack_encoder_encode(e, &f, 1, &out), 0);
            assert_int_equal(out.length, bound);
            hpack_encoder_free(e);
        }
    }
    free(octets);
    free(raw);
}

/* The same where a fifth octet comes, for one value; zeros that are never written take no memory. */
static void bound_holds_for_values_of_a_quarter_gigabyte(void **state)
{
    (void)state;
    const uint32_t edge = 127 + (1U << 28);
    char *raw = mmap(NULL, edge, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(raw != MAP_FAILED);
    uint8_t *octets = malloc((size_t)edge + 32);
    assert_non_null(octets);
    for (uint32_t length = edge - 1; length <= edge; length++) {
        hpack_encoder *e = test_encoder();
        hpack_field f = {"name", raw, 4, length, 0, HPACK_FIELD_NO_INDEXING};
        size_t bound = hpack_encoder_bound(e, &f, 1);
        hpack_buffer out = {octets, bound, 0};
        assert_int_equal(hpack_encoder_encode(e, &f, 1, &out), 0);
        size_t coded_name = hpack_huffman_length((const uint8_t *)"name", 4);
        size_t length_octets = length < edge ? 5 : 6;
        assert_int_equal(out.length, 1 + 1 + coded_name + length_octets + length);
        assert_true(out.length <= bound && bound <= out.length + 4 - coded_name);
        hpack_encoder_free(e);
    }
    free(octets);
    (void)munmap(raw, edge);
}

/* An index may take more than the shortest name. */
static void bound_holds_for_high_indexes(void **state)
{
    (void)state;
    hpack_encoder *e = configured(HPACK_POLICY_ALL, HPACK_HUFFMAN_SHORTER);
    uint8_t octets[64];
    for (int i = 0; i < 110; i++) {
        char value[] = {'~', (char)('0' + i / 10), (char)('0' + i % 10), '\0'};
        hpack_field f = test_field(i == 0 ? "" : "~", value);
        hpack_buffer out = {octets, sizeof octets, 0};
        assert_int_equal(hpack_encoder_encode(e, &f, 1, &out), 0);
    }
    hpack_field f = test_field("", "");
    f.flags = HPACK_FIELD_NO_INDEXING;
    size_t bound = hpack_encoder_bound(e, &f, 1);
    hpack_buffer out = {octets, bound, 0};
    assert_int_equal(hpack_encoder_encode(e, &f, 1, &out), 0);
    assert_int_equal(out.length, 4);
    assert_true(out.length <= bound);
    hpack_encoder_free(e);
}

static void bound_does_not_wrap_around(void **state)
{
    (void)state;
    enum { COUNT = 1 << 12 };
    static hpack_field fields[COUNT];
    hpack_encoder *e = test_encoder();
    for (int i = 0; i < COUNT; i++) {
        fields[i] = (hpack_field){"", "", UINT32_MAX, UINT32_MAX, 0, 0};
    }
    /* Only lengths are looked at. */
    assert_true(hpack_encoder_bound(e, fields, COUNT) > COUNT * (size_t)UINT32_MAX ||
                hpack_encoder_bound(e, fields, COUNT) == SIZE_MAX);
    hpack_encoder_free(e);
}

static void random_field(hpack_field *f, char *text, uint32_t *seed)
{
    static const char *const names[] = {":path", "cookie",     "te",  "x-a",
                                        "x-b",   "set-cookie", "vary"};
    uint32_t r = test_rand(seed);
    *f = test_field(names[r % 7], "");
    f->value_length = r % 3 == 0 ? 1 + test_rand(seed) % 3 : test_rand(seed) % 40;
    for (uint32_t i = 0; i < f->value_length; i++) {
        text[i] = (char)(r % 5 == 0 ? test_rand(seed) : 'a' + test_rand(seed) % 4);
    }
    f->value = text;
    f->flags = r % 16 == 0 ? HPACK_FIELD_NEVER_INDEXED : r % 16 == 1 ? HPACK_FIELD_NO_INDEXING : 0;
}

static uint32_t expected_flags(const hpack_field *f)
{
    const struct hpack__policy policy = {HPACK_POLICY_ADAPTIVE, NULL, NULL};
    hpack_field known = *f;
    known.token = hpack_token(f->name, f->name_length);
    return hpack__choose_indexing(&policy, &known, 4096) == HPACK__NEVER_INDEX
               ? HPACK_FIELD_NEVER_INDEXED
               : 0;
}

/* Random lists and limits: the bound holds, and a decoder gets the fields back. */
static void random_fields_come_back(void **state)
{
    (void)state;
    enum { COUNT = 12 };
    uint32_t seed = 17;
    hpack_encoder *e = limited(1000, 4096);
    hpack_decoder *d = test_decoder();
    for (int round = 0; round < 4000; round++) {
        hpack_field fields[COUNT];
        char texts[COUNT][40];
        uint8_t octets[2048];
        size_t count = test_rand(&seed) % COUNT;
        for (size_t i = 0; i < count; i++) {
            random_field(&fields[i], texts[i], &seed);
        }
        if (round % 50 == 49) {
            uint32_t limit = test_rand(&seed) % 2000;
            hpack_encoder_set_table_limit(e, limit);
            assert_int_equal(hpack_decoder_set_table_limit(d, limit), 0);
        }
        size_t simple = 12;
        for (size_t k = 0; k < count; k++) {
            simple += fields[k].name_length + fields[k].value_length + 32;
        }
        assert_true(hpack_encoder_bound(e, fields, count) <= simple);
        hpack_buffer out = {octets, hpack_encoder_bound(e, fields, count), 0};
        assert_true(out.capacity <= sizeof octets);
        assert_int_equal(hpack_encoder_encode(e, fields, count, &out), 0);
        assert_int_equal(hpack_decoder_feed(d, octets, out.length, HPACK_FEED_LAST), 0);
        for (size_t i = 0; i < count; i++) {
            fields[i].flags = expected_flags(&fields[i]);
        }
        test_assert_fields(d, fields, count);
    }
    hpack_decoder_free(d);
    hpack_encoder_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_take_the_form_listed),
        cmocka_unit_test(repeated_fields_refer_to_entries),
        cmocka_unit_test(adaptive_policy_learns_what_repeats),
        cmocka_unit_test(policy_all_indexes_what_never_repeats),
        cmocka_unit_test(policy_static_uses_the_static_table_only),
        cmocka_unit_test(huffman_can_be_left_out),
        cmocka_unit_test(callers_function_decides_for_each_field_once),
        cmocka_unit_test(changed_limits_are_announced),
        cmocka_unit_test(dip_of_the_limit_empties_both_tables),
        cmocka_unit_test(own_limit_bounds_memory),
        cmocka_unit_test(errors_change_nothing),
        cmocka_unit_test(empty_list_gives_an_empty_block),
        cmocka_unit_test(bound_holds_where_lengths_get_longer),
        cmocka_unit_test(bound_holds_for_values_of_a_quarter_gigabyte),
        cmocka_unit_test(bound_holds_for_high_indexes),
        cmocka_unit_test(bound_does_not_wrap_around),
        cmocka_unit_test(random_fields_come_back),
    };
    return cmocka_run_group_tests_name("encoder", tests, NULL, NULL);
}
