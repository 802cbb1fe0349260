/* SPDX-License-Identifier: MIT */
/* A server's h2_conn over a socket pair; the test is the client and writes its octets by hand. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "h2_conn.h"
#include "support.h"

struct fixture {
    struct loop loop;
    struct h2_conn *conn; /* NULL when ended */
    int peer;
    int opened;
    int ended;
    int streams_closed;
    int answers; /* 1: requests are answered, 2: with a body */
    enum conn_cause cause;
    char message[256];
    struct test_alloc alloc;
    h2session_config session;
    uint32_t trim_ms;
};

static int read_body(h2session *session, h2session_read_event *event, void *user)
{
    (void)session;
    (void)user;
    event->lend = (const uint8_t *)"body";
    event->length = 4;
    event->flags = H2SESSION_BODY_END;
    return 0;
}

static int on_headers(h2session *session, const h2session_headers_event *event, void *user)
{
    const struct fixture *f = user;
    if (!f->answers) {
        return 0;
    }
    const hpack_field field = {":status", f->answers > 1 ? "200" : "204", 7, 3, HPACK_TOKEN_STATUS,
                               0};
    const h2session_message message = {.size = sizeof message,
                                       .fields = &field,
                                       .field_count = 1,
                                       .read = f->answers > 1 ? read_body : NULL};
    assert_int_equal(h2session_submit_response(session, event->stream_id, &message), 0);
    return 0;
}

static int on_stream_closed(h2session *session, const h2session_stream_closed_event *event,
                            void *user)
{
    (void)session;
    (void)event;
    struct fixture *f = user;
    assert_int_equal(f->ended, 0);
    f->streams_closed++;
    return 0;
}

static void on_open(struct h2_conn *c, h2session *session, void *user)
{
    struct fixture *f = user;
    assert_ptr_equal(c, f->conn);
    assert_ptr_equal(h2_conn_session(c), session);
    f->opened++;
}

static void on_end(struct h2_conn *c, const struct conn_end *end, void *user)
{
    struct fixture *f = user;
    assert_ptr_equal(c, f->conn);
    assert_null(h2_conn_session(c));
    f->conn = NULL;
    f->ended++;
    f->cause = end->cause;
    (void)snprintf(f->message, sizeof f->message, "%s", end->message);
}

static const h2session_callbacks CALLBACKS = {
    .size = sizeof CALLBACKS, .on_headers = on_headers, .on_stream_closed = on_stream_closed};

static void open_fixture(struct fixture *f)
{
    const size_t fail_at = f->alloc.fail_at;
    const int answers = f->answers;
    const uint32_t trim_ms = f->trim_ms;
    memset(f, 0, sizeof *f);
    f->alloc.fail_at = fail_at;
    f->answers = answers;
    f->trim_ms = trim_ms;
    assert_int_equal(loop_init(&f->loop), 0);
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    f->peer = ends[1];
    uv_tcp_t *socket = tcp_socket_new(&f->loop);
    assert_non_null(socket);
    assert_int_equal(uv_tcp_open(socket, ends[0]), 0);
    h2session_config *session = &f->session;
    assert_int_equal(h2session_config_init(session, sizeof *session, H2SESSION_SERVER), 0);
    session->resize = test_alloc_resize;
    session->resize_ctx = &f->alloc;
    const struct h2_conn_config config = {.session = session,
                                          .callbacks = &CALLBACKS,
                                          .trim_ms = f->trim_ms,
                                          .on_open = on_open,
                                          .on_end = on_end,
                                          .user = f};
    assert_int_equal(h2_conn_accept(&f->conn, &f->loop, socket, &config), 0);
    assert_int_equal(f->opened + f->ended, 0);
}

static void turn(struct fixture *f)
{
    (void)uv_run(&f->loop.uv, UV_RUN_NOWAIT);
}

/* Lets it end by itself; ours has ended then too. */
static void run_out(struct fixture *f)
{
    assert_int_equal(shutdown(f->peer, SHUT_WR), 0);
    (void)loop_run(&f->loop);
}

static void close_fixture(struct fixture *f)
{
    if (f->conn != NULL) {
        h2_conn_abort(f->conn, CONN_CLEAN, NULL);
        (void)loop_run(&f->loop);
    }
    assert_int_equal(f->ended, 1);
    assert_int_equal(close(f->peer), 0);
    loop_close(&f->loop);
    assert_int_equal(f->alloc.live_blocks, 0);
}

static void say(struct fixture *f, const char *hex)
{
    uint8_t octets[256];
    const size_t length = test_hex(hex, octets, sizeof octets);
    assert_int_equal(send(f->peer, octets, length, 0), (ssize_t)length);
    turn(f);
    turn(f);
}

/* Types of the frames that have arrived, as letters: D H . R S . P G W. */
static void heard(struct fixture *f, char types[32])
{
    uint8_t octets[4096];
    const ssize_t got = recv(f->peer, octets, sizeof octets, 0);
    size_t count = 0;
    for (size_t at = 0; got > 0 && at + 9 <= (size_t)got && count < 31;) {
        types[count++] = "DH.RS.PGW.........."[octets[at + 3] & 15];
        at += 9 + ((size_t)octets[at] << 16 | (size_t)octets[at + 1] << 8 | octets[at + 2]);
    }
    types[count] = '\0';
}

#define PREFACE "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a"
#define SETTINGS "000000 04 00 00000000"
/* GET / of http://a, with END_STREAM. */
#define REQUEST "000006 01 05 00000001 828684 410161"
#define GOAWAY "000008 07 00 00000000 00000000 00000000"

static void request_is_answered_and_the_end_is_clean(void **state)
{
    (void)state;
    struct fixture f = {.answers = 1};
    open_fixture(&f);
    say(&f, PREFACE SETTINGS REQUEST);
    assert_int_equal(f.opened, 1);
    char types[32];
    heard(&f, types);
    /* Our SETTINGS and the window, the acknowledgement, the response. */
    assert_non_null(strchr(types, 'S'));
    assert_non_null(strchr(types, 'H'));
    assert_int_equal(f.streams_closed, 1);
    say(&f, GOAWAY);
    run_out(&f);
    assert_int_equal(f.cause, CONN_CLEAN);
    assert_string_equal(f.message, "");
    close_fixture(&f);
}

/* What a connection holds after a request when nothing trims it. */
static size_t untrimmed(void)
{
    struct fixture f = {.answers = 1};
    open_fixture(&f);
    say(&f, PREFACE SETTINGS REQUEST);
    const size_t held = f.alloc.live_bytes;
    close_fixture(&f);
    return held;
}

static void silent_connection_keeps_no_spare_memory(void **state)
{
    (void)state;
    const size_t before = untrimmed();
    struct fixture f = {.answers = 1, .trim_ms = 1};
    open_fixture(&f);
    say(&f, PREFACE SETTINGS REQUEST);
    /* It may have been silent for long enough by now; if not, the next thing to happen is that it has. */
    for (int i = 0; i < 1000 && f.alloc.live_bytes >= before; i++) {
        (void)uv_run(&f.loop.uv, UV_RUN_ONCE);
    }
    assert_true(f.alloc.live_bytes < before);
    for (int i = 0; i < 1000 && h2session_encoder(h2_conn_session(f.conn)) != NULL; i++) {
        (void)uv_run(&f.loop.uv, UV_RUN_ONCE);
    }
    assert_null(h2session_encoder(h2_conn_session(f.conn)));
    char types[32];
    heard(&f, types);
    say(&f, "000006 01 05 00000003 828684 410161");
    heard(&f, types);
    assert_string_equal(types, "H");
    close_fixture(&f);
}

static void broken_preface_is_a_protocol_end(void **state)
{
    (void)state;
    struct fixture f = {0};
    open_fixture(&f);
    /* GET / HTTP/1.1 and an empty line */
    say(&f, "474554202f20485454502f312e310d0a0d0a");
    char types[32];
    heard(&f, types);
    assert_non_null(strchr(types, 'G'));
    run_out(&f);
    assert_int_equal(f.cause, CONN_PROTOCOL);
    assert_non_null(strstr(f.message, "PROTOCOL_ERROR"));
    assert_non_null(strstr(f.message, "RFC 9113"));
    close_fixture(&f);
}

/* RFC 9113 8.1: whatever the transport says, a message without its end is not complete. */
static void end_with_open_streams_is_a_protocol_end(void **state)
{
    (void)state;
    struct fixture f = {0};
    open_fixture(&f);
    /* HEADERS without END_STREAM */
    say(&f, PREFACE SETTINGS "000006 01 04 00000001 828684 410161");
    run_out(&f);
    assert_int_equal(f.cause, CONN_PROTOCOL);
    assert_string_equal(f.message, "the peer ended the connection with 1 streams unfinished");
    assert_int_equal(f.streams_closed, 1);
    close_fixture(&f);
}

static void end_of_the_peer_lets_go_what_is_under_way(void **state)
{
    (void)state;
    struct fixture f = {.answers = 2};
    open_fixture(&f);
    say(&f, PREFACE SETTINGS);
    char types[32];
    heard(&f, types);
    uint8_t octets[64];
    const size_t length = test_hex(REQUEST, octets, sizeof octets);
    assert_int_equal(send(f.peer, octets, length, 0), (ssize_t)length);
    assert_int_equal(shutdown(f.peer, SHUT_WR), 0);
    for (int i = 0; i < 8 && !f.ended; i++) {
        turn(&f);
    }
    heard(&f, types);
    assert_string_equal(types, "HD");
    assert_int_equal(f.ended, 1);
    close_fixture(&f);
}

/* Nobody opens it any more. */
static void end_of_the_peer_ends_what_waits_for_a_window(void **state)
{
    (void)state;
    struct fixture f = {.answers = 2};
    open_fixture(&f);
    /* INITIAL_WINDOW_SIZE 0 */
    say(&f, PREFACE "000006 04 00 00000000 0004 00000000" REQUEST);
    assert_int_equal(f.streams_closed, 0);
    assert_int_equal(shutdown(f.peer, SHUT_WR), 0);
    for (int i = 0; i < 8 && !f.ended; i++) {
        turn(&f);
    }
    assert_int_equal(f.ended, 1);
    assert_int_equal(f.streams_closed, 1);
    assert_int_equal(f.cause, CONN_PROTOCOL);
    close_fixture(&f);
}

static void abort_is_reported_with_its_cause(void **state)
{
    (void)state;
    for (int opened = 0; opened < 2; opened++) {
        struct fixture f = {0};
        open_fixture(&f);
        if (opened) {
            say(&f, PREFACE SETTINGS REQUEST);
        }
        h2_conn_abort(f.conn, CONN_IO, "enough");
        assert_int_equal(f.ended, 0);
        (void)loop_run(&f.loop);
        assert_int_equal(f.opened, opened);
        assert_int_equal(f.streams_closed, opened);
        assert_int_equal(f.cause, CONN_IO);
        assert_string_equal(f.message, "enough");
        close_fixture(&f);
    }
}

/* Wherever the session runs out of memory, it ends in order. */
static void out_of_memory_ends_in_order(void **state)
{
    (void)state;
    int failures = 0;
    for (size_t k = 1;; k++) {
        struct fixture f = {.answers = 0, .alloc = {.fail_at = k}};
        open_fixture(&f);
        say(&f, PREFACE SETTINGS REQUEST);
        assert_int_equal(shutdown(f.peer, SHUT_WR), 0);
        for (int i = 0; i < 5 && f.conn != NULL; i++) {
            turn(&f);
        }
        const int reached = f.alloc.calls >= k;
        if (f.ended) {
            assert_true(f.cause == CONN_MEMORY || f.cause == CONN_PROTOCOL);
            failures += f.cause == CONN_MEMORY;
        }
        close_fixture(&f);
        if (!reached) {
            break;
        }
    }
    assert_true(failures > 5);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_is_answered_and_the_end_is_clean),
        cmocka_unit_test(silent_connection_keeps_no_spare_memory),
        cmocka_unit_test(broken_preface_is_a_protocol_end),
        cmocka_unit_test(end_with_open_streams_is_a_protocol_end),
        cmocka_unit_test(end_of_the_peer_lets_go_what_is_under_way),
        cmocka_unit_test(end_of_the_peer_ends_what_waits_for_a_window),
        cmocka_unit_test(abort_is_reported_with_its_cause),
        cmocka_unit_test(out_of_memory_ends_in_order),
    };
    return cmocka_run_group_tests_name("h2_conn", tests, NULL, NULL);
}
