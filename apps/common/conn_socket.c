/* SPDX-License-Identifier: MIT */
/*
 * The transport with TLS on the socket itself, for --ktls: OpenSSL, or the kernel for it, reads and
 * writes, and libuv only says when that can go on.
 *
 * Invariants:
 * - The handle of libuv that owns the socket neither reads nor writes; a second one watches it.
 * - While a record waits for the socket, its octets stay where they are: in what the handler lent, or
 *   in a buffer of the pool that is held until then.
 * - What is watched for is what can go on: reading when it is wanted, writing when it waits.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "conn_internal.h"
#include "tls_gather.h"
#include "tls_socket.h"

enum {
    RECORDS_A_WRITE = 4,
    /* Records read in a row before others get their turn. */
    RECORDS_A_READ = 16
};

struct conn_watch {
    uv_poll_t poll;
    int events; /* that it waits for */
    int fd;
    struct tls_socket *tls;
    uint32_t is_blocked;    /* reading, or the handshake, waits until the socket takes more */
    const uint8_t *pending; /* a record that waits; NULL: none does */
    size_t pending_length;
    uint8_t *staging; /* what holds it; NULL: the handler's memory */
};

static void on_event(uv_poll_t *poll, int status, int events);

/* Waits for what can go on. */
static void watch(struct conn *c)
{
    struct conn_watch *w = c->watch;
    int events = c->is_reading ? UV_READABLE : 0;
    if (c->is_writing || (c->is_reading && w->is_blocked)) {
        events |= UV_WRITABLE;
    }
    if (c->state == STATE_CLOSED || events == w->events) {
        return;
    }
    w->events = events;
    (void)(events == 0 ? uv_poll_stop(&w->poll) : uv_poll_start(&w->poll, events, on_event));
}

/* Octets that are unread when a socket closes destroy what was sent last: here, the alert. */
static void drop_input(struct conn *c)
{
    uint8_t *octets = buffer_pool_get(&c->loop->buffers);
    if (octets != NULL) {
        (void)recv(c->watch->fd, octets, BUFFER_SIZE, MSG_DONTWAIT);
        buffer_pool_put(&c->loop->buffers, octets);
    }
}

/* OpenSSL could not go on, for good. */
static void give_up(struct conn *c, int status, const char *what)
{
    if (status == TLS_BROKEN) {
        conn__broken(c, what, tls_socket_error_number(c->watch->tls));
    } else {
        drop_input(c);
        conn_close(c, c->state == STATE_SHUT ? CONN_CLEAN : CONN_TLS,
                   c->state == STATE_SHUT ? NULL : tls_socket_error(c->watch->tls));
    }
}

/* ---- In ------------------------------------------------------------------------------------ */

/* One step. Returns 1 when another one may be made. */
static int read_record(struct conn *c, uint8_t *plain)
{
    size_t length = 0;
    const int status = tls_socket_read(c->watch->tls, plain, BUFFER_SIZE, &length);
    switch (status) {
    case TLS_DATA:
        conn__deliver(c, plain, length);
        return 1;
    case TLS_READY:
        conn__opened(c);
        return 1;
    case TLS_MORE:
        return 0;
    case TLS_BLOCKED:
        c->watch->is_blocked = 1;
        return 0;
    case TLS_END:
        conn__end_input(c);
        return 0;
    default:
        give_up(c, status, "cannot read");
        return 0;
    }
}

static void read_some(struct conn *c)
{
    uint8_t *plain = buffer_pool_get(&c->loop->buffers);
    if (plain == NULL) {
        conn__no_memory(c);
        return;
    }
    c->watch->is_blocked = 0;
    for (int i = 0; i < RECORDS_A_READ && c->is_reading && c->state != STATE_CLOSED; i++) {
        if (!read_record(c, plain)) {
            break;
        }
    }
    buffer_pool_put(&c->loop->buffers, plain);
    watch(c);
}

static int set_reading(struct conn *c, int reading)
{
    (void)reading; /* as is_reading has it */
    watch(c);
    return 0;
}

/* ---- Out ----------------------------------------------------------------------------------- */

static void forget_pending(struct conn *c)
{
    buffer_pool_put(&c->loop->buffers, c->watch->staging);
    c->watch->staging = NULL;
    c->watch->pending = NULL;
    c->watch->pending_length = 0;
}

static void wait_to_write(struct conn *c)
{
    conn__write_waits(c);
    watch(c);
}

/* Writes the pending record. Returns 1 when it has left. */
static int write_pending(struct conn *c)
{
    struct conn_watch *w = c->watch;
    size_t taken = 0;
    const int status = tls_socket_write(w->tls, w->pending, w->pending_length, &taken);
    if (status == TLS_DATA) {
        forget_pending(c);
        c->handler->sent(c, taken, c->user);
        return 1;
    }
    if (status == TLS_BLOCKED) {
        wait_to_write(c);
    } else {
        give_up(c, status, "cannot write");
    }
    return 0;
}

/* Makes the next record pending. Returns 0 when there is none. */
static int take_record(struct conn *c)
{
    struct conn_watch *w = c->watch;
    uv_buf_t pieces[CONN_PIECES];
    const size_t count = conn__peek(c, pieces);
    if (count == 0 || c->state == STATE_CLOSED) {
        return 0;
    }
    w->staging = buffer_pool_get(&c->loop->buffers);
    if (w->staging == NULL) {
        conn__no_memory(c);
        return 0;
    }
    const struct tls_cursor at = {pieces, count, 0};
    w->pending = tls__gather(&at, w->staging + TLS_OUT_OF_STEP, &w->pending_length);
    if (w->pending != w->staging + TLS_OUT_OF_STEP) {
        buffer_pool_put(&c->loop->buffers, w->staging);
        w->staging = NULL;
    }
    return 1;
}

static int write_once(struct conn *c, int queue)
{
    if (c->state == STATE_OPENING) {
        read_some(c);
        return 0;
    }
    if (queue) {
        /* The rest when others had their turn. */
        wait_to_write(c);
        return 0;
    }
    for (int i = 0; i < RECORDS_A_WRITE; i++) {
        if (!take_record(c)) {
            return i > 0 && c->state != STATE_CLOSED;
        }
        if (!write_pending(c)) {
            return 0;
        }
    }
    return 1;
}

static int has_moved(struct conn *c)
{
    /* Each time that the socket takes something the wait begins anew. */
    (void)c;
    return 0;
}

static void end(struct conn *c)
{
    if (tls_socket_end(c->watch->tls) == TLS_BLOCKED) {
        wait_to_write(c);
    }
}

static void shut(struct conn *c)
{
    conn__shut(c, shutdown(c->watch->fd, SHUT_WR) == 0 ? 0 : -errno);
}

/* ---- What the socket is ready for ---------------------------------------------------------- */

static void go_on_writing(struct conn *c)
{
    conn__write_done(c);
    if (c->watch->pending == NULL || write_pending(c)) {
        conn_want_write(c);
    }
}

static void on_event(uv_poll_t *poll, int status, int events)
{
    struct conn *c = poll->data;
    if (c->state == STATE_CLOSED) {
        return;
    }
    if (status < 0) {
        /* The socket has an error, and libuv has stopped: reading or writing tells which. */
        c->watch->events = 0;
        events = UV_READABLE | UV_WRITABLE;
    }
    if ((events & UV_WRITABLE) != 0 && c->is_writing) {
        go_on_writing(c);
    }
    if (c->state != STATE_CLOSED && c->is_reading &&
        ((events & UV_READABLE) != 0 || c->watch->is_blocked)) {
        read_some(c);
    }
    watch(c);
}

/* ---- Life ---------------------------------------------------------------------------------- */

static int close_handles(struct conn *c)
{
    forget_pending(c);
    /* The one that watches first: the other one closes the socket. */
    uv_close((uv_handle_t *)&c->watch->poll, conn__handle_closed);
    uv_close((uv_handle_t *)c->socket, conn__handle_closed);
    return 2;
}

static const struct tls_info *tls_info(const struct conn *c)
{
    return tls_socket_info(c->watch->tls);
}

static void release(struct conn *c)
{
    tls_socket_free(c->watch->tls);
    free(c->watch);
}

static const struct conn_transport SOCKET = {
    .write = write_once,
    .end = end,
    .shut = shut,
    .set_reading = set_reading,
    .has_moved = has_moved,
    .close = close_handles,
    .tls_info = tls_info,
    .release = release,
};

int conn__socket_open(struct conn *c, const struct conn_config *config)
{
    struct conn_watch *w = calloc(1, sizeof *w);
    uv_os_fd_t fd = -1;
    if (w == NULL) {
        return UV_ENOMEM;
    }
    int status = uv_fileno((uv_handle_t *)c->socket, &fd);
    if (status == 0 && tls_socket_new(&w->tls, config->tls, config->host, fd) != 0) {
        status = UV_ENOMEM;
    }
    if (status == 0) {
        status = uv_poll_init(&c->loop->uv, &w->poll, fd);
    }
    if (status != 0) {
        tls_socket_free(w->tls);
        free(w);
        return status;
    }
    w->fd = fd;
    w->poll.data = c;
    c->watch = w;
    c->transport = &SOCKET;
    return 0;
}
