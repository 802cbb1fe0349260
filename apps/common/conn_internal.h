/* SPDX-License-Identifier: MIT */
/*
 * What conn.c and its transports share: the state of a conn, and who calls whom.
 *
 * conn.c knows what a connection may do now: its states, its deadlines, how it ends. A transport knows
 * how octets get through its socket: conn_stream.c by way of a stream of libuv, in cleartext or past
 * the filter tls_stream.h, conn_socket.c by TLS on the socket itself, tls_socket.h.
 *
 * Invariants:
 * - A transport is told what to do by the functions of its struct conn_transport; it tells what has
 *   happened by those of conn.c below, from the loop only.
 * - While is_writing is set, what was lent to the transport stays lent and no write is asked for.
 */
#ifndef H2KIT_APPS_CONN_INTERNAL_H
#define H2KIT_APPS_CONN_INTERNAL_H

#include "conn.h"

enum { CONN_PIECES = 32 /* pieces of one write */ };

enum conn_state {
    STATE_OPENING,   /* handshake */
    STATE_OPEN,      /* octets flow */
    STATE_FINISHING, /* writing the rest; input is dropped */
    STATE_SHUT,      /* our side has ended; waiting for the peer's end */
    STATE_CLOSED     /* handles are closing */
};

struct conn_transport {
    /* Writes what the handler lends once; what the socket does not take is_writing stands for. With
     * `queue` the socket is not tried now. Returns 0 when there was nothing. */
    int (*write)(struct conn *c, int queue);
    /* Everything was written: ends TLS, as far as the socket takes it. Else is_writing is set. */
    void (*end)(struct conn *c);
    /* Ends our side of the socket; conn__shut() tells when that is done. */
    void (*shut)(struct conn *c);
    /* Returns 0 or a negative libuv error. */
    int (*set_reading)(struct conn *c, int reading);
    /* Whether some of what is being written has left since this was asked last. */
    int (*has_moved)(struct conn *c);
    /* Closes the handles of the socket; conn__handle_closed() is called for each. Returns how many. */
    int (*close)(struct conn *c);
    const struct tls_info *(*tls_info)(const struct conn *c);
    /* The last call. */
    void (*release)(struct conn *c);
};

struct conn_request;
struct conn_watch;

struct conn {
    struct loop *loop;
    const struct conn_handler *handler;
    void *user;
    const struct conn_transport *transport;
    uv_tcp_t *socket;
    union {                     /* of the transport */
        struct tls_stream *tls; /* NULL: cleartext */
        struct conn_watch *watch;
    };
    struct loop_task task;
    uint8_t state; /* enum conn_state */
    uint8_t is_reading;
    uint8_t is_writing; /* what was lent has not all left */
    uint8_t input_ended;
    uint8_t open_handles;
    uint8_t end_cause; /* enum conn_cause */
    uint8_t has_tls;
    uv_timer_t timer;
    uint64_t armed_ns;   /* when the timer goes off */
    uint64_t handler_ns; /* the deadline of the handler */
    uint64_t phase_ns;   /* end of the handshake, of finishing, or of lingering */
    uint64_t write_ns;   /* when the write under way must have moved */
    uint64_t write_timeout_ns;
    uint64_t linger_ns;
    struct conn_request *request; /* of libuv, while it works on one; NULL: none */
    char *end_message;
    union tcp_address peer;
    char *peer_text; /* made when asked for */
};

/* ---- The transports ------------------------------------------------------------------------ */

/* Give a conn its transport. Return 0 or a negative libuv error. */
int conn__stream_open(struct conn *c, const struct conn_config *config);
int conn__socket_open(struct conn *c, const struct conn_config *config);

/* ---- For the transports, in conn.c --------------------------------------------------------- */

/* The handshake is done. */
void conn__opened(struct conn *c);
/* Plaintext for the handler; a conn that is finishing takes no more. */
void conn__deliver(struct conn *c, const uint8_t *data, size_t length);
/* The peer sends no more. */
void conn__end_input(struct conn *c);
/* What the handler has, once the way is open. */
size_t conn__peek(struct conn *c, uv_buf_t pieces[CONN_PIECES]);
/* The socket does not take all of what was lent, or has taken the rest. */
void conn__write_waits(struct conn *c);
void conn__write_done(struct conn *c);
/* Our side of the socket has ended; status: 0 or a negative libuv error. */
void conn__shut(struct conn *c, int status);
/* The socket broke; status as libuv has it. */
void conn__broken(struct conn *c, const char *what, int status);
void conn__no_memory(struct conn *c);
void conn__handle_closed(uv_handle_t *handle);

#endif
