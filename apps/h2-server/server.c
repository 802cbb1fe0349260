/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"

enum { NS_PER_MS = 1000000 };

static_assert((int)SITE_ERROR_SIZE <= (int)SERVER_ERROR_SIZE, "its errors are passed on");

/* ---- Start --------------------------------------------------------------------------------- */

int server_echoes(const struct server_options *options)
{
    return options->echo_upload || options->site.test_endpoints;
}

static uint32_t pad(void *ctx, uint32_t type, uint32_t length, uint32_t most)
{
    const uint32_t *padding = ctx;
    (void)type;
    (void)length;
    (void)most;
    return *padding;
}

static int open_books(struct server_shared *shared, char error[SERVER_ERROR_SIZE])
{
    const struct limits *limits = &shared->options->limits;
    struct server_books *books = calloc(1, sizeof *books);
    shared->books = books;
    const int status =
        books == NULL ? UV_ENOMEM
                      : client_counts_open(&books->clients, (uint32_t)limits->client_connections);
    if (status != 0) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "cannot count clients: %s", uv_strerror(status));
        return -1;
    }
    memory_cap_init(&books->memory, (size_t)limits->memory_in_all);
    return 0;
}

static void set_limits(struct server_shared *shared)
{
    const struct limits *limits = &shared->options->limits;
    limits_apply(limits, &shared->session);
    shared->session.resize = memory_cap_resize;
    shared->session.resize_ctx = &shared->books->memory;
    shared->conn_limits.open_timeout_ns = limits->handshake_timeout_ns;
    shared->conn_limits.write_timeout_ns = limits->write_timeout_ns;
    shared->conn_limits.request_line = (size_t)limits->request_line;
}

int server_shared_init(struct server_shared *shared, const struct server_options *o,
                       char error[SERVER_ERROR_SIZE])
{
    memset(shared, 0, sizeof *shared);
    shared->options = o;
    h2session_config *session = &shared->session;
    const int status = h2session_config_init(session, sizeof *session, H2SESSION_SERVER);
    if (status != 0) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "%s", h2session_error_text(status));
        return -1;
    }
    if (open_books(shared, error) != 0) {
        return -1;
    }
    set_limits(shared);
    session->max_concurrent_streams = o->max_concurrent_streams;
    session->initial_window_size = o->stream_window;
    session->connection_window_size = o->connection_window;
    session->header_table_size = o->header_table_size;
    session->encoder_table_size = o->encoder_table_size;
    if (o->padding > 0) {
        session->padding = pad;
        session->padding_ctx = (void *)(uintptr_t)&o->padding;
    }
    if (server_echoes(o)) {
        session->flags |= H2SESSION_MANUAL_CONSUME;
    }
    return 0;
}

void server_shared_clear(struct server_shared *shared)
{
    if (shared->books != NULL) {
        client_counts_close(&shared->books->clients);
        free(shared->books);
        shared->books = NULL;
    }
}

static int set_up_listener(struct server *s, const struct server_parts *parts,
                           char error[SERVER_ERROR_SIZE])
{
    const struct listener_config config = {
        .sockets = parts->sockets,
        .socket_count = parts->socket_count,
        .max_connections = parts->max_connections,
    };
    char reason[TCP_TEXT_SIZE] = "";
    if (listener_open(&s->listener, s->loop, &config, reason) != 0) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "%s", reason);
        return -1;
    }
    return 0;
}

static void on_accept(struct listener *listener, uv_tcp_t *socket, void *user)
{
    struct server *s = user;
    if (connection_start(s, socket) != 0) {
        listener_release(listener);
    }
}

static int open_observer(struct server *s, char error[SERVER_ERROR_SIZE])
{
    const struct observer_options *options = &s->options->observer;
    const int status =
        observer_open(&s->observer, options, s->loop, s->shared->log, &s->shared->books->log_told);
    if (status != 0) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "access log: %.300s: %s", options->access_log,
                       strerror(status));
        return -1;
    }
    return 0;
}

int server_start(struct server *s, const struct server_parts *parts, char error[SERVER_ERROR_SIZE])
{
    memset(s, 0, sizeof *s);
    s->shared = parts->shared;
    s->options = parts->shared->options;
    s->number = parts->number;
    s->next_connection_id = parts->number + UINT64_C(1);
    s->loop = parts->loop;
    s->on_end = parts->on_end;
    s->user = parts->user;
    s->tls = parts->tls;
    tls_context_hold(s->tls);
    (void)uv_timer_init(&s->loop->uv, &s->drain_timer);
    s->drain_timer.data = s;
    const int listens = set_up_listener(s, parts, error);
    if (listens != 0 || site_open(&s->site, &s->options->site, error) != 0 ||
        open_observer(s, error) != 0) {
        return -1;
    }
    if (s->observer.counts) {
        s->site.store.cache.counters = &s->observer.counters.cache;
    }
    (void)listener_start(s->listener, on_accept, s);
    return 0;
}

static void close_timer(struct server *s)
{
    if (!uv_is_closing((uv_handle_t *)&s->drain_timer)) {
        uv_close((uv_handle_t *)&s->drain_timer, NULL);
    }
}

void server_free(struct server *s)
{
    listener_close(s->listener);
    tls_context_free(s->tls);
    site_close(&s->site);
    observer_close(&s->observer);
    close_timer(s);
}

/* ---- Stop ---------------------------------------------------------------------------------- */

static void abort_all(struct server *s)
{
    for (struct connection *c = s->first; c != NULL; c = connection_next(c)) {
        connection_abort(c);
    }
}

static void on_drain_timeout(uv_timer_t *timer)
{
    abort_all(timer->data);
}

static void end_when_done(struct server *s)
{
    if (!s->stopping || s->first != NULL || uv_is_closing((uv_handle_t *)&s->drain_timer)) {
        return;
    }
    close_timer(s);
    s->on_end(s->user);
}

void server_stop(struct server *s)
{
    if (s->stopping) {
        abort_all(s);
        return;
    }
    s->stopping = 1;
    listener_stop(s->listener);
    (void)uv_timer_start(&s->drain_timer, on_drain_timeout,
                         s->options->drain_timeout_ns / NS_PER_MS, 0);
    for (struct connection *c = s->first; c != NULL; c = connection_next(c)) {
        connection_shutdown(c);
    }
    end_when_done(s);
}

void server_use_tls(struct server *s, struct tls_context *tls)
{
    tls_context_hold(tls);
    tls_context_free(s->tls);
    s->tls = tls;
}

void server_reopen(struct server *s)
{
    observer_reopen(&s->observer);
}

uint64_t server__next_id(struct server *s)
{
    const uint64_t id = s->next_connection_id;
    s->next_connection_id += s->options->threads;
    return id;
}

void server__add(struct server *s, struct connection *connection)
{
    connection_link(connection, &s->first);
    s->connection_count++;
}

void server__remove(struct server *s, struct connection *connection)
{
    connection_unlink(connection, &s->first);
    s->connection_count--;
    listener_release(s->listener);
    end_when_done(s);
}

/* ---- For the others ------------------------------------------------------------------------ */

const char *server_date(struct server *s)
{
    /* What comes in one turn of the loop is answered at one time. */
    const uint64_t turn = uv_now(&s->loop->uv);
    if (turn == s->date_turn && s->date[0] != '\0') {
        return s->date;
    }
    s->date_turn = turn;
    const time_t now = time(NULL);
    if (now != s->date_of || s->date[0] == '\0') {
        s->date_of = now;
        http_date_text(now, s->date);
    }
    return s->date;
}
