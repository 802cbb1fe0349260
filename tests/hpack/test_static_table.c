/* SPDX-License-Identifier: MIT */
#include "static_table.h"

#include <string.h>

#include "support.h"

struct entry_case {
    uint32_t index;
    const char *name, *value;
};

/* Entries with values and those around them (RFC 7541 Appendix A). */
static const struct entry_case ENTRIES[] = {
    {1, ":authority", ""},       {2, ":method", "GET"},
    {3, ":method", "POST"},      {4, ":path", "/"},
    {5, ":path", "/index.html"}, {6, ":scheme", "http"},
    {7, ":scheme", "https"},     {8, ":status", "200"},
    {9, ":status", "204"},       {10, ":status", "206"},
    {11, ":status", "304"},      {12, ":status", "400"},
    {13, ":status", "404"},      {14, ":status", "500"},
    {15, "accept-charset", ""},  {16, "accept-encoding", "gzip, deflate"},
    {17, "accept-language", ""}, {61, "www-authenticate", ""},
};

/* rfc: 7541#2.3.1 */
static void entries_are_those_of_the_rfc(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ENTRIES / sizeof ENTRIES[0]; i++) {
        hpack_field f;
        assert_int_equal(hpack_static_table_entry(ENTRIES[i].index, &f), 0);
        assert_string_equal(f.name, ENTRIES[i].name);
        assert_string_equal(f.value, ENTRIES[i].value);
        assert_int_equal(f.name_length, strlen(f.name));
        assert_int_equal(f.value_length, strlen(f.value));
        assert_int_equal(f.flags, HPACK_FIELD_CLEAN);
    }
}

static void indexes_beyond_the_table_are_refused(void **state)
{
    (void)state;
    hpack_field f;
    assert_int_equal(hpack_static_table_entry(0, &f), HPACK_ERR_USAGE);
    assert_int_equal(hpack_static_table_entry(62, &f), HPACK_ERR_USAGE);
    assert_int_equal(hpack_static_table_entry(UINT32_MAX, &f), HPACK_ERR_USAGE);
    assert_int_equal(hpack_static_table_entry(1, NULL), HPACK_ERR_USAGE);
}

struct token_case {
    uint32_t token;
    const char *name;
};

static const struct token_case TOKENS[] = {
#define TOKEN_CASE(name, token, text) {token, text},
    HPACK_TOKEN_LIST(TOKEN_CASE)
#undef TOKEN_CASE
};

enum { TOKEN_COUNT = sizeof TOKENS / sizeof TOKENS[0] };

static void names_have_the_tokens_of_the_header(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        const struct token_case *t = &TOKENS[i];
        assert_true(t->token < HPACK_TOKEN_END);
        assert_int_equal(hpack_token(t->name, strlen(t->name)), t->token);
        assert_string_equal(hpack__static_row[t->token].name, t->name);
        assert_int_equal(hpack__static_row[t->token].token, t->token);
    }
}

static void tokens_are_the_first_index_of_the_name(void **state)
{
    (void)state;
    const char *last = "";
    uint32_t first = 0;
    for (uint32_t i = 1; i <= HPACK__STATIC_COUNT; i++) {
        const hpack_field *row = &hpack__static_row[i];
        first = strcmp(row->name, last) == 0 ? first : i;
        last = row->name;
        assert_int_equal(row->token, first);
    }
}

/* All names that differ from a known one in one octet, are one shorter or one longer. */
static void names_close_to_known_ones_have_no_token(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOKEN_COUNT; i++) {
        char name[64] = {0};
        size_t length = strlen(TOKENS[i].name);
        memcpy(name, TOKENS[i].name, length);
        for (size_t k = 0; k < length; k++) {
            for (unsigned flip = 1; flip < 256; flip++) {
                name[k] = (char)((unsigned char)TOKENS[i].name[k] ^ flip);
                uint32_t token = hpack_token(name, length);
                /* "date" becomes no other known name, but "from" might. */
                assert_true(token == 0 || memcmp(hpack__static_row[token].name, name, length) == 0);
            }
            name[k] = TOKENS[i].name[k];
        }
        assert_true(hpack_token(name, length + 1) == HPACK_TOKEN_NONE);
        assert_int_not_equal(hpack_token(name, length - 1), TOKENS[i].token);
    }
    assert_int_equal(hpack_token("", 0), HPACK_TOKEN_NONE);
    assert_int_equal(hpack_token(NULL, 0), HPACK_TOKEN_NONE);
    assert_int_equal(hpack_token("Cookie", 6), HPACK_TOKEN_NONE);
}

static void pairs_are_found_by_value(void **state)
{
    (void)state;
    assert_int_equal(hpack__static_find(HPACK_TOKEN_METHOD, "GET", 3), 2);
    assert_int_equal(hpack__static_find(HPACK_TOKEN_METHOD, "POST", 4), 3);
    assert_int_equal(hpack__static_find(HPACK_TOKEN_METHOD, "PUT", 3), 0);
    assert_int_equal(hpack__static_find(HPACK_TOKEN_STATUS, "500", 3), 14);
    assert_int_equal(hpack__static_find(HPACK_TOKEN_STATUS, "501", 3), 0);
    assert_int_equal(hpack__static_find(HPACK_TOKEN_ACCEPT, "", 0), 19);
    assert_int_equal(hpack__static_find(HPACK_TOKEN_WWW_AUTHENTICATE, NULL, 0), 61);
    assert_int_equal(hpack__static_find(HPACK_TOKEN_TE, "", 0), 0);
    assert_int_equal(hpack__static_find(HPACK_TOKEN_NONE, "", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_those_of_the_rfc),
        cmocka_unit_test(indexes_beyond_the_table_are_refused),
        cmocka_unit_test(names_have_the_tokens_of_the_header),
        cmocka_unit_test(tokens_are_the_first_index_of_the_name),
        cmocka_unit_test(names_close_to_known_ones_have_no_token),
        cmocka_unit_test(pairs_are_found_by_value),
    };
    return cmocka_run_group_tests_name("static_table", tests, NULL, NULL);
}
