/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "support.h"

static void expect(const char *base, const char *reference, const char *expected)
{
    struct uri uri;
    const char *why;

    assert_int_equal(uri_parse(&uri, base, &why), 0);
    char *out;

    assert_int_equal(reference_resolve(&uri, reference, strlen(reference), &out), 0);
    if (expected == NULL) {
        assert_null(out);
    } else {
        assert_non_null(out);
        assert_string_equal(out, expected);
    }
    free(out);
    uri_clear(&uri);
}

/* The examples of RFC 3986 5.4 that stay within http. */
static void references_are_relative_to_their_base(void **state)
{
    static const char *const rows[][2] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {";x", "http://a/b/c/;x"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"https://h/x", "https://h/x"},
        {" g \n", "http://a/b/c/g"},
        {"a b\xc3\xa9", "http://a/b/c/a%20b%C3%A9"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect("http://a/b/c/d;p?q", rows[i][0], rows[i][1]);
    }
    expect("http://a?q", "x", "http://a/x");
}

static void what_leads_nowhere_is_none(void **state)
{
    static const char *const bad[] = {"ftp://h/",
                                      "javascript:alert(1)",
                                      "http://u:p@h/",
                                      "http://",
                                      "data:,x",
                                      "mailto:a@b",
                                      "a\x01"
                                      "b",
                                      "http:///x",
                                      "//"};
    char large[REFERENCE_LIMIT + 2];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect("https://a/", bad[i], NULL);
    }
    memset(large, 'x', sizeof large);
    large[sizeof large - 1] = '\0';
    expect("https://a/", large, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_relative_to_their_base),
        cmocka_unit_test(what_leads_nowhere_is_none),
    };

    return cmocka_run_group_tests_name("client_reference", tests, NULL, NULL);
}
