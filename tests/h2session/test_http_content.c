/* SPDX-License-Identifier: MIT */
/* What content messages have, and which submitted heads promise what they cannot keep. */
#include "support.h"

#include "http_content.h"

#define R(name) H2SESSION_REASON_##name

/* rfc: 9110#6.4.1 rfc: 9110#8.6 */
static void status_and_method_tell_the_content_of_a_response(void **state)
{
    (void)state;
    for (uint32_t status = 100; status < 600; status++) {
        for (uint32_t method = HTTP_METHOD_OTHER; method <= HTTP_METHOD_TRACE; method++) {
            int tunnel = method == HTTP_METHOD_CONNECT && status / 100 == 2;
            int absent = status < 200 || status == 204 || status == 304;
            uint32_t expected = absent || method == HTTP_METHOD_HEAD ? CONTENT_ABSENT
                                : status == 205                      ? CONTENT_EMPTY
                                                                     : CONTENT_FREE;
            expected = tunnel ? CONTENT_TUNNEL : expected;
            assert_int_equal(h2session__http_content_of_response(method, status), expected);
            assert_int_equal(h2session__http_content_has_length(method, status),
                             status >= 200 && status != 204 && !tunnel);
        }
    }
}

static void method_tells_the_content_of_a_request(void **state)
{
    (void)state;
    static const uint32_t CONTENT[] = {CONTENT_FREE, CONTENT_FREE, CONTENT_FREE, CONTENT_TUNNEL,
                                       CONTENT_EMPTY};
    for (uint32_t method = HTTP_METHOD_OTHER; method <= HTTP_METHOD_TRACE; method++) {
        const struct http_request request = {.method = method, .content_length = -1};
        assert_int_equal(h2session__http_content_of_request(&request), CONTENT[method]);
    }
}

struct sent_case {
    uint32_t method;
    uint32_t status; /* 0: a request */
    int64_t length;
    int has_source;
    uint32_t reason;
};

/* rfc: 9113#8.1.1 rfc: 9110#8.6 rfc: 9110#9.3.8 */
static const struct sent_case CASES[] = {
    {HTTP_METHOD_GET, 0, -1, 0, 0},
    {HTTP_METHOD_GET, 0, -1, 1, 0},
    {HTTP_METHOD_GET, 0, 5, 1, 0},
    {HTTP_METHOD_GET, 0, 0, 0, 0},
    {HTTP_METHOD_OTHER, 0, 5, 0, R(CONTENT_LENGTH_MISMATCH)},
    {HTTP_METHOD_CONNECT, 0, -1, 1, 0},
    {HTTP_METHOD_TRACE, 0, -1, 0, 0},
    {HTTP_METHOD_TRACE, 0, -1, 1, R(CONTENT_NOT_ALLOWED)},
    {HTTP_METHOD_GET, 200, -1, 0, 0},
    {HTTP_METHOD_GET, 200, 0, 0, 0},
    {HTTP_METHOD_GET, 200, 5, 1, 0},
    {HTTP_METHOD_GET, 200, 5, 0, R(CONTENT_LENGTH_MISMATCH)},
    {HTTP_METHOD_HEAD, 200, 5, 0, 0},
    {HTTP_METHOD_HEAD, 200, 5, 1, 0},
    {HTTP_METHOD_GET, 304, 5, 0, 0},
    {HTTP_METHOD_GET, 204, -1, 1, 0},
    {HTTP_METHOD_GET, 204, 0, 0, R(CONTENT_LENGTH_FORBIDDEN)},
    {HTTP_METHOD_HEAD, 204, 5, 0, R(CONTENT_LENGTH_FORBIDDEN)},
    {HTTP_METHOD_GET, 103, -1, 0, 0},
    {HTTP_METHOD_GET, 103, 0, 0, R(CONTENT_LENGTH_FORBIDDEN)},
    {HTTP_METHOD_GET, 205, 0, 0, 0},
    {HTTP_METHOD_GET, 205, -1, 1, 0},
    {HTTP_METHOD_GET, 205, 5, 1, R(CONTENT_LENGTH_MISMATCH)},
    {HTTP_METHOD_CONNECT, 200, -1, 1, 0},
    {HTTP_METHOD_CONNECT, 200, 0, 1, R(CONTENT_LENGTH_FORBIDDEN)},
    {HTTP_METHOD_CONNECT, 403, 5, 1, 0},
    {HTTP_METHOD_CONNECT, 403, 5, 0, R(CONTENT_LENGTH_MISMATCH)},
};

static struct verdict judge(const struct sent_case *c)
{
    if (c->status == 0) {
        const struct http_request request = {
            .method = c->method, .content_length = c->length, .content_length_at = 7};
        return h2session__http_content_request_sent(&request, c->has_source);
    }
    const struct http_response response = {.status = c->status,
                                           .is_informational = c->status < 200,
                                           .content_length = c->length,
                                           .content_length_at = 7};
    return h2session__http_content_response_sent(c->method, &response, c->has_source);
}

static void length_that_cannot_be_kept_is_refused_at_its_position(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct verdict v = judge(&CASES[i]);
        if (v.reason != CASES[i].reason) {
            fail_msg("case %zu: %s", i, h2session_reason_name(v.reason));
        }
        uint64_t position = v.reason == 0 || v.reason == R(CONTENT_NOT_ALLOWED) ? 0 : 7;
        assert_int_equal(v.value, position);
        assert_int_equal(v.scope, v.reason == 0 ? VERDICT_OK : VERDICT_STREAM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_and_method_tell_the_content_of_a_response),
        cmocka_unit_test(method_tells_the_content_of_a_request),
        cmocka_unit_test(length_that_cannot_be_kept_is_refused_at_its_position),
    };
    return cmocka_run_group_tests_name("http_content", tests, NULL, NULL);
}
