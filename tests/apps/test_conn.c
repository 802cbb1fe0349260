/* SPDX-License-Identifier: MIT */
/*
 * The pump over a socket pair, whose other end the test holds as a plain descriptor. The pair keeps
 * the limits of messages, so that a test sees what left in one write.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "support.h"

enum { PIECES = 4 };

/* A protocol that sends what the test puts in `pieces`, and notes what it gets. */
struct fixture {
    struct loop loop;
    struct conn *conn; /* NULL when closed */
    int peer;
    int opened;
    int eof;
    size_t lent;
    uv_buf_t pieces[PIECES];
    size_t piece_count;
    char received[256];
    size_t received_length;
    enum conn_cause cause;
    char message[128];
    int ended;
    int deadlines;
};

static void on_open(struct conn *c, void *user)
{
    struct fixture *f = user;
    f->opened++;
    conn_set_reading(c, 1);
    conn_want_write(c);
}

static void on_read(struct conn *c, const uint8_t *data, size_t length, void *user)
{
    struct fixture *f = user;
    assert_true(length < sizeof f->received - f->received_length);
    memcpy(f->received + f->received_length, data, length);
    f->received_length += length;
    conn_want_write(c);
    conn_want_write(c);
}

static void on_eof(struct conn *c, void *user)
{
    (void)c;
    struct fixture *f = user;
    f->eof++;
}

static size_t on_peek(struct conn *c, uv_buf_t *pieces, size_t capacity, void *user)
{
    (void)c;
    struct fixture *f = user;
    assert_true(f->piece_count <= capacity);
    size_t size = 0;
    for (size_t i = 0; i < f->piece_count; i++) {
        pieces[i] = f->pieces[i];
        size += f->pieces[i].len;
    }
    f->lent = size;
    return f->piece_count;
}

static void on_sent(struct conn *c, size_t length, void *user)
{
    (void)c;
    struct fixture *f = user;
    assert_true(length <= f->lent);
    f->lent -= length;
    size_t first = 0;
    while (first < f->piece_count && length >= f->pieces[first].len) {
        length -= f->pieces[first].len;
        first++;
    }
    f->piece_count -= first;
    memmove(f->pieces, f->pieces + first, f->piece_count * sizeof f->pieces[0]);
    if (length > 0) {
        f->pieces[0].base += length;
        f->pieces[0].len -= length;
    }
}

static void on_deadline(struct conn *c, void *user)
{
    (void)c;
    struct fixture *f = user;
    f->deadlines++;
}

static void on_closed(struct conn *c, const struct conn_end *end, void *user)
{
    struct fixture *f = user;
    assert_ptr_equal(c, f->conn);
    f->conn = NULL;
    f->ended++;
    f->cause = end->cause;
    (void)snprintf(f->message, sizeof f->message, "%s", end->message);
}

static const struct conn_handler HANDLER = {on_open, on_read,     on_eof,   on_peek,
                                            on_sent, on_deadline, on_closed};

static void open_fixture(struct fixture *f, int type, struct conn_config config)
{
    memset(f, 0, sizeof *f);
    assert_int_equal(loop_init(&f->loop), 0);
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    f->peer = ends[1];
    uv_tcp_t *socket = tcp_socket_new(&f->loop);
    assert_non_null(socket);
    assert_int_equal(uv_tcp_open(socket, ends[0]), 0);
    config.handler = &HANDLER;
    config.user = f;
    assert_int_equal(conn_open(&f->conn, &f->loop, socket, &config), 0);
    assert_int_equal(f->opened, 0);
}

static void turn(struct fixture *f)
{
    (void)uv_run(&f->loop.uv, UV_RUN_NOWAIT);
}

static void close_fixture(struct fixture *f)
{
    if (f->conn != NULL) {
        conn_close(f->conn, CONN_CLEAN, NULL);
    }
    (void)loop_run(&f->loop);
    assert_int_equal(f->ended, 1);
    if (f->peer >= 0) {
        assert_int_equal(close(f->peer), 0);
    }
    loop_close(&f->loop);
}

static uv_buf_t text(const char *octets)
{
    return uv_buf_init((char *)(uintptr_t)octets, (unsigned)strlen(octets));
}

static const struct conn_config PLAIN = {0};

static void one_turn_is_one_write(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, SOCK_SEQPACKET, PLAIN);
    turn(&f);
    assert_int_equal(f.opened, 1);
    f.pieces[0] = text("one ");
    f.pieces[1] = text("two ");
    f.pieces[2] = text("three");
    f.piece_count = 3;
    assert_int_equal(send(f.peer, "ab", 2, 0), 2);
    turn(&f);
    char got[64];
    assert_int_equal(recv(f.peer, got, sizeof got, 0), 13);
    assert_memory_equal(got, "one two three", 13);
    assert_int_equal(recv(f.peer, got, sizeof got, 0), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(f.received_length, 2);
    close_fixture(&f);
}

static void idle_conn_owns_no_buffer(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, SOCK_STREAM, PLAIN);
    turn(&f);
    assert_int_equal(f.loop.buffers.out_count, 0);
    assert_int_equal(send(f.peer, "ab", 2, 0), 2);
    turn(&f);
    /* That of the loop. */
    assert_int_equal(f.loop.buffers.out_count, 1);
    close_fixture(&f);
}

enum { LARGE = 4 << 20 };

static void slow_peer_gets_everything(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, SOCK_STREAM, PLAIN);
    char *data = malloc(LARGE);
    char *got = malloc(LARGE);
    assert_true(data != NULL && got != NULL);
    for (size_t i = 0; i < LARGE; i++) {
        data[i] = (char)(i * 7 + i / 1000);
    }
    f.pieces[0] = uv_buf_init(data, 100);
    f.pieces[1] = uv_buf_init(data + 100, LARGE - 101);
    f.pieces[2] = uv_buf_init(data + LARGE - 1, 1);
    f.piece_count = 3;
    size_t length = 0;
    while (length < LARGE) {
        turn(&f);
        const ssize_t count = recv(f.peer, got + length, LARGE - length, 0);
        assert_true(count > 0 || errno == EAGAIN);
        length += count > 0 ? (size_t)count : 0;
    }
    turn(&f);
    assert_memory_equal(got, data, LARGE);
    assert_int_equal(f.piece_count, 0);
    close_fixture(&f);
    free(data);
    free(got);
}

static void finish_writes_the_rest_and_ends(void **state)
{
    (void)state;
    struct fixture f;
    struct conn_config config = {.linger_ms = 60000};
    open_fixture(&f, SOCK_STREAM, config);
    turn(&f);
    f.pieces[0] = text("rest");
    f.piece_count = 1;
    conn_finish(f.conn);
    turn(&f);
    turn(&f);
    char got[8];
    assert_int_equal(recv(f.peer, got, sizeof got, 0), 4);
    assert_int_equal(recv(f.peer, got, sizeof got, 0), 0);
    /* It waits for the peer, whose octets are dropped. */
    assert_int_equal(send(f.peer, "late", 4, 0), 4);
    turn(&f);
    assert_non_null(f.conn);
    assert_int_equal(f.received_length, 0);
    assert_int_equal(close(f.peer), 0);
    f.peer = -1;
    (void)loop_run(&f.loop);
    assert_int_equal(f.cause, CONN_CLEAN);
    assert_string_equal(f.message, "");
    close_fixture(&f);
}

static void end_of_the_peer_leaves_our_side_open(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, SOCK_STREAM, PLAIN);
    turn(&f);
    assert_int_equal(shutdown(f.peer, SHUT_WR), 0);
    turn(&f);
    turn(&f);
    assert_int_equal(f.eof, 1);
    f.pieces[0] = text("still");
    f.piece_count = 1;
    conn_want_write(f.conn);
    turn(&f);
    char got[8];
    assert_int_equal(recv(f.peer, got, sizeof got, 0), 5);
    close_fixture(&f);
}

static void first_cause_is_reported(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, SOCK_STREAM, PLAIN);
    turn(&f);
    conn_close(f.conn, CONN_PROTOCOL, "first");
    conn_close(f.conn, CONN_IO, "second");
    conn_finish(f.conn);
    conn_want_write(f.conn);
    conn_set_reading(f.conn, 1);
    conn_set_deadline(f.conn, 1);
    assert_int_equal(f.ended, 0);
    (void)loop_run(&f.loop);
    assert_int_equal(f.cause, CONN_PROTOCOL);
    assert_string_equal(f.message, "first");
    close_fixture(&f);
}

static void write_to_a_gone_peer_is_an_io_error(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, SOCK_STREAM, PLAIN);
    turn(&f);
    conn_set_reading(f.conn, 0);
    assert_int_equal(close(f.peer), 0);
    f.peer = -1;
    f.pieces[0] = text("x");
    f.piece_count = 1;
    conn_want_write(f.conn);
    (void)loop_run(&f.loop);
    assert_int_equal(f.cause, CONN_IO);
    assert_string_equal(f.message, "cannot write: broken pipe");
    close_fixture(&f);
}

static void closing_while_writing_is_safe(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, SOCK_STREAM, PLAIN);
    char *data = calloc(1, LARGE);
    assert_non_null(data);
    f.pieces[0] = uv_buf_init(data, LARGE);
    f.piece_count = 1;
    turn(&f);
    conn_close(f.conn, CONN_CLEAN, NULL);
    (void)loop_run(&f.loop);
    close_fixture(&f);
    free(data);
}

static void deadline_comes_once(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, SOCK_STREAM, PLAIN);
    turn(&f);
    conn_set_deadline(f.conn, UINT64_MAX);
    conn_set_deadline(f.conn, loop_now_ns() + UINT64_C(3600000000000));
    conn_set_deadline(f.conn, loop_now_ns());
    while (f.deadlines == 0) {
        turn(&f);
    }
    turn(&f);
    assert_int_equal(f.deadlines, 1);
    close_fixture(&f);
}

/* The peer may take long to end its side, and the deadline may have come before. */
static void past_deadline_does_not_keep_a_finished_conn_busy(void **state)
{
    (void)state;
    struct fixture f;
    struct conn_config config = {.linger_ms = 60000};
    open_fixture(&f, SOCK_STREAM, config);
    turn(&f);
    conn_finish(f.conn);
    turn(&f);
    conn_set_deadline(f.conn, loop_now_ns());
    for (int i = 0; i < 4; i++) {
        turn(&f);
    }
    assert_int_equal(f.deadlines, 0);
    assert_int_not_equal(uv_backend_timeout(&f.loop.uv), 0);
    close_fixture(&f);
}

/* ---- Peers that stand still: these wait for a real clock, some milliseconds ------------------ */

static void peer_that_takes_nothing_is_cut_off(void **state)
{
    (void)state;
    struct fixture f;
    struct conn_config config = {.write_timeout_ms = 20};
    open_fixture(&f, SOCK_STREAM, config);
    char *data = calloc(1, LARGE);
    assert_non_null(data);
    f.pieces[0] = uv_buf_init(data, LARGE);
    f.piece_count = 1;
    (void)loop_run(&f.loop);
    assert_int_equal(f.cause, CONN_IO);
    assert_string_equal(f.message, "the peer does not take what is sent: timed out");
    close_fixture(&f);
    free(data);
}

static void handshake_that_stands_still_is_cut_off(void **state)
{
    (void)state;
    struct tls_context *context = NULL;
    char error[TLS_TEXT_SIZE];
    const struct tls_server_config tls = {0};
    assert_int_equal(tls_context_new_server(&context, &tls, error), 0);
    struct fixture f;
    struct conn_config config = {.tls = context, .open_timeout_ms = 20};
    open_fixture(&f, SOCK_STREAM, config);
    (void)loop_run(&f.loop);
    assert_int_equal(f.opened, 0);
    assert_int_equal(f.cause, CONN_TLS);
    assert_string_equal(f.message, "TLS handshake: timed out");
    close_fixture(&f);
    tls_context_free(context);
}

static void end_during_the_handshake_is_a_tls_error(void **state)
{
    (void)state;
    struct tls_context *context = NULL;
    char error[TLS_TEXT_SIZE];
    const struct tls_client_config tls = {.insecure = 1};
    assert_int_equal(tls_context_new_client(&context, &tls, error), 0);
    struct fixture f;
    struct conn_config config = {.tls = context, .host = "localhost"};
    open_fixture(&f, SOCK_STREAM, config);
    turn(&f);
    uint8_t hello[2048];
    assert_true(recv(f.peer, hello, sizeof hello, 0) > 5);
    assert_int_equal(hello[0], 22);
    assert_int_equal(shutdown(f.peer, SHUT_WR), 0);
    (void)loop_run(&f.loop);
    assert_int_equal(f.cause, CONN_TLS);
    assert_string_equal(f.message, "TLS handshake: the peer ended the connection");
    close_fixture(&f);
    tls_context_free(context);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_turn_is_one_write),
        cmocka_unit_test(idle_conn_owns_no_buffer),
        cmocka_unit_test(slow_peer_gets_everything),
        cmocka_unit_test(finish_writes_the_rest_and_ends),
        cmocka_unit_test(end_of_the_peer_leaves_our_side_open),
        cmocka_unit_test(first_cause_is_reported),
        cmocka_unit_test(write_to_a_gone_peer_is_an_io_error),
        cmocka_unit_test(closing_while_writing_is_safe),
        cmocka_unit_test(deadline_comes_once),
        cmocka_unit_test(past_deadline_does_not_keep_a_finished_conn_busy),
        cmocka_unit_test(peer_that_takes_nothing_is_cut_off),
        cmocka_unit_test(handshake_that_stands_still_is_cut_off),
        cmocka_unit_test(end_during_the_handshake_is_a_tls_error),
    };
    return cmocka_run_group_tests_name("conn", tests, NULL, NULL);
}
