/* SPDX-License-Identifier: MIT */
/* Requests that the HTTP/1.1 machine must not take: each is refused before anything of it is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h1_fixture.h"
#include "http_status.h"

/* rfc: 9112#2.2 rfc: 9112#3.2 rfc: 9112#5.1 rfc: 9112#5.2 rfc: 9112#6.1 */
static void ambiguous_heads_are_refused_untold(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        const char *in;
    } cases[] = {
        {"400", POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"400", POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"},
        {"400", POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\n"},
        {"400", POST "Content-Length: 3, 3\r\n\r\n"},
        {"400", POST "Content-Length: +3\r\n\r\n"},
        {"400", POST "Content-Length: -3\r\n\r\n"},
        {"400", POST "Content-Length: 0x3\r\n\r\n"},
        {"400", POST "Content-Length:\r\n\r\n"},
        {"400", POST "Content-Length: 3 3\r\n\r\n"},
        {"400", POST "Content-Length: 99999999999999999999999\r\n\r\n"},
        {"413", POST "Content-Length: 9223372036854775807\r\n\r\n"},
        {"501", POST "Transfer-Encoding: gzip, chunked\r\n\r\n"},
        {"400", POST "Transfer-Encoding: chunked, identity\r\n\r\n"},
        {"400", POST "Transfer-Encoding: xchunked\r\n\r\n"},
        {"400", POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"400", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"400", POST "X: a\r\n b\r\n\r\n"},
        {"400", POST "X: a\r\n\tb\r\n\r\n"},
        {"400", POST "X: a\rTransfer-Encoding: chunked\r\n\r\n"},
        {"400", POST "X: \rb\r\n\r\n"},
        {"400", POST "X: a\nY: b\r\n\r\n"},
        {"400", POST "X : a\r\n\r\n"},
        {"400", POST "Content-Length : 3\r\n\r\n"},
        {"400", POST ": a\r\n\r\n"},
        {"400", POST "X\r\n\r\n"},
        {"400", POST "X: \001\r\n\r\n"},
        {"400", POST "X\x80: a\r\n\r\n"},
        {"400", POST HOST "\r\n"},
        {"400", "GET / HTTP/1.1\r\n\r\n"},
        {"400", "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
        {"400", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {"400", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        {"400", "GET http:/// HTTP/1.1\r\n" HOST "\r\n"},
        {"400", "GET ftp://a/ HTTP/1.1\r\n" HOST "\r\n"},
        {"400", "GET * HTTP/1.1\r\n" HOST "\r\n"},
        {"400", "GET a HTTP/1.1\r\n" HOST "\r\n"},
        {"400", "GET /#x HTTP/1.1\r\n" HOST "\r\n"},
        {"400", "GET /\x80 HTTP/1.1\r\n" HOST "\r\n"},
        {"400", "GET / x HTTP/1.1\r\n" HOST "\r\n"},
        {"400", "GET  / HTTP/1.1\r\n" HOST "\r\n"},
        {"400", "GET\t/ HTTP/1.1\r\n" HOST "\r\n"},
        {"400", "GET /\r\n" HOST "\r\n"},
        {"400", "GET / http/1.1\r\n" HOST "\r\n"},
        {"400", "G@T / HTTP/1.1\r\n" HOST "\r\n"},
        {"400", "\x16\x03\x01\x02"},
        {"400", "\r\n\r\n\r\n\r\n\r\n"},
        {"501", "NONSENSE / HTTP/1.1\r\n" HOST "\r\n"},
        {"501", "CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n"},
        {"505", "GET / HTTP/1.2\r\n" HOST "\r\n"},
        {"505", "GET / HTTP/2.0\r\n" HOST "\r\n"},
        {"505", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"417", POST "Expect: wonders\r\nContent-Length: 1\r\n\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char sent[200];
        struct fixture f = {.given = 0};
        assert_int_equal(open_fixture(&f), 0);
        feed(&f, cases[i].in, strlen(cases[i].in));
        (void)snprintf(sent, sizeof sent,
                       "HTTP/1.1 %s %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                       cases[i].status, http_status_phrase((unsigned)atoi(cases[i].status)));
        if (strcmp(f.sent, sent) != 0 || f.told[0] != '\0') {
            fail_msg("%s\ngot %s", cases[i].in, f.sent);
        }
        close_fixture(&f);
        struct script s = {cases[i].in, "", sent, 1};
        test_each_split(strlen(cases[i].in), run_cuts, &s);
    }
}

/* What the parser behind it would refuse as well must not get there. */
static void heads_are_judged_before_they_are_parsed(void **state)
{
    (void)state;
    static const char *const cases[] = {
        POST "X: a\rb\r\n\r\n",     POST "X: a\nY: b\r\n\r\n", POST "X: a\r\n b\r\n\r\n",
        POST "X: a\r\n\tb\r\n\r\n", POST "X: \x7f\r\n\r\n",    POST "X: \001\r\n\r\n",
        "(GET / HTTP/1.1\r\n\r\n",
    };
    static const struct h1_limits limits = {1000, 100, 10};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct h1_scan scan = {.at = 0};
        assert_int_equal(h1_head_scan(&scan, cases[i], strlen(cases[i]), &limits), 400);
    }
}

static void two_framings_are_refused_whoever_parsed_them(void **state)
{
    (void)state;
    char text[] = "GET / HTTP/1.1\r\n";
    char names[] = "host,Content-Length,Transfer-Encoding";
    hpack_field fields[H1_PSEUDO_FIELDS + 3] = {{.name = NULL}};
    struct h1_head head = {.fields = fields, .count = H1_PSEUDO_FIELDS + 3};
    fields[H1_PSEUDO_FIELDS] = (hpack_field){names, "a", 4, 1, 0, 0};
    fields[H1_PSEUDO_FIELDS + 1] = (hpack_field){names + 5, "3", 14, 1, 0, 0};
    fields[H1_PSEUDO_FIELDS + 2] = (hpack_field){names + 20, "chunked", 17, 7, 0, 0};
    assert_int_equal(h1_head_line(&head, text, sizeof text - 1), 0);
    assert_int_equal(h1_head_fields(&head, "http"), 400);
}

static void nul_in_a_head_is_refused(void **state)
{
    (void)state;
    static const char in[] = "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n";
    struct fixture f = {.given = 0};
    assert_int_equal(open_fixture(&f), 0);
    feed(&f, in, sizeof in - 1);
    assert_non_null(strstr(f.sent, "HTTP/1.1 400 "));
    assert_string_equal(f.told, "");
    close_fixture(&f);
}

/* Feeds the octet until an answer comes; returns how many it took. */
static size_t flood(struct fixture *f, const char *begin, const char *octets)
{
    feed(f, begin, strlen(begin));
    size_t count = 0;
    while (f->sent[0] == '\0' && count < 100000) {
        feed(f, octets, strlen(octets));
        count += strlen(octets);
    }
    return count;
}

/* rfc: 9110#15.5.15 rfc: 6585#5 */
static void heads_are_limited(void **state)
{
    (void)state;
    static const struct {
        const char *begin;
        const char *octets;
        const char *sent;
        size_t most;
    } cases[] = {
        {"GET /", "a", "HTTP/1.1 414 URI Too Long\r\n", 100},
        {"GET / HTTP/1.1\r\nX: ", "a", "HTTP/1.1 431 Request Header Fields Too Large\r\n", 300},
        {"GET / HTTP/1.1\r\n", "a:\r\n", "HTTP/1.1 431 Request Header Fields Too Large\r\n", 50},
        {POST "Transfer-Encoding: chunked\r\n\r\n1;", "a", "HTTP/1.1 400 Bad Request\r\n", 310},
        {POST "Transfer-Encoding: chunked\r\n\r\n0\r\n", "X: a\r\n", "HTTP/1.1 400 Bad Request\r\n",
         310},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f = {.given = 0};
        assert_int_equal(open_fixture(&f), 0);
        const size_t count = flood(&f, cases[i].begin, cases[i].octets);
        assert_memory_equal(f.sent, cases[i].sent, strlen(cases[i].sent));
        assert_in_range(count, 30, cases[i].most);
        close_fixture(&f);
    }
}

static void bodies_are_limited(void **state)
{
    (void)state;
    static const char *const cases[] = {
        POST "Content-Length: 6\r\n\r\n",
        POST "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n",
    };
    for (size_t i = 0; i < 2; i++) {
        struct fixture f = {.given = 0};
        assert_int_equal(open_fixture(&f), 0);
        h1_conn_free(f.conn);
        f.config.body_limit = 5;
        assert_int_equal(h1_conn_new(&f.conn, &f.config, &CALLBACKS, &f, 1), 0);
        feed(&f, cases[i], strlen(cases[i]));
        assert_non_null(strstr(f.sent, "HTTP/1.1 413 Content Too Large\r\n"));
        close_fixture(&f);
    }
}

static void broken_chunks_are_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "x\r\n", "\r\n", "1\na\r\n", "1\r\nab\r\n", "-1\r\n", "0x1\r\n", "fffffffffffffffff\r\n"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct fixture f = {.given = 0};
        assert_int_equal(open_fixture(&f), 0);
        static const char head[] = POST "Transfer-Encoding: chunked\r\n\r\n";
        feed(&f, head, sizeof head - 1);
        feed(&f, bodies[i], strlen(bodies[i]));
        assert_non_null(strstr(f.sent, "HTTP/1.1 400 Bad Request\r\n"));
        assert_null(strstr(f.told, "end"));
        close_fixture(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ambiguous_heads_are_refused_untold),
        cmocka_unit_test(heads_are_judged_before_they_are_parsed),
        cmocka_unit_test(two_framings_are_refused_whoever_parsed_them),
        cmocka_unit_test(nul_in_a_head_is_refused),
        cmocka_unit_test(heads_are_limited),
        cmocka_unit_test(bodies_are_limited),
        cmocka_unit_test(broken_chunks_are_refused),
    };
    return cmocka_run_group_tests_name("h1_refusals", tests, NULL, NULL);
}
