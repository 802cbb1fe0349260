/* SPDX-License-Identifier: MIT */
#include "admin_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONNECTIONS = 64 };

static const uint64_t NS_PER_S = 1000000000;

static uint64_t wall_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Of the options of the servers it has the limits. */
static void set_options(struct admin_service *s, const struct server_options *o)
{
    s->address.host = o->admin.host;
    s->options.addresses = &s->address;
    s->options.address_count = 1;
    s->options.port = o->admin.port;
    s->options.no_tls = 1;
    s->options.max_concurrent_streams = o->max_concurrent_streams;
    s->options.stream_window = o->stream_window;
    s->options.connection_window = o->connection_window;
    s->options.threads = 1;
    s->options.limits = o->limits;
    s->options.pages = &s->admin;
}

static int set_up_metrics(struct admin_service *s, const struct worker *workers, size_t count)
{
    s->observers = calloc(count, sizeof *s->observers);
    if (s->observers == NULL) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        s->observers[i] = &workers[i].server.observer;
    }
    s->admin.metrics.observers = s->observers;
    s->admin.metrics.count = count;
    s->admin.metrics.started_ns = wall_ns();
    return 0;
}

static void on_end(void *user)
{
    (void)user; /* its thread is joined */
}

static int listen_and_open(struct admin_service *s, char error[SERVER_ERROR_SIZE])
{
    const struct listen_config config = {
        .addresses = s->options.addresses,
        .address_count = 1,
        .port = s->options.port,
        .sets = 1,
    };
    char reason[TCP_TEXT_SIZE] = "";
    if (listen_sockets_open(&s->sockets, &config, reason) != 0) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "--admin: %s", reason);
        return -1;
    }
    listen_sockets_text(&s->sockets, 0, s->text);
    const struct server_parts parts = {
        .shared = &s->shared,
        .sockets = s->sockets.sets[0].fds,
        .socket_count = 1,
        .max_connections = CONNECTIONS,
        .on_end = on_end,
    };
    const int status = worker_open(&s->worker, &parts, error);
    listen_sockets_take(&s->sockets, 0);
    return status;
}

int admin_service_open(struct admin_service *s, const struct server_options *options,
                       const struct worker *workers, const struct log *log,
                       char error[SERVER_ERROR_SIZE])
{
    memset(s, 0, sizeof *s);
    s->is_open = 1;
    set_options(s, options);
    int status = set_up_metrics(s, workers, options->threads);
    if (status != 0) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "out of memory");
    } else {
        status = server_shared_init(&s->shared, &s->options, error);
        s->shared.log = log;
    }
    if (status == 0) {
        status = listen_and_open(s, error);
    }
    if (status != 0) {
        admin_service_close(s);
    }
    return status;
}

int admin_service_start(struct admin_service *s)
{
    return s->is_open ? worker_start(&s->worker) : 0;
}

void admin_service_drain(struct admin_service *s)
{
    atomic_store(&s->admin.draining, 1);
}

void admin_service_stop(struct admin_service *s)
{
    if (s->is_open && s->worker.is_open) {
        worker_tell_stop(&s->worker);
        worker_tell_stop(&s->worker);
        worker_join(&s->worker);
    }
}

void admin_service_close(struct admin_service *s)
{
    if (!s->is_open) {
        return;
    }
    worker_free(&s->worker);
    listen_sockets_close(&s->sockets);
    server_shared_clear(&s->shared);
    free(s->observers);
    s->is_open = 0;
}
