/* SPDX-License-Identifier: MIT */
/*
 * The transport by a stream of libuv, in cleartext or past a filter of TLS: octets are written as far
 * as the socket takes them now, and the rest is left to libuv.
 */
#include <stdlib.h>
#include <string.h>

#include "conn_internal.h"
#include "pieces.h"
#include "tls_gather.h"

/* Much of what is written never waits, and most connections wait for the peer. */
struct conn_request {
    union {
        uv_write_t write;
        uv_shutdown_t shutdown;
    } of;
    size_t left; /* of the write, when last looked at */
    size_t size;
};

static uv_stream_t *stream_of(const struct conn *c)
{
    return (uv_stream_t *)c->socket;
}

/* Returns 0, or -1 when the connection is closing for want of memory. */
static int take_request(struct conn *c)
{
    c->request = malloc(sizeof *c->request);
    if (c->request == NULL) {
        conn__no_memory(c);
        return -1;
    }
    return 0;
}

static void release_request(struct conn *c)
{
    free(c->request);
    c->request = NULL;
}

/* ---- Out ----------------------------------------------------------------------------------- */

static void on_written(uv_write_t *request, int status)
{
    struct conn *c = request->data;
    const size_t size = c->request->size;
    release_request(c);
    conn__write_done(c);
    if (c->state == STATE_CLOSED) {
        return;
    }
    if (status != 0) {
        conn__broken(c, "cannot write", status);
        return;
    }
    if (c->tls != NULL) {
        tls_stream_output_taken(c->tls, size);
    } else {
        c->handler->sent(c, size, c->user);
    }
    conn_want_write(c);
}

/* Leaves the rest to libuv; what the pieces point to stands until on_written(). */
static void write_rest(struct conn *c, const uv_buf_t *pieces, unsigned count, size_t size)
{
    if (take_request(c) != 0) {
        return;
    }
    c->request->of.write.data = c;
    c->request->size = size;
    const int status = uv_write(&c->request->of.write, stream_of(c), pieces, count, on_written);
    if (status != 0) {
        release_request(c);
        conn__broken(c, "cannot write", status);
        return;
    }
    c->request->left = uv_stream_get_write_queue_size(stream_of(c));
    conn__write_waits(c);
}

static int has_moved(struct conn *c)
{
    const size_t left = uv_stream_get_write_queue_size(stream_of(c));
    const int has = left < c->request->left;
    c->request->left = left;
    return has;
}

/* Writes pieces directly; what the socket does not take now is left to libuv. With `queue` all of
 * it is. Returns how much has left, or -1 when the connection is broken. */
static int64_t write_pieces(struct conn *c, uv_buf_t *pieces, size_t count, int queue)
{
    const size_t size = pieces_size(pieces, count);
    size_t taken = 0;
    if (!queue) {
        const int status = uv_try_write(stream_of(c), pieces, (unsigned)count);
        if (status < 0 && status != UV_EAGAIN) {
            conn__broken(c, "cannot write", status);
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

static int write_plain(struct conn *c, int queue)
{
    uv_buf_t pieces[CONN_PIECES];
    const size_t count = conn__peek(c, pieces);
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
        const size_t count = conn__peek(c, pieces);
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

static void end(struct conn *c)
{
    if (c->tls != NULL) {
        tls_stream_end(c->tls);
        (void)write_once(c, 0);
    }
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    struct conn *c = request->data;
    release_request(c);
    conn__shut(c, status);
}

static void shut(struct conn *c)
{
    if (take_request(c) != 0) {
        return;
    }
    c->request->of.shutdown.data = c;
    const int status = uv_shutdown(&c->request->of.shutdown, stream_of(c), on_shutdown);
    if (status != 0) {
        release_request(c);
        conn__shut(c, status);
    }
}

/* ---- In ------------------------------------------------------------------------------------ */

/* The alert that says why goes out, if the socket takes it at once. */
static void fail_tls(struct conn *c)
{
    const uint8_t *data = NULL;
    size_t length = 0;
    tls_stream_output(c->tls, &data, &length);
    if (length > 0 && !c->is_writing) {
        uv_buf_t piece = uv_buf_init((char *)(uintptr_t)data, (unsigned)length);
        (void)uv_try_write(stream_of(c), &piece, 1);
    }
    conn_close(c, CONN_TLS, tls_stream_error(c->tls));
}

static void read_tls(struct conn *c, const uint8_t *data, size_t length)
{
    uint8_t *plain = buffer_pool_get(&c->loop->buffers);
    if (plain == NULL) {
        conn__no_memory(c);
        return;
    }
    tls_stream_feed(c->tls, data, length);
    int status = TLS_DATA;
    while (c->state != STATE_CLOSED && (status == TLS_DATA || status == TLS_READY)) {
        size_t got = 0;
        status = tls_stream_read(c->tls, plain, TLS_RECORD_PLAIN, &got);
        if (status == TLS_DATA) {
            conn__deliver(c, plain, got);
        } else if (status == TLS_READY) {
            conn__opened(c);
        } else if (status == TLS_END) {
            conn__end_input(c);
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
        conn__end_input(c);
    } else if (length == UV_ENOBUFS) {
        conn__no_memory(c);
    } else if (length < 0) {
        conn__broken(c, "cannot read", (int)length);
    } else if (c->state == STATE_SHUT) {
        /* Dropped. */
    } else if (c->tls != NULL) {
        read_tls(c, (const uint8_t *)buffer->base, (size_t)length);
    } else {
        conn__deliver(c, (const uint8_t *)buffer->base, (size_t)length);
    }
}

static int set_reading(struct conn *c, int reading)
{
    return reading ? uv_read_start(stream_of(c), on_alloc, on_input) : uv_read_stop(stream_of(c));
}

/* ---- Life ---------------------------------------------------------------------------------- */

static int close_handles(struct conn *c)
{
    uv_close((uv_handle_t *)c->socket, conn__handle_closed);
    return 1;
}

static const struct tls_info *tls_info(const struct conn *c)
{
    return c->tls == NULL ? NULL : tls_stream_info(c->tls);
}

static void release(struct conn *c)
{
    tls_stream_free(c->tls);
}

static const struct conn_transport STREAM = {
    .write = write_once,
    .end = end,
    .shut = shut,
    .set_reading = set_reading,
    .has_moved = has_moved,
    .close = close_handles,
    .tls_info = tls_info,
    .release = release,
};

int conn__stream_open(struct conn *c, const struct conn_config *config)
{
    c->transport = &STREAM;
    return config->tls != NULL &&
                   tls_stream_new(&c->tls, config->tls, config->host, &c->loop->buffers) != 0
               ? UV_ENOMEM
               : 0;
}
