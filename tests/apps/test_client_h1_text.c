/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "h1_text.h"
#include "support.h"

#define FIELD(n, v)                                                                                \
    {                                                                                              \
        .name = (n), .value = (v), .name_length = sizeof(n) - 1, .value_length = sizeof(v) - 1     \
    }

static char *upgrade(hpack_field *items, size_t count, int *is_refused)
{
    const struct fields fields = {.items = items, .count = count};

    return h1_text_upgrade(&fields, "AAM", is_refused);
}

static void pseudo_fields_become_a_request_line(void **state)
{
    hpack_field items[] = {FIELD(":method", "GET"), FIELD(":scheme", "http"),
                           FIELD(":authority", "h:1"), FIELD(":path", "/a?b"),
                           FIELD("accept", "*/*")};
    int is_refused = 1;
    char *text = upgrade(items, 5, &is_refused);

    (void)state;
    assert_int_equal(is_refused, 0);
    assert_string_equal(text, "GET /a?b HTTP/1.1\r\nHost: h:1\r\nConnection: Upgrade, "
                              "HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n"
                              "accept: */*\r\n\r\n");
    free(text);
}

/* rfc: 9112#2.2 */
static void what_would_make_a_line_is_refused(void **state)
{
    static const char *const bad[] = {"a\nb", "a\rb"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        hpack_field items[] = {FIELD(":method", "GET"), FIELD(":authority", "h"),
                               FIELD(":path", "/"), FIELD("x", "")};
        int is_refused = 0;

        items[3].value = bad[i];
        items[3].value_length = 3;
        assert_null(upgrade(items, 4, &is_refused));
        assert_int_equal(is_refused, 1);
    }
    hpack_field spaced[] = {FIELD(":method", "GET x"), FIELD(":authority", "h"),
                            FIELD(":path", "/")};
    int is_refused = 0;

    assert_null(upgrade(spaced, 3, &is_refused));
    assert_int_equal(is_refused, 1);
    assert_null(upgrade(spaced, 1, &is_refused));
}

static void a_proxy_is_asked_for_a_tunnel(void **state)
{
    int is_refused = 1;
    char *text = h1_text_connect("h:443", NULL, &is_refused);

    (void)state;
    assert_string_equal(text, "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n");
    free(text);
    static const struct {
        const char *plain;
        const char *coded;
    } rows[] = {{"", ""}, {"a", "YQ=="}, {"a:", "YTo="}, {"a:b", "YTpi"}, {"u:p\xff", "dTpw/w=="}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char expected[64];

        (void)snprintf(expected, sizeof expected, "Proxy-Authorization: Basic %s\r\n",
                       rows[i].coded);
        text = h1_text_connect("h:1", rows[i].plain, &is_refused);
        assert_non_null(strstr(text, expected));
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pseudo_fields_become_a_request_line),
        cmocka_unit_test(what_would_make_a_line_is_refused),
        cmocka_unit_test(a_proxy_is_asked_for_a_tunnel),
    };

    return cmocka_run_group_tests_name("client_h1_text", tests, NULL, NULL);
}
