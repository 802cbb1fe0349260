/* SPDX-License-Identifier: MIT */
/*
 * Two pumps that talk TLS over a socket pair, each by the filter or on its socket itself: whatever
 * they are, they do the same.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "pem_files.h"
#include "support.h"

enum { BODY = 3 << 20, SHORT_PIECE = 9, CHAIN = 60 };

/* A key, and a chain that no small buffer of a socket has room for. */
static char key_file[] = "/tmp/h2kit-key-XXXXXX";
static char chain_file[] = "/tmp/h2kit-chain-XXXXXX";

/* One end: sends a body, takes one. */
struct side {
    struct loop *loop;
    struct conn *conn;      /* NULL when closed */
    const uv_tcp_t *socket; /* its own */
    struct tls_context *tls;
    int opened;
    int eof;
    int ended;
    enum conn_cause cause;
    char message[256];
    const char *kernel; /* as it was when it opened */
    const uint8_t *body;
    size_t left;       /* of the body */
    size_t lent;       /* by the last peek */
    uint8_t *received; /* BODY octets */
    size_t received_length;
    int stops; /* takes one delivery and no more */
};

struct pair {
    struct loop loop;
    struct side client;
    struct side server;
};

static void on_open(struct conn *c, void *user)
{
    struct side *s = user;
    s->opened++;
    s->kernel = conn_tls_info(c)->kernel;
    conn_set_reading(c, 1);
    conn_want_write(c);
}

static void on_read(struct conn *c, const uint8_t *data, size_t length, void *user)
{
    struct side *s = user;
    assert_int_equal(s->stops > 1, 0);
    assert_true(length <= BODY - s->received_length);
    memcpy(s->received + s->received_length, data, length);
    s->received_length += length;
    if (s->stops) {
        s->stops++;
        conn_set_reading(c, 0);
    }
}

static void on_eof(struct conn *c, void *user)
{
    (void)c;
    struct side *s = user;
    s->eof++;
}

/* A short piece, as the head of a frame is, and the rest. */
static size_t on_peek(struct conn *c, uv_buf_t *pieces, size_t capacity, void *user)
{
    (void)c;
    struct side *s = user;
    assert_true(capacity >= 2);
    const size_t first = s->left < SHORT_PIECE ? s->left : SHORT_PIECE;
    pieces[0] = uv_buf_init((char *)(uintptr_t)s->body, (unsigned)first);
    pieces[1] = uv_buf_init((char *)(uintptr_t)(s->body + first), (unsigned)(s->left - first));
    s->lent = s->left;
    return s->left == 0 ? 0 : 1 + (s->left > first);
}

static void on_sent(struct conn *c, size_t length, void *user)
{
    (void)c;
    struct side *s = user;
    assert_true(length > 0 && length <= s->lent);
    s->lent -= length;
    s->body += length;
    s->left -= length;
}

static void on_deadline(struct conn *c, void *user)
{
    (void)c;
    (void)user;
}

static void on_closed(struct conn *c, const struct conn_end *end, void *user)
{
    struct side *s = user;
    assert_ptr_equal(c, s->conn);
    s->conn = NULL;
    s->ended++;
    s->cause = end->cause;
    (void)snprintf(s->message, sizeof s->message, "%s", end->message);
}

static const struct conn_handler HANDLER = {on_open, on_read,     on_eof,   on_peek,
                                            on_sent, on_deadline, on_closed};

static void make_context(struct side *s, int is_server, uint32_t on_socket)
{
    char error[TLS_TEXT_SIZE];
    const struct tls_key_pair pair = {key_file, chain_file};
    const struct tls_server_config server = {
        .pairs = &pair, .pair_count = 1, .on_socket = on_socket};
    const struct tls_client_config client = {.insecure = 1, .on_socket = on_socket};
    assert_int_equal(is_server ? tls_context_new_server(&s->tls, &server, error)
                               : tls_context_new_client(&s->tls, &client, error),
                     0);
}

static void open_side(struct side *s, struct loop *loop, int fd, struct conn_config config)
{
    uv_tcp_t *socket = tcp_socket_new(loop);
    assert_non_null(socket);
    s->socket = socket;
    assert_int_equal(uv_tcp_open(socket, fd), 0);
    s->loop = loop;
    s->received = malloc(BODY);
    assert_non_null(s->received);
    config.handler = &HANDLER;
    config.user = s;
    config.tls = s->tls;
    assert_int_equal(conn_open(&s->conn, loop, socket, &config), 0);
    assert_int_equal(s->opened, 0);
}

/* Which of the sides are on their sockets. */
struct ways {
    uint32_t client;
    uint32_t server;
};

static const struct ways WAYS[] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
enum { WAY_COUNT = sizeof WAYS / sizeof WAYS[0] };

static void open_pair(struct pair *p, const struct ways *ways, struct conn_config config)
{
    int ends[2];
    memset(p, 0, sizeof *p);
    assert_int_equal(loop_init(&p->loop), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    make_context(&p->client, 0, ways->client);
    make_context(&p->server, 1, ways->server);
    open_side(&p->server, &p->loop, ends[1], config);
    config.host = "localhost";
    open_side(&p->client, &p->loop, ends[0], config);
}

static void close_side(struct side *s)
{
    if (s->conn != NULL) {
        conn_close(s->conn, CONN_CLEAN, NULL);
    }
    (void)loop_run(s->loop);
    assert_int_equal(s->ended, 1);
    tls_context_free(s->tls);
    free(s->received);
}

static void close_pair(struct pair *p)
{
    close_side(&p->client);
    close_side(&p->server);
    /* What waited for a socket has given its buffers back: only that of the loop is out. */
    assert_int_equal(p->loop.buffers.out_count, p->loop.read_buffer != NULL);
    loop_close(&p->loop);
}

static void turn(struct pair *p)
{
    (void)uv_run(&p->loop.uv, UV_RUN_NOWAIT);
}

static void open_both(struct pair *p)
{
    while (!p->client.opened || !p->server.opened) {
        assert_int_equal(p->client.ended + p->server.ended, 0);
        turn(p);
    }
}

static uint8_t *make_body(void)
{
    uint8_t *body = malloc(BODY);
    assert_non_null(body);
    for (size_t i = 0; i < BODY; i++) {
        body[i] = (uint8_t)(i * 7 + i / 1000);
    }
    return body;
}

static void send_body(struct side *s, const uint8_t *body, size_t length)
{
    s->body = body;
    s->left = length;
    conn_want_write(s->conn);
}

static const struct conn_config PLAIN = {0};

static void bodies_arrive_both_ways_at_once(void **state)
{
    (void)state;
    uint8_t *body = make_body();
    for (size_t i = 0; i < WAY_COUNT; i++) {
        struct pair p;
        open_pair(&p, &WAYS[i], PLAIN);
        p.client.body = p.server.body = body;
        p.client.left = BODY;
        p.server.left = BODY - 1;
        while (p.client.received_length < BODY - 1 || p.server.received_length < BODY) {
            assert_int_equal(p.client.ended + p.server.ended, 0);
            turn(&p);
        }
        assert_memory_equal(p.client.received, body, BODY - 1);
        assert_memory_equal(p.server.received, body, BODY);
        assert_int_equal(conn_is_writing(p.client.conn) + conn_is_writing(p.server.conn), 0);
        close_pair(&p);
    }
    free(body);
}

/* The pair is no TCP: the kernel makes no records for it, wherever this runs. */
static void it_tells_who_makes_the_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAY_COUNT; i++) {
        struct pair p;
        open_pair(&p, &WAYS[i], PLAIN);
        open_both(&p);
        assert_string_equal(p.client.kernel == NULL ? "not asked" : p.client.kernel,
                            WAYS[i].client ? "none" : "not asked");
        assert_string_equal(p.server.kernel == NULL ? "not asked" : p.server.kernel,
                            WAYS[i].server ? "none" : "not asked");
        close_pair(&p);
    }
}

static void reader_that_stops_holds_the_other_up(void **state)
{
    (void)state;
    uint8_t *body = make_body();
    for (size_t i = 0; i < WAY_COUNT; i++) {
        struct pair p;
        open_pair(&p, &WAYS[i], PLAIN);
        /* A filter delivers the records of what it has read, so one that stops is on its socket. */
        p.server.stops = (int)WAYS[i].server;
        p.client.body = body;
        p.client.left = BODY;
        while (WAYS[i].server && p.client.left > 0 &&
               (p.server.stops < 2 || !conn_is_writing(p.client.conn))) {
            turn(&p);
        }
        if (WAYS[i].server) {
            assert_true(p.client.left > 0);
            assert_int_equal(p.server.stops, 2);
            p.server.stops = 0;
            conn_set_reading(p.server.conn, 1);
        }
        while (p.server.received_length < BODY) {
            turn(&p);
        }
        assert_memory_equal(p.server.received, body, BODY);
        close_pair(&p);
    }
    free(body);
}

static void finish_sends_the_rest_and_both_end(void **state)
{
    (void)state;
    const struct conn_config config = {.linger_ms = 60000};
    uint8_t *body = make_body();
    for (size_t i = 0; i < WAY_COUNT; i++) {
        struct pair p;
        open_pair(&p, &WAYS[i], config);
        open_both(&p);
        p.server.body = body;
        p.server.left = BODY;
        conn_finish(p.server.conn);
        while (!p.client.eof) {
            turn(&p);
        }
        assert_int_equal(p.client.received_length, BODY);
        assert_memory_equal(p.client.received, body, BODY);
        /* It waits for the peer, whose octets are dropped. */
        send_body(&p.client, body, 100000);
        while (p.client.left > 0) {
            turn(&p);
        }
        assert_non_null(p.server.conn);
        assert_int_equal(p.server.received_length, 0);
        conn_finish(p.client.conn);
        (void)loop_run(&p.loop);
        assert_int_equal(p.client.cause, CONN_CLEAN);
        assert_int_equal(p.server.cause, CONN_CLEAN);
        close_pair(&p);
    }
    free(body);
}

/* The octets of a write that waits stand until the conn says that it is gone. */
static void closing_while_writing_is_safe(void **state)
{
    (void)state;
    uint8_t *body = make_body();
    for (size_t i = 0; i < WAY_COUNT; i++) {
        struct pair p;
        open_pair(&p, &WAYS[i], PLAIN);
        open_both(&p);
        conn_set_reading(p.server.conn, 0);
        send_body(&p.client, body, BODY);
        while (!conn_is_writing(p.client.conn)) {
            turn(&p);
        }
        conn_close(p.client.conn, CONN_PROTOCOL, "enough");
        conn_set_reading(p.server.conn, 1);
        (void)loop_run(&p.loop);
        assert_int_equal(p.client.cause, CONN_PROTOCOL);
        assert_string_equal(p.client.message, "enough");
        assert_int_equal(p.server.eof, 1);
        close_pair(&p);
    }
    free(body);
}

static void write_to_a_gone_peer_is_an_io_error(void **state)
{
    (void)state;
    uint8_t *body = make_body();
    for (size_t i = 0; i < WAY_COUNT; i++) {
        struct pair p;
        open_pair(&p, &WAYS[i], PLAIN);
        open_both(&p);
        turn(&p);
        conn_set_reading(p.client.conn, 0);
        conn_close(p.server.conn, CONN_CLEAN, NULL);
        turn(&p);
        send_body(&p.client, body, BODY);
        (void)loop_run(&p.loop);
        assert_int_equal(p.client.cause, CONN_IO);
        assert_string_equal(p.client.message, "cannot write: broken pipe");
        close_pair(&p);
    }
    free(body);
}

/* The buffers of the pair are too small for what the server says in one go. */
static void handshake_waits_for_the_socket(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAY_COUNT; i++) {
        struct pair p;
        const int least = 1;
        uv_os_fd_t fd = -1;
        open_pair(&p, &WAYS[i], PLAIN);
        assert_int_equal(uv_fileno((uv_handle_t *)p.server.socket, &fd), 0);
        assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least), 0);
        turn(&p); /* the client says hello */
        conn_set_reading(p.client.conn, 0);
        for (int k = 0; k < 20; k++) {
            turn(&p);
        }
        assert_int_equal(p.client.opened + p.server.opened, 0);
        conn_set_reading(p.client.conn, 1);
        for (int k = 0; k < 10000 && !p.server.opened; k++) {
            turn(&p);
        }
        assert_int_equal(p.server.opened, 1);
        close_pair(&p);
    }
}

/* ---- Peers that do not speak TLS, or stand still: some wait for a real clock, some milliseconds -- */

static void peer_that_takes_nothing_is_cut_off(void **state)
{
    (void)state;
    const struct conn_config config = {.write_timeout_ms = 20};
    uint8_t *body = make_body();
    for (size_t i = 0; i < WAY_COUNT; i++) {
        struct pair p;
        open_pair(&p, &WAYS[i], config);
        open_both(&p);
        conn_set_reading(p.server.conn, 0);
        send_body(&p.client, body, BODY);
        while (p.client.conn != NULL) {
            turn(&p);
        }
        assert_int_equal(p.client.cause, CONN_IO);
        assert_string_equal(p.client.message, "the peer does not take what is sent: timed out");
        close_pair(&p);
    }
    free(body);
}

/* One end of a pair, the other one is the test's. */
static int open_alone(struct pair *p, struct side *s, uint32_t on_socket, struct conn_config config)
{
    int ends[2];
    memset(p, 0, sizeof *p);
    assert_int_equal(loop_init(&p->loop), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    make_context(s, s == &p->server, on_socket);
    config.host = s == &p->server ? NULL : "localhost";
    open_side(s, &p->loop, ends[0], config);
    return ends[1];
}

static void close_alone(struct pair *p, struct side *s, int peer)
{
    close_side(s);
    assert_int_equal(close(peer), 0);
    loop_close(&p->loop);
}

static void handshake_that_stands_still_is_cut_off(void **state)
{
    (void)state;
    const struct conn_config config = {.open_timeout_ms = 20};
    for (uint32_t on_socket = 0; on_socket < 2; on_socket++) {
        struct pair p;
        const int peer = open_alone(&p, &p.server, on_socket, config);
        (void)loop_run(&p.loop);
        assert_int_equal(p.server.cause, CONN_TLS);
        assert_string_equal(p.server.message, "TLS handshake: timed out");
        close_alone(&p, &p.server, peer);
    }
}

static void end_during_the_handshake_is_a_tls_error(void **state)
{
    (void)state;
    for (uint32_t on_socket = 0; on_socket < 2; on_socket++) {
        struct pair p;
        uint8_t hello[2048];
        const int peer = open_alone(&p, &p.client, on_socket, PLAIN);
        turn(&p);
        assert_true(recv(peer, hello, sizeof hello, 0) > 5);
        assert_int_equal(hello[0], 22);
        assert_int_equal(shutdown(peer, SHUT_WR), 0);
        (void)loop_run(&p.loop);
        assert_int_equal(p.client.cause, CONN_TLS);
        assert_string_equal(p.client.message, "TLS handshake: the peer ended the connection");
        close_alone(&p, &p.client, peer);
    }
}

static void broken_hello_is_answered_by_an_alert(void **state)
{
    /* A record of a handshake (22): a ClientHello of one octet; and octets that nobody reads. */
    static const uint8_t HELLO[4096] = {22, 3, 1, 0, 5, 1, 0, 0, 1, 0};
    (void)state;
    for (uint32_t on_socket = 0; on_socket < 2; on_socket++) {
        struct pair p;
        uint8_t alert[64];
        const int peer = open_alone(&p, &p.server, on_socket, PLAIN);
        assert_int_equal(send(peer, HELLO, sizeof HELLO, 0), sizeof HELLO);
        (void)loop_run(&p.loop);
        assert_int_equal(p.server.opened, 0);
        assert_int_equal(p.server.cause, CONN_TLS);
        assert_non_null(strstr(p.server.message, "TLS handshake: "));
        assert_int_equal(recv(peer, alert, sizeof alert, 0), 7);
        assert_int_equal(alert[0], 21);
        close_alone(&p, &p.server, peer);
    }
}

static int make_files(void **state)
{
    (void)state;
    EVP_PKEY *key = NULL;
    X509 *certificate = NULL;
    pem_files_make(key_file, chain_file, CHAIN, &key, &certificate);
    EVP_PKEY_free(key);
    X509_free(certificate);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    (void)unlink(key_file);
    (void)unlink(chain_file);
    return 0;
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_arrive_both_ways_at_once),
        cmocka_unit_test(it_tells_who_makes_the_records),
        cmocka_unit_test(reader_that_stops_holds_the_other_up),
        cmocka_unit_test(finish_sends_the_rest_and_both_end),
        cmocka_unit_test(closing_while_writing_is_safe),
        cmocka_unit_test(write_to_a_gone_peer_is_an_io_error),
        cmocka_unit_test(handshake_waits_for_the_socket),
        cmocka_unit_test(peer_that_takes_nothing_is_cut_off),
        cmocka_unit_test(handshake_that_stands_still_is_cut_off),
        cmocka_unit_test(end_during_the_handshake_is_a_tls_error),
        cmocka_unit_test(broken_hello_is_answered_by_an_alert),
    };
    return cmocka_run_group_tests_name("conn_tls", tests, make_files, remove_files);
}
