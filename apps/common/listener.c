/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A place where connections come. */
struct listen_socket {
    struct listener *listener;
    int kept;         /* listens too, so that nobody is turned away while there is no handle */
    uv_tcp_t *tcp;    /* NULL: there was no descriptor for a connection */
    uint32_t waiting; /* a connection has come and is not taken yet; the handle is silent */
};

struct listener {
    struct loop *loop;
    listener_accept_function accept;
    void *user;
    struct listen_socket sockets[LISTEN_ADDRESSES];
    size_t socket_count;
    uint32_t connections;
    uint32_t max_connections;
    uint32_t stopped;
    int reserve;       /* a descriptor that is given up when there is no other; -1: it was */
    uv_timer_t *retry; /* of sockets that have no handle */
};

enum { RETRY_MS = 100 };

static int open_reserve(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

static void close_handle(struct listen_socket *s)
{
    tcp_socket_close(s->tcp);
    s->tcp = NULL;
    s->waiting = 0;
}

static void close_sockets(struct listener *l)
{
    for (size_t i = 0; i < l->socket_count; i++) {
        close_handle(&l->sockets[i]);
        (void)close(l->sockets[i].kept);
    }
    l->socket_count = 0;
    if (l->retry != NULL) {
        uv_close((uv_handle_t *)l->retry, on_timer_closed);
        l->retry = NULL;
    }
}

static void on_connection(uv_stream_t *server, int status);

/* Returns 0 or a negative libuv error. Connections wait until listener_start(). */
static int open_handle(struct listen_socket *s)
{
    const int fd = fcntl(s->kept, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) {
        return uv_translate_sys_error(errno);
    }
    s->tcp = tcp_socket_new(s->listener->loop);
    int status = s->tcp == NULL ? UV_ENOMEM : uv_tcp_open(s->tcp, fd);
    if (status != 0) {
        (void)close(fd);
    } else {
        s->tcp->data = s;
        status = uv_listen((uv_stream_t *)s->tcp, LISTEN_BACKLOG, on_connection);
    }
    if (status != 0) {
        close_handle(s);
    }
    return status;
}

/* Takes one descriptor, also on failure. */
static int add_socket(struct listener *l, int fd)
{
    struct listen_socket *s = &l->sockets[l->socket_count++];
    s->listener = l;
    s->kept = fd;
    return open_handle(s);
}

static int new_retry(struct listener *l)
{
    l->retry = calloc(1, sizeof *l->retry);
    if (l->retry == NULL) {
        return UV_ENOMEM;
    }
    (void)uv_timer_init(&l->loop->uv, l->retry);
    l->retry->data = l;
    return 0;
}

int listener_open(struct listener **out, struct loop *loop, const struct listener_config *config,
                  char error[TCP_TEXT_SIZE])
{
    struct listener *l = calloc(1, sizeof *l);
    int status = UV_ENOMEM;
    if (l != NULL) {
        l->reserve = -1;
        l->loop = loop;
        status = new_retry(l);
    }
    for (size_t i = 0; i < config->socket_count; i++) {
        if (status != 0) {
            (void)close(config->sockets[i]);
            continue;
        }
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

static void on_retry(uv_timer_t *timer);

static void retry_soon(struct listener *l)
{
    (void)uv_timer_start(l->retry, on_retry, RETRY_MS, 0);
}

/* Takes the connection that waits on a socket. */
static void take_connection(struct listener *l, struct listen_socket *s)
{
    s->waiting = 0;
    uv_tcp_t *socket = tcp_socket_new(l->loop);
    if (socket == NULL) {
        /* Also when there is no connection whose release could bring it up again. */
        s->waiting = 1;
        retry_soon(l);
        return;
    }
    if (uv_accept((uv_stream_t *)s->tcp, (uv_stream_t *)socket) != 0) {
        tcp_socket_close(socket);
        return;
    }
    l->connections++;
    l->accept(l, socket, l->user);
}

/* Opens again what was paused, or looks again later. */
static void resume(struct listener *l)
{
    int status = 0;
    for (size_t i = 0; i < l->socket_count && status == 0; i++) {
        status = l->sockets[i].tcp == NULL ? open_handle(&l->sockets[i]) : 0;
    }
    if (status != 0) {
        retry_soon(l);
    } else {
        (void)uv_timer_stop(l->retry);
    }
}

/* A connection has gone, and with it a descriptor. */
static void resume_early(struct listener *l)
{
    if (uv_is_active((uv_handle_t *)l->retry)) {
        resume(l);
    }
}

/* There is no descriptor for a connection that waits, and libuv tries again, in a loop that serves nobody
 * else, until there is, or none waits: it is taken in place of the reserve. Without that either the
 * socket loses its handle for a while, and connections stay in the kernel's queue. */
static void make_way(struct listener *l, struct listen_socket *s)
{
    if (l->reserve < 0) {
        close_handle(s);
        retry_soon(l);
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
        retry_soon(l);
        return;
    }
    (void)uv_accept((uv_stream_t *)s->tcp, (uv_stream_t *)socket);
    tcp_socket_close(socket);
    l->reserve = open_reserve();
}

static void on_connection(uv_stream_t *server, int status)
{
    struct listen_socket *s = server->data;
    struct listener *l = s->listener;
    if (status != 0) {
        if (status == UV_EMFILE || status == UV_ENFILE) {
            make_way(l, s);
        }
        return;
    }
    if (l->reserve < 0) {
        l->reserve = open_reserve();
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
        if (l->sockets[i].waiting) {
            take_connection(l, &l->sockets[i]);
        }
    }
}

static void on_retry(uv_timer_t *timer)
{
    struct listener *l = timer->data;
    resume(l);
    if (l->accept != NULL) {
        take_waiting(l);
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
        resume_early(l);
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
