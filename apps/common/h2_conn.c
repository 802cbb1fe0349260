/* SPDX-License-Identifier: MIT */
#include "h2_conn_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    H2_CONN_PIECES = 32,
    NS_PER_MS = 1000000,
    LINGER_MS = 1000,
    MESSAGE_SIZE = 320,
    TRIM_STEPS = 2
};

static const struct h2_conn_limits DEFAULT_LIMITS = {
    .open_timeout_ns = UINT64_C(10000000000),
    .write_timeout_ns = UINT64_C(30000000000),
    .request_line = 8192,
};

/* ---- The end ------------------------------------------------------------------------------- */

/* The fault that ended the session, as a line. */
static void fault_text(const h2session *session, char out[MESSAGE_SIZE])
{
    h2session_fault_event fault;
    memset(&fault, 0, sizeof fault);
    fault.size = sizeof fault;
    if (h2session_last_fault(session, &fault) != 0 || fault.scope != H2FRAME_SCOPE_CONNECTION) {
        (void)snprintf(out, MESSAGE_SIZE, "HTTP/2 session failed");
        return;
    }
    (void)snprintf(out, MESSAGE_SIZE, "%s: %s (%s)", h2frame_code_name(fault.code),
                   h2session_reason_text(fault.reason), h2session_reason_where(fault.reason));
}

static void report_end(struct h2_conn *c, const struct conn_end *end)
{
    h2session *session = c->session;
    c->session = NULL;
    c->conn = NULL;
    h2session_free(session);
    h1_conn_free(c->h1);
    c->config.on_end(c, end, c->config.user);
    h2_conn__forget_target(c);
    free(c->end_message);
    free(c);
}

static void run_end_task(struct loop_task *task)
{
    struct h2_conn *c = (struct h2_conn *)((char *)task - offsetof(struct h2_conn, end_task));
    const struct conn_end end = {c->end_cause, c->end_message == NULL ? "" : c->end_message};
    report_end(c, &end);
}

void h2_conn__end_early(struct h2_conn *c, enum conn_cause cause, const char *message)
{
    if (c->end_task.queued) {
        return;
    }
    c->end_cause = cause;
    c->end_message = message == NULL ? NULL : strdup(message);
    loop_defer(c->loop, &c->end_task);
}

/* What the transport calls clean may still be a broken conversation. */
static void on_closed(struct conn *conn, const struct conn_end *end, void *user)
{
    (void)conn;
    struct h2_conn *c = user;
    char message[MESSAGE_SIZE];
    struct conn_end final = *end;
    if (end->cause == CONN_CLEAN && c->end_cause != CONN_CLEAN) {
        final.cause = c->end_cause;
        final.message = message;
        if (c->cut_streams > 0) {
            (void)snprintf(message, sizeof message,
                           "the peer ended the connection with %u streams unfinished",
                           (unsigned)c->cut_streams);
        } else if (c->session == NULL) {
            (void)snprintf(message, sizeof message, "%s",
                           c->end_cause == CONN_MEMORY ? "out of memory" : "HTTP/1.1 failed");
        } else {
            fault_text(c->session, message);
        }
    }
    report_end(c, &final);
}

/* Remembers how the session failed; the first failure counts. */
static void note_failure(struct h2_conn *c, int status)
{
    if (status == 0 || c->end_cause != CONN_CLEAN) {
        return;
    }
    c->end_cause =
        h2session_error_category(status) == H2SESSION_CATEGORY_MEMORY ? CONN_MEMORY : CONN_PROTOCOL;
}

/* ---- Session and transport ----------------------------------------------------------------- */

/* Looks at what the HTTP/1.1 machine wants now. */
static void update_h1(struct h2_conn *c)
{
    const uint32_t wants = h1_conn_wants(c->h1);
    if ((wants & H1_WANT_CLOSE) != 0) {
        const enum h1_error error = h1_conn_error(c->h1);
        if (error == H1_CLEAN) {
            conn_finish(c->conn);
        } else {
            conn_close(c->conn, error == H1_NOMEM ? CONN_MEMORY : CONN_PROTOCOL,
                       error == H1_NOMEM ? "out of memory" : "HTTP/1.1: cut");
        }
        return;
    }
    if ((wants & H1_WANT_WRITE) != 0) {
        conn_want_write(c->conn);
    }
    conn_set_reading(c->conn, (wants & H1_WANT_READ) != 0);
    conn_set_deadline(c->conn, h1_conn_deadline_ns(c->h1));
}

/* When nothing has come in for so long that the session gives memory back, or more of it. */
static uint64_t trim_time(const struct h2_conn *c)
{
    const uint64_t ms = c->config.trim_ms == 0 ? H2_CONN_TRIM_MS : c->config.trim_ms;
    return c->trimmed == TRIM_STEPS
               ? UINT64_MAX
               : c->input_ns + ms * NS_PER_MS * (c->trimmed == 0 ? 1 : H2_CONN_DROP_TIMES);
}

/* Looks at what the session wants now. */
static void update(struct h2_conn *c)
{
    if (c->conn != NULL && c->session == NULL && c->h1 != NULL) {
        update_h1(c);
        return;
    }
    if (c->session == NULL || c->conn == NULL) {
        return;
    }
    if (c->h1 != NULL) {
        conn_want_write(c->conn); /* 101 */
    }
    const uint32_t wants = h2session_wants(c->session);
    /* A peer that has ended opens no window, and most likely is gone: what can be written is, and
     * nothing else is waited for. */
    const int ended =
        c->input_ended && (wants & H2SESSION_WANT_WRITE) == 0 && !conn_is_writing(c->conn);
    if ((wants & H2SESSION_WANT_CLOSE) != 0 || ended) {
        conn_finish(c->conn);
        return;
    }
    if ((wants & H2SESSION_WANT_WRITE) != 0) {
        conn_want_write(c->conn);
    }
    conn_set_reading(c->conn, (wants & H2SESSION_WANT_READ) != 0);
    const uint64_t deadline = h2session_deadline_ns(c->session);
    const uint64_t trim = trim_time(c);
    conn_set_deadline(c->conn, trim < deadline ? trim : deadline);
}

/* Most connections that have been silent for a while stay so. First goes what is made again for
 * nothing, then what makes the next answer longer. */
static void trim(struct h2_conn *c, uint64_t now)
{
    if (now < trim_time(c)) {
        return;
    }
    if (h2session_stream_count(c->session) == 0) {
        (void)(c->trimmed == 0 ? h2session_trim(c->session) : h2session_drop_encoder(c->session));
    }
    c->trimmed++;
}

/* Returns 0, or -1 when the connection is closing. */
static int new_session(struct h2_conn *c)
{
    const int status =
        h2session_new(&c->session, c->config.session, c->config.callbacks, c->config.user);
    if (status != 0) {
        c->session = NULL;
        conn_close(c->conn, CONN_MEMORY, h2session_error_text(status));
        return -1;
    }
    return 0;
}

static void tell_open(struct h2_conn *c)
{
    if (c->config.on_open != NULL) {
        c->config.on_open(c, c->session, c->config.user);
    }
    update(c);
}

static void start_h2(struct h2_conn *c)
{
    if (new_session(c) == 0) {
        tell_open(c);
    }
}

static void feed_h2(struct h2_conn *c, const uint8_t *data, size_t length)
{
    int status = 0;
    c->input_ns = loop_now_ns();
    c->trimmed = 0;
    while (length > 0 && status == 0) {
        size_t consumed = 0;
        status = h2session_recv(c->session, data, length, c->input_ns, &consumed);
        /* Short of length after a callback paused; there is nobody to wait for. */
        data += consumed;
        length -= consumed;
    }
    note_failure(c, status);
}

/* Makes the session that goes on with the request as its stream 1 (RFC 7540 3.2). A client whose
 * settings or fields are no good for that is answered in HTTP/1.1. */
static int on_upgrade(struct h1_conn *h1, const hpack_field *settings,
                      const h2session_headers_event *event, void *upgrade_user)
{
    struct h2_conn *c = upgrade_user;
    (void)h1;
    const h2session_message request = {
        .size = sizeof request, .fields = event->fields, .field_count = event->field_count};
    int status = h2session_new(&c->session, c->config.session, c->config.callbacks, c->config.user);
    if (status != 0) {
        c->session = NULL;
        return -1;
    }
    status =
        h2session_upgrade_server(c->session, settings->value, settings->value_length, &request);
    if (status == 0) {
        return 1;
    }
    h2session_free(c->session);
    c->session = NULL;
    return status == H2SESSION_ERR_UPGRADE || status == H2SESSION_ERR_FIELD ? 0 : -1;
}

static int start_h1(struct h2_conn *c)
{
    struct h1_config config;
    h1_config_init(&config, c->config.session);
    config.is_https = c->config.tls != NULL;
    config.limits.line = c->config.limits->request_line;
    struct h1_callbacks callbacks = *c->config.http1;
    callbacks.on_upgrade = on_upgrade;
    callbacks.upgrade_user = c;
    if (h1_conn_new(&c->h1, &config, &callbacks, c->config.user, loop_now_ns()) != 0) {
        c->h1 = NULL;
        conn_close(c->conn, CONN_MEMORY, "out of memory");
        return -1;
    }
    tell_open(c);
    return 0;
}

static void on_open(struct conn *conn, void *user)
{
    struct h2_conn *c = user;
    const struct tls_info *tls = conn_tls_info(conn);
    c->times.open_ns = loop_now_ns();
    if (c->config.http1 == NULL || (tls != NULL && strcmp(tls->protocol, "h2") == 0)) {
        start_h2(c);
    } else if (tls != NULL) {
        (void)start_h1(c);
    } else {
        c->undecided = 1;
        conn_set_reading(conn, 1);
        if (c->config.session->first_request_timeout_ns > 0) {
            conn_set_deadline(conn, loop_now_ns() + c->config.session->first_request_timeout_ns);
        }
    }
}

static void feed_h1(struct h2_conn *c, const uint8_t *data, size_t length)
{
    h1_conn_recv(c->h1, data, length, loop_now_ns());
    if (c->session != NULL && (h1_conn_wants(c->h1) & H1_UPGRADED) != 0) {
        const uint8_t *rest = NULL;
        size_t rest_length = 0;
        h1_conn_rest(c->h1, &rest, &rest_length);
        feed_h2(c, rest, rest_length);
    }
}

static void feed(struct h2_conn *c, const uint8_t *data, size_t length)
{
    if (c->session != NULL) {
        feed_h2(c, data, length);
    } else if (c->h1 != NULL) {
        feed_h1(c, data, length);
    }
}

/* No method of HTTP/1.1 begins as the preface of HTTP/2 does (RFC 9113 3.4). rfc: 9113#3.4 */
static const uint8_t PREFACE[] = {'P', 'R', 'I', ' '};

/* Takes first octets. Returns how many of them are still to be fed. */
static size_t decide(struct h2_conn *c, const uint8_t *data, size_t length)
{
    size_t same = 0;
    while (same < length && c->first_seen < sizeof PREFACE &&
           data[same] == PREFACE[c->first_seen]) {
        same++;
        c->first_seen++;
    }
    const int is_h2 = c->first_seen == sizeof PREFACE;
    if (!is_h2 && same == length) {
        return 0;
    }
    c->undecided = 0;
    if (is_h2) {
        start_h2(c);
    } else if (start_h1(c) != 0) {
        return 0;
    }
    feed(c, PREFACE, c->first_seen);
    return length - same;
}

static void on_read(struct conn *conn, const uint8_t *data, size_t length, void *user)
{
    (void)conn;
    struct h2_conn *c = user;
    if (c->config.on_input != NULL) {
        c->config.on_input(c, data, length, c->config.user);
    }
    const size_t left = c->undecided ? decide(c, data, length) : length;
    if (!c->undecided && left > 0) {
        feed(c, data + (length - left), left);
    }
    update(c);
}

static void on_eof(struct conn *conn, void *user)
{
    struct h2_conn *c = user;
    c->input_ended = 1;
    if (c->session == NULL && c->h1 == NULL) {
        conn_finish(conn);
        return;
    }
    if (c->session == NULL) {
        h1_conn_recv_eof(c->h1, loop_now_ns());
        update(c);
        return;
    }
    const uint32_t open_streams = h2session_stream_count(c->session);
    const int status = h2session_recv_eof(c->session, loop_now_ns());
    /* A missing end of a message is one also when TLS was ended in order, and the other way
     * round: HTTP/2 frames say what is complete. */
    if (open_streams > 0 && c->end_cause == CONN_CLEAN) {
        c->cut_streams = open_streams;
        c->end_cause = CONN_PROTOCOL;
    }
    note_failure(c, status);
    update(c);
}

/* What HTTP/1.1 sends; after an upgrade all of it, the 101, comes before the session's. */
static size_t peek_h1(struct h2_conn *c, uv_buf_t *pieces)
{
    const uint8_t *data = NULL;
    size_t length = 0;
    h1_conn_peek(c->h1, &data, &length);
    if (length == 0) {
        update(c);
        return 0;
    }
    pieces[0].base = (char *)(uintptr_t)data;
    pieces[0].len = length;
    return 1;
}

static size_t on_peek(struct conn *conn, uv_buf_t *pieces, size_t capacity, void *user)
{
    (void)conn;
    struct h2_conn *c = user;
    h2frame_bytes lent[H2_CONN_PIECES];
    size_t count = 0;
    if (c->h1 != NULL) {
        return peek_h1(c, pieces);
    }
    if (c->session == NULL) {
        return 0;
    }
    if (capacity > H2_CONN_PIECES) {
        capacity = H2_CONN_PIECES;
    }
    const int status = h2session_peek(c->session, lent, capacity, &count);
    note_failure(c, status);
    for (size_t i = 0; i < count; i++) {
        pieces[i].base = (char *)(uintptr_t)lent[i].data;
        pieces[i].len = lent[i].length;
    }
    if (count == 0) {
        update(c);
    }
    return count;
}

static void on_sent(struct conn *conn, size_t length, void *user)
{
    (void)conn;
    struct h2_conn *c = user;
    if (c->config.on_output != NULL) {
        c->config.on_output(c, length, c->config.user);
    }
    if (c->h1 != NULL) {
        h1_conn_sent(c->h1, length, loop_now_ns());
        if (c->session != NULL && (h1_conn_wants(c->h1) & H1_WANT_WRITE) == 0) {
            h1_conn_free(c->h1);
            c->h1 = NULL;
        }
        update(c);
        return;
    }
    note_failure(c, h2session_sent(c->session, length, loop_now_ns()));
    update(c);
}

static void on_deadline(struct conn *conn, void *user)
{
    struct h2_conn *c = user;
    if (c->undecided) {
        conn_finish(conn);
        return;
    }
    if (c->session == NULL) {
        h1_conn_tick(c->h1, loop_now_ns());
        update(c);
        return;
    }
    const uint64_t now = loop_now_ns();
    note_failure(c, h2session_tick(c->session, now));
    if ((h2session_wants(c->session) & H2SESSION_WANT_CLOSE) != 0 && conn_is_writing(conn)) {
        /* The session has waited long enough for its last octets to leave. */
        conn_close(conn, CONN_CLEAN, NULL);
        return;
    }
    trim(c, now);
    update(c);
}

static const struct conn_handler HANDLER = {
    .on_open = on_open,
    .on_read = on_read,
    .on_eof = on_eof,
    .peek = on_peek,
    .sent = on_sent,
    .on_deadline = on_deadline,
    .on_closed = on_closed,
};

/* ---- The beginning ------------------------------------------------------------------------- */

struct h2_conn *h2_conn__new(struct loop *loop, const struct h2_conn_config *config)
{
    struct h2_conn *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->loop = loop;
    c->config = *config;
    if (c->config.limits == NULL) {
        c->config.limits = &DEFAULT_LIMITS;
    }
    c->end_task.run = run_end_task;
    return c;
}

/* Rounded up, so that a limit does not become none. */
static uint64_t in_ms(uint64_t ns)
{
    return ns / NS_PER_MS + (ns % NS_PER_MS != 0);
}

int h2_conn__open(struct h2_conn *c, uv_tcp_t *socket)
{
    const int is_client = c->config.session->role == H2SESSION_CLIENT;
    const struct conn_config config = {
        .handler = &HANDLER,
        .user = c,
        .tls = c->config.tls,
        .host = is_client ? c->host : NULL,
        .open_timeout_ms =
            is_client ? c->open_timeout_ms : in_ms(c->config.limits->open_timeout_ns),
        .write_timeout_ms = in_ms(c->config.limits->write_timeout_ns),
        .linger_ms = is_client ? 0 : LINGER_MS,
    };
    return conn_open(&c->conn, c->loop, socket, &config);
}

int h2_conn_accept(struct h2_conn **out, struct loop *loop, uv_tcp_t *socket,
                   const struct h2_conn_config *config)
{
    struct h2_conn *c = h2_conn__new(loop, config);
    if (c == NULL) {
        tcp_socket_close(socket);
        return UV_ENOMEM;
    }
    const int status = h2_conn__open(c, socket);
    if (status != 0) {
        free(c);
        return status;
    }
    *out = c;
    return 0;
}

/* ---- For the application ------------------------------------------------------------------- */

h2session *h2_conn_session(const struct h2_conn *c)
{
    return c->session;
}

void h2_conn_wake(struct h2_conn *c)
{
    if (c->session == NULL && c->h1 != NULL) {
        h1_conn_tick(c->h1, loop_now_ns());
    }
    update(c);
}

void h2_conn_shutdown(struct h2_conn *c)
{
    if (c->session == NULL && c->h1 != NULL) {
        h1_conn_shutdown(c->h1);
        update(c);
        return;
    }
    if (c->session == NULL) {
        h2_conn_abort(c, CONN_CLEAN, NULL);
        return;
    }
    const int status = h2session_shutdown(c->session);
    if (status != 0 && h2session_error_category(status) == H2SESSION_CATEGORY_MEMORY) {
        conn_close(c->conn, CONN_MEMORY, h2session_error_text(status));
        return;
    }
    update(c);
}

void h2_conn_abort(struct h2_conn *c, enum conn_cause cause, const char *message)
{
    if (c->conn != NULL) {
        conn_close(c->conn, cause, message);
        return;
    }
    h2_conn__stop_connecting(c);
    h2_conn__end_early(c, cause, message);
}

const struct h2_conn_times *h2_conn_times(const struct h2_conn *c)
{
    return &c->times;
}

const struct tls_info *h2_conn_tls_info(const struct h2_conn *c)
{
    return c->conn == NULL ? NULL : conn_tls_info(c->conn);
}

const char *h2_conn_peer_text(const struct h2_conn *c)
{
    return c->conn == NULL ? "?" : conn_peer_text(c->conn);
}
