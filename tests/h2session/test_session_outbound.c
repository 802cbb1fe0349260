/* SPDX-License-Identifier: MIT */
/* What the application submits is held against the rules for what the peer sends: nothing malformed
 * goes out, and the error names the rule and the position of the field. */
#include "fixture.h"

#include <stdio.h>

enum { END = H2FRAME_FLAG_END_STREAM };

#define BASE ":method GET|:scheme https|:authority a.example|:path /"
#define TRACE ":method TRACE|:scheme https|:authority a.example|:path /"
#define R(name) H2SESSION_REASON_##name

enum { WITH_BODY = 1 };

struct submit_case {
    const char *fields;
    int body;
    uint32_t reason; /* 0: taken */
    uint64_t position;
};

/* rfc: 9113#8.2 rfc: 9113#8.2.1 rfc: 9113#8.2.2 rfc: 9113#8.3 rfc: 9113#8.3.1 rfc: 9113#8.5
 * rfc: 9110#8.6 rfc: 9110#9.3.8 */
static const struct submit_case REQUESTS[] = {
    {BASE "|x-a b", 0, 0, 0},
    {BASE "|content-length 5", WITH_BODY, 0, 0},
    {BASE "|X-A b", 0, R(FIELD_NAME), 4},
    {BASE "|a b|x:y z", 0, R(FIELD_NAME), 5},
    {BASE "|a b\rc", 0, R(FIELD_VALUE), 4},
    {BASE "|a  b", 0, R(FIELD_VALUE), 4},
    {BASE "|te gzip", 0, R(FIELD_TE), 4},
    {BASE "|connection close", 0, R(FIELD_CONNECTION), 4},
    {BASE "|a b|transfer-encoding chunked", 0, R(FIELD_CONNECTION), 5},
    {BASE "|a b|:path /", 0, R(PSEUDO_ORDER), 5},
    {BASE "|:path /", 0, R(PSEUDO_REPEATED), 4},
    {BASE "|:x y", 0, R(PSEUDO_UNKNOWN), 4},
    {BASE "|:status 200", 0, R(PSEUDO_NOT_ALLOWED), 4},
    {BASE "|host b.example", 0, R(HOST), 4},
    {":method GET|:scheme https|:path /", 0, R(AUTHORITY), 3},
    {":method GET|:scheme https|:authority a.example", 0, R(PSEUDO_MISSING), 3},
    {":method GET|:scheme https|:authority u@a.example|:path /", 0, R(AUTHORITY), 2},
    {":method GET|:scheme https|:authority a.example|:path *", 0, R(PATH), 3},
    {":method CONNECT|:authority a.example", WITH_BODY, R(CONNECT), 1},
    {BASE "|content-length 5|content-length 5", WITH_BODY, R(CONTENT_LENGTH), 5},
    {BASE "|content-length 5", 0, R(CONTENT_LENGTH_MISMATCH), 4},
    {TRACE, 0, 0, 0},
    {TRACE, WITH_BODY, R(CONTENT_NOT_ALLOWED), 0},
};

/* rfc: 9113#8.3.2 rfc: 9113#8.6 */
static const struct submit_case RESPONSES[] = {
    {":status 200|content-length 5", WITH_BODY, 0, 0},
    {":status 304|content-length 5", 0, 0, 0},
    {":status 2000", 0, R(STATUS), 0},
    {":status 101", 0, R(STATUS_101), 0},
    {"a b", 0, R(PSEUDO_MISSING), 1},
    {":status 200|:path /", 0, R(PSEUDO_NOT_ALLOWED), 1},
    {":status 200|te trailers", 0, R(FIELD_TE), 1},
    {":status 200|upgrade h2c", 0, R(FIELD_CONNECTION), 1},
    {":status 200|content-length 5", 0, R(CONTENT_LENGTH_MISMATCH), 1},
    {":status 204|a b|content-length 0", 0, R(CONTENT_LENGTH_FORBIDDEN), 2},
    {":status 205|content-length 5", WITH_BODY, R(CONTENT_LENGTH_MISMATCH), 1},
};

static const struct submit_case INTERIMS[] = {
    {":status 103|link </a>", 0, 0, 0},
    {":status 101", 0, R(STATUS_101), 0},
    {":status 100|content-length 0", 0, R(CONTENT_LENGTH_FORBIDDEN), 1},
};

/* rfc: 9110#6.5.1 */
static const struct submit_case TRAILERS[] = {
    {"x-sum 1", 0, 0, 0},
    {"a b|:status 200", 0, R(PSEUDO_NOT_ALLOWED), 1},
    {"a b|content-length 5", 0, R(FIELD_TRAILER), 1},
    {"te trailers", 0, R(FIELD_TE), 0},
};

typedef int (*submit_function)(struct fixture *f, const struct submit_case *c, struct body *body);

static int submit_request(struct fixture *f, const struct submit_case *c, struct body *body)
{
    return app_request(f, c->fields, body, NULL);
}

static int submit_response(struct fixture *f, const struct submit_case *c, struct body *body)
{
    return app_respond(f, 1, c->fields, body);
}

static int submit_interim(struct fixture *f, const struct submit_case *c, struct body *body)
{
    (void)body;
    return app_inform(f, 1, c->fields);
}

static int submit_trailers(struct fixture *f, const struct submit_case *c, struct body *body)
{
    assert_int_equal(app_respond(f, 1, ":status 200", body), 0);
    fixture_drain(f);
    fixture_clear(f);
    return app_trailers(f, 1, c->fields);
}

static void check(const struct submit_case *c, uint32_t role, submit_function submit)
{
    struct fixture f;
    struct body body = {.length = 5, .defer = 1};
    fixture_init(&f, role, NULL);
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    if (role == H2SESSION_SERVER) {
        peer_headers(&f, 1, BASE, END);
        assert_int_equal(fixture_turn(&f), 0);
        fixture_clear(&f);
    }
    int needs_body = c->body || submit == submit_trailers;
    int result = submit(&f, c, needs_body ? &body : NULL);
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(f.s, &fault), 0);
    if (result != (c->reason == 0 ? 0 : H2SESSION_ERR_FIELD) || fault.reason != c->reason ||
        fault.value != c->position) {
        fail_msg("%s: %s at %u", c->fields, h2session_reason_name(fault.reason),
                 (unsigned)fault.value);
    }
    if (c->reason != 0) {
        fixture_drain(&f);
        fixture_expect(&f, "");
    }
    fixture_end(&f);
}

#define CHECK_ALL(cases, role, submit)                                                             \
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases)[0]; i++) {                                \
        check(&(cases)[i], role, submit);                                                          \
    }

static void malformed_submits_are_refused_with_rule_and_position(void **state)
{
    (void)state;
    CHECK_ALL(REQUESTS, H2SESSION_CLIENT, submit_request)
    CHECK_ALL(RESPONSES, H2SESSION_SERVER, submit_response)
    CHECK_ALL(INTERIMS, H2SESSION_SERVER, submit_interim)
    CHECK_ALL(TRAILERS, H2SESSION_SERVER, submit_trailers)
}

/* ---- Bodies and content-length ---- */

struct length_case {
    size_t length; /* of the body; the head says 300 */
    size_t chunk;
    uint32_t lend;
    uint32_t flags; /* with its end */
    int good;
};

/* A body of another length than the head promised would only be found out by the peer, and a proxy
 * behind it might take the rest for another message. rfc: 9113#8.1.1 */
static void body_must_have_the_length_that_was_announced(void **state)
{
    (void)state;
    static const struct length_case CASES[] = {
        {300, 0, 0, 0, 1},
        {300, 100, 0, 0, 1},
        {300, 0, 1, 0, 1},
        {299, 0, 0, 0, 0},
        {299, 100, 0, 0, 0},
        {299, 0, 1, 0, 0},
        {301, 0, 0, 0, 0},
        {301, 100, 0, 0, 0},
        {301, 100, 1, 0, 0},
        {0, 0, 0, 0, 0},
        {300, 0, 0, H2SESSION_BODY_TRAILERS, 1},
        {299, 0, 0, H2SESSION_BODY_TRAILERS, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0] * 2; i++) {
        const struct length_case *c = &CASES[i / 2];
        struct body body = {
            .length = c->length, .chunk = c->chunk, .lend = c->lend, .flags = c->flags};
        struct fixture f;
        fixture_init(&f, i % 2 ? H2SESSION_CLIENT : H2SESSION_SERVER, NULL);
        assert_int_equal(fixture_start(&f), 0);
        fixture_greet(&f);
        if (i % 2) {
            assert_int_equal(app_request(&f, BASE "|content-length 300", &body, NULL), 0);
        } else {
            peer_headers(&f, 1, BASE, END);
            assert_int_equal(fixture_turn(&f), 0);
            assert_int_equal(app_respond(&f, 1, ":status 200|content-length 300", &body), 0);
        }
        fixture_drain(&f);
        int reset = fixture_has(&f, "> RST_STREAM 1 INTERNAL_ERROR") &&
                    fixture_has(&f, "closed 1 INTERNAL_ERROR CONTENT_LENGTH_MISMATCH");
        if (reset == c->good) {
            fail_msg("%zu: %s", i, fixture_text(&f));
        }
        body_free(&body);
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_submits_are_refused_with_rule_and_position),
        cmocka_unit_test(body_must_have_the_length_that_was_announced),
    };
    return cmocka_run_group_tests_name("session_outbound", tests, NULL, NULL);
}
