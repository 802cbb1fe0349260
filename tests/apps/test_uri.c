/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "support.h"
#include "uri.h"

static void uri_is_taken_apart(void **state)
{
    static const struct {
        const char *text, *scheme, *host, *authority, *path;
        uint16_t port;
    } rows[] = {
        {"http://example.org", "http", "example.org", "example.org", "/", 80},
        {"https://example.org/", "https", "example.org", "example.org", "/", 443},
        {"HTTPS://Example.ORG:443/A", "https", "example.org", "example.org", "/A", 443},
        {"http://h:443/", "http", "h", "h:443", "/", 443},
        {"https://h:80/", "https", "h", "h:80", "/", 80},
        {"http://h:/x", "http", "h", "h", "/x", 80},
        {"http://h:00080/x", "http", "h", "h", "/x", 80},
        {"http://h?q=1", "http", "h", "h", "/?q=1", 80},
        {"http://h/p?q#frag", "http", "h", "h", "/p?q", 80},
        {"http://h#frag", "http", "h", "h", "/", 80},
        {"http://h/%2e%2E/a%00?%41", "http", "h", "h", "/%2e%2E/a%00?%41", 80},
        {"http://h//a/../b", "http", "h", "h", "//a/../b", 80},
        {"http://h/a?b=[1]&c=@:!$'()*+,;=", "http", "h", "h", "/a?b=[1]&c=@:!$'()*+,;=", 80},
        {"https://[::1]:8443/", "https", "::1", "[::1]:8443", "/", 8443},
        {"https://[2001:DB8::A]", "https", "2001:db8::a", "[2001:db8::a]", "/", 443},
        {"http://127.0.0.1:65535", "http", "127.0.0.1", "127.0.0.1:65535", "/", 65535},
        {"http://h/a@b:c", "http", "h", "h", "/a@b:c", 80},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct uri uri;
        const char *why;

        assert_int_equal(uri_parse(&uri, rows[i].text, &why), 0);
        assert_string_equal(uri.scheme, rows[i].scheme);
        assert_string_equal(uri.host, rows[i].host);
        assert_string_equal(uri.authority, rows[i].authority);
        assert_string_equal(uri.path, rows[i].path);
        assert_int_equal(uri.port, rows[i].port);
        assert_int_equal(uri.is_https, strcmp(rows[i].scheme, "https") == 0);
        assert_int_equal(uri.is_ipv6, strchr(rows[i].host, ':') != NULL);
        uri_clear(&uri);
        assert_null(uri.storage);
    }
}

/* rfc: 9113#8.3.1 */
static void uri_is_refused_with_a_reason(void **state)
{
    static const struct {
        const char *text, *part_of_reason;
    } rows[] = {
        {"", "begins with"},
        {"example.org/", "begins with"},
        {"http:/h", "begins with"},
        {"ftp://h/", "neither"},
        {"http://", "host is missing"},
        {"http:///x", "host is missing"},
        {"http://:80/", "host is missing"},
        {"http://user@h/", "user names"},
        {"http://user:pw@h/", "user names"},
        {"http://good.example@evil.example/", "user names"},
        {"http://h:0/", "port"},
        {"http://h:65536/", "port"},
        {"http://h:99999999999999999999/", "port"},
        {"http://h:8a/", "port"},
        {"http://h:-1/", "port"},
        {"http://h:80:80/", "port"},
        {"http://[::1/", "missing"},
        {"http://[]/", "not IPv6"},
        {"http://[::g]/", "not IPv6"},
        {"http://[127.0.0.1]/", "not IPv6"},
        {"http://[fe80::1%25eth0]/", "not IPv6"},
        {"http://[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]/", "not IPv6"},
        {"http://[::1]x/", "something else"},
        {"http://::1/", "host is missing"},
        {"http://h h/", "host name"},
        {"http://h%41/", "host name"},
        {"http://h\x01/", "host name"},
        {"http://h\\x/", "host name"},
        {"http://h\xc3\xa4/", "host name"},
        {"http://h/a b", "percent-encoded"},
        {"http://h/a\r\nb: c", "percent-encoded"},
        {"http://h/\xc3\xa4", "percent-encoded"},
        {"http://h/\x7f", "percent-encoded"},
        {"http://h/a\\b", "percent-encoded"},
        {"http://h/%", "hexadecimal"},
        {"http://h/%4", "hexadecimal"},
        {"http://h/%4g", "hexadecimal"},
        {"http://h/%4#1", "hexadecimal"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct uri uri;
        const char *why = NULL;

        assert_int_equal(uri_parse(&uri, rows[i].text, &why), -1);
        assert_non_null(why);
        if (strstr(why, rows[i].part_of_reason) == NULL) {
            fail_msg("%s: %s", rows[i].text, why);
        }
        assert_null(uri.storage);
    }
}

static void uri_refuses_a_host_that_is_too_long(void **state)
{
    char text[7 + 256 + 1] = "http://";
    struct uri uri;
    const char *why;

    (void)state;
    memset(text + 7, 'a', 255);
    assert_int_equal(uri_parse(&uri, text, &why), 0);
    assert_int_equal(strlen(uri.host), 255);
    uri_clear(&uri);
    text[7 + 255] = 'a';
    assert_int_equal(uri_parse(&uri, text, &why), -1);
}

static void origin_is_scheme_host_and_port(void **state)
{
    static const struct {
        const char *a, *b;
        int same;
    } rows[] = {
        {"http://h/a", "http://H:80/b?c", 1},
        {"https://h", "https://h:443", 1},
        {"http://h", "https://h", 0},
        {"http://h:443", "https://h", 0},
        {"http://h", "http://h:81", 0},
        {"http://h", "http://i", 0},
        {"http://[::1]/", "http://[::1]:80", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct uri a;
        struct uri b;
        const char *why;

        assert_int_equal(uri_parse(&a, rows[i].a, &why), 0);
        assert_int_equal(uri_parse(&b, rows[i].b, &why), 0);
        assert_int_equal(uri_same_origin(&a, &b), rows[i].same);
        uri_clear(&a);
        uri_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uri_is_taken_apart),
        cmocka_unit_test(uri_is_refused_with_a_reason),
        cmocka_unit_test(uri_refuses_a_host_that_is_too_long),
        cmocka_unit_test(origin_is_scheme_host_and_port),
    };

    return cmocka_run_group_tests_name("uri", tests, NULL, NULL);
}
