/* SPDX-License-Identifier: MIT */
/* Requests that may be promised, and origins that are the same. rfc: 9113#8.4 rfc: 9113#8.4.1 */
#include "support.h"

#include <string.h>

#include "http_fields.h"
#include "http_push.h"

#define R(name) H2SESSION_REASON_##name
#define METHOD(name) F(":method", name)
#define TARGET F(":scheme", "https"), F(":authority", "example.com"), F(":path", "/")

struct promise_case {
    uint32_t reason;
    size_t position;
    hpack_field fields[FIELDS_MAX];
};

static void promised_request_is_safe_cacheable_and_whole(void **state)
{
    (void)state;
    static const struct promise_case CASES[] = {
        {0, 0, {METHOD("GET"), TARGET}},
        {0, 0, {METHOD("HEAD"), TARGET, F("accept", "*/*")}},
        {0, 0, {METHOD("GET"), TARGET, F("content-length", "0")}},
        {R(CONTENT_NOT_ALLOWED), 5, {METHOD("GET"), TARGET, F("a", "b"), F("content-length", "1")}},
        {R(CONTENT_LENGTH), 4, {METHOD("GET"), TARGET, F("content-length", "-1")}},
        {R(PUSH_METHOD), 3, {TARGET, METHOD("POST")}},
        {R(PUSH_METHOD), 0, {METHOD("OPTIONS"), TARGET}},
        {R(PUSH_METHOD), 0, {METHOD("TRACE"), TARGET}},
        {R(PUSH_METHOD), 0, {METHOD("get"), TARGET}},
        {R(PUSH_METHOD), 0, {METHOD("CONNECT"), F(":authority", "example.com:443")}},
        {R(PSEUDO_MISSING), 3, {TARGET}},
        {R(PSEUDO_MISSING), 3, {METHOD("GET"), F(":scheme", "https"), F(":authority", "a")}},
        {R(PSEUDO_MISSING),
         4,
         {METHOD("GET"), F(":scheme", "https"), F(":path", "/"), F("host", "example.com")}},
        {R(PSEUDO_NOT_ALLOWED), 1, {METHOD("GET"), F(":status", "200"), TARGET}},
        {R(PSEUDO_NOT_ALLOWED), 1, {METHOD("CONNECT"), F(":protocol", "websocket"), TARGET}},
        {R(FIELD_CONNECTION), 4, {METHOD("GET"), TARGET, F("connection", "close")}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0] * 2; i++) {
        struct promise_case c = CASES[i / 2];
        size_t count = fields_count(c.fields);
        if (i % 2) {
            fields_set_tokens(c.fields, count);
        }
        struct http_request out;
        struct verdict v = h2session__http_push_request(c.fields, count, 0, &out);
        if (v.reason != c.reason || v.value != c.position) {
            fail_msg("case %zu: %s at %u", i / 2, h2session_reason_name(v.reason),
                     (unsigned)v.value);
        }
        assert_int_equal(v.scope, c.reason == 0 ? VERDICT_OK : VERDICT_STREAM);
        assert_int_equal(v.code, c.reason == 0 ? 0 : H2FRAME_CODE_PROTOCOL_ERROR);
    }
}

struct origin_case {
    int same;
    const char *scheme;
    const char *authority;
    const char *other_scheme;
    const char *other_authority;
};

static void set(hpack_field *f, const char *name, const char *value)
{
    *f = (hpack_field){.name = name,
                       .value = value,
                       .name_length = (uint32_t)strlen(name),
                       .value_length = (uint32_t)strlen(value)};
}

static void origins_compare_without_case_and_default_port(void **state)
{
    (void)state;
    static const struct origin_case CASES[] = {
        {1, "https", "example.com", "https", "example.com"},
        {1, "https", "example.com", "HTTPS", "EXAMPLE.com:443"},
        {1, "http", "example.com:80", "http", "example.com"},
        {1, "https", "[::1]:8443", "https", "[::1]:8443"},
        {1, "coap", "a", "coap", "a"},
        {0, "https", "example.com", "http", "example.com"},
        {0, "https", "example.com", "https", "example.org"},
        {0, "https", "example.com", "https", "www.example.com"},
        {0, "https", "example.com", "https", "example.com:80"},
        {0, "http", "example.com", "http", "example.com:443"},
        {0, "coap", "a", "coap", "a:80"},
        {0, "https", "example.com", "https", "user@example.com"},
        {0, "https", "", "https", "example.com"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct origin_case *c = &CASES[i];
        hpack_field a[ORIGIN_FIELDS];
        hpack_field b[ORIGIN_FIELDS];
        set(&a[0], ":scheme", c->scheme);
        set(&a[1], ":authority", c->authority);
        set(&b[0], ":scheme", c->other_scheme);
        set(&b[1], ":authority", c->other_authority);
        assert_int_equal(h2session__http_push_same_origin(a, b), c->same);
        assert_int_equal(h2session__http_push_same_origin(b, a), c->same);
    }
}

static void origin_is_scheme_and_authority_or_host(void **state)
{
    (void)state;
    static const struct {
        const char *authority; /* NULL: none */
        hpack_field fields[FIELDS_MAX];
    } CASES[] = {
        {"example.com", {METHOD("GET"), TARGET, F("host", "EXAMPLE.com")}},
        {"a.example",
         {METHOD("GET"), F(":scheme", "https"), F(":path", "/"), F("host", "a.example")}},
        {NULL, {METHOD("CONNECT"), F(":authority", "example.com:443")}},
        {NULL, {METHOD("GET"), F(":scheme", "urn"), F(":path", "/")}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        hpack_field origin[ORIGIN_FIELDS];
        const char *expected = CASES[i].authority;
        int result =
            h2session__http_push_origin(CASES[i].fields, fields_count(CASES[i].fields), origin);
        assert_int_equal(result, expected != NULL ? 0 : -1);
        if (expected != NULL) {
            assert_int_equal(origin[1].value_length, strlen(expected));
            assert_memory_equal(origin[1].value, expected, strlen(expected));
            assert_memory_equal(origin[0].value, "https", 5);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promised_request_is_safe_cacheable_and_whole),
        cmocka_unit_test(origins_compare_without_case_and_default_port),
        cmocka_unit_test(origin_is_scheme_and_authority_or_host),
    };
    return cmocka_run_group_tests_name("http_push", tests, NULL, NULL);
}
