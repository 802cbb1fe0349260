/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "route.h"
#include "support.h"

enum { TEXT_SIZE = 700 };

/* "host:port addresses tunnel" for an origin. */
static void expect(struct client_options *options, const char *origin, const char *expected)
{
    struct route route;
    struct uri uri;
    const char *why;
    char error[OPTIONS_ERROR_SIZE];
    char text[TEXT_SIZE];

    assert_int_equal(uri_parse(&uri, origin, &why), 0);
    assert_int_equal(route_check(options, error), 0);
    assert_int_equal(route_find(&route, options, &uri), 0);
    (void)snprintf(text, sizeof text, "%s:%u %s %s", route.host, (unsigned)route.port,
                   route.addresses == NULL ? "-" : route.addresses, route.tunnel);
    assert_string_equal(text, expected);
    uri_clear(&uri);
}

static void without_options_it_is_the_origin(void **state)
{
    struct client_options options = {0};

    (void)state;
    expect(&options, "https://h/", "h:443 - ");
    expect(&options, "http://[::1]:81/", "::1:81 - ");
}

static void the_first_redirection_that_fits_counts(void **state)
{
    const char *items[] = {"h:80:a:", "[::1]:443:[::2]:8443", "h::b:1", ":99::100"};
    struct client_options options = {.connect_to = {items, 4}};

    (void)state;
    expect(&options, "http://h/", "a:80 - ");
    expect(&options, "https://H/", "b:1 - ");
    expect(&options, "https://[::1]/", "::2:8443 - ");
    expect(&options, "http://x:99/", "x:100 - ");
    expect(&options, "http://x/", "x:80 - ");
}

static void addresses_are_those_of_where_it_goes(void **state)
{
    const char *connect[] = {"h:80:a:81"};
    const char *resolve[] = {"h:80:1.1.1.1", "A:81:127.0.0.1,[::1]", "p:3128:2.2.2.2"};
    struct client_options options = {.connect_to = {connect, 1}, .resolve = {resolve, 3}};

    (void)state;
    expect(&options, "http://h/", "a:81 127.0.0.1,[::1] ");
    options.proxy = "p:3128";
    expect(&options, "http://h/", "p:3128 2.2.2.2 a:81");
}

static void a_proxy_takes_the_place(void **state)
{
    struct client_options options = {.proxy = "http://us:er@pass@p"};
    char *credentials;

    (void)state;
    expect(&options, "https://h/", "p:80 - h:443");
    expect(&options, "https://[::1]:8/", "p:80 - [::1]:8");
    assert_int_equal(route_credentials(&options, &credentials), 0);
    assert_string_equal(credentials, "us:er@pass");
    free(credentials);
    options.proxy = "p:3128";
    assert_int_equal(route_credentials(&options, &credentials), 0);
    assert_null(credentials);
    options.proxy = NULL;
    assert_int_equal(route_credentials(&options, &credentials), 0);
    assert_null(credentials);
}

static void mistakes_are_told(void **state)
{
    static const char *const connect[] = {
        "",           "h",           "h:80",       "h:80:a",      "h:0:a:1",    "h:80:a:99999",
        "h:80:a:1:",  "[::1:80:a:1", "h:80:a b:1", "h:80:a\rb:1", "h:80:a@b:1", "h:80:[::1/]:1",
        "h:80:\xff:1"};
    static const char *const resolve[] = {"",           "h:80",      "h:80:",        ":80:1.1.1.1",
                                          "h::1.1.1.1", "h:80:name", "h:80:1.1.1.1,"};
    static const char *const proxies[] = {"https://p", "socks5://p", "p:0", "p:x", "http://"};
    char error[OPTIONS_ERROR_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof connect / sizeof connect[0]; i++) {
        const char *items[] = {connect[i]};
        const struct client_options options = {.connect_to = {items, 1}};

        assert_int_equal(route_check(&options, error), -1);
    }
    for (size_t i = 0; i < sizeof resolve / sizeof resolve[0]; i++) {
        const char *items[] = {resolve[i]};
        const struct client_options options = {.resolve = {items, 1}};

        assert_int_equal(route_check(&options, error), -1);
    }
    for (size_t i = 0; i < sizeof proxies / sizeof proxies[0]; i++) {
        const struct client_options options = {.proxy = proxies[i]};

        assert_int_equal(route_check(&options, error), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_it_is_the_origin),
        cmocka_unit_test(the_first_redirection_that_fits_counts),
        cmocka_unit_test(addresses_are_those_of_where_it_goes),
        cmocka_unit_test(a_proxy_takes_the_place),
        cmocka_unit_test(mistakes_are_told),
    };

    return cmocka_run_group_tests_name("client_route", tests, NULL, NULL);
}
