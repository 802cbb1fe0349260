/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct listen_socket {
    uv_tcp_t tcp;
    struct listener *listener;
    uint32_t waiting; /* a connection has come and is not taken yet; the handle is silent */
};

struct listener {
    struct loop *loop;
    listener_accept_function accept;
    void *user;
    struct listen_socket *sockets[LISTEN_ADDRESSES];
    size_t socket_count;
    uint32_t connections;
    uint32_t max_connections;
    uint32_t stopped;
    int reserve; /* a descriptor that is given up when there is no other; -1: it was */
};

static const struct timespec PAUSE = {0, 20000000};

static int open_reserve(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_listen_socket_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void close_sockets(struct listener *l)
{
    for (size_t i = 0; i < l->socket_count; i++) {
        l->sockets[i]->listener = NULL;
        uv_close((uv_handle_t *)&l->sockets[i]->tcp, on_listen_socket_closed);
    }
    l->socket_count = 0;
}

static void on_connection(uv_stream_t *server, int status);

/* Takes one descriptor, also on failure. */
static int add_socket(struct listener *l, int fd)
{
    struct listen_socket *s = calloc(1, sizeof *s);
    if (s == NULL) {
        (void)close(fd);
        return UV_ENOMEM;
    }
    int status = uv_tcp_init(&l->loop->uv, &s->tcp);
    if (status != 0) {
        (void)close(fd);
        free(s);
        return status;
    }
    s->tcp.data = s;
    s->listener = l;
    l->sockets[l->socket_count++] = s;
    status = uv_tcp_open(&s->tcp, fd);
    if (status != 0) {
        (void)close(fd);
        return status;
    }
    /* Connections wait until listener_start(). */
    return uv_listen((uv_stream_t *)&s->tcp, LISTEN_BACKLOG, on_connection);
}

int listener_open(struct listener **out, struct loop *loop, const struct listener_config *config,
                  char error[TCP_TEXT_SIZE])
{
    struct listener *l = calloc(1, sizeof *l);
    int status = l == NULL ? UV_ENOMEM : 0;
    if (l != NULL) {
        l->reserve = -1;
    }
    for (size_t i = 0; i < config->socket_count; i++) {
        if (status != 0) {
            (void)close(config->sockets[i]);
            continue;
        }
        l->loop = loop;
        status = add_socket(l, config->sockets[i]);
    }
    if (status != 0) {
        (void)snprintf(error, TCP_TEXT_SIZE, "cannot listen: %s", uv_strerror(status));
        listener_close(l);
        return status;
    }
    l->max_connections = config->max_connections;
    l->reserve = open_reserve();
    *out = l;
    return 0;
}

/* Takes the connection that waits on a socket. */
static void take_connection(struct listener *l, struct listen_socket *s)
{
    s->waiting = 0;
    uv_tcp_t *socket = tcp_socket_new(l->loop);
    if (socket == NULL) {
        /* Taken up again at the next release. */
        s->waiting = 1;
        return;
    }
    if (uv_accept((uv_stream_t *)&s->tcp, (uv_stream_t *)socket) != 0) {
        tcp_socket_close(socket);
        return;
    }
    l->connections++;
    l->accept(l, socket, l->user);
}

/* There is no descriptor for a connection that waits, and libuv tries again until there is, or none
 * waits: it is taken in place of the reserve. Without that either, the thread sleeps between tries
 * instead of running in circles. */
static void make_way(struct listener *l)
{
    if (l->reserve < 0) {
        (void)nanosleep(&PAUSE, NULL);
        return;
    }
    (void)close(l->reserve);
    l->reserve = -1;
}

/* Lets one go that was taken so, and gets the reserve back. */
static void drop_connection(struct listener *l, struct listen_socket *s)
{
    uv_tcp_t *socket = tcp_socket_new(l->loop);
    if (socket == NULL) {
        s->waiting = 1;
        return;
    }
    (void)uv_accept((uv_stream_t *)&s->tcp, (uv_stream_t *)socket);
    tcp_socket_close(socket);
    l->reserve = open_reserve();
}

static void on_connection(uv_stream_t *server, int status)
{
    struct listen_socket *s = server->data;
    struct listener *l = s->listener;
    if (l == NULL || status != 0) {
        if (l != NULL && (status == UV_EMFILE || status == UV_ENFILE)) {
            make_way(l);
        }
        return;
    }
    if (l->reserve < 0) {
        drop_connection(l, s);
        return;
    }
    if (l->accept == NULL || l->connections >= l->max_connections) {
        /* libuv asks no more until this one is accepted; the kernel queues the others. */
        s->waiting = 1;
        return;
    }
    take_connection(l, s);
}

static void take_waiting(struct listener *l)
{
    for (size_t i = 0; i < l->socket_count && l->connections < l->max_connections; i++) {
        if (l->sockets[i]->waiting) {
            take_connection(l, l->sockets[i]);
        }
    }
}

int listener_start(struct listener *l, listener_accept_function accept, void *user)
{
    if (l->stopped || accept == NULL) {
        return UV_EINVAL;
    }
    l->accept = accept;
    l->user = user;
    take_waiting(l);
    return 0;
}

void listener_release(struct listener *l)
{
    assert(l->connections > 0);
    l->connections--;
    if (!l->stopped && l->accept != NULL) {
        take_waiting(l);
    }
}

void listener_stop(struct listener *l)
{
    l->stopped = 1;
    close_sockets(l);
}

void listener_close(struct listener *l)
{
    if (l != NULL) {
        listener_stop(l);
        if (l->reserve >= 0) {
            (void)close(l->reserve);
        }
        free(l);
    }
}
