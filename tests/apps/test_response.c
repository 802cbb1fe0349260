/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "response.h"
#include "support.h"

static void expect(const struct response *r, size_t at, const char *name, const char *value)
{
    assert_true(at < r->count);
    assert_int_equal(r->fields[at].name_length, strlen(name));
    assert_memory_equal(r->fields[at].name, name, strlen(name));
    assert_int_equal(r->fields[at].value_length, strlen(value));
    assert_memory_equal(r->fields[at].value, value, strlen(value));
    assert_int_equal(r->fields[at].token, hpack_token(name, strlen(name)));
}

static void response_begins_with_status_server_and_date(void **state)
{
    (void)state;
    struct response r;
    response_init(&r, 206, "now");
    expect(&r, 0, ":status", "206");
    expect(&r, 1, "server", "h2-server/" H2SESSION_VERSION);
    expect(&r, 2, "date", "now");
    response_add_length(&r, UINT64_MAX);
    expect(&r, 3, "content-length", "18446744073709551615");
    response_print(&r, "content-range", "bytes %d-%d/%d", 1, 2, 3);
    expect(&r, 4, "content-range", "bytes 1-2/3");
    expect(&r, 0, ":status", "206");
    assert_int_equal(r.count, 5);
    response_clear(&r);
}

static void text_that_does_not_fit_leaves_its_field_out(void **state)
{
    (void)state;
    char text[RESPONSE_TEXTS + 2];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct response r;
    response_init(&r, 200, "now");
    response_print(&r, "etag", "%s", text);
    assert_int_equal(r.count, 3);
    response_keep(&r, RESPONSE_ETAG, text, sizeof text - 1);
    assert_int_equal(r.count, 3);
    response_print(&r, "etag", "%s", "y");
    expect(&r, 3, "etag", "y");
    response_clear(&r);
}

static void known_names_have_their_tokens(void **state)
{
    (void)state;
    char value[] = "before";
    struct response r;
    response_init(&r, 200, "now");
    response_put(&r, RESPONSE_CONTENT_TYPE, "text/plain", 4);
    response_keep(&r, RESPONSE_CONTENT_LENGTH, "12", 2);
    response_keep(&r, RESPONSE_ETAG, value, 6);
    response_put(&r, RESPONSE_LAST_MODIFIED, "then", 4);
    response_put(&r, RESPONSE_ACCEPT_RANGES, "bytes", 5);
    response_put(&r, RESPONSE_VARY, "x", 1);
    value[0] = 'B';
    expect(&r, 3, "content-type", "text");
    expect(&r, 4, "content-length", "12");
    expect(&r, 5, "etag", "before");
    expect(&r, 6, "last-modified", "then");
    expect(&r, 7, "accept-ranges", "bytes");
    expect(&r, 8, "vary", "x");
    response_clear(&r);
}

static void owned_text_is_given_back(void **state)
{
    (void)state;
    struct response r;
    response_init(&r, 301, "now");
    char *location = strdup("/a/");
    assert_non_null(location);
    response_own(&r, location);
    response_add(&r, "location", location);
    expect(&r, 3, "location", "/a/");
    response_clear(&r);
    assert_null(r.owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_begins_with_status_server_and_date),
        cmocka_unit_test(known_names_have_their_tokens),
        cmocka_unit_test(text_that_does_not_fit_leaves_its_field_out),
        cmocka_unit_test(owned_text_is_given_back),
    };
    return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
