/* SPDX-License-Identifier: MIT */
/* Every octet against the grammars of the RFCs, written out here a second time. */
#include "support.h"

#include <string.h>

#include "http_chars.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static int in(const char *set, int c)
{
    return c != 0 && strchr(set, c) != NULL;
}

static void classes_hold_exactly_their_octets(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        /* RFC 9110 5.6.2 */
        int token = in("!#$%&'*+-.^_`|~" DIGITS LOWER UPPER, c);
        assert_int_equal(h2session__http_chars_is((char)c, CHAR_TOKEN), token);
        /* rfc: 9113#8.2 */
        assert_int_equal(h2session__http_chars_is((char)c, CHAR_NAME), token && !in(UPPER, c));
        /* RFC 3986 3.1 */
        assert_int_equal(h2session__http_chars_is((char)c, CHAR_SCHEME),
                         in("+-." DIGITS LOWER UPPER, c));
        int path = c > 0x20 && c != 0x7f && c != '#';
        assert_int_equal(h2session__http_chars_is((char)c, CHAR_PATH), path);
        /* RFC 3986 3.2.2, 2.2, 2.3: unreserved and sub-delims, here without the comma. */
        int host = in("-._~!$&'()*+;=" DIGITS LOWER UPPER, c);
        assert_int_equal(h2session__http_chars_is((char)c, CHAR_HOST), host);
        assert_int_equal(h2session__http_chars_is((char)c, CHAR_DIGIT), in(DIGITS, c));
        assert_int_equal(h2session__http_chars_is((char)c, CHAR_HEX), in(DIGITS "abcdefABCDEF", c));
        /* rfc: 9113#8.2.1 */
        int value = c != 0 && c != '\r' && c != '\n';
        assert_int_equal(h2session__http_chars_is((char)c, CHAR_VALUE), value);
    }
}

static void all_looks_at_every_octet(void **state)
{
    (void)state;
    assert_false(h2session__http_chars_all("", 0, CHAR_DIGIT));
    assert_false(h2session__http_chars_all(NULL, 0, CHAR_DIGIT));
    for (size_t length = 1; length < 40; length++) {
        char text[40];
        memset(text, '7', sizeof text);
        assert_true(h2session__http_chars_all(text, length, CHAR_DIGIT));
        for (size_t i = 0; i < length; i++) {
            text[i] = 'x';
            assert_false(h2session__http_chars_all(text, length, CHAR_DIGIT));
            text[i] = '7';
        }
    }
}

static void each_octet_in_each_place(size_t length, const char *around)
{
    char text[40];
    for (size_t place = 0; place < length; place++) {
        memset(text, around[0], sizeof text);
        for (int c = 0; c < 256; c++) {
            text[place] = (char)c;
            int edge = place == 0 || place == length - 1;
            int good = !in("\r\n", c) && c != 0 && !(edge && in(" \t", c));
            assert_int_equal(h2session__http_chars_value(text, length), good);
        }
    }
}

/* rfc: 9113#8.2.1 */
static void value_is_judged_alike_whatever_its_length(void **state)
{
    (void)state;
    assert_true(h2session__http_chars_value("", 0));
    assert_true(h2session__http_chars_value(NULL, 0));
    for (size_t length = 1; length < 26; length++) {
        each_octet_in_each_place(length, "a");
        each_octet_in_each_place(length, "\x0e");
        each_octet_in_each_place(length, "\x80");
        each_octet_in_each_place(length, "\xff");
    }
}

static void value_may_hold_space_and_low_octets_inside(void **state)
{
    (void)state;
    const char text[] = "a \t\x01\x0b\x0c\x1f\x7f \t\t\t\t\t\t\t\t\x01z";
    assert_true(h2session__http_chars_value(text, sizeof text - 1));
    assert_false(h2session__http_chars_value(text, sizeof text)); /* with the NUL */
}

static void path_is_judged_as_its_octets_are(void **state)
{
    (void)state;
    assert_false(h2session__http_chars_path(NULL, 0));
    for (size_t length = 1; length < 26; length++) {
        for (size_t place = 0; place < length; place++) {
            for (int c = 0; c < 256; c++) {
                char text[26];
                memset(text, "/!\xff$"[c % 4], sizeof text);
                text[place] = (char)c;
                assert_int_equal(h2session__http_chars_path(text, length),
                                 h2session__http_chars_is((char)c, CHAR_PATH));
            }
        }
    }
}

static int is_in_name(uint32_t octet)
{
    uint32_t letter = (octet | 0x20) - 'a';
    return letter < 26 || octet - '0' < 10 || octet == '-' || octet == '.';
}

/* It may say no to a name, where the octets are looked at one by one, but to none that is alike. */
static void name_is_nothing_but_letters_digits_dots_and_hyphens(void **state)
{
    (void)state;
    char text[40];
    assert_false(h2session__http_chars_is_name("", 0));
    memset(text, 'a', sizeof text);
    int alike = h2session__http_chars_is_name(text, sizeof text);
    for (size_t length = 1; length <= sizeof text; length++) {
        for (size_t place = 0; place < length; place++) {
            for (uint32_t octet = 0; octet < 256; octet++) {
                text[place] = (char)octet;
                assert_int_equal(h2session__http_chars_is_name(text, length),
                                 alike && is_in_name(octet));
            }
            text[place] = 'a';
        }
    }
}

static void equal_ignores_the_case_of_letters_only(void **state)
{
    (void)state;
    assert_true(h2session__http_chars_equal_nocase("", 0, "", 0));
    assert_true(h2session__http_chars_equal_nocase("aZ9-", 4, "Az9-", 4));
    assert_false(h2session__http_chars_equal_nocase("ab", 2, "abc", 3));
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            int letters = in(LOWER UPPER, a) && in(LOWER UPPER, b) && (a | 0x20) == (b | 0x20);
            char x = (char)a;
            char y = (char)b;
            assert_int_equal(h2session__http_chars_equal_nocase(&x, 1, &y, 1), a == b || letters);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_hold_exactly_their_octets),
        cmocka_unit_test(all_looks_at_every_octet),
        cmocka_unit_test(value_is_judged_alike_whatever_its_length),
        cmocka_unit_test(value_may_hold_space_and_low_octets_inside),
        cmocka_unit_test(path_is_judged_as_its_octets_are),
        cmocka_unit_test(name_is_nothing_but_letters_digits_dots_and_hyphens),
        cmocka_unit_test(equal_ignores_the_case_of_letters_only),
    };
    return cmocka_run_group_tests_name("http_chars", tests, NULL, NULL);
}
