/* SPDX-License-Identifier: MIT */
/*
 * The server: listens, keeps the list of its connections, and ends in order.
 *
 * Invariants:
 * - Everything runs on one loop, which is given; there is no state outside of struct server.
 * - server_stop() is idempotent: the first call lets running requests complete, within
 *   drain_timeout_ns; the second one, or the timeout, ends all connections at once. When the last
 *   one is gone, nothing of the server keeps the loop alive.
 */
#ifndef H2KIT_APPS_SERVER_H
#define H2KIT_APPS_SERVER_H

#include <stdint.h>

#include <h2session/h2session.h>

#include "extras.h"
#include "http_date.h"
#include "listener.h"
#include "loop.h"
#include "options.h"
#include "site.h"
#include "tls_context.h"
#include "trace.h"

struct connection;

enum { SERVER_ERROR_SIZE = 512 };

struct server_options {
    const struct listener_address *addresses;
    size_t address_count;
    uint16_t port;
    struct site_options site;
    uint32_t no_tls;
    uint32_t h2_only;     /* no HTTP/1.1 */
    const char *key_file; /* with certificate_file; NULL: a certificate is made */
    const char *certificate_file;
    const char *keylog_file;
    struct trace trace; /* out NULL: none */
    uint32_t echo_upload;
    struct extras extras;
    struct option_list pushes; /* see push_rules.h */
    uint32_t max_connections;
    uint32_t max_concurrent_streams;
    uint32_t stream_window;
    uint32_t connection_window;
    uint64_t drain_timeout_ns;
};

struct server {
    const struct server_options *options;
    struct loop *loop;
    struct listener *listener;
    struct tls_context *tls;
    struct site site;
    h2session_config session;
    struct connection *first; /* all connections, doubly linked */
    uint64_t connection_count;
    uint64_t last_connection_id;
    uint32_t stopping;
    uv_signal_t signals[2];
    uv_timer_t drain_timer;
    time_t date_of;
    uint64_t date_turn; /* when the time was asked for last */
    char date[HTTP_DATE_SIZE];
};

/* Starts to listen and to serve when the loop runs. Returns 0, or -1 with one line in error. The
 * options must outlive the server. */
int server_start(struct server *server, struct loop *loop, const struct server_options *options,
                 char error[SERVER_ERROR_SIZE]);
void server_stop(struct server *server);
/* After the loop has run out. */
void server_free(struct server *server);

/* "https://127.0.0.1:8443/" of the first address. */
void server_url(const struct server *server, char *out, size_t capacity);
/* 1 when bodies of requests can come back, so that their credit waits until they have. */
int server_echoes(const struct server_options *options);
/* The time now, for the date field; made once a second. */
const char *server_date(struct server *server);

/* For connection.c: a connection is there, is gone. */
void server__add(struct server *server, struct connection *connection);
void server__remove(struct server *server, struct connection *connection);

#endif
