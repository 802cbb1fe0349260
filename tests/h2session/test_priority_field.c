/* SPDX-License-Identifier: MIT */
/* rfc: 9218#4, 9218#5 */
#include "support.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "priority_field.h"

enum { ABSENT = 9, RANDOM_VALUES = 100000 };

struct example {
    const char *value;
    uint32_t urgency;     /* ABSENT: not given */
    uint32_t incremental; /* the same */
};

static const struct example VALID[] = {
    {"", ABSENT, ABSENT},
    {"  ", ABSENT, ABSENT},
    {"u=0", 0, ABSENT},
    {"u=7", 7, ABSENT},
    {"i", ABSENT, 1},
    {"i=?1", ABSENT, 1},
    {"i=?0", ABSENT, 0},
    {"u=5, i", 5, 1},
    {"u=5,i", 5, 1},
    {" u=5 \t,\t i ", 5, 1},
    {"i;a=1;b, u=1;c=?0", 1, 1},
    /* out of range, of another type, unknown: ignored */
    {"u=8, i", ABSENT, 1},
    {"u=-1", ABSENT, ABSENT},
    {"u=-0", 0, ABSENT},
    {"u=01", 1, ABSENT},
    {"u=1.0", ABSENT, ABSENT},
    {"u=999999999999999", ABSENT, ABSENT},
    {"u", ABSENT, ABSENT},
    {"u=?1", ABSENT, ABSENT},
    {"u=\"3\"", ABSENT, ABSENT},
    {"u=(3)", ABSENT, ABSENT},
    {"i=1, u=2", 2, ABSENT},
    {"i=a", ABSENT, ABSENT},
    {"x, u=2, uu=5, *=1, i.i", 2, ABSENT},
    {"a=(1 2;q \"x\" ), b=:aGk=:, c=t/k:!, d=\"a\\\"b\\\\\", u=4", 4, ABSENT},
    {"a=(), b=( ), c=-1.125, u=4", 4, ABSENT},
    /* the last one counts, also when it is then ignored */
    {"u=1, u=2", 2, ABSENT},
    {"u=1, u=9", ABSENT, ABSENT},
    {"i, i=?0", ABSENT, 0},
    {"i, i=2", ABSENT, ABSENT},
};

static const char *const MALFORMED[] = {
    "u=",         "u=1,",     "u=1, ",      ",u=1",    "u=1,,i",     "u 1",      "u=1 i",
    "U=1",        "1=u",      "u=1;",       "u=1;A",   "u=1;a=",     "u=--1",    "u=1.",
    "u=.1",       "u=1.0000", "i=?",        "i=?2",    "i=?01",      "u=\"1",    "u=\"\\a\"",
    "u=\"\x7f\"", "u=:a",     "u=:-:",      "u=(1",    "u=(1,2)",    "u=(1)2",   "u=((1))",
    "u=@1",       "u=%\"a\"", "\tu=1",      "u=\x80",  "u=1;a=(",    "u=(1\t2)", "u =1",
    "u=1 \v,i",   "u=1;\ta",  "u=(1;)",     "u= 1",    "u=\"\\",     "i=?1?",    "u=(\"a)",
    "u={1}",      "=1",       "u=1;a=;b=1", "u=1\r\n", "u=\"\x1f\"", "u=1\t;a"};

static int parse(const char *value, struct priority_field *out)
{
    /* In memory of its own, so that a read beyond the end is seen. */
    size_t length = strlen(value);
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, value, length);
    int result = h2session__priority_field_parse(copy, length, out);
    free(copy);
    return result;
}

static void valid_values_are_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VALID / sizeof VALID[0]; i++) {
        struct priority_field field;
        if (parse(VALID[i].value, &field) != 0) {
            fail_msg("refused: %s", VALID[i].value);
        }
        uint32_t urgency = field.has_urgency ? field.urgency : ABSENT;
        uint32_t incremental = field.has_incremental ? field.incremental : ABSENT;
        if (urgency != VALID[i].urgency || incremental != VALID[i].incremental) {
            fail_msg("%s: u=%u i=%u", VALID[i].value, urgency, incremental);
        }
    }
}

static void malformed_values_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof MALFORMED / sizeof MALFORMED[0]; i++) {
        struct priority_field field;
        if (parse(MALFORMED[i], &field) == 0) {
            fail_msg("taken: %s", MALFORMED[i]);
        }
        assert_int_equal(field.has_urgency | field.has_incremental | field.incremental, 0);
        assert_int_equal(field.urgency, 3);
    }
}

static void integers_have_fifteen_digits_at_most(void **state)
{
    (void)state;
    struct priority_field field;
    assert_int_equal(parse("u=000000000000005", &field), 0);
    assert_int_equal(field.urgency, 5);
    assert_int_equal(parse("u=0000000000000005", &field), -1);
    assert_int_equal(parse("a=-999999999999.999", &field), 0);
    assert_int_equal(parse("a=9999999999999.9", &field), -1);
}

static void long_values_are_refused(void **state)
{
    (void)state;
    char value[PRIORITY_FIELD_MAX + 2];
    struct priority_field field;
    memset(value, 'a', sizeof value);
    memcpy(value, "u=1,", 4);
    value[PRIORITY_FIELD_MAX] = '\0';
    assert_int_equal(parse(value, &field), 0);
    assert_int_equal(field.urgency, 1);
    value[PRIORITY_FIELD_MAX] = 'a';
    value[PRIORITY_FIELD_MAX + 1] = '\0';
    assert_int_equal(parse(value, &field), -1);
}

static void zero_octets_are_octets(void **state)
{
    (void)state;
    struct priority_field field;
    assert_int_equal(h2session__priority_field_parse("u=1\0", 4, &field), -1);
    assert_int_equal(h2session__priority_field_parse(NULL, 0, &field), 0);
}

/* ---- Against the grammar as regular expression -------------------------------------------- */

#define KEY "[a-z*][a-z0-9_.*-]*"
#define NUMBER "-?([0-9]{1,15}|[0-9]{1,12}[.][0-9]{1,3})"
#define STRING "\"([] !#-[^-~]|\\\\[\"\\])*\""
#define TOKEN "[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*"
#define OCTETS ":[A-Za-z0-9+/=]*:"
#define BARE "(" NUMBER "|" STRING "|" TOKEN "|" OCTETS "|[?][01])"
#define PARAMETERS "(; *" KEY "(=" BARE ")?)*"
#define ITEM BARE PARAMETERS
#define INNER "[(] *(" ITEM "( +" ITEM ")*)? *[)]" PARAMETERS
#define MEMBER KEY "(=(" ITEM "|" INNER ")|" PARAMETERS ")"
#define DICTIONARY "^ *(" MEMBER "([ \t]*,[ \t]*" MEMBER ")*[ \t]*)?$"

static uint32_t draw(uint32_t *seed, uint32_t most)
{
    return test_rand(seed) % most;
}

/* Pieces of the grammar in random order: about half of the short ones are valid. */
static void random_value(char *out, uint32_t *seed)
{
    static const char *const MEMBERS[] = {"u=3",     "i",         "u=0",  "i=?0",        "a=(1 b)",
                                          "b=\"x\"", "c=tok/en",  "u=12", "d=:Zm8=:",    "*.-_=1",
                                          "u=2;a=1", "e=-1.5;f ", "i;q",  "f=(\"\\\"\")"};
    static const char PIECES[] = "ui*a1208.-?;=,,  \t\"\\()(:~!/A_]\x7f\x1f";
    out[0] = '\0';
    for (uint32_t n = draw(seed, 4) + 1; n > 0; n--) {
        strcat(out, MEMBERS[draw(seed, sizeof MEMBERS / sizeof MEMBERS[0])]);
        strcat(out, n > 1 ? ", " : "");
    }
    for (uint32_t changes = draw(seed, 4); changes > 0; changes--) {
        size_t length = strlen(out);
        size_t at = draw(seed, (uint32_t)length + 1);
        char piece = PIECES[draw(seed, sizeof PIECES - 1)];
        if (draw(seed, 2) == 0 && at < length) {
            out[at] = piece;
        } else {
            memmove(out + at + 1, out + at, length - at + 1);
            out[at] = piece;
        }
    }
}

static void parser_agrees_with_the_grammar(void **state)
{
    (void)state;
    regex_t grammar;
    uint32_t seed = 5;
    uint32_t valid = 0;
    assert_int_equal(regcomp(&grammar, DICTIONARY, REG_EXTENDED | REG_NOSUB), 0);
    for (uint32_t i = 0; i < RANDOM_VALUES; i++) {
        char value[128];
        struct priority_field field;
        random_value(value, &seed);
        int expected = regexec(&grammar, value, 0, NULL, 0) == 0;
        if (strlen(value) <= PRIORITY_FIELD_MAX && (parse(value, &field) == 0) != expected) {
            fail_msg("%s: %s", expected ? "refused" : "taken", value);
        }
        valid += (uint32_t)expected;
    }
    regfree(&grammar);
    assert_in_range(valid, RANDOM_VALUES / 5, RANDOM_VALUES / 5 * 4);
}

static void random_octets_are_harmless(void **state)
{
    (void)state;
    uint32_t seed = 3;
    for (uint32_t i = 0; i < RANDOM_VALUES; i++) {
        struct priority_field field;
        size_t length = draw(&seed, PRIORITY_FIELD_MAX + 2);
        char *value = malloc(length + 1);
        assert_non_null(value);
        for (size_t k = 0; k < length; k++) {
            value[k] = (char)test_rand(&seed);
        }
        char *exact = malloc(length > 0 ? length : 1);
        assert_non_null(exact);
        memcpy(exact, value, length);
        int result = h2session__priority_field_parse(exact, length, &field);
        assert_true(result == 0 || result == -1);
        assert_true(field.urgency <= 7 && field.incremental <= 1);
        free(exact);
        free(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_values_are_understood),
        cmocka_unit_test(malformed_values_are_refused),
        cmocka_unit_test(integers_have_fifteen_digits_at_most),
        cmocka_unit_test(long_values_are_refused),
        cmocka_unit_test(zero_octets_are_octets),
        cmocka_unit_test(parser_agrees_with_the_grammar),
        cmocka_unit_test(random_octets_are_harmless),
    };
    return cmocka_run_group_tests_name("priority_field", tests, NULL, NULL);
}
