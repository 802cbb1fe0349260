/* SPDX-License-Identifier: MIT */
/*
 * What h2_conn.c and h2_connect.c share: the state of an h2_conn, how one is made, and how it ends
 * before it has a conn.
 *
 * Invariant: of `connecting`, `way->asking` and `conn` at most one is set; when none is, end_task is
 * queued or on_end is under way.
 */
#ifndef H2KIT_APPS_H2_CONN_INTERNAL_H
#define H2KIT_APPS_H2_CONN_INTERNAL_H

#include "h2_conn.h"
#include "tcp.h"

struct h2_conn_way {
    h2session_config session;
    h2session_callbacks callbacks;
    struct h1_ask *asking; /* between connecting and conn, on socket */
    uv_tcp_t *socket;
    char *greetings[H2_CONN_GREETINGS];
    enum h2_conn_greeting_kind greeting_kinds[H2_CONN_GREETINGS];
    size_t greeting_count;
    size_t greeting_at;
    void (*on_greeted)(struct h2_conn *c, enum h2_conn_greeting_kind kind,
                       const struct h1_reply *reply, void *user);
};

struct h2_conn {
    struct loop *loop;
    struct tcp_connect *connecting; /* client, before conn */
    struct conn *conn;
    h2session *session;
    struct h2_conn_config config;
    struct h2_conn_way *way;   /* client: what its config and its target point to */
    struct loop_task end_task; /* reports an end that came without a conn */
    enum conn_cause end_cause;
    uint32_t input_ended;
    uint64_t input_ns;    /* when something came in last */
    uint32_t trimmed;     /* how often the session was since then */
    uint32_t cut_streams; /* open when the peer ended the connection */
    uint64_t open_timeout_ms;
    struct h1_conn *h1;  /* HTTP/1.1, also while what it sent before an upgrade is leaving */
    uint32_t undecided;  /* cleartext: which protocol it is the first octets tell */
    uint32_t first_seen; /* of them, all as in the preface of HTTP/2 */
    struct h2_conn_times times;
    char *host; /* client: for TLS */
    char *end_message;
};

/* NULL when out of memory. What config points to is borrowed. */
struct h2_conn *h2_conn__new(struct loop *loop, const struct h2_conn_config *config);
/* Puts the pump on a socket, which it takes, also on failure. 0 or a negative libuv error. */
int h2_conn__open(struct h2_conn *c, uv_tcp_t *socket);
/* Ends a connection that has no conn, from the loop; the first cause counts. */
void h2_conn__end_early(struct h2_conn *c, enum conn_cause cause, const char *message);

/* Gives up connecting, silently. */
void h2_conn__stop_connecting(struct h2_conn *c);
/* Frees what is kept of the target. */
void h2_conn__forget_target(struct h2_conn *c);

#endif
