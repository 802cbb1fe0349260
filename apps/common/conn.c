/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pieces.h"

enum {
    CONN_PIECES = 32, /* pieces of one write */
    /* Writes in a row before others get their turn. */
    CONN_WRITES_A_TURN = 4,
    PLAIN_SIZE = 16384 /* plaintext of one TLS record */
};

static const uint64_t NEVER = UINT64_MAX;
static const uint64_t NS_PER_MS = 1000000;

enum conn_state {
    STATE_OPENING,   /* handshake */
    STATE_OPEN,      /* octets flow */
    STATE_FINISHING, /* writing the rest; input is dropped */
    STATE_SHUT,      /* our side has ended; waiting for the peer's end */
    STATE_CLOSED     /* handles are closing */
};

/* Much of what is written never waits, and most connections wait for the peer. */
union request {
    uv_write_t write;
    uv_shutdown_t shutdown;
};

struct conn {
    struct loop *loop;
    const struct conn_handler *handler;
    void *user;
    uv_tcp_t *socket;
    struct tls_stream *tls; /* NULL: cleartext */
    struct loop_task task;
    uint8_t state; /* enum conn_state */
    uint8_t is_reading;
    uint8_t is_writing; /* a uv_write() is under way */
    uint8_t input_ended;
    uint8_t open_handles;
    uint8_t end_cause; /* enum conn_cause */
    uv_timer_t timer;
    uint64_t armed_ns;   /* when the timer goes off */
    uint64_t handler_ns; /* the deadline of the handler */
    uint64_t phase_ns;   /* end of the handshake, of finishing, or of lingering */
    uint64_t write_ns;   /* when the write under way must have moved */
    uint64_t write_timeout_ns;
    uint64_t linger_ns;
    size_t write_left; /* of the write under way, when last looked at */
    size_t write_size;
    union request *request; /* of libuv, while it works on one; NULL: none */
    char *end_message;
    union tcp_address peer;
    char *peer_text; /* made when asked for */
};

/* ---- The end ------------------------------------------------------------------------------- */

static void on_handle_closed(uv_handle_t *handle)
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
    tls_stream_free(c->tls);
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
    c->open_handles = 2;
    uv_close((uv_handle_t *)c->socket, on_handle_closed);
    uv_close((uv_handle_t *)&c->timer, on_handle_closed);
}

static void close_broken(struct conn *c, const char *what, int status)
{
    char message[TCP_TEXT_SIZE];
    enum conn_cause cause = CONN_IO;
    if (c->state == STATE_SHUT) {
        cause = CONN_CLEAN;
    } else if (c->state == STATE_OPENING && c->tls != NULL) {
        cause = CONN_TLS;
        what = "TLS handshake";
    }
    (void)snprintf(message, sizeof message, "%s: %s", what, uv_strerror(status));
    conn_close(c, cause, cause == CONN_CLEAN ? NULL : message);
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
    const size_t left = uv_stream_get_write_queue_size((uv_stream_t *)c->socket);
    if (left >= c->write_left) {
        conn_close(c, CONN_IO, "the peer does not take what is sent: timed out");
        return;
    }
    c->write_left = left;
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

/* Returns 0, or -1 when the connection is closing for want of memory. */
static int take_request(struct conn *c)
{
    c->request = malloc(sizeof *c->request);
    if (c->request == NULL) {
        conn_close(c, CONN_MEMORY, "out of memory");
        return -1;
    }
    return 0;
}

static void release_request(struct conn *c)
{
    free(c->request);
    c->request = NULL;
}

static void on_written(uv_write_t *request, int status)
{
    struct conn *c = request->data;
    release_request(c);
    c->is_writing = 0;
    c->write_ns = NEVER;
    if (c->state == STATE_CLOSED) {
        return;
    }
    if (status != 0) {
        close_broken(c, "cannot write", status);
        return;
    }
    if (c->tls != NULL) {
        tls_stream_output_taken(c->tls, c->write_size);
    } else {
        c->handler->sent(c, c->write_size, c->user);
    }
    conn_want_write(c);
}

/* Leaves the rest to libuv; what the pieces point to stands until on_written(). */
static void write_rest(struct conn *c, const uv_buf_t *pieces, unsigned count, size_t size)
{
    if (take_request(c) != 0) {
        return;
    }
    c->request->write.data = c;
    c->write_size = size;
    const int status =
        uv_write(&c->request->write, (uv_stream_t *)c->socket, pieces, count, on_written);
    if (status != 0) {
        release_request(c);
        close_broken(c, "cannot write", status);
        return;
    }
    c->is_writing = 1;
    c->write_left = uv_stream_get_write_queue_size((uv_stream_t *)c->socket);
    if (c->write_timeout_ns != 0) {
        c->write_ns = loop_now_ns() + c->write_timeout_ns;
        arm(c);
    }
}

/* Writes pieces directly; what the socket does not take now is left to libuv. With `queue` all of
 * it is. Returns how much has left, or -1 when the connection is broken. */
static int64_t write_pieces(struct conn *c, uv_buf_t *pieces, size_t count, int queue)
{
    const size_t size = pieces_size(pieces, count);
    size_t taken = 0;
    if (!queue) {
        const int status = uv_try_write((uv_stream_t *)c->socket, pieces, (unsigned)count);
        if (status < 0 && status != UV_EAGAIN) {
            close_broken(c, "cannot write", status);
            return -1;
        }
        taken = status > 0 ? (size_t)status : 0;
    }
    if (taken == size) {
        return (int64_t)taken;
    }
    const size_t gone = pieces_skip(pieces, taken);
    write_rest(c, pieces + gone, (unsigned)(count - gone), size - taken);
    return c->state == STATE_CLOSED ? -1 : (int64_t)taken;
}

/* What the handler has, once the way is open. */
static size_t peek(struct conn *c, uv_buf_t *pieces)
{
    if (c->state != STATE_OPEN && c->state != STATE_FINISHING) {
        return 0;
    }
    return c->handler->peek(c, pieces, CONN_PIECES, c->user);
}

/* One write of cleartext. Returns 0 when there was nothing. */
static int write_plain(struct conn *c, int queue)
{
    uv_buf_t pieces[CONN_PIECES];
    const size_t count = peek(c, pieces);
    if (count == 0 || c->state == STATE_CLOSED) {
        return 0;
    }
    const int64_t taken = write_pieces(c, pieces, count, queue);
    if (taken > 0) {
        c->handler->sent(c, (size_t)taken, c->user);
    }
    return 1;
}

/* Encrypts what the handler has, as much as the output has room for. */
static void encrypt(struct conn *c)
{
    uv_buf_t pieces[CONN_PIECES];
    for (;;) {
        const size_t count = peek(c, pieces);
        if (count == 0 || c->state == STATE_CLOSED) {
            return;
        }
        size_t taken = 0;
        if (tls_stream_write(c->tls, pieces, count, &taken) != 0) {
            conn_close(c, CONN_TLS, tls_stream_error(c->tls));
            return;
        }
        if (taken == 0) {
            return;
        }
        c->handler->sent(c, taken, c->user);
    }
}

static int write_tls(struct conn *c, int queue)
{
    encrypt(c);
    const uint8_t *data = NULL;
    size_t length = 0;
    tls_stream_output(c->tls, &data, &length);
    if (length == 0 || c->state == STATE_CLOSED) {
        return 0;
    }
    uv_buf_t piece = uv_buf_init((char *)(uintptr_t)data, (unsigned)length);
    const int64_t taken = write_pieces(c, &piece, 1, queue);
    if (taken > 0) {
        tls_stream_output_taken(c->tls, (size_t)taken);
    }
    return 1;
}

static int write_once(struct conn *c, int queue)
{
    return c->tls != NULL ? write_tls(c, queue) : write_plain(c, queue);
}

/* ---- Ending in order ----------------------------------------------------------------------- */

static void on_shutdown(uv_shutdown_t *request, int status)
{
    struct conn *c = request->data;
    release_request(c);
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
    }
    if (c->state == STATE_CLOSED || take_request(c) != 0) {
        return;
    }
    c->request->shutdown.data = c;
    const int status = uv_shutdown(&c->request->shutdown, (uv_stream_t *)c->socket, on_shutdown);
    if (status != 0) {
        release_request(c);
        conn_close(c, CONN_CLEAN, NULL);
    }
}

static void flush(struct loop_task *task)
{
    struct conn *c = (struct conn *)((char *)task - offsetof(struct conn, task));
    if (c->state == STATE_OPENING && c->tls == NULL) {
        c->state = STATE_OPEN;
        c->handler->on_open(c, c->user);
    }
    int turns = 0;
    while (!c->is_writing && c->state != STATE_CLOSED && c->state != STATE_SHUT &&
           write_once(c, turns >= CONN_WRITES_A_TURN)) {
        turns++;
    }
    if (c->state != STATE_FINISHING || c->is_writing) {
        return;
    }
    if (c->tls != NULL) {
        tls_stream_end(c->tls);
        (void)write_once(c, 0);
    }
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

/* Plaintext for the handler; a conn that is finishing takes no more. */
static void deliver(struct conn *c, const uint8_t *data, size_t length)
{
    if (c->state == STATE_OPEN) {
        c->handler->on_read(c, data, length, c->user);
    }
}

static void end_input(struct conn *c)
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

/* The alert that says why goes out, if the socket takes it at once. */
static void fail_tls(struct conn *c)
{
    const uint8_t *data = NULL;
    size_t length = 0;
    tls_stream_output(c->tls, &data, &length);
    if (length > 0 && !c->is_writing) {
        uv_buf_t piece = uv_buf_init((char *)(uintptr_t)data, (unsigned)length);
        (void)uv_try_write((uv_stream_t *)c->socket, &piece, 1);
    }
    conn_close(c, CONN_TLS, tls_stream_error(c->tls));
}

static void read_tls(struct conn *c, const uint8_t *data, size_t length)
{
    uint8_t *plain = buffer_pool_get(&c->loop->buffers);
    if (plain == NULL) {
        conn_close(c, CONN_MEMORY, "out of memory");
        return;
    }
    tls_stream_feed(c->tls, data, length);
    int status = TLS_DATA;
    while (c->state != STATE_CLOSED && (status == TLS_DATA || status == TLS_READY)) {
        size_t got = 0;
        status = tls_stream_read(c->tls, plain, PLAIN_SIZE, &got);
        if (status == TLS_DATA) {
            deliver(c, plain, got);
        } else if (status == TLS_READY) {
            c->state = STATE_OPEN;
            c->phase_ns = NEVER;
            c->handler->on_open(c, c->user);
        } else if (status == TLS_END) {
            end_input(c);
        } else if (status == TLS_FAILED) {
            fail_tls(c);
        }
    }
    buffer_pool_put(&c->loop->buffers, plain);
    conn_want_write(c);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    const struct conn *c = handle->data;
    if (c->loop->read_buffer == NULL) {
        c->loop->read_buffer = buffer_pool_get(&c->loop->buffers);
    }
    *buffer =
        uv_buf_init((char *)c->loop->read_buffer, c->loop->read_buffer == NULL ? 0 : BUFFER_SIZE);
}

static void on_input(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct conn *c = stream->data;
    if (c->state == STATE_CLOSED || length == 0) {
        return;
    }
    if (length == UV_EOF) {
        end_input(c);
    } else if (length == UV_ENOBUFS) {
        conn_close(c, CONN_MEMORY, "out of memory");
    } else if (length < 0) {
        close_broken(c, "cannot read", (int)length);
    } else if (c->state == STATE_SHUT) {
        /* Dropped. */
    } else if (c->tls != NULL) {
        read_tls(c, (const uint8_t *)buffer->base, (size_t)length);
    } else {
        deliver(c, (const uint8_t *)buffer->base, (size_t)length);
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
    if (!wanted) {
        (void)uv_read_stop((uv_stream_t *)c->socket);
        return;
    }
    const int status = uv_read_start((uv_stream_t *)c->socket, on_alloc, on_input);
    if (status != 0) {
        close_broken(c, "cannot read", status);
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
    if (config->tls != NULL &&
        tls_stream_new(&c->tls, config->tls, config->host, &loop->buffers) != 0) {
        free(c);
        tcp_socket_close(socket);
        return UV_ENOMEM;
    }
    c->loop = loop;
    c->handler = config->handler;
    c->user = config->user;
    c->socket = socket;
    c->socket->data = c;
    c->task.run = flush;
    (void)uv_timer_init(&loop->uv, &c->timer);
    c->timer.data = c;
    c->armed_ns = NEVER;
    c->handler_ns = NEVER;
    c->write_ns = NEVER;
    c->phase_ns = config->tls != NULL ? after_ms(config->open_timeout_ms) : NEVER;
    c->write_timeout_ns = config->write_timeout_ms * NS_PER_MS;
    c->linger_ns = config->linger_ms * NS_PER_MS;
    tcp_peer(socket, &c->peer);
    (void)uv_tcp_nodelay(socket, 1);
    arm(c);
    /* Cleartext is opened by the first flush, TLS by the handshake, whose output it sends. */
    conn_want_write(c);
    if (c->tls != NULL) {
        conn_set_reading(c, 1);
    }
    *out = c;
    return 0;
}

const struct tls_info *conn_tls_info(const struct conn *c)
{
    return c->tls == NULL ? NULL : tls_stream_info(c->tls);
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
