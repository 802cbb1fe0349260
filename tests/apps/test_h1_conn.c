/* SPDX-License-Identifier: MIT */
/* The HTTP/1.1 machine with requests that are in order. */
#include <string.h>

#include "h1_fixture.h"

static const uint64_t SECOND = 1000000000;

#define GET_TOLD(path) ":method=GET :scheme=http :path=" path " :authority=a"
#define POST_TOLD ":method=POST :scheme=http :path=/ :authority=a"

static void requests_one_after_the_other_are_answered_in_order(void **state)
{
    (void)state;
    run("GET /length HTTP/1.1\r\nHost: a\r\n\r\n\r\n"
        "GET /chunks HTTP/1.1\r\nHost: a\r\nX-Y:  v w \r\nkeep-alive: 1\r\n\r\n",
        GET_TOLD("/length") " end 0\n" GET_TOLD("/chunks") " x-y=v w end 0\n",
        LENGTH_SENT "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                    "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n",
        0);
}

/* rfc: 9112#6.3 */
static void bodies_end_where_they_say(void **state)
{
    (void)state;
    run("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
        "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nHost: evil\r\n\r\n"
        "GET /length HTTP/1.1\r\nHost: a\r\n\r\n",
        POST_TOLD " content-length=3 + end 3\n" POST_TOLD
                  " + end 13\n" GET_TOLD("/length") " end 0\n",
        LENGTH_SENT LENGTH_SENT LENGTH_SENT, 0);
}

#define EXTRAS_HEAD "GET /extras HTTP/1.1\r\nHost: a\r\n"
#define HINT_SENT "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"

/* rfc: 9110#10.1.4 rfc: 9110#6.5.1 rfc: 9110#6.6.2 rfc: 9112#7.1.2 */
static void trailers_go_in_chunks_to_those_who_take_them(void **state)
{
    (void)state;
    run(EXTRAS_HEAD "Connection: TE\r\nTE: deflate, trailers\r\n\r\n",
        GET_TOLD("/extras") " end 0\n",
        HINT_SENT "HTTP/1.1 200 OK\r\ntrailer: x-sum, x-b\r\ntransfer-encoding: chunked\r\n\r\n"
                  "1\r\nh\r\n4\r\nello\r\n0\r\nx-sum: 12\r\nx-b: \r\n\r\n",
        0);
    run(EXTRAS_HEAD "TE: deflate\r\n\r\n", GET_TOLD("/extras") " end 0\n", HINT_SENT LENGTH_SENT,
        0);
    run("HEAD /extras HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n",
        ":method=HEAD :scheme=http :path=/extras :authority=a end 0\n",
        HINT_SENT "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", 0);
}

/* rfc: 9110#15.2 */
static void clients_of_http_1_0_get_no_hints_and_no_trailers(void **state)
{
    (void)state;
    run("GET /extras HTTP/1.0\r\nTE: trailers\r\n\r\n",
        ":method=GET :scheme=http :path=/extras :authority= end 0\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello", 1);
}

static void extras_that_would_be_something_else_are_not_sent(void **state)
{
    (void)state;
    static const hpack_field bad[][2] = {
        {{":status", "103", 7, 3, 0, 0}, {"a", "x\r\ny: z", 1, 7, 0, 0}},
        {{":status", "101", 7, 3, 0, 0}, {"a", "b", 1, 1, 0, 0}},
        {{":status", "200", 7, 3, 0, 0}, {"a", "b", 1, 1, 0, 0}},
        {{"a", "b", 1, 1, 0, 0}, {"a", "b", 1, 1, 0, 0}}};
    struct fixture f = {.given = 0};
    assert_int_equal(open_fixture(&f), 0);
    assert_int_equal(h1_conn_set_trailers(f.conn, &bad[0][1], 1), H2SESSION_ERR_USAGE);
    static const char in[] = POST "Content-Length: 1\r\n\r\n";
    feed(&f, in, sizeof in - 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(h1_conn_submit_informational(f.conn, bad[i], 2), H2SESSION_ERR_USAGE);
    }
    assert_int_equal(h1_conn_submit_informational(f.conn, bad[0], 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h1_conn_set_trailers(f.conn, &bad[0][1], 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h1_conn_set_trailers(f.conn, &bad[0][0], 1), H2SESSION_ERR_USAGE);
    assert_string_equal(f.sent, "");
    close_fixture(&f);
}

/* rfc: 9112#9.6 rfc: 9112#9.3 */
static void connection_ends_when_it_is_to(void **state)
{
    (void)state;
    run("GET /length HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /",
        GET_TOLD("/length") " end 0\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello", 1);
    run("GET /chunks HTTP/1.0\r\n\r\n",
        ":method=GET :scheme=http :path=/chunks :authority= end 0\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello", 1);
    run("GET /length HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        ":method=GET :scheme=http :path=/length :authority= end 0\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: keep-alive\r\n\r\nhello", 0);
}

static void answers_without_body_have_none(void **state)
{
    (void)state;
    run("HEAD /length HTTP/1.1\r\nHost: a\r\n\r\nGET /status/204 HTTP/1.1\r\nHost: a\r\n\r\n"
        "GET /status/404 HTTP/1.1\r\nHost: a\r\n\r\n",
        ":method=HEAD :scheme=http :path=/length :authority=a end 0\n" GET_TOLD(
            "/status/204") " end 0\n" GET_TOLD("/status/404") " end 0\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
        "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        0);
}

/* rfc: 9110#10.1.1 */
static void expectation_is_met_unless_the_request_is_refused(void **state)
{
    (void)state;
    run("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
        POST_TOLD " content-length=1 + end 1\n", "HTTP/1.1 100 Continue\r\n\r\n" LENGTH_SENT, 0);
    struct fixture f = {.given = 0};
    assert_int_equal(open_fixture(&f), 0);
    static const char in[] = "GET /status/404 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                             "Content-Length: 9\r\n\r\n";
    feed(&f, in, sizeof in - 1);
    assert_string_equal(f.sent,
                        "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    assert_int_equal(h1_conn_wants(f.conn), H1_WANT_CLOSE);
    close_fixture(&f);
}

/* rfc: 9112#3.2.2 */
static void host_in_the_request_line_counts(void **state)
{
    (void)state;
    run("GET http://b:81/length HTTP/1.1\r\nHost: a\r\n\r\n"
        "GET HTTP://b HTTP/1.1\r\nHost: a\r\n\r\nGET http://b?x HTTP/1.1\r\nHost: a\r\n\r\n"
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        ":method=GET :scheme=http :path=/length :authority=b:81 end 0\n"
        ":method=GET :scheme=http :path=/ :authority=b end 0\n"
        ":method=GET :scheme=http :path=/?x :authority=b end 0\n"
        ":method=OPTIONS :scheme=http :path=* :authority=a end 0\n",
        LENGTH_SENT "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                    "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n"
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                    "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n"
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                    "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n",
        0);
}

/* ---- Waiting ------------------------------------------------------------------------------- */

static void body_waits_for_the_application(void **state)
{
    (void)state;
    struct fixture f = {.holds = 1};
    assert_int_equal(open_fixture(&f), 0);
    h1_conn_free(f.conn);
    f.config.manual_consume = 1;
    f.config.body_window = 4;
    assert_int_equal(h1_conn_new(&f.conn, &f.config, &CALLBACKS, &f, 1), 0);
    static const char in[] = POST "Content-Length: 7\r\n\r\nabcdef";
    feed(&f, in, sizeof in - 1);
    assert_int_equal(f.octets, 4);
    assert_int_equal(h1_conn_wants(f.conn) & H1_WANT_READ, 0);
    assert_int_equal(h1_conn_deadline_ns(f.conn), UINT64_MAX);
    assert_int_equal(h1_conn_consume(f.conn, 5), H2SESSION_ERR_USAGE);
    assert_int_equal(h1_conn_consume(f.conn, 1), 0);
    h1_conn_tick(f.conn, 2);
    assert_int_equal(f.octets, 5);
    assert_int_equal(h1_conn_consume(f.conn, 4), 0);
    h1_conn_tick(f.conn, 200);
    assert_int_equal(f.octets, 6);
    /* The time it was held does not count against the client. */
    assert_int_equal(h1_conn_deadline_ns(f.conn), 200 + 10 * SECOND);
    feed(&f, "g", 1);
    assert_string_equal(f.sent, LENGTH_SENT);
    assert_true(h1_conn_wants(f.conn) & H1_WANT_READ);
    close_fixture(&f);
}

static void expect_end(struct fixture *f, uint64_t after, const char *sent)
{
    assert_int_equal(h1_conn_deadline_ns(f->conn), after);
    h1_conn_tick(f->conn, after - 1);
    assert_int_equal(h1_conn_wants(f->conn) & H1_WANT_CLOSE, 0);
    h1_conn_tick(f->conn, after);
    drain(f);
    assert_int_equal(strncmp(f->sent, sent, strlen(sent)), 0);
    assert_int_equal(h1_conn_wants(f->conn), H1_WANT_CLOSE);
    close_fixture(f);
}

static void silent_clients_are_not_waited_for(void **state)
{
    (void)state;
    struct fixture first = {.given = 0};
    assert_int_equal(open_fixture(&first), 0);
    expect_end(&first, 1 + 10 * SECOND, "");
    struct fixture head = {.given = 0};
    assert_int_equal(open_fixture(&head), 0);
    head.now = 5;
    feed(&head, "GET", 3);
    head.now = 6;
    feed(&head, " ", 1);
    expect_end(&head, 5 + 10 * SECOND, "HTTP/1.1 408 Request Timeout\r\n");
    struct fixture body = {.given = 0};
    assert_int_equal(open_fixture(&body), 0);
    static const char in[] = POST "Content-Length: 2000\r\n\r\n";
    feed(&body, in, sizeof in - 1);
    char octets[500] = {0};
    feed(&body, octets, sizeof octets);
    /* Ten seconds, and one more for so many octets. */
    expect_end(&body, 1 + 11 * SECOND, "HTTP/1.1 408 Request Timeout\r\n");
    struct fixture idle = {.given = 0};
    assert_int_equal(open_fixture(&idle), 0);
    static const char get[] = "GET /length HTTP/1.1\r\nHost: a\r\n\r\n";
    feed(&idle, get, sizeof get - 1);
    expect_end(&idle, 1 + 60 * SECOND, LENGTH_SENT);
}

static void take_octets(struct fixture *f, size_t length)
{
    const uint8_t *data = NULL;
    size_t lent = 0;
    h1_conn_peek(f->conn, &data, &lent);
    assert_true(lent >= length);
    h1_conn_sent(f->conn, length, f->now);
}

static void clients_that_take_answers_by_and_by_are_not_waited_for(void **state)
{
    (void)state;
    static const char get[] = "GET /length HTTP/1.1\r\nHost: a\r\n\r\n";
    struct fixture f = {.now = 1};
    assert_int_equal(open_fixture(&f), 0);
    h1_conn_recv(f.conn, (const uint8_t *)get, sizeof get - 1, 1);
    assert_int_equal(h1_conn_deadline_ns(f.conn), 1 + 10 * SECOND);
    /* At 500 octets a second five are worth 10 ms. */
    f.now = 1 + 9 * SECOND;
    take_octets(&f, 5);
    assert_int_equal(h1_conn_deadline_ns(f.conn), 1 + 10 * SECOND + SECOND / 100);
    h1_conn_tick(f.conn, 10 * SECOND);
    assert_int_equal(h1_conn_wants(f.conn) & H1_WANT_CLOSE, 0);
    h1_conn_tick(f.conn, 1 + 10 * SECOND + SECOND / 100);
    assert_int_equal(h1_conn_wants(f.conn), H1_WANT_CLOSE);
    assert_int_equal(h1_conn_error(f.conn), H1_BROKEN);
    close_fixture(&f);
}

static void time_between_answers_is_not_the_clients(void **state)
{
    (void)state;
    static const char get[] = "GET /length HTTP/1.1\r\nHost: a\r\n\r\n";
    struct fixture f = {.now = 1};
    assert_int_equal(open_fixture(&f), 0);
    feed(&f, get, sizeof get - 1);
    assert_int_equal(h1_conn_deadline_ns(f.conn), 1 + 60 * SECOND);
    f.now = 1 + 30 * SECOND;
    h1_conn_recv(f.conn, (const uint8_t *)get, sizeof get - 1, f.now);
    /* What the first answer bought is there as well: 43 octets. */
    assert_int_equal(h1_conn_deadline_ns(f.conn), f.now + 10 * SECOND + 43 * (SECOND / 500));
    close_fixture(&f);
}

static void answer_to_a_client_that_has_ended_may_take_a_while(void **state)
{
    (void)state;
    static const char in[] = "GET /never HTTP/1.1\r\nHost: a\r\n\r\n";
    struct fixture f = {.given = 0};
    assert_int_equal(open_fixture(&f), 0);
    feed(&f, in, sizeof in - 1);
    assert_int_equal(h1_conn_deadline_ns(f.conn), UINT64_MAX);
    h1_conn_recv_eof(f.conn, 7);
    assert_int_equal(h1_conn_deadline_ns(f.conn), 7 + 60 * SECOND);
    h1_conn_tick(f.conn, 6 + 60 * SECOND);
    assert_int_equal(f.running, 1);
    h1_conn_tick(f.conn, 7 + 60 * SECOND);
    assert_int_equal(h1_conn_wants(f.conn), H1_WANT_CLOSE);
    close_fixture(&f);
}

/* ---- Ends ---------------------------------------------------------------------------------- */

static void shutdown_completes_what_runs(void **state)
{
    (void)state;
    struct fixture f = {.given = 0};
    assert_int_equal(open_fixture(&f), 0);
    static const char in[] = POST "Content-Length: 1\r\n\r\n";
    feed(&f, in, sizeof in - 1);
    h1_conn_shutdown(f.conn);
    assert_int_equal(h1_conn_wants(f.conn) & H1_WANT_CLOSE, 0);
    feed(&f, "x", 1);
    assert_string_equal(f.sent,
                        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello");
    assert_int_equal(h1_conn_wants(f.conn), H1_WANT_CLOSE);
    assert_int_equal(h1_conn_error(f.conn), H1_CLEAN);
    close_fixture(&f);
    struct fixture idle = {.given = 0};
    assert_int_equal(open_fixture(&idle), 0);
    h1_conn_shutdown(idle.conn);
    assert_int_equal(h1_conn_wants(idle.conn), H1_WANT_CLOSE);
    close_fixture(&idle);
}

static void end_of_input_ends_the_connection(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *sent;
        enum h1_error error;
    } cases[] = {
        {"", "", H1_CLEAN},
        {"GET", "", H1_CLEAN},
        {"GET /length HTTP/1.1\r\nHost: a\r\n\r\n", LENGTH_SENT, H1_CLEAN},
        {POST "Content-Length: 2\r\n\r\na", "", H1_BROKEN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f = {.given = 0};
        assert_int_equal(open_fixture(&f), 0);
        h1_conn_recv(f.conn, (const uint8_t *)cases[i].in, strlen(cases[i].in), 1);
        h1_conn_recv_eof(f.conn, 1);
        drain(&f);
        assert_string_equal(f.sent, cases[i].sent);
        assert_int_equal(h1_conn_wants(f.conn), H1_WANT_CLOSE);
        assert_int_equal(h1_conn_error(f.conn), cases[i].error);
        close_fixture(&f);
    }
}

static void request_that_fails_is_answered_with_500(void **state)
{
    (void)state;
    run("GET /fail HTTP/1.1\r\nHost: a\r\n\r\n", GET_TOLD("/fail"),
        "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", 1);
}

static void answer_that_would_be_another_is_not_sent(void **state)
{
    (void)state;
    static const hpack_field bad[][2] = {
        {{":status", "200", 7, 3, 0, 0}, {"x", "a\r\nb", 1, 4, 0, 0}},
        {{":status", "200", 7, 3, 0, 0}, {"x\n", "a", 2, 1, 0, 0}},
        {{":status", "2x0", 7, 3, 0, 0}, {"x", "a", 1, 1, 0, 0}},
        {{":status", "101", 7, 3, 0, 0}, {"x", "a", 1, 1, 0, 0}},
        {{"x", "200", 1, 3, 0, 0}, {"x", "a", 1, 1, 0, 0}},
    };
    struct fixture f = {.given = 0};
    assert_int_equal(open_fixture(&f), 0);
    static const char in[] = POST "Content-Length: 1\r\n\r\n";
    feed(&f, in, sizeof in - 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const h2session_message message = {
            .size = sizeof message, .fields = bad[i], .field_count = 2};
        assert_int_equal(h1_conn_submit_response(f.conn, &message), H2SESSION_ERR_USAGE);
    }
    drain(&f);
    assert_string_equal(f.sent, "");
    close_fixture(&f);
}

/* ---- Upgrade ------------------------------------------------------------------------------- */

#define UPGRADE                                                                                    \
    HOST "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA\r\n"

static void end_of_a_request_says_how_it_was(void **state)
{
    static const struct {
        const char *in;
        enum { NOTHING, DRAIN, END, FAIL } then;
        enum h1_done how;
    } rows[] = {
        {"GET /length HTTP/1.1\r\n" HOST "\r\n", DRAIN, H1_DONE_COMPLETE},
        {"GET /length HTTP/1.1\r\n" HOST "\r\n", NOTHING, H1_DONE_LOST},
        {"GET /length HTTP/1.1\r\n" HOST "\r\n", FAIL, H1_DONE_CUT},
        {"GET /fail HTTP/1.1\r\n" HOST "\r\n", DRAIN, H1_DONE_REFUSED},
        {POST "Transfer-Encoding: chunked\r\n\r\nz", DRAIN, H1_DONE_REFUSED},
        {POST "Content-Length: 2\r\n\r\na", DRAIN, H1_DONE_LOST},
        {POST "Content-Length: 2\r\n\r\na", END, H1_DONE_LOST},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture f = {.given = 0};
        assert_int_equal(open_fixture(&f), 0);
        h1_conn_recv(f.conn, (const uint8_t *)rows[i].in, strlen(rows[i].in), f.now);
        if (rows[i].then == FAIL) {
            assert_int_equal(h1_conn_fail(f.conn), 0);
        } else if (rows[i].then == END) {
            h1_conn_recv_eof(f.conn, f.now);
        } else if (rows[i].then == DRAIN) {
            drain(&f);
        }
        close_fixture(&f);
        assert_int_equal(f.how, rows[i].how);
    }
}

static void upgrade_hands_over_what_follows(void **state)
{
    (void)state;
    struct fixture f = {.takes_upgrade = 1};
    assert_int_equal(open_fixture(&f), 0);
    static const char in[] = "GET / HTTP/1.1\r\n" UPGRADE "\r\nPRI * HTTP/2.0";
    feed(&f, in, sizeof in - 1);
    assert_string_equal(f.told, "upgrade AAAA\n");
    assert_string_equal(f.sent, "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n"
                                "upgrade: h2c\r\n\r\n");
    assert_int_equal(h1_conn_wants(f.conn) & H1_UPGRADED, H1_UPGRADED);
    const uint8_t *rest = NULL;
    size_t length = 0;
    h1_conn_rest(f.conn, &rest, &length);
    assert_int_equal(length, 14);
    assert_memory_equal(rest, "PRI * HTTP/2.0", 14);
    close_fixture(&f);
}

static void requests_that_cannot_be_upgraded_are_answered(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "GET /length HTTP/1.1\r\n" UPGRADE "\r\n", /* the callback says no */
        "GET /length HTTP/1.1\r\n" HOST "Upgrade: h2c\r\nHTTP2-Settings: AAAA\r\n\r\n",
        "GET /length HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: h2c\r\n"
        "HTTP2-Settings: AAAA\r\n\r\n",
        "GET /length HTTP/1.1\r\n" HOST "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "GET /length HTTP/1.1\r\n" UPGRADE "HTTP2-Settings: AAAA\r\n\r\n",
        "POST / HTTP/1.1\r\n" UPGRADE "Content-Length: 1\r\n\r\nx",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f = {.takes_upgrade = i == 0 ? 0 : 1};
        assert_int_equal(open_fixture(&f), 0);
        feed(&f, cases[i], strlen(cases[i]));
        assert_string_equal(f.sent, LENGTH_SENT);
        assert_null(strstr(f.told, "upgrade="));
        assert_null(strstr(f.told, "http2-settings="));
        close_fixture(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_one_after_the_other_are_answered_in_order),
        cmocka_unit_test(bodies_end_where_they_say),
        cmocka_unit_test(trailers_go_in_chunks_to_those_who_take_them),
        cmocka_unit_test(clients_of_http_1_0_get_no_hints_and_no_trailers),
        cmocka_unit_test(extras_that_would_be_something_else_are_not_sent),
        cmocka_unit_test(connection_ends_when_it_is_to),
        cmocka_unit_test(answers_without_body_have_none),
        cmocka_unit_test(expectation_is_met_unless_the_request_is_refused),
        cmocka_unit_test(host_in_the_request_line_counts),
        cmocka_unit_test(body_waits_for_the_application),
        cmocka_unit_test(silent_clients_are_not_waited_for),
        cmocka_unit_test(clients_that_take_answers_by_and_by_are_not_waited_for),
        cmocka_unit_test(time_between_answers_is_not_the_clients),
        cmocka_unit_test(answer_to_a_client_that_has_ended_may_take_a_while),
        cmocka_unit_test(shutdown_completes_what_runs),
        cmocka_unit_test(end_of_input_ends_the_connection),
        cmocka_unit_test(request_that_fails_is_answered_with_500),
        cmocka_unit_test(answer_that_would_be_another_is_not_sent),
        cmocka_unit_test(end_of_a_request_says_how_it_was),
        cmocka_unit_test(upgrade_hands_over_what_follows),
        cmocka_unit_test(requests_that_cannot_be_upgraded_are_answered),
    };
    return cmocka_run_group_tests_name("h1_conn", tests, NULL, NULL);
}
