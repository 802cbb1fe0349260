/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LISTENER_SOCKETS = 32, /* addresses that can be listened on at a time */
    LISTENER_BACKLOG = 1024,
    /* Tries to find a port that is free on every address, when the kernel chooses it. */
    LISTENER_PORT_TRIES = 16
};

struct listen_socket {
    uv_tcp_t tcp;
    struct listener *listener;
    uint32_t waiting; /* a connection has come and is not taken yet; the handle is silent */
    char text[TCP_ADDRESS_SIZE];
};

struct listener {
    struct loop *loop;
    listener_accept_function accept;
    void *user;
    struct listen_socket *sockets[LISTENER_SOCKETS];
    size_t socket_count;
    uint32_t connections;
    uint32_t max_connections;
    uint16_t port;
    uint16_t stopped;
};

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

/* The port a bound socket got. */
static uint16_t bound_port(const uv_tcp_t *tcp, struct sockaddr_storage *address)
{
    int length = (int)sizeof *address;
    memset(address, 0, sizeof *address);
    if (uv_tcp_getsockname(tcp, (struct sockaddr *)address, &length) != 0) {
        return 0;
    }
    if (address->ss_family == AF_INET6) {
        return ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
    }
    return ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port);
}

static void set_port(struct sockaddr_storage *address, uint16_t port)
{
    if (address->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)(void *)address)->sin6_port = htons(port);
    } else {
        ((struct sockaddr_in *)(void *)address)->sin_port = htons(port);
    }
}

static void on_connection(uv_stream_t *server, int status);

static int bind_and_listen(struct listen_socket *s, const struct sockaddr *address)
{
    const unsigned flags = address->sa_family == AF_INET6 ? UV_TCP_IPV6ONLY : 0U;
    int status = uv_tcp_bind(&s->tcp, address, flags);
    if (status == 0) {
        /* An address in use is reported here. Connections wait until listener_start(). */
        status = uv_listen((uv_stream_t *)&s->tcp, LISTENER_BACKLOG, on_connection);
    }
    return status;
}

/* Adds a socket for one address. */
static int add_socket(struct listener *l, const struct addrinfo *info)
{
    if (l->socket_count == LISTENER_SOCKETS) {
        return UV_E2BIG;
    }
    struct listen_socket *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return UV_ENOMEM;
    }
    int status = uv_tcp_init(&l->loop->uv, &s->tcp);
    if (status != 0) {
        free(s);
        return status;
    }
    s->tcp.data = s;
    s->listener = l;
    struct sockaddr_storage address;
    memset(&address, 0, sizeof address);
    memcpy(&address, info->ai_addr, info->ai_addrlen);
    set_port(&address, l->port);
    status = bind_and_listen(s, (const struct sockaddr *)&address);
    if (status != 0) {
        uv_close((uv_handle_t *)&s->tcp, on_listen_socket_closed);
        return status;
    }
    l->port = bound_port(&s->tcp, &address);
    tcp_address_text((const struct sockaddr *)&address, s->text);
    l->sockets[l->socket_count++] = s;
    return 0;
}

/* Adds sockets for all that a name stands for. */
static int add_address(struct listener *l, const struct listener_address *wanted,
                       char error[TCP_TEXT_SIZE])
{
    struct addrinfo hints = {0};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    uv_getaddrinfo_t request;
    int status = uv_getaddrinfo(&l->loop->uv, &request, NULL, wanted->host, "0", &hints);
    if (status != 0) {
        (void)snprintf(error, TCP_TEXT_SIZE, "cannot resolve '%.150s': %s", wanted->host,
                       uv_strerror(status));
        return status;
    }
    for (const struct addrinfo *a = request.addrinfo; a != NULL && status == 0; a = a->ai_next) {
        status = add_socket(l, a);
        if (wanted->optional && (status == UV_EADDRNOTAVAIL || status == UV_EAFNOSUPPORT)) {
            status = 0;
        }
    }
    uv_freeaddrinfo(request.addrinfo);
    if (status != 0) {
        (void)snprintf(error, TCP_TEXT_SIZE, "cannot listen on %.100s port %u: %s", wanted->host,
                       (unsigned)l->port, uv_strerror(status));
    }
    return status;
}

static int add_all(struct listener *l, const struct listener_config *config,
                   char error[TCP_TEXT_SIZE])
{
    for (size_t i = 0; i < config->address_count; i++) {
        const int status = add_address(l, &config->addresses[i], error);
        if (status != 0) {
            return status;
        }
    }
    if (l->socket_count == 0) {
        (void)snprintf(error, TCP_TEXT_SIZE, "none of the addresses is available");
        return UV_EADDRNOTAVAIL;
    }
    return 0;
}

int listener_open(struct listener **out, struct loop *loop, const struct listener_config *config,
                  char error[TCP_TEXT_SIZE])
{
    struct listener *l = calloc(1, sizeof *l);
    if (l == NULL) {
        (void)snprintf(error, TCP_TEXT_SIZE, "out of memory");
        return UV_ENOMEM;
    }
    l->loop = loop;
    l->max_connections = config->max_connections;
    int status = UV_EADDRINUSE;
    /* A port the kernel found for the first address may be taken on another one. */
    const int tries = config->port == 0 ? LISTENER_PORT_TRIES : 1;
    for (int i = 0; i < tries && status == UV_EADDRINUSE; i++) {
        close_sockets(l);
        l->port = config->port;
        status = add_all(l, config, error);
    }
    if (status != 0) {
        close_sockets(l);
        free(l);
        return status;
    }
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

static void on_connection(uv_stream_t *server, int status)
{
    struct listen_socket *s = server->data;
    struct listener *l = s->listener;
    if (l == NULL || status != 0) {
        /* Out of descriptors, or the peer has gone: libuv has dropped that connection. */
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
        free(l);
    }
}

uint16_t listener_port(const struct listener *l)
{
    return l->port;
}

const char *listener_address_text(const struct listener *l, size_t position)
{
    return position < l->socket_count ? l->sockets[position]->text : NULL;
}
