/* SPDX-License-Identifier: MIT */
/*
 * An h2session bound to a transport: connects or takes an accepted socket, moves octets, serves the
 * session's deadlines, and reports how it ended. An accepted connection can also turn out to be one
 * of HTTP/1.1: by ALPN, by its first octets in cleartext, or until it is upgraded.
 *
 * Invariants:
 * - on_open comes at most once, when octets can flow (TLS done, "h2" agreed on); the session exists
 *   from then until on_end. on_end comes exactly once and last, also when connecting fails; every
 *   on_stream_closed of the session has come before. The h2_conn is gone when on_end returns.
 * - With `http1` set on_open may come with session NULL: then it is an HTTP/1.1 connection, and its
 *   events are those of h1_conn.h, with the same `user`. Upgrades are seen to here.
 * - Neither comes from within h2_conn_connect() or h2_conn_accept().
 * - A session without streams gives back what it keeps for the next request once nothing has come
 *   in for H2_CONN_TRIM_MS, and the encoder of fields when that is H2_CONN_DROP_TIMES as long ago.
 * - Session callbacks get `user` of struct h2_conn_config, not the h2_conn.
 * - The application calls h2session_ functions directly on h2_conn_session(). After doing so from
 *   outside a session callback or on_open it calls h2_conn_wake(), or nothing would be written.
 *   recv, recv_eof, peek, sent, tick and free are the h2_conn's own. A callback that returns
 *   H2SESSION_PAUSE gains nothing: use H2SESSION_MANUAL_CONSUME to slow a peer down.
 */
#ifndef H2KIT_APPS_H2_CONN_H
#define H2KIT_APPS_H2_CONN_H

#include <stdint.h>

#include <h2session/h2session.h>

#include "conn.h"
#include "h1_ask.h"
#include "h1_conn.h"
#include "loop.h"
#include "tls_context.h"

enum { H2_CONN_TRIM_MS = 20, H2_CONN_DROP_TIMES = 25 };

struct h2_conn;

/* What an accepted connection may take, beside the limits of its session. 0: none. */
struct h2_conn_limits {
    uint64_t open_timeout_ns;  /* TLS handshake */
    uint64_t write_timeout_ns; /* without any progress */
    size_t request_line;       /* HTTP/1.1: octets */
};

struct h2_conn_config {
    /* Copied by h2_conn_connect(); what h2_conn_accept() gets must outlive the connection, of which
     * there may be many. The role of the session is the side we are. */
    const h2session_config *session;
    const h2session_callbacks *callbacks;
    void (*on_open)(struct h2_conn *c, h2session *session, void *user); /* submit requests here */
    /* PROTOCOL: either side broke HTTP/2 (the message has the fault), or the peer ended the
     * connection while streams were open. IO: the transport broke. CLEAN: all else; a GOAWAY of the
     * peer is the application's to judge (on_goaway). */
    void (*on_end)(struct h2_conn *c, const struct conn_end *end, void *user);
    /* Octets as they came, after TLS, before anything is done with them. NULL: not wanted. */
    void (*on_input)(struct h2_conn *c, const uint8_t *data, size_t length, void *user);
    /* So many were sent, before TLS. NULL: not wanted. */
    void (*on_output)(struct h2_conn *c, size_t length, void *user);
    void *user;
    struct tls_context *tls;             /* NULL: cleartext, prior knowledge */
    const struct h1_callbacks *http1;    /* server; NULL: HTTP/2 only. on_upgrade is set here */
    const struct h2_conn_limits *limits; /* outlives it; NULL: 10 s, 30 s, 8192 */
    uint32_t trim_ms;                    /* 0: H2_CONN_TRIM_MS */
};

/* What is said on the way, in HTTP/1.1, before TLS and HTTP/2 begin: to a proxy, or to upgrade. */
enum h2_conn_greeting_kind {
    H2_CONN_TUNNEL,  /* CONNECT to a proxy; goes on with any 2xx */
    H2_CONN_UPGRADE, /* goes on with 101 and "Upgrade: h2c" */
};

struct h2_conn_greeting {
    enum h2_conn_greeting_kind kind;
    const char *text; /* a whole request */
};

enum { H2_CONN_GREETINGS = 2 };

struct h2_conn_target {
    const char *host; /* name or IP address without brackets; the certificate must be for it */
    uint16_t port;
    uint64_t connect_timeout_ms; /* resolving, TCP, again each greeting, and again TLS; 0: none */
    /* Where TCP goes instead; NULL: to host and port. */
    const char *via_host;
    uint16_t via_port;
    const char *addresses;                    /* as in struct tcp_target */
    const struct h2_conn_greeting *greetings; /* one after the other */
    size_t greeting_count;                    /* at most H2_CONN_GREETINGS */
    /* One of them is sent (reply NULL), its answer has come; may be NULL. user is that of the configuration. */
    void (*on_greeted)(struct h2_conn *c, enum h2_conn_greeting_kind kind,
                       const struct h1_reply *reply, void *user);
};

/* Both return 0 or a negative libuv error; then no callback comes. Strings are copied. */
int h2_conn_connect(struct h2_conn **out, struct loop *loop, const struct h2_conn_target *target,
                    const struct h2_conn_config *config);
/* Server: takes the socket, also on failure. */
int h2_conn_accept(struct h2_conn **out, struct loop *loop, uv_tcp_t *socket,
                   const struct h2_conn_config *config);

/* NULL before on_open and from on_end on. */
h2session *h2_conn_session(const struct h2_conn *c);
/* Something was submitted, resumed, consumed or shut down: look at the session again. */
void h2_conn_wake(struct h2_conn *c);
/* Graceful: running streams complete, then the connection ends (h2session_shutdown()). Before
 * on_open it ends at once. */
void h2_conn_shutdown(struct h2_conn *c);
/* Ends now, without a GOAWAY; on_end comes with this cause and message (copied), from the loop. */
void h2_conn_abort(struct h2_conn *c, enum conn_cause cause, const char *message);

/* How far the connection came, and when, on the clock of loop_now_ns(); 0: not so far, or, of an
 * accepted connection, not its business. */
struct h2_conn_times {
    uint64_t start_ns;     /* h2_conn_connect() */
    uint64_t resolved_ns;  /* the name has become addresses */
    uint64_t connected_ns; /* TCP */
    uint64_t open_ns;      /* octets of HTTP can flow: TLS is done */
};

/* Lives as long as the h2_conn, also during on_end. */
const struct h2_conn_times *h2_conn_times(const struct h2_conn *c);

/* For logs: what TLS agreed on (NULL without TLS or before on_open), and "127.0.0.1:8080". */
const struct tls_info *h2_conn_tls_info(const struct h2_conn *c);
const char *h2_conn_peer_text(const struct h2_conn *c);

#endif
