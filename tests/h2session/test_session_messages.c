/* SPDX-License-Identifier: MIT */
/*
 * Malformed messages (RFC 9113 8.1.1) on a session: each ends its stream with PROTOCOL_ERROR and
 * the reason of the rule, other streams go on. The rules themselves are tested octet by octet in
 * http_rules; here it is that every kind of section and every way to end a body reaches them.
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

#define TRACE ":method TRACE|:scheme https|:authority a.example|:path /"
#define BASE ":method GET|:scheme https|:authority a.example|:path /"

struct message_case {
    const char *reason; /* of the stream error; NULL: the message is well-formed */
    const char *head;
    uint32_t head_flags;
    int data;             /* octets of body with END_STREAM unless trailers follow; -1: none */
    const char *trailers; /* with END_STREAM, or NULL */
};

/* rfc: 9113#8.1 rfc: 9113#8.1.1 rfc: 9113#8.2 rfc: 9113#8.2.1 rfc: 9113#8.2.2 rfc: 9113#8.3
 * rfc: 9113#8.3.1 rfc: 9113#8.5 rfc: 9110#8.6 rfc: 9110#6.5.1 rfc: 9110#9.3.8 */
static const struct message_case REQUESTS[] = {
    {NULL, BASE, END, -1, NULL},
    {NULL, BASE "|content-length 3", 0, 3, NULL},
    {NULL, BASE "|content-length 3", 0, 3, "x-a b"},
    {NULL, BASE "|te trailers", END, -1, NULL},
    {NULL, BASE "|cookie a=1|cookie b=2", END, -1, NULL},
    {NULL, ":method OPTIONS|:scheme https|:authority a.example|:path *", END, -1, NULL},
    {NULL, ":method CONNECT|:authority a.example:443", 0, 5, NULL},
    {"FIELD_NAME", BASE "|X-Upper a", END, -1, NULL},
    {"FIELD_NAME", BASE "|a:b c", END, -1, NULL},
    {"FIELD_NAME", BASE "| x", END, -1, NULL},
    {"FIELD_VALUE", BASE "|a b\rc", END, -1, NULL},
    {"FIELD_VALUE", BASE "|a b\nc", END, -1, NULL},
    {"FIELD_VALUE", BASE "|a  b", END, -1, NULL},
    {"FIELD_VALUE", BASE "|a b\t", END, -1, NULL},
    {"FIELD_CONNECTION", BASE "|connection close", END, -1, NULL},
    {"FIELD_CONNECTION", BASE "|proxy-connection close", END, -1, NULL},
    {"FIELD_CONNECTION", BASE "|keep-alive 5", END, -1, NULL},
    {"FIELD_CONNECTION", BASE "|transfer-encoding chunked", END, -1, NULL},
    {"FIELD_CONNECTION", BASE "|upgrade h2c", END, -1, NULL},
    {"FIELD_TE", BASE "|te gzip", END, -1, NULL},
    {"PSEUDO_UNKNOWN", BASE "|:foo bar", END, -1, NULL},
    {"PSEUDO_NOT_ALLOWED", BASE "|:status 200", END, -1, NULL},
    {"PSEUDO_NOT_ALLOWED",
     ":method CONNECT|:protocol websocket|:scheme https|:authority a.example|:path /", 0, -1, NULL},
    {"PSEUDO_ORDER", ":method GET|:scheme https|:authority a|accept b|:path /", END, -1, NULL},
    {"PSEUDO_REPEATED", BASE "|:path /", END, -1, NULL},
    {"PSEUDO_MISSING", ":scheme https|:authority a.example|:path /", END, -1, NULL},
    {"PSEUDO_MISSING", ":method GET|:authority a.example|:path /", END, -1, NULL},
    {"PSEUDO_MISSING", ":method GET|:scheme https|:authority a.example", END, -1, NULL},
    {"METHOD", ":method G T|:scheme https|:authority a.example|:path /", END, -1, NULL},
    {"SCHEME", ":method GET|:scheme 1s|:authority a.example|:path /", END, -1, NULL},
    {"PATH", ":method GET|:scheme https|:authority a.example|:path ", END, -1, NULL},
    {"PATH", ":method GET|:scheme https|:authority a.example|:path *", END, -1, NULL},
    {"PATH", ":method GET|:scheme https|:authority a.example|:path /a#b", END, -1, NULL},
    {"AUTHORITY", ":method GET|:scheme https|:authority u@a.example|:path /", END, -1, NULL},
    {"AUTHORITY", ":method GET|:scheme https|:path /", END, -1, NULL},
    {"HOST", BASE "|host b.example", END, -1, NULL},
    {"HOST", BASE "|host a.example|host a.example", END, -1, NULL},
    {"CONNECT", ":method CONNECT|:authority a.example", 0, -1, NULL},
    {"CONNECT", ":method CONNECT|:authority a.example:443|:path /", 0, -1, NULL},
    {"CONTENT_LENGTH", BASE "|content-length 3|content-length 3", 0, 3, NULL},
    {"CONTENT_LENGTH", BASE "|content-length +3", 0, 3, NULL},
    {"CONTENT_LENGTH", BASE "|content-length 9223372036854775808", 0, 3, NULL},
    {"CONTENT_LENGTH_MISMATCH", BASE "|content-length 3", END, -1, NULL},
    {"CONTENT_LENGTH_MISMATCH", BASE "|content-length 3", 0, 2, NULL},
    {"CONTENT_LENGTH_MISMATCH", BASE "|content-length 3", 0, 4, NULL},
    {"CONTENT_LENGTH_MISMATCH", BASE "|content-length 3", 0, 2, "x-a b"},
    {"CONTENT_LENGTH_MISMATCH", BASE "|content-length 3", 0, 0, NULL},
    {"PSEUDO_NOT_ALLOWED", BASE, 0, 1, ":path /"},
    {"FIELD_NAME", BASE, 0, 1, "X-A b"},
    {"FIELD_CONNECTION", BASE, 0, 1, "connection close"},
    {"FIELD_TRAILER", BASE, 0, 1, "content-length 1"},
    {"FIELD_TRAILER", BASE, 0, 1, "x-a b|authorization c"},
    {NULL, TRACE, END, -1, NULL},
    {NULL, TRACE, 0, 0, NULL},
    {NULL, TRACE "|content-length 0", 0, 0, "x-a b"},
    {"CONTENT_NOT_ALLOWED", TRACE, 0, 5, NULL},
    {"CONTENT_NOT_ALLOWED", TRACE "|content-length 5", 0, 5, NULL},
};

/* rfc: 9113#8.3.2 rfc: 9113#8.6 rfc: 9110#6.4.1 */
static const struct message_case RESPONSES[] = {
    {NULL, ":status 200", END, -1, NULL},
    {NULL, ":status 200|content-length 4", 0, 4, "x-a b"},
    {NULL, ":status 304|content-length 4", END, -1, NULL},
    {"PSEUDO_MISSING", "server a", END, -1, NULL},
    {"PSEUDO_REPEATED", ":status 200|:status 200", END, -1, NULL},
    {"PSEUDO_NOT_ALLOWED", ":status 200|:path /", END, -1, NULL},
    {"STATUS", ":status 20", END, -1, NULL},
    {"STATUS", ":status 2x0", END, -1, NULL},
    {"STATUS", ":status 099", END, -1, NULL},
    {"STATUS", ":status 600", END, -1, NULL},
    {"STATUS_101", ":status 101", 0, -1, NULL},
    {"INFORMATIONAL_END", ":status 103", END, -1, NULL},
    {"DATA_BEFORE_HEADERS", ":status 103", 0, 4, NULL},
    {"CONTENT_NOT_ALLOWED", ":status 204", 0, 4, NULL},
    {"CONTENT_NOT_ALLOWED", ":status 304", 0, 4, NULL},
    {"CONTENT_LENGTH_MISMATCH", ":status 200|content-length 4", END, -1, NULL},
    {"CONTENT_LENGTH_MISMATCH", ":status 200|content-length 4", 0, 3, NULL},
    {"PSEUDO_NOT_ALLOWED", ":status 200", 0, 1, ":status 200"},
    {"FIELD_CONNECTION", ":status 200|connection close", END, -1, NULL},
    {NULL, ":status 204|content-length 4", END, -1, NULL},
    {NULL, ":status 205|content-length 0", END, -1, NULL},
    {"CONTENT_NOT_ALLOWED", ":status 205", 0, 4, NULL},
    {"CONTENT_LENGTH_MISMATCH", ":status 205|content-length 4", END, -1, NULL},
    {"DATA_BEFORE_HEADERS", ":status 103", 0, 0, NULL},
    {"FIELD_TRAILER", ":status 200", 0, 1, "set-cookie a=b"},
};

static void send_case(struct fixture *f, const struct message_case *c)
{
    peer_headers(f, 1, c->head, c->head_flags);
    if (c->data >= 0) {
        peer_data(f, 1, (size_t)c->data, c->trailers == NULL ? END : 0);
    }
    if (c->trailers != NULL) {
        peer_headers(f, 1, c->trailers, END);
    }
}

static int has_fault(struct fixture *f, const char *reason)
{
    char line[160];
    (void)snprintf(line, sizeof line, "fault stream 1 PROTOCOL_ERROR %s", reason);
    return fixture_has(f, line) && fixture_has(f, "> RST_STREAM 1 PROTOCOL_ERROR");
}

static void check_case(const struct message_case *c, uint32_t role)
{
    struct fixture f;
    fixture_init(&f, role, NULL);
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    if (role == H2SESSION_CLIENT) {
        assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
        assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    }
    send_case(&f, c);
    assert_int_equal(fixture_turn(&f), 0);
    int good = c->reason == NULL ? strstr(fixture_text(&f), "fault") == NULL
                                 : has_fault(&f, c->reason) && !fixture_has(&f, "end 1");
    good = good && (c->reason != NULL || strstr(fixture_text(&f), "end 1") != NULL ||
                    (c->data < 0 && c->head_flags == 0));
    fixture_clear(&f);
    /* The dynamic table is in step and other streams live. */
    const char *fields = role == H2SESSION_SERVER ? BASE "|x-n v" : ":status 200|x-n v";
    peer_headers(&f, 3, fields, END);
    assert_int_equal(fixture_turn(&f), 0);
    if (!good || !fixture_has(&f, "end 3")) {
        print_error("%s: %s, then:\n%s", c->head, c->reason, fixture_text(&f));
        fail();
    }
    fixture_end(&f);
}

static void malformed_requests_end_their_stream(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REQUESTS / sizeof REQUESTS[0]; i++) {
        check_case(&REQUESTS[i], H2SESSION_SERVER);
    }
}

static void malformed_responses_end_their_stream(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof RESPONSES / sizeof RESPONSES[0]; i++) {
        check_case(&RESPONSES[i], H2SESSION_CLIENT);
    }
}

/* rfc: 9113#8.1.1 */
static void request_that_ends_before_its_content_is_not_told(void **state)
{
    (void)state;
    static const char *const told[] = {BASE, BASE "|content-length 0"};
    for (int i = 0; i < 3; i++) {
        struct fixture f;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        assert_int_equal(fixture_start(&f), 0);
        fixture_greet(&f);
        peer_headers(&f, 1, i < 2 ? told[i] : BASE "|content-length 3", END);
        assert_int_equal(fixture_turn(&f), 0);
        assert_int_equal(strstr(fixture_text(&f), "request 1") != NULL, i < 2);
        assert_int_equal(has_fault(&f, "CONTENT_LENGTH_MISMATCH"), i == 2);
        assert_int_equal(strstr(fixture_text(&f), "closed 1") != NULL && i == 2, 0);
        fixture_end(&f);
    }
}

/* rfc: 9113#8.1 */
static void second_head_of_a_request_is_malformed(void **state)
{
    (void)state;
    const struct message_case c = {"HEADERS_UNEXPECTED", BASE, 0, 1, NULL};
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    peer_headers(&f, 1, c.head, 0);
    peer_headers(&f, 1, "x-trailer a", 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(has_fault(&f, c.reason));
    fixture_end(&f);
}

/* rfc: 9113#8.5 */
static void headers_inside_a_tunnel_end_it(void **state)
{
    (void)state;
    for (uint32_t role = H2SESSION_CLIENT; role <= H2SESSION_SERVER; role++) {
        struct fixture f;
        const char *fields = ":method CONNECT|:authority a.example:443";
        struct body body = {.length = 1, .defer = 9};
        fixture_init(&f, role, NULL);
        assert_int_equal(fixture_start(&f), 0);
        fixture_greet(&f);
        if (role == H2SESSION_CLIENT) {
            assert_int_equal(app_request(&f, fields, &body, NULL), 0);
            peer_headers(&f, 1, ":status 200", 0);
        } else {
            peer_headers(&f, 1, fields, 0);
            assert_int_equal(fixture_feed(&f), 0);
            assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        }
        peer_data(&f, 1, 5, 0);
        peer_headers(&f, 1, "x-a b", END);
        assert_int_equal(fixture_turn(&f), 0);
        assert_true(has_fault(&f, "HEADERS_UNEXPECTED"));
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_requests_end_their_stream),
        cmocka_unit_test(malformed_responses_end_their_stream),
        cmocka_unit_test(request_that_ends_before_its_content_is_not_told),
        cmocka_unit_test(second_head_of_a_request_is_malformed),
        cmocka_unit_test(headers_inside_a_tunnel_end_it),
    };
    return cmocka_run_group_tests_name("session_messages", tests, NULL, NULL);
}
