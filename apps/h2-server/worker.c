/* SPDX-License-Identifier: MIT */
#include "worker.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "quiet_thread.h"

/* Reads what was left. */
static void on_wake(uv_async_t *wake)
{
    struct worker *w = wake->data;
    uv_mutex_lock(&w->lock);
    const uint32_t stops = w->stops;
    const uint32_t reopens = w->reopens;
    struct tls_context *tls = w->tls;
    w->stops = 0;
    w->reopens = 0;
    w->tls = NULL;
    uv_mutex_unlock(&w->lock);
    if (tls != NULL) {
        server_use_tls(&w->server, tls);
        tls_context_free(tls);
    }
    if (reopens > 0) {
        server_reopen(&w->server);
    }
    for (uint32_t i = 0; i < stops && !w->ended; i++) {
        server_stop(&w->server);
    }
}

/* After this nobody may wake the loop: it is about to go. */
static void close_wake(struct worker *w)
{
    uv_mutex_lock(&w->lock);
    if (!w->ended) {
        w->ended = 1;
        uv_close((uv_handle_t *)&w->wake, NULL);
    }
    uv_mutex_unlock(&w->lock);
}

static void on_server_end(void *user)
{
    struct worker *w = user;
    close_wake(w);
    w->on_end(w->user);
}

static int open_loop(struct worker *w)
{
    int status = uv_mutex_init(&w->lock);
    if (status != 0) {
        return status;
    }
    status = loop_init(&w->loop);
    if (status == 0) {
        status = uv_async_init(&w->loop.uv, &w->wake, on_wake);
        if (status != 0) {
            loop_close(&w->loop);
        }
    }
    if (status != 0) {
        uv_mutex_destroy(&w->lock);
    }
    return status;
}

int worker_open(struct worker *w, const struct server_parts *parts, char error[SERVER_ERROR_SIZE])
{
    memset(w, 0, sizeof *w);
    const int status = open_loop(w);
    if (status != 0) {
        for (size_t i = 0; i < parts->socket_count; i++) {
            (void)close(parts->sockets[i]);
        }
        (void)snprintf(error, SERVER_ERROR_SIZE, "cannot start: %s", uv_strerror(status));
        return -1;
    }
    w->is_open = 1;
    w->wake.data = w;
    w->on_end = parts->on_end;
    w->user = parts->user;
    struct server_parts own = *parts;
    own.loop = &w->loop;
    own.on_end = on_server_end;
    own.user = w;
    if (server_start(&w->server, &own, error) != 0) {
        worker_free(w);
        return -1;
    }
    return 0;
}

static void *run_thread(void *user)
{
    worker_run(user);
    return NULL;
}

int worker_start(struct worker *w)
{
    const int error = quiet_thread_start(&w->thread, run_thread, w);
    w->has_thread = error == 0;
    return uv_translate_sys_error(error);
}

void worker_run(struct worker *w)
{
    (void)loop_run(&w->loop);
}

void worker_join(struct worker *w)
{
    if (w->has_thread) {
        (void)pthread_join(w->thread, NULL);
        w->has_thread = 0;
    }
}

void worker_free(struct worker *w)
{
    if (!w->is_open) {
        return;
    }
    server_free(&w->server);
    close_wake(w);
    loop_close(&w->loop);
    uv_mutex_destroy(&w->lock);
    tls_context_free(w->tls);
    w->is_open = 0;
}

void worker_tell_stop(struct worker *w)
{
    uv_mutex_lock(&w->lock);
    if (!w->ended) {
        w->stops++;
        (void)uv_async_send(&w->wake);
    }
    uv_mutex_unlock(&w->lock);
}

void worker_tell_tls(struct worker *w, struct tls_context *tls)
{
    uv_mutex_lock(&w->lock);
    if (!w->ended) {
        tls_context_hold(tls);
        tls_context_free(w->tls);
        w->tls = tls;
        (void)uv_async_send(&w->wake);
    }
    uv_mutex_unlock(&w->lock);
}

void worker_tell_reopen(struct worker *w)
{
    uv_mutex_lock(&w->lock);
    if (!w->ended) {
        w->reopens++;
        (void)uv_async_send(&w->wake);
    }
    uv_mutex_unlock(&w->lock);
}
