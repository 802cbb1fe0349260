/* SPDX-License-Identifier: MIT */
/* rfc: 7540#3.2.1 */
#include "support.h"

#include <string.h>

#include "base64url.h"

static const struct {
    const char *octets;
    const char *text;
} PAIRS[] = {
    {"", ""},
    {"00", "AA"},
    {"ff", "_w"},
    {"fb ef", "--8"},
    {"66 6f 6f", "Zm9v"},
    {"66 6f 6f 62", "Zm9vYg"},
    {"66 6f 6f 62 61", "Zm9vYmE"},
    {"66 6f 6f 62 61 72", "Zm9vYmFy"},
    {"00 10 83 10 51 87 20 92 8b 30 d3 8f 41 14 93 51 55 97 61 96 9b 71 d7 9f 82 18 a3 92 59 a7 a2 "
     "9a ab b2 db af c3 1c b3 d3 5d b7 e3 9e bb f3 df bf",
     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"},
};

static void text_and_octets_belong_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        uint8_t octets[64];
        uint8_t decoded[64];
        char text[80] = {0};
        size_t at;
        size_t n = test_hex(PAIRS[i].octets, octets, sizeof octets);
        size_t length = strlen(PAIRS[i].text);
        assert_int_equal(h2session__base64url_text_length(n), length);
        assert_int_equal(h2session__base64url_octet_length(length), n);
        h2session__base64url_encode(octets, n, text);
        assert_string_equal(text, PAIRS[i].text);
        assert_int_equal(h2session__base64url_decode(text, length, decoded, &at), BASE64URL_OK);
        assert_memory_equal(decoded, octets, n);
    }
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int fault;
        size_t at;
    } cases[] = {
        {"A", BASE64URL_LENGTH, 1},       {"AAAAA", BASE64URL_LENGTH, 5},
        {"AB", BASE64URL_BITS, 2},        {"A_", BASE64URL_BITS, 2},
        {"AAB", BASE64URL_BITS, 3},       {"AAD", BASE64URL_BITS, 3},
        {"AA==", BASE64URL_PADDING, 2},   {"AAA=", BASE64URL_PADDING, 3},
        {"=", BASE64URL_PADDING, 0},      {"AA+A", BASE64URL_ALPHABET, 2},
        {"AA/A", BASE64URL_ALPHABET, 2},  {" AAA", BASE64URL_ALPHABET, 0},
        {"AAA\n", BASE64URL_ALPHABET, 3}, {"AAA\xc1", BASE64URL_ALPHABET, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t out[8];
        size_t at = 99;
        assert_int_equal(
            h2session__base64url_decode(cases[i].text, strlen(cases[i].text), out, &at),
            cases[i].fault);
        assert_int_equal(at, cases[i].at);
    }
    uint8_t out[8];
    size_t at;
    assert_int_equal(h2session__base64url_decode("AA\0A", 4, out, &at), BASE64URL_ALPHABET);
}

/* Exactly the 64 characters, and each text of a length that decodes is the one that is encoded. */
static void one_text_for_each_octet_string(void **state)
{
    (void)state;
    uint32_t good = 0;
    for (uint32_t i = 0; i < 65536; i++) {
        const char text[2] = {(char)(i >> 8), (char)i};
        char again[2];
        uint8_t octet;
        size_t at;
        if (h2session__base64url_decode(text, 2, &octet, &at) == BASE64URL_OK) {
            h2session__base64url_encode(&octet, 1, again);
            assert_memory_equal(again, text, 2);
            good++;
        }
    }
    assert_int_equal(good, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_octets_belong_together),
        cmocka_unit_test(everything_else_is_refused),
        cmocka_unit_test(one_text_for_each_octet_string),
    };
    return cmocka_run_group_tests_name("base64url", tests, NULL, NULL);
}
