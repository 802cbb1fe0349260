/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "range.h"
#include "support.h"

/* rfc: 9110#14.1.2, 9110#14.2 */

static enum range_verdict parse(const char *text, uint64_t size, struct range_set *set)
{
    print_message("'%.60s' of %d\n", text, (int)size);
    return range_parse(text, strlen(text), size, RANGE_MOST, set);
}

static void one_range_is_cut_out_of_the_whole(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t size;
        uint64_t first;
        uint64_t length;
    } cases[] = {
        {"bytes=0-0", 10, 0, 1},
        {"bytes=2-4", 10, 2, 3},
        {"bytes=9-9", 10, 9, 1},
        {"bytes=4-", 10, 4, 6},
        {"bytes=0-", 1, 0, 1},
        {"bytes=-3", 10, 7, 3},
        {"bytes=-10", 10, 0, 10},
        {"bytes=-11", 10, 0, 10},
        {"bytes=5-99", 10, 5, 5},
        {"bytes=5-99999999999999999999999", 10, 5, 5},
        {"bytes=-99999999999999999999999", 10, 0, 10},
        {"BYTES=1-1", 10, 1, 1},
        {"bytes= 1-1 ", 10, 1, 1},
        {"bytes=,1-1,,", 10, 1, 1},
        {"bytes=0-18446744073709551614", UINT64_MAX, 0, UINT64_MAX},
        {"bytes=18446744073709551614-", UINT64_MAX, UINT64_MAX - 1, 1},
        {"bytes=3-3,20-30", 10, 3, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct range_set set;
        assert_int_equal(parse(cases[i].text, cases[i].size, &set), RANGE_PARTS);
        assert_int_equal(set.count, 1);
        assert_true(set.ranges[0].first == cases[i].first);
        assert_true(set.ranges[0].length == cases[i].length);
    }
}

static void several_ranges_keep_their_order(void **state)
{
    (void)state;
    struct range_set set;
    assert_int_equal(parse("bytes=5-6 , 0-0\t,-1", 10, &set), RANGE_PARTS);
    assert_int_equal(set.count, 3);
    assert_int_equal(set.ranges[0].first, 5);
    assert_int_equal(set.ranges[0].length, 2);
    assert_int_equal(set.ranges[1].first, 0);
    assert_int_equal(set.ranges[2].first, 9);
}

static void what_lies_behind_the_end_cannot_be_satisfied(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t size;
    } cases[] = {
        {"bytes=10-", 10},    {"bytes=10-20", 10}, {"bytes=-0", 10},
        {"bytes=0-0", 0},     {"bytes=-5", 0},     {"bytes=99999999999999999999999-", 10},
        {"bytes=10-,-0", 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct range_set set;
        assert_int_equal(parse(cases[i].text, cases[i].size, &set), RANGE_UNSATISFIABLE);
    }
}

static void malformed_or_foreign_field_is_as_if_it_were_not_there(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum range_why why;
    } cases[] = {
        {"", RANGE_WHY_UNIT},
        {"bytes", RANGE_WHY_UNIT},
        {"lines=0-1", RANGE_WHY_UNIT},
        {"bytes 0-1", RANGE_WHY_UNIT},
        {"bytes=", RANGE_WHY_SYNTAX},
        {"bytes=,", RANGE_WHY_SYNTAX},
        {"bytes=-", RANGE_WHY_SYNTAX},
        {"bytes=5", RANGE_WHY_SYNTAX},
        {"bytes=5-4", RANGE_WHY_SYNTAX},
        {"bytes=0-1;", RANGE_WHY_SYNTAX},
        {"bytes=0-1 2-3", RANGE_WHY_SYNTAX},
        {"bytes=0 - 1", RANGE_WHY_SYNTAX},
        {"bytes=--1", RANGE_WHY_SYNTAX},
        {"bytes=0-1,x", RANGE_WHY_SYNTAX},
        {"bytes=+1-2", RANGE_WHY_SYNTAX},
        {"bytes=0x1-2", RANGE_WHY_SYNTAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct range_set set;
        assert_int_equal(parse(cases[i].text, 10, &set), RANGE_WHOLE);
        assert_int_equal(set.why, cases[i].why);
    }
}

/* "bytes=0-0,2-2,...": so many ranges of one octet. */
static void many(char *out, size_t capacity, int count)
{
    size_t end = (size_t)snprintf(out, capacity, "bytes=");
    for (int i = 0; i < count; i++) {
        end += (size_t)snprintf(out + end, capacity - end, "%d-%d,", 2 * i, 2 * i);
    }
}

static void number_of_ranges_is_limited(void **state)
{
    (void)state;
    char text[2048];
    struct range_set set;
    many(text, sizeof text, RANGE_MOST);
    assert_int_equal(parse(text, 1000, &set), RANGE_PARTS);
    assert_int_equal(set.count, RANGE_MOST);
    many(text, sizeof text, RANGE_MOST + 1);
    assert_int_equal(parse(text, 1000, &set), RANGE_WHOLE);
    assert_int_equal(set.why, RANGE_WHY_COUNT);
    /* Those that cannot be satisfied count too. */
    assert_int_equal(parse(text, 1, &set), RANGE_WHOLE);
    assert_int_equal(set.why, RANGE_WHY_COUNT);
    many(text, sizeof text, 3);
    assert_int_equal(range_parse(text, strlen(text), 1000, 3, &set), RANGE_PARTS);
    assert_int_equal(range_parse(text, strlen(text), 1000, 2, &set), RANGE_WHOLE);
    assert_int_equal(range_parse(text, strlen(text), 1000, 0, &set), RANGE_WHOLE);
    assert_int_equal(set.why, RANGE_WHY_COUNT);
    /* A larger limit than there is room for is that room. */
    many(text, sizeof text, RANGE_MOST + 1);
    assert_int_equal(range_parse(text, strlen(text), 1000, 10 * RANGE_MOST, &set), RANGE_WHOLE);
}

static void overlaps_are_limited(void **state)
{
    (void)state;
    struct range_set set;
    assert_int_equal(parse("bytes=0-2,1-3,3-4", 100, &set), RANGE_PARTS);
    assert_int_equal(set.count, 3);
    assert_int_equal(parse("bytes=0-2,1-3,2-4,3-5", 100, &set), RANGE_WHOLE);
    assert_int_equal(set.why, RANGE_WHY_OVERLAPS);
    /* Side by side is no overlap. */
    assert_int_equal(parse("bytes=0-1,2-3,4-5,6-7,8-9", 100, &set), RANGE_PARTS);
}

static void ranges_are_together_no_longer_than_the_whole(void **state)
{
    (void)state;
    struct range_set set;
    assert_int_equal(parse("bytes=0-9,0-0", 10, &set), RANGE_WHOLE);
    assert_int_equal(set.why, RANGE_WHY_TOTAL);
    assert_int_equal(parse("bytes=5-,0-4", 10, &set), RANGE_PARTS);
    assert_int_equal(parse("bytes=0-,0-", UINT64_MAX, &set), RANGE_WHOLE);
    assert_int_equal(set.why, RANGE_WHY_TOTAL);
}

static void field_of_any_length_is_fine(void **state)
{
    (void)state;
    static char text[RANGE_TEXT + 2];
    struct range_set set;
    memset(text, ',', sizeof text - 1);
    memcpy(text, "bytes=0-0", 9);
    assert_int_equal(range_parse(text, RANGE_TEXT, 10, 1, &set), RANGE_PARTS);
    assert_int_equal(range_parse(text, RANGE_TEXT + 1, 10, 1, &set), RANGE_WHOLE);
    assert_int_equal(set.why, RANGE_WHY_SYNTAX);
}

/* Any octets: what comes out lies inside, and reading stays inside the text. */
static void random_text_gives_ranges_inside_the_whole(void **state)
{
    (void)state;
    static const char LETTERS[] = "0123456789-,  b=";
    uint32_t seed = 7233;
    for (int round = 0; round < 20000; round++) {
        char text[40] = "bytes=";
        const size_t length = 6 + test_rand(&seed) % 30;
        for (size_t i = 6; i < length; i++) {
            text[i] = LETTERS[test_rand(&seed) % (sizeof LETTERS - 1)];
        }
        const uint64_t size = test_rand(&seed) % 200;
        struct range_set set;
        if (range_parse(text, length, size, RANGE_MOST, &set) != RANGE_PARTS) {
            continue;
        }
        uint64_t total = 0;
        for (size_t i = 0; i < set.count; i++) {
            assert_true(set.ranges[i].length > 0);
            assert_true(set.ranges[i].first < size);
            assert_true(set.ranges[i].length <= size - set.ranges[i].first);
            total += set.ranges[i].length;
        }
        assert_true(set.count > 0 && total <= size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_range_is_cut_out_of_the_whole),
        cmocka_unit_test(several_ranges_keep_their_order),
        cmocka_unit_test(what_lies_behind_the_end_cannot_be_satisfied),
        cmocka_unit_test(malformed_or_foreign_field_is_as_if_it_were_not_there),
        cmocka_unit_test(number_of_ranges_is_limited),
        cmocka_unit_test(overlaps_are_limited),
        cmocka_unit_test(ranges_are_together_no_longer_than_the_whole),
        cmocka_unit_test(field_of_any_length_is_fine),
        cmocka_unit_test(random_text_gives_ranges_inside_the_whole),
    };
    return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
