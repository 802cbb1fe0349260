/* SPDX-License-Identifier: MIT */
/* rfc: 9113#8.3.1 */
#include "support.h"

#include <string.h>

#include "http_authority.h"

static const struct {
    const char *text;
    const char *host; /* NULL: malformed */
    uint32_t port;
} CASES[] = {
    {"", "", HTTP_PORT_NONE},
    {"example.com", "example.com", HTTP_PORT_NONE},
    {"Example.COM:8443", "Example.COM", 8443},
    {"example.com:", "example.com", HTTP_PORT_NONE},
    {"example.com:0", "example.com", 0},
    {"example.com:00080", "example.com", 80},
    {"example.com:65535", "example.com", 65535},
    {"example.com:65536", NULL, 0},
    {"example.com:99999999999999999999", NULL, 0},
    {"example.com:8x", NULL, 0},
    {"example.com:+80", NULL, 0},
    {"example.com:-1", NULL, 0},
    {"example.com: 80", NULL, 0},
    {"example.com:80:80", NULL, 0},
    {"a:b@example.com", NULL, 0},
    {"user@example.com", NULL, 0},
    {"@example.com", NULL, 0},
    {":80", "", 80},
    {":", "", HTTP_PORT_NONE},
    {"192.0.2.1:1", "192.0.2.1", 1},
    {"a%20b", "a%20b", HTTP_PORT_NONE},
    {"%Af", "%Af", HTTP_PORT_NONE},
    {"a%2", NULL, 0},
    {"a%", NULL, 0},
    {"a%gg", NULL, 0},
    {"a%2g", NULL, 0},
    {"a%:80", NULL, 0},
    {"exa_mple~!$&'()*+;=", "exa_mple~!$&'()*+;=", HTTP_PORT_NONE},
    {"a,b", NULL, 0},
    {"a/b", NULL, 0},
    {"a?b", NULL, 0},
    {"a#b", NULL, 0},
    {"a\\b", NULL, 0},
    {"a b", NULL, 0},
    {"http://example.com", NULL, 0},
    {"[::1]", "[::1]", HTTP_PORT_NONE},
    {"[::1]:443", "[::1]", 443},
    {"[2001:DB8::192.0.2.1]:", "[2001:DB8::192.0.2.1]", HTTP_PORT_NONE},
    {"[v1f.a:b]:7", "[v1f.a:b]", 7},
    {"[V9.x]", "[V9.x]", HTTP_PORT_NONE},
    {"[v.x]", NULL, 0},
    {"[v1]", NULL, 0},
    {"[v1.]", NULL, 0},
    {"[v1.a@b]", NULL, 0},
    {"[vg.a]", NULL, 0},
    {"[", NULL, 0},
    {"[]", NULL, 0},
    {"[:]", NULL, 0},
    {"[::1", NULL, 0},
    {"[::1]x", NULL, 0},
    {"[::1]]", NULL, 0},
    {"[[::1]]", NULL, 0},
    {"[::g]", NULL, 0},
    {"[fe80::1%25eth0]", NULL, 0},
    {"::1", NULL, 0},
    {"a[::1]", NULL, 0},
    {"a]", NULL, 0},
};

static void authority_is_host_and_port(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct http_authority a;
        int result = h2session__http_authority_parse(CASES[i].text, strlen(CASES[i].text), &a);
        if (result != (CASES[i].host != NULL ? 0 : -1)) {
            fail_msg("\"%s\" is %s", CASES[i].text, result == 0 ? "accepted" : "refused");
        }
        if (CASES[i].host != NULL) {
            assert_int_equal(a.host_length, strlen(CASES[i].host));
            assert_memory_equal(a.host, CASES[i].host, a.host_length);
            assert_int_equal(a.port, CASES[i].port);
        }
    }
}

static void parse_stays_inside_its_text(void **state)
{
    (void)state;
    /* Every prefix, in memory of just that size, so that a sanitizer sees the octet beyond. */
    static const char *const TEXTS[] = {"a%20b:80", "[::1]:443", "[v1.a]:1"};
    for (size_t i = 0; i < 3; i++) {
        for (size_t n = 1; n <= strlen(TEXTS[i]); n++) {
            struct test_alloc alloc = {0};
            char *copy = test_alloc_resize(&alloc, NULL, 0, n);
            memcpy(copy, TEXTS[i], n);
            struct http_authority a;
            if (h2session__http_authority_parse(copy, n, &a) == 0) {
                assert_true(a.host_length <= n);
            }
            test_alloc_resize(&alloc, copy, n, 0);
        }
    }
}

static void equal_knows_case_and_default_port(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        uint32_t port;
        int equal;
    } PAIRS[] = {
        {"example.com", "EXAMPLE.com", 443, 1},
        {"example.com", "example.com:443", 443, 1},
        {"example.com:", "example.com:443", 443, 1},
        {"example.com:0443", "example.com:443", 443, 1},
        {"example.com", "example.com:80", 443, 0},
        {"example.com:80", "example.com:81", 80, 0},
        {"example.com", "example.org", 80, 0},
        {"example.com", "example.com.", 80, 0},
        {"example.com", "example.com:80", HTTP_PORT_NONE, 0},
        {"example.com", "example.com:", HTTP_PORT_NONE, 1},
        {"[::A]", "[::a]:80", 80, 1},
        {"", "", 80, 1},
        {"", "a", 80, 0},
    };
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        struct http_authority a;
        struct http_authority b;
        assert_int_equal(h2session__http_authority_parse(PAIRS[i].a, strlen(PAIRS[i].a), &a), 0);
        assert_int_equal(h2session__http_authority_parse(PAIRS[i].b, strlen(PAIRS[i].b), &b), 0);
        assert_int_equal(h2session__http_authority_equal(&a, &b, PAIRS[i].port), PAIRS[i].equal);
        assert_int_equal(h2session__http_authority_equal(&b, &a, PAIRS[i].port), PAIRS[i].equal);
    }
}

/* rfc: 8336#2.1 */
static void origin_is_scheme_host_and_port(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int good;
    } cases[] = {
        {"https://example.com", 1},
        {"http://example.com:8080", 1},
        {"a+b-1.c://[::1]:7", 1},
        {"HTTPS://A", 1},
        {"", 0},
        {"null", 0},
        {"://a", 0},
        {"https:", 0},
        {"https:/", 0},
        {"https://", 0},
        {"https:/a", 0},
        {"https//a", 0},
        {"1s://a", 0},
        {"-://a", 0},
        {"h_s://a", 0},
        {"https://:80", 0},
        {"https://a/", 0},
        {"https://a?b", 0},
        {"https://u@a", 0},
        {"https://a:99999", 0},
        {"https://a ", 0},
        {" https://a", 0},
        {"https://*.a", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(
            h2session__http_authority_is_origin(cases[i].text, strlen(cases[i].text)) != 0,
            cases[i].good);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authority_is_host_and_port),
        cmocka_unit_test(parse_stays_inside_its_text),
        cmocka_unit_test(equal_knows_case_and_default_port),
        cmocka_unit_test(origin_is_scheme_host_and_port),
    };
    return cmocka_run_group_tests_name("http_authority", tests, NULL, NULL);
}
