/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "connection.h"

enum { NS_PER_MS = 1000000 };

static_assert((int)SITE_ERROR_SIZE <= (int)SERVER_ERROR_SIZE, "its errors are passed on");

static const rlim_t SPARE_DESCRIPTORS = 64;

static const int SIGNALS[2] = {SIGTERM, SIGINT};

/* ---- Start --------------------------------------------------------------------------------- */

/* Raises the limit of descriptors as far as allowed, and keeps the number of connections so far
 * below it that each can have a file open too. */
static uint32_t fit_connections(uint32_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return wanted;
    }
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0) {
            return wanted;
        }
    }
    if (limit.rlim_cur == RLIM_INFINITY) {
        return wanted;
    }
    const rlim_t usable =
        limit.rlim_cur > 2 * SPARE_DESCRIPTORS ? limit.rlim_cur - SPARE_DESCRIPTORS : 2;
    return usable / 2 < wanted ? (uint32_t)(usable / 2) : wanted;
}

int server_echoes(const struct server_options *options)
{
    return options->echo_upload || options->site.test_endpoints;
}

static int set_up_session(struct server *s, char error[SERVER_ERROR_SIZE])
{
    const struct server_options *o = s->options;
    const int status = h2session_config_init(&s->session, sizeof s->session, H2SESSION_SERVER);
    if (status != 0) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "%s", h2session_error_text(status));
        return -1;
    }
    s->session.max_concurrent_streams = o->max_concurrent_streams;
    s->session.initial_window_size = o->stream_window;
    s->session.connection_window_size = o->connection_window;
    if (server_echoes(o)) {
        s->session.flags |= H2SESSION_MANUAL_CONSUME;
    }
    return 0;
}

static int set_up_tls(struct server *s, char error[SERVER_ERROR_SIZE])
{
    if (s->options->no_tls) {
        return 0;
    }
    const struct tls_server_config config = {
        .key_file = s->options->key_file,
        .certificate_file = s->options->certificate_file,
        .keylog_file = s->options->keylog_file,
        .http1 = !s->options->h2_only,
    };
    char reason[TLS_TEXT_SIZE] = "";
    if (tls_context_new_server(&s->tls, &config, reason) != 0) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "%s", reason);
        return -1;
    }
    return 0;
}

static int set_up_listener(struct server *s, char error[SERVER_ERROR_SIZE])
{
    const struct listener_config config = {
        .addresses = s->options->addresses,
        .address_count = s->options->address_count,
        .port = s->options->port,
        .max_connections = fit_connections(s->options->max_connections),
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

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    server_stop(handle->data);
}

/* What runs on the loop besides the connections. */
static void start_handles(struct server *s)
{
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++) {
        (void)uv_signal_init(&s->loop->uv, &s->signals[i]);
        s->signals[i].data = s;
        /* Without it the signal ends the process, just not in order. */
        (void)uv_signal_start(&s->signals[i], on_signal, SIGNALS[i]);
    }
    (void)uv_timer_init(&s->loop->uv, &s->drain_timer);
    s->drain_timer.data = s;
    (void)listener_start(s->listener, on_accept, s);
}

int server_start(struct server *s, struct loop *loop, const struct server_options *options,
                 char error[SERVER_ERROR_SIZE])
{
    memset(s, 0, sizeof *s);
    s->options = options;
    s->loop = loop;
    if (site_open(&s->site, &options->site, error) != 0 || set_up_session(s, error) != 0 ||
        set_up_tls(s, error) != 0 || set_up_listener(s, error) != 0) {
        server_free(s);
        return -1;
    }
    start_handles(s);
    return 0;
}

void server_free(struct server *s)
{
    listener_close(s->listener);
    tls_context_free(s->tls);
    site_close(&s->site);
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

static void close_handles_when_done(struct server *s)
{
    if (!s->stopping || s->first != NULL || uv_is_closing((uv_handle_t *)&s->drain_timer)) {
        return;
    }
    uv_close((uv_handle_t *)&s->drain_timer, NULL);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++) {
        uv_close((uv_handle_t *)&s->signals[i], NULL);
    }
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
    close_handles_when_done(s);
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
    close_handles_when_done(s);
}

/* ---- For the others ------------------------------------------------------------------------ */

void server_url(const struct server *s, char *out, size_t capacity)
{
    static const char ANY4[] = "0.0.0.0:";
    static const char ANY6[] = "[::]:";
    const char *scheme = s->tls == NULL ? "http" : "https";
    const char *address = listener_address_text(s->listener, 0);
    const unsigned port = listener_port(s->listener);
    /* What listens everywhere is best reached on loopback, where the certificate is good. */
    if (strncmp(address, ANY4, sizeof ANY4 - 1) == 0) {
        (void)snprintf(out, capacity, "%s://127.0.0.1:%u/", scheme, port);
    } else if (strncmp(address, ANY6, sizeof ANY6 - 1) == 0) {
        (void)snprintf(out, capacity, "%s://[::1]:%u/", scheme, port);
    } else {
        (void)snprintf(out, capacity, "%s://%s/", scheme, address);
    }
}

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
