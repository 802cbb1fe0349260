/* SPDX-License-Identifier: MIT */
/*
 * The server of one thread: accepts, keeps the list of its connections, and ends in order. A process
 * has one of them for each thread (service.h); what they have in common is a struct server_shared.
 *
 * Invariants:
 * - Everything runs on one loop, which is given, and belongs to the thread that runs it. The shared
 *   part does not change while there are servers.
 * - server_stop() is idempotent: the first call lets running requests complete, within
 *   drain_timeout_ns; the second one, or the timeout, ends all connections at once. When the last
 *   one is gone, nothing of the server keeps the loop alive, and on_end is called, once.
 */
#ifndef H2KIT_APPS_SERVER_H
#define H2KIT_APPS_SERVER_H

#include <stdint.h>

#include <h2session/h2session.h>

#include "admin.h"
#include "client_counts.h"
#include "extras.h"
#include "h2_conn.h"
#include "http_date.h"
#include "limit_options.h"
#include "listener.h"
#include "loop.h"
#include "memory_cap.h"
#include "observer.h"
#include "options.h"
#include "site.h"
#include "tls_context.h"
#include "trace.h"

struct connection;

enum { SERVER_ERROR_SIZE = 512 };

struct server_options {
    const struct listener_address *addresses;
    size_t address_count;
    uint16_t addresses_given; /* not the default ones */
    uint16_t port;
    struct site_options site;
    uint32_t no_tls;
    uint32_t h2_only; /* no HTTP/1.1 */
    struct tls_server_config tls;
    struct trace trace;     /* out NULL: none */
    const char *trace_file; /* NULL: standard output, or none */
    uint32_t echo_upload;
    uint32_t early_response; /* uploads are answered before their end */
    uint32_t no_content_length;
    uint32_t padding; /* octets added to a frame, with the one that tells it */
    uint32_t header_table_size;
    uint32_t encoder_table_size;
    struct extras extras;
    struct option_list pushes; /* see push_rules.h */
    uint32_t max_connections;
    uint32_t max_concurrent_streams;
    uint32_t stream_window;
    uint32_t connection_window;
    uint64_t drain_timeout_ns;
    uint32_t threads;
    const char *user;     /* to become, as for identity_read(); NULL: nobody else */
    const char *pid_file; /* NULL: none */
    struct limits limits;
    struct observer_options observer;
    uint32_t has_admin;
    struct admin_address admin;
    const struct admin *pages; /* what --admin answers, instead of the site; NULL: the site */
};

/* What is counted over all threads. */
struct server_books {
    struct memory_cap memory; /* of the sessions */
    struct client_counts clients;
    atomic_uint log_told; /* what of the access log was told */
};

/* What the threads have in common. */
struct server_shared {
    const struct server_options *options;
    h2session_config session;
    struct h2_conn_limits conn_limits;
    struct server_books *books; /* which alone change */
    const struct log *log;
};

struct server {
    const struct server_shared *shared;
    const struct server_options *options; /* of shared */
    uint32_t number;                      /* of the thread, from 0 */
    uint32_t stopping;
    struct loop *loop;
    struct listener *listener;
    struct tls_context *tls; /* for connections from now on; NULL: cleartext */
    struct site site;
    struct observer observer;
    struct connection *first; /* all connections, doubly linked */
    uint64_t connection_count;
    uint64_t next_connection_id;
    void (*on_end)(void *user);
    void *user;
    uv_timer_t drain_timer;
    time_t date_of;
    uint64_t date_turn; /* when the time was asked for last */
    char date[HTTP_DATE_SIZE];
};

/* What a server is made of. */
struct server_parts {
    const struct server_shared *shared; /* outlives the server */
    struct loop *loop;
    const int *sockets; /* as for the listener: taken, also on failure */
    size_t socket_count;
    uint32_t max_connections;
    uint32_t number;
    struct tls_context *tls;    /* held by the server, too */
    void (*on_end)(void *user); /* on the server's thread; connections and listener are gone */
    void *user;
};

/* Returns 0, or -1 with one line in error. The options must outlive what is made of them. */
int server_shared_init(struct server_shared *shared, const struct server_options *options,
                       char error[SERVER_ERROR_SIZE]);

/* After all servers, also when the above failed. */
void server_shared_clear(struct server_shared *shared);

/* Serves when the loop runs. Returns 0, or -1 with one line in error; server_free() is called for
 * either. */
int server_start(struct server *server, const struct server_parts *parts,
                 char error[SERVER_ERROR_SIZE]);
void server_stop(struct server *server);
/* For connections from now on; held by the server. */
void server_use_tls(struct server *server, struct tls_context *tls);
/* The access log was renamed: another one is begun. The other files are the service's. */
void server_reopen(struct server *server);
/* When the loop has run out, or has never run. */
void server_free(struct server *server);

/* 1 when bodies of requests can come back, so that their credit waits until they have. */
int server_echoes(const struct server_options *options);
/* The time now, for the date field; made once a second. */
const char *server_date(struct server *server);

/* For connection.c: a number no other connection of the process has; a connection is there, is
 * gone. */
uint64_t server__next_id(struct server *server);
void server__add(struct server *server, struct connection *connection);
void server__remove(struct server *server, struct connection *connection);

#endif
