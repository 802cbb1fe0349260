/* SPDX-License-Identifier: MIT */
#include "conn_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes in a row before others get their turn. */
enum { CONN_WRITES_A_TURN = 4 };

static const uint64_t NEVER = UINT64_MAX;
static const uint64_t NS_PER_MS = 1000000;

/* ---- The end ------------------------------------------------------------------------------- */

void conn__handle_closed(uv_handle_t *handle)
{
    struct conn *c = handle->data;
    if (handle == (uv_handle_t *)c->socket) {
        free(c->socket);
        c->socket = NULL;
    }
    if (--c->open_handles > 0) {
        return;
    }
    const struct conn_end end = {(enum conn_cause)c->end_cause,
                                 c->end_message == NULL ? "" : c->end_message};
    c->handler->on_closed(c, &end, c->user);
    c->transport->release(c);
    free(c->peer_text);
    free(c->end_message);
    free(c);
}

void conn_close(struct conn *c, enum conn_cause cause, const char *message)
{
    if (c->state == STATE_CLOSED) {
        return;
    }
    c->state = STATE_CLOSED;
    c->end_cause = (uint8_t)cause;
    /* Without memory for it the message is lost, the cause is not. */
    c->end_message = message == NULL || message[0] == '\0' ? NULL : strdup(message);
    loop_cancel(c->loop, &c->task);
    c->open_handles = (uint8_t)(1 + c->transport->close(c));
    uv_close((uv_handle_t *)&c->timer, conn__handle_closed);
}

void conn__broken(struct conn *c, const char *what, int status)
{
    char message[TCP_TEXT_SIZE];
    enum conn_cause cause = CONN_IO;
    if (c->state == STATE_SHUT) {
        cause = CONN_CLEAN;
    } else if (c->state == STATE_OPENING && c->has_tls) {
        cause = CONN_TLS;
        what = "TLS handshake";
    }
    (void)snprintf(message, sizeof message, "%s: %s", what, uv_strerror(status));
    conn_close(c, cause, cause == CONN_CLEAN ? NULL : message);
}

void conn__no_memory(struct conn *c)
{
    conn_close(c, CONN_MEMORY, "out of memory");
}

/* ---- Time ---------------------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer);

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t after_ms(uint64_t milliseconds)
{
    return milliseconds == 0 ? NEVER : loop_now_ns() + milliseconds * NS_PER_MS;
}

/* Makes sure the timer goes off in time; going off too early does no harm. */
static void arm(struct conn *c)
{
    const uint64_t first = earlier(c->handler_ns, earlier(c->phase_ns, c->write_ns));
    if (c->state == STATE_CLOSED || first >= c->armed_ns) {
        return;
    }
    const uint64_t now = loop_now_ns();
    const uint64_t wait_ms = first <= now ? 0 : (first - now + NS_PER_MS - 1) / NS_PER_MS;
    c->armed_ns = first;
    /* The loop counts from the beginning of this turn. */
    uv_update_time(&c->loop->uv);
    (void)uv_timer_start(&c->timer, on_timer, wait_ms, 0);
}

/* A write has taken too long, unless some of it has left since the last look. */
static void check_write(struct conn *c, uint64_t now)
{
    if (!c->transport->has_moved(c)) {
        conn_close(c, CONN_IO, "the peer does not take what is sent: timed out");
        return;
    }
    c->write_ns = now + c->write_timeout_ns;
}

static void on_timer(uv_timer_t *timer)
{
    struct conn *c = timer->data;
    c->armed_ns = NEVER;
    const uint64_t now = loop_now_ns();
    if (now >= c->phase_ns) {
        if (c->state == STATE_OPENING) {
            conn_close(c, CONN_TLS, "TLS handshake: timed out");
        } else {
            conn_close(c, CONN_CLEAN, NULL);
        }
        return;
    }
    if (now >= c->write_ns) {
        check_write(c, now);
    }
    if (now >= c->handler_ns) {
        /* Also when the handler is not asked any more: the timer would go off again at once. */
        c->handler_ns = NEVER;
        if (c->state == STATE_OPEN) {
            c->handler->on_deadline(c, c->user);
        }
    }
    arm(c);
}

void conn_set_deadline(struct conn *c, uint64_t deadline_ns)
{
    c->handler_ns = deadline_ns;
    arm(c);
}

/* ---- Out ----------------------------------------------------------------------------------- */

void conn__write_waits(struct conn *c)
{
    c->is_writing = 1;
    if (c->write_timeout_ns != 0) {
        c->write_ns = loop_now_ns() + c->write_timeout_ns;
        arm(c);
    }
}

void conn__write_done(struct conn *c)
{
    c->is_writing = 0;
    c->write_ns = NEVER;
}

size_t conn__peek(struct conn *c, uv_buf_t pieces[CONN_PIECES])
{
    if (c->state != STATE_OPEN && c->state != STATE_FINISHING) {
        return 0;
    }
    return c->handler->peek(c, pieces, CONN_PIECES, c->user);
}

/* ---- Ending in order ----------------------------------------------------------------------- */

void conn__shut(struct conn *c, int status)
{
    if (c->state == STATE_CLOSED) {
        return;
    }
    if (status != 0 || c->linger_ns == 0 || c->input_ended) {
        conn_close(c, CONN_CLEAN, NULL);
        return;
    }
    /* Closing now could, with octets of the peer unread, destroy what we have sent last before
     * the peer has read it: take and drop them until the peer ends too. */
    c->phase_ns = loop_now_ns() + c->linger_ns;
    conn_set_reading(c, 1);
    arm(c);
}

static void shut(struct conn *c)
{
    c->state = STATE_SHUT;
    if (c->input_ended) { /* nothing is unread: to close is to end in order */
        conn_close(c, CONN_CLEAN, NULL);
    } else {
        c->transport->shut(c);
    }
}

static void flush(struct loop_task *task)
{
    struct conn *c = (struct conn *)((char *)task - offsetof(struct conn, task));
    if (c->state == STATE_OPENING && !c->has_tls) {
        c->state = STATE_OPEN;
        c->handler->on_open(c, c->user);
    }
    int turns = 0;
    while (!c->is_writing && c->state != STATE_CLOSED && c->state != STATE_SHUT &&
           c->transport->write(c, turns >= CONN_WRITES_A_TURN)) {
        turns++;
    }
    if (c->state != STATE_FINISHING || c->is_writing) {
        return;
    }
    c->transport->end(c);
    if (!c->is_writing && c->state == STATE_FINISHING) {
        shut(c);
    }
}

void conn_want_write(struct conn *c)
{
    if (c->state != STATE_CLOSED && !c->is_writing) {
        loop_defer(c->loop, &c->task);
    }
}

void conn_finish(struct conn *c)
{
    if (c->state == STATE_OPENING) {
        conn_close(c, CONN_CLEAN, NULL);
    } else if (c->state == STATE_OPEN) {
        c->state = STATE_FINISHING;
        c->handler_ns = NEVER;
        if (c->write_timeout_ns != 0) {
            c->phase_ns = loop_now_ns() + c->write_timeout_ns;
            arm(c);
        }
        conn_want_write(c);
    }
}

int conn_is_writing(const struct conn *c)
{
    return c->is_writing;
}

/* ---- In ------------------------------------------------------------------------------------ */

void conn__opened(struct conn *c)
{
    c->state = STATE_OPEN;
    c->phase_ns = NEVER;
    c->handler->on_open(c, c->user);
}

void conn__deliver(struct conn *c, const uint8_t *data, size_t length)
{
    if (c->state == STATE_OPEN) {
        c->handler->on_read(c, data, length, c->user);
    }
}

void conn__end_input(struct conn *c)
{
    if (c->input_ended) {
        return;
    }
    c->input_ended = 1;
    conn_set_reading(c, 0);
    if (c->state == STATE_OPENING) {
        conn_close(c, CONN_TLS, "TLS handshake: the peer ended the connection");
    } else if (c->state == STATE_SHUT) {
        conn_close(c, CONN_CLEAN, NULL);
    } else if (c->state == STATE_OPEN) {
        c->handler->on_eof(c, c->user);
    }
}

void conn_set_reading(struct conn *c, int reading)
{
    if (c->state == STATE_CLOSED) {
        return;
    }
    const uint8_t wanted = reading && !c->input_ended;
    if (wanted == c->is_reading) {
        return;
    }
    c->is_reading = wanted;
    const int status = c->transport->set_reading(c, wanted);
    if (wanted && status != 0) {
        conn__broken(c, "cannot read", status);
    }
}

/* ---- The beginning ------------------------------------------------------------------------- */

int conn_open(struct conn **out, struct loop *loop, uv_tcp_t *socket,
              const struct conn_config *config)
{
    struct conn *c = calloc(1, sizeof *c);
    if (c == NULL) {
        tcp_socket_close(socket);
        return UV_ENOMEM;
    }
    c->loop = loop;
    c->handler = config->handler;
    c->user = config->user;
    c->socket = socket;
    c->has_tls = config->tls != NULL;
    const int status = tls_context_is_on_socket(config->tls) ? conn__socket_open(c, config)
                                                             : conn__stream_open(c, config);
    if (status != 0) {
        free(c);
        tcp_socket_close(socket);
        return status;
    }
    c->socket->data = c;
    c->task.run = flush;
    (void)uv_timer_init(&loop->uv, &c->timer);
    c->timer.data = c;
    c->armed_ns = NEVER;
    c->handler_ns = NEVER;
    c->write_ns = NEVER;
    c->phase_ns = c->has_tls ? after_ms(config->open_timeout_ms) : NEVER;
    c->write_timeout_ns = config->write_timeout_ms * NS_PER_MS;
    c->linger_ns = config->linger_ms * NS_PER_MS;
    tcp_peer(socket, &c->peer);
    (void)uv_tcp_nodelay(socket, 1);
    arm(c);
    /* Cleartext is opened by the first flush, TLS by the handshake, whose output it sends. */
    conn_want_write(c);
    if (c->has_tls) {
        conn_set_reading(c, 1);
    }
    *out = c;
    return 0;
}

const struct tls_info *conn_tls_info(const struct conn *c)
{
    return c->transport->tls_info(c);
}

const char *conn_peer_text(struct conn *c)
{
    if (c->peer_text == NULL) {
        char text[TCP_ADDRESS_SIZE];
        tcp_address_text(&c->peer.any, text);
        c->peer_text = strdup(text);
    }
    return c->peer_text == NULL ? "?" : c->peer_text;
}
