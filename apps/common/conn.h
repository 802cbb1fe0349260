/* SPDX-License-Identifier: MIT */
/*
 * The byte pump: one TCP socket, with TLS or without, under one protocol handler.
 *
 *   in:   on_read gets octets as views, all of which it takes; conn_set_reading() is the
 *         back-pressure.
 *   out:  conn_want_write() asks for a write at the end of this turn of the loop. The pump then
 *         calls peek for pieces, which stay valid until sent has covered them, or on_closed came.
 *
 * Invariants:
 * - Callbacks: on_open once, before any other than on_closed; on_closed exactly once and last,
 *   after which the conn is gone. None comes from within a conn_ function but for on_deadline,
 *   peek and sent, which come from the loop.
 * - peek is not called while a write is under way: output is only produced when the socket takes it.
 * - An idle connection owns no buffer.
 * - A peer that takes nothing of what is written for write_timeout_ms, or does not finish its
 *   handshake within open_timeout_ms, is cut off. One that takes the rest after conn_finish() by
 *   and by has write_timeout_ms for all of it.
 */
#ifndef H2KIT_APPS_CONN_H
#define H2KIT_APPS_CONN_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "loop.h"
#include "tcp.h"
#include "tls_stream.h"

struct conn;

/* What ended a connection. */
enum conn_cause {
    CONN_CLEAN = 0,   /* as asked for by conn_finish() or conn_close(), or by the peer in order */
    CONN_CONNECT = 1, /* never got a TCP connection */
    CONN_TLS = 2,     /* handshake, certificate, ALPN, or a broken record later */
    CONN_PROTOCOL = 3,
    CONN_IO = 4, /* the transport broke: reset, timed out */
    CONN_MEMORY = 5
};

struct conn_end {
    enum conn_cause cause;
    const char *message; /* one line, "" when clean */
};

struct conn_handler {
    void (*on_open)(struct conn *c, void *user);
    void (*on_read)(struct conn *c, const uint8_t *data, size_t length, void *user);
    /* No more octets come. Writing may go on. */
    void (*on_eof)(struct conn *c, void *user);
    /* Lends up to capacity pieces; returns how many. */
    size_t (*peek)(struct conn *c, uv_buf_t *pieces, size_t capacity, void *user);
    void (*sent)(struct conn *c, size_t length, void *user);
    /* The time given to conn_set_deadline() has come. */
    void (*on_deadline)(struct conn *c, void *user);
    void (*on_closed)(struct conn *c, const struct conn_end *end, void *user);
};

struct conn_config {
    const struct conn_handler *handler; /* must outlive the conn */
    void *user;
    struct tls_context *tls;   /* NULL: cleartext */
    const char *host;          /* client: name for TLS; NULL: this side is the server */
    uint64_t open_timeout_ms;  /* TLS handshake; 0: none */
    uint64_t write_timeout_ms; /* without progress of a write; 0: none */
    uint64_t linger_ms;        /* after our last octet wait so long for the peer's end */
};

/* Takes the socket, also on failure. Returns 0 or a negative libuv error. */
int conn_open(struct conn **out, struct loop *loop, uv_tcp_t *socket,
              const struct conn_config *config);

void conn_want_write(struct conn *c);
void conn_set_reading(struct conn *c, int reading);
/* UINT64_MAX: none. Setting the same or a later time is cheap. */
void conn_set_deadline(struct conn *c, uint64_t deadline_ns);

/* Ends in order: writes what peek lends until it lends nothing, then ends TLS and the sending
 * side, and lingers. */
void conn_finish(struct conn *c);
/* Whether the socket has not taken yet what was lent before. */
int conn_is_writing(const struct conn *c);
/* Ends now. The first cause and message given are the ones reported. */
void conn_close(struct conn *c, enum conn_cause cause, const char *message);

/* NULL without TLS or before on_open. */
const struct tls_info *conn_tls_info(const struct conn *c);
/* Address of the peer, "127.0.0.1:8080"; "?" without memory for it. */
const char *conn_peer_text(struct conn *c);

#endif
