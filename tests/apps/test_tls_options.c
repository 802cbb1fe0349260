/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "tls_options.h"

static const char *items[3];

static struct tls_options with(const char *a, const char *b)
{
    items[0] = a;
    items[1] = b;
    const struct tls_options options = {.certificates = {items, a == NULL   ? 0U
                                                                : b == NULL ? 1U
                                                                            : 2U}};
    return options;
}

static void pairs_stand_in_the_order_of_the_command_line(void **state)
{
    (void)state;
    const struct tls_key_pair first = {"first.key", "first.pem"};
    const struct tls_options options = with("a.key:b.pem", "c:d");
    struct tls_server_config config = {.pairs = NULL};
    char error[OPTIONS_ERROR_SIZE] = "";
    assert_int_equal(tls_options_read(&config, &options, &first, error), 0);
    assert_int_equal(config.pair_count, 3);
    assert_string_equal(config.pairs[0].key_file, "first.key");
    assert_string_equal(config.pairs[1].key_file, "a.key");
    assert_string_equal(config.pairs[1].certificate_file, "b.pem");
    assert_string_equal(config.pairs[2].key_file, "c");
    assert_string_equal(config.pairs[2].certificate_file, "d");
    tls_options_clear(&config);
    assert_int_equal(config.pair_count, 0);
    assert_int_equal(tls_options_read(&config, &options, NULL, error), 0);
    assert_int_equal(config.pair_count, 2);
    tls_options_clear(&config);
}

static void what_is_no_pair_is_refused(void **state)
{
    (void)state;
    static const char *const WRONG[] = {"", "a", ":", "a:", ":b", "a:b:c", "::"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        const struct tls_options options = with("a:b", WRONG[i]);
        struct tls_server_config config = {.pairs = NULL};
        char error[OPTIONS_ERROR_SIZE] = "";
        assert_int_equal(tls_options_read(&config, &options, NULL, error), -1);
        assert_non_null(strstr(error, "is not KEY:CERT"));
        tls_options_clear(&config);
    }
}

static void versions_are_two_and_in_order(void **state)
{
    (void)state;
    static const struct {
        const char *least;
        const char *greatest;
        int result;
        int expected[2];
    } CASES[] = {
        {NULL, NULL, 0, {12, 13}},   {"1.3", NULL, 0, {13, 13}}, {NULL, "1.2", 0, {12, 12}},
        {"1.2", "1.3", 0, {12, 13}}, {"1.3", "1.2", -1, {0, 0}}, {"1.1", NULL, -1, {0, 0}},
        {NULL, "1.4", -1, {0, 0}},   {"", NULL, -1, {0, 0}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct tls_options options = with(NULL, NULL);
        struct tls_server_config config = {.pairs = NULL};
        char error[OPTIONS_ERROR_SIZE] = "";
        options.least_version = CASES[i].least;
        options.greatest_version = CASES[i].greatest;
        assert_int_equal(tls_options_read(&config, &options, NULL, error), CASES[i].result);
        assert_int_equal(CASES[i].result == 0, error[0] == '\0');
        if (CASES[i].result == 0) {
            assert_int_equal(config.least_version, CASES[i].expected[0]);
            assert_int_equal(config.greatest_version, CASES[i].expected[1]);
        }
        tls_options_clear(&config);
    }
}

static void a_ca_means_that_clients_are_asked(void **state)
{
    (void)state;
    struct tls_options options = with(NULL, NULL);
    struct tls_server_config config = {.pairs = NULL};
    char error[OPTIONS_ERROR_SIZE] = "";
    assert_false(tls_options_given(&options));
    options.client_ca = "ca.pem";
    assert_true(tls_options_given(&options));
    assert_int_equal(tls_options_read(&config, &options, NULL, error), 0);
    assert_int_equal(config.asks_client, 1);
    assert_string_equal(config.client_ca_file, "ca.pem");
    tls_options_clear(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_stand_in_the_order_of_the_command_line),
        cmocka_unit_test(what_is_no_pair_is_refused),
        cmocka_unit_test(versions_are_two_and_in_order),
        cmocka_unit_test(a_ca_means_that_clients_are_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
