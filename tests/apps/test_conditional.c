/* SPDX-License-Identifier: MIT */
#include "asked_fixture.h"
#include "conditional.h"

#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define CHANGE "Sun, 06 Nov 1994 08:49:37 GMT"
#define AFTER "Sun, 06 Nov 1994 08:49:38 GMT"

enum { CHANGED = 784111777 };

static const struct validators NOW = {"\"now\"", CHANGED};

static int status(const char *const *texts)
{
    struct asked_fixture f;
    return conditional_status(asked_make(&f, texts), &NOW);
}

#define STATUS(method, ...) status((const char *const[]){":method", (method), __VA_ARGS__, NULL})

/* rfc: 9110#13.1.1 */
static void if_match_lets_only_the_current_one_through(void **state)
{
    (void)state;
    assert_int_equal(STATUS("GET", "if-match", "\"now\""), 0);
    assert_int_equal(STATUS("GET", "if-match", "*"), 0);
    assert_int_equal(STATUS("GET", "if-match", "\"old\", \"now\""), 0);
    assert_int_equal(STATUS("GET", "if-match", "\"old\"", "if-match", "\"now\""), 0);
    assert_int_equal(STATUS("GET", "if-match", "\"old\""), 412);
    assert_int_equal(STATUS("PUT", "if-match", "\"old\""), 412);
    assert_int_equal(STATUS("GET", "if-match", "W/\"now\""), 412);
    assert_int_equal(STATUS("GET", "if-match", ""), 412);
}

/* rfc: 9110#13.1.2 */
static void if_none_match_tells_that_nothing_changed(void **state)
{
    (void)state;
    assert_int_equal(STATUS("GET", "if-none-match", "\"now\""), 304);
    assert_int_equal(STATUS("HEAD", "if-none-match", "\"now\""), 304);
    assert_int_equal(STATUS("GET", "if-none-match", "W/\"now\""), 304);
    assert_int_equal(STATUS("GET", "if-none-match", "*"), 304);
    assert_int_equal(STATUS("GET", "if-none-match", "\"a\"", "if-none-match", "\"now\""), 304);
    assert_int_equal(STATUS("PUT", "if-none-match", "\"now\""), 412);
    assert_int_equal(STATUS("GET", "if-none-match", "\"old\""), 0);
    assert_int_equal(STATUS("PUT", "if-none-match", "\"old\""), 0);
}

/* rfc: 9110#13.1.3 */
static void if_modified_since_compares_dates(void **state)
{
    (void)state;
    assert_int_equal(STATUS("GET", "if-modified-since", BEFORE), 0);
    assert_int_equal(STATUS("GET", "if-modified-since", CHANGE), 304);
    assert_int_equal(STATUS("HEAD", "if-modified-since", CHANGE), 304);
    assert_int_equal(STATUS("GET", "if-modified-since", AFTER), 304);
    assert_int_equal(STATUS("PUT", "if-modified-since", AFTER), 0);
    assert_int_equal(STATUS("GET", "if-modified-since", "yesterday"), 0);
    assert_int_equal(STATUS("GET", "if-modified-since", AFTER, "if-modified-since", AFTER), 0);
}

/* rfc: 9110#13.1.4 */
static void if_unmodified_since_compares_dates(void **state)
{
    (void)state;
    assert_int_equal(STATUS("GET", "if-unmodified-since", BEFORE), 412);
    assert_int_equal(STATUS("PUT", "if-unmodified-since", BEFORE), 412);
    assert_int_equal(STATUS("GET", "if-unmodified-since", CHANGE), 0);
    assert_int_equal(STATUS("GET", "if-unmodified-since", AFTER), 0);
    assert_int_equal(STATUS("GET", "if-unmodified-since", "soon"), 0);
}

/* rfc: 9110#13.2.2 */
static void tags_go_before_dates_and_matches_before_the_rest(void **state)
{
    (void)state;
    assert_int_equal(STATUS("GET", "if-match", "\"now\"", "if-unmodified-since", BEFORE), 0);
    assert_int_equal(STATUS("GET", "if-none-match", "\"old\"", "if-modified-since", AFTER), 0);
    assert_int_equal(STATUS("GET", "if-none-match", "\"now\"", "if-modified-since", BEFORE), 304);
    assert_int_equal(STATUS("GET", "if-none-match", "\"now\"", "if-match", "\"old\""), 412);
    assert_int_equal(STATUS("GET", "if-modified-since", AFTER, "if-unmodified-since", BEFORE), 412);
    assert_int_equal(STATUS("GET", "if-modified-since", AFTER, "if-match", "\"now\""), 304);
    assert_int_equal(STATUS("GET", "accept", "*"), 0);
}

static int range_counts(const char *value, const char *second, time_t now)
{
    struct asked_fixture f;
    (void)ASKED(&f, ":method", "GET", "if-range", value, second == NULL ? NULL : "if-range",
                second);
    f.asked.now = now;
    return conditional_range(&f.asked, &NOW);
}

/* rfc: 9110#13.1.5 */
static void if_range_wants_what_is_certainly_the_same(void **state)
{
    (void)state;
    struct asked_fixture f;
    assert_true(conditional_range(ASKED(&f, ":method", "GET"), &NOW));
    assert_true(range_counts("\"now\"", NULL, CHANGED + 10));
    assert_false(range_counts("W/\"now\"", NULL, CHANGED + 10));
    assert_false(range_counts("\"old\"", NULL, CHANGED + 10));
    assert_false(range_counts("*", NULL, CHANGED + 10));
    assert_false(range_counts("\"now\"", "\"now\"", CHANGED + 10));
    assert_true(range_counts(CHANGE, NULL, CHANGED + 1));
    assert_false(range_counts(CHANGE, NULL, CHANGED));
    assert_false(range_counts(AFTER, NULL, CHANGED + 10));
    assert_false(range_counts(BEFORE, NULL, CHANGED + 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(if_match_lets_only_the_current_one_through),
        cmocka_unit_test(if_none_match_tells_that_nothing_changed),
        cmocka_unit_test(if_modified_since_compares_dates),
        cmocka_unit_test(if_unmodified_since_compares_dates),
        cmocka_unit_test(tags_go_before_dates_and_matches_before_the_rest),
        cmocka_unit_test(if_range_wants_what_is_certainly_the_same),
    };
    return cmocka_run_group_tests_name("conditional", tests, NULL, NULL);
}
