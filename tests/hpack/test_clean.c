/* SPDX-License-Identifier: MIT */
#include "clean.h"

#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "guard.h"

/* RFC 9110 5.6.2 without upper case. */
static int in_name(unsigned octet)
{
    return octet != 0 &&
           strchr("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz", (int)octet) != NULL;
}

/* rfc: 9113#8.2.1 */
static void names_have_octets_of_a_token(void **state)
{
    (void)state;
    for (unsigned octet = 0; octet < 256; octet++) {
        for (uint32_t place = 0; place < 3; place++) {
            char name[3] = {'a', 'b', 'c'};
            name[place] = (char)octet;
            assert_int_equal(hpack__is_clean_name(name, 3), in_name(octet));
        }
    }
    assert_int_equal(hpack__is_clean_name("", 0), 0);
}

static int value_is_clean(const char *value, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        int outer = (value[i] == ' ' || value[i] == '\t') && (i == 0 || i == length - 1);
        if (value[i] == '\0' || value[i] == '\r' || value[i] == '\n' || outer) {
            return 0;
        }
    }
    return 1;
}

/* Each octet at each place of values of each length, which end where memory does.
 * rfc: 9113#8.2.1 */
static void values_have_no_octets_that_end_lines(void **state)
{
    (void)state;
    for (uint32_t length = 1; length <= 40; length++) {
        struct test_guard g = test_guard_new(length);
        char *value = (char *)g.data;
        for (unsigned octet = 0; octet < 256; octet++) {
            for (uint32_t place = 0; place < length; place++) {
                memset(value, length % 2 != 0 ? 'v' : 0xc3, length);
                value[place] = (char)octet;
                assert_int_equal(hpack__is_clean_value(value, length),
                                 value_is_clean(value, length));
            }
        }
        test_guard_free(&g);
    }
    assert_int_equal(hpack__is_clean_value("", 0), 1);
}

struct clean_run {
    uint8_t octets[512];
    uint32_t check;
    const uint32_t *expected; /* flags */
    size_t count;
};

static void decode_cut(const size_t *cuts, size_t count, void *arg)
{
    const struct clean_run *run = arg;
    hpack_decoder_config config = test_decoder_config();
    hpack_decoder *d = NULL;
    size_t begin = 0;
    config.check_octets = run->check;
    assert_int_equal(hpack_decoder_new(&d, &config), 0);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(hpack_decoder_feed(d, run->octets + begin, cuts[i] - begin,
                                            i + 1 == count ? HPACK_FEED_LAST : 0),
                         0);
        begin = cuts[i];
    }
    size_t got = 0;
    const hpack_field *fields = hpack_decoder_fields(d, &got);
    assert_int_equal(got, run->count);
    for (size_t i = 0; i < got; i++) {
        assert_int_equal(fields[i].flags, run->expected[i]);
    }
    hpack_decoder_free(d);
}

enum { CLEAN = HPACK_FIELD_CLEAN, NEVER = HPACK_FIELD_NEVER_INDEXED };

/* Literals of every form, their entries, and new entries with the names of those. */
static void the_verdict_stays_with_the_entry(void **state)
{
    (void)state;
    static const char TEXT[] = "82"               /* :method GET */
                               "4001 61 02 62 63" /* a: bc, indexed */
                               "4001 41 02 62 63" /* A: bc, indexed */
                               "4001 61 02 62 0d" /* a: b\\r, indexed */
                               "be bf c0"         /* the three, newest first */
                               "7e 01 63"         /* name of the newest, not clean: a: c */
                               "0f 2f 02 20 63"   /* name of the third: a:  c, outer space */
                               "1001 62 01 64"    /* b: d, never indexed */
                               "04 01 2f"         /* :path: / */
                               "04 83 63 c1 ff"   /* :path, Huffman coded, with no octet wrong */
                               "0001 3a 01 78"    /* ":" is no name */
                               "1000 01 78";      /* nor is an empty one */
    static const uint32_t WITH[] = {CLEAN, CLEAN,         0,     0,     0, 0,    CLEAN, CLEAN,
                                    0,     CLEAN | NEVER, CLEAN, CLEAN, 0, NEVER};
    static const uint32_t WITHOUT[] = {CLEAN, 0, 0, 0, 0, 0, 0, 0, 0, NEVER, 0, 0, 0, NEVER};
    struct clean_run run = {.check = 1, .expected = WITH, .count = sizeof WITH / sizeof WITH[0]};
    size_t length = test_hex(TEXT, run.octets, sizeof run.octets);
    test_each_split(length, decode_cut, &run);
    run.check = 0;
    run.expected = WITHOUT;
    test_each_split(length, decode_cut, &run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_octets_of_a_token),
        cmocka_unit_test(values_have_no_octets_that_end_lines),
        cmocka_unit_test(the_verdict_stays_with_the_entry),
    };
    return cmocka_run_group_tests_name("clean", tests, NULL, NULL);
}
