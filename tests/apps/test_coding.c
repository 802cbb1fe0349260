/* SPDX-License-Identifier: MIT */
#include "asked_fixture.h"
#include "coding.h"

/* The accepted codings, a letter each: b z g i. */
static void accepted(const struct asked *asked, char out[CODING_COUNT + 1])
{
    struct coding_order order;
    coding_accepted(asked, &order);
    assert_true(order.count <= CODING_COUNT);
    for (size_t i = 0; i < order.count; i++) {
        out[i] = "bzgi"[order.codings[i]];
        assert_true(coding_accepts(&order, order.codings[i]));
    }
    out[order.count] = '\0';
}

/* rfc: 9110#12.5.3, 9110#8.4.1.3 */
static void client_says_what_it_accepts_and_likes_best(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *codings;
    } cases[] = {
        {"", "i"},
        {"identity", "i"},
        {"gzip", "gi"},
        {"GZip", "gi"},
        {"x-gzip", "gi"},
        {"gzip, deflate, br, zstd", "bzgi"},
        {"gzip;q=1.0, br;q=0.5", "gbi"},
        {"br;q=0.5,zstd;q=0.501", "zbi"},
        {"gzip;q=0", "i"},
        {"gzip;q=0.000, br", "bi"},
        {"*", "bzgi"},
        {"*;q=0", ""},
        {"*;q=0, gzip", "g"},
        {"identity;q=0", ""},
        {"identity;q=0, br", "b"},
        {"identity, gzip;q=0.5", "ig"},
        {"gzip;q=0.5, *;q=0.1", "gbzi"},
        {" gzip\t; q=0.3 , br ;Q=0.2", "gbi"},
        {"gzip;q=2", "i"},
        {"gzip;q=1.001", "i"},
        {"gzip;q=0.1234", "i"},
        {"gzip;q=", "i"},
        {"gzip;q=0,5", "i"},
        {"gzip;q=-1", "i"},
        {"gzip;x=1", "i"},
        {"gzip;q=1.", "gi"},
        {",,;,gzip,", "gi"},
        {"gzipped, xbr", "i"},
        {"compress, deflate", "i"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct asked_fixture f;
        char codings[CODING_COUNT + 1];
        print_message("'%s'\n", cases[i].value);
        accepted(ASKED(&f, ":method", "GET", "accept-encoding", cases[i].value), codings);
        assert_string_equal(codings, cases[i].codings);
    }
}

static void without_the_field_nothing_is_coded(void **state)
{
    (void)state;
    struct asked_fixture f;
    char codings[CODING_COUNT + 1];
    accepted(ASKED(&f, ":method", "GET"), codings);
    assert_string_equal(codings, "i");
}

static void several_lines_are_one_list(void **state)
{
    (void)state;
    struct asked_fixture f;
    char codings[CODING_COUNT + 1];
    accepted(ASKED(&f, "accept-encoding", "gzip;q=0.5", "accept-encoding", "br"), codings);
    assert_string_equal(codings, "bgi");
}

static void codings_have_names_and_endings(void **state)
{
    (void)state;
    assert_string_equal(coding_name(CODING_BR), "br");
    assert_string_equal(coding_ending(CODING_BR), ".br");
    assert_string_equal(coding_name(CODING_ZSTD), "zstd");
    assert_string_equal(coding_ending(CODING_ZSTD), ".zst");
    assert_string_equal(coding_name(CODING_GZIP), "gzip");
    assert_string_equal(coding_ending(CODING_GZIP), ".gz");
    assert_null(coding_name(CODING_IDENTITY));
    assert_string_equal(coding_ending(CODING_IDENTITY), "");
}

static void text_is_worth_compressing(void **state)
{
    (void)state;
    assert_true(coding_pays("text/html; charset=utf-8"));
    assert_true(coding_pays("text/plain"));
    assert_true(coding_pays("application/json"));
    assert_true(coding_pays("application/json; charset=utf-8"));
    assert_true(coding_pays("image/svg+xml"));
    assert_false(coding_pays("image/png"));
    assert_false(coding_pays("application/gzip"));
    assert_false(coding_pays("application/jsonx"));
    assert_false(coding_pays("application/octet-stream"));
    assert_false(coding_pays(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_says_what_it_accepts_and_likes_best),
        cmocka_unit_test(without_the_field_nothing_is_coded),
        cmocka_unit_test(several_lines_are_one_list),
        cmocka_unit_test(codings_have_names_and_endings),
        cmocka_unit_test(text_is_worth_compressing),
    };
    return cmocka_run_group_tests_name("coding", tests, NULL, NULL);
}
