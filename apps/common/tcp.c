/* SPDX-License-Identifier: MIT */
#include "tcp.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One try of one address. The socket comes first: whoever gets it frees the whole by it. */
struct attempt {
    uv_tcp_t socket;
    uv_connect_t request;
    struct tcp_connect *owner; /* NULL: given up, nobody waits for the result */
};

struct tcp_connect {
    struct loop *loop;
    tcp_connect_function done;
    void *user;
    char *host;
    uint64_t deadline_ms; /* UINT64_MAX: none */
    uint16_t port;
    uint16_t closed; /* the timer is closed */
    uint32_t resolving;
    uv_timer_t timer;
    uv_getaddrinfo_t resolver;
    struct addrinfo *addresses;
    const struct addrinfo *next;
    struct attempt *attempt;
    uint64_t resolved_ns;
    char error[TCP_TEXT_SIZE];
};

static void on_socket_closed(uv_handle_t *handle)
{
    free(handle);
}

void tcp_socket_close(uv_tcp_t *socket)
{
    if (socket != NULL) {
        uv_close((uv_handle_t *)socket, on_socket_closed);
    }
}

uv_tcp_t *tcp_socket_new(struct loop *loop)
{
    uv_tcp_t *socket = calloc(1, sizeof *socket);
    if (socket != NULL && uv_tcp_init(&loop->uv, socket) != 0) {
        free(socket);
        socket = NULL;
    }
    return socket;
}

void tcp_address_text(const struct sockaddr *address, char out[TCP_ADDRESS_SIZE])
{
    char name[INET6_ADDRSTRLEN];
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in4 = (const struct sockaddr_in *)(const void *)address;
        if (uv_ip4_name(in4, name, sizeof name) == 0) {
            (void)snprintf(out, TCP_ADDRESS_SIZE, "%s:%u", name, (unsigned)ntohs(in4->sin_port));
            return;
        }
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
        if (uv_ip6_name(in6, name, sizeof name) == 0) {
            (void)snprintf(out, TCP_ADDRESS_SIZE, "[%s]:%u", name, (unsigned)ntohs(in6->sin6_port));
            return;
        }
    }
    (void)snprintf(out, TCP_ADDRESS_SIZE, "?");
}

void tcp_peer(const uv_tcp_t *socket, union tcp_address *out)
{
    int length = (int)sizeof *out;
    memset(out, 0, sizeof *out);
    if (uv_tcp_getpeername(socket, &out->any, &length) != 0) {
        out->any.sa_family = AF_UNSPEC;
    }
}

/* Frees when neither the timer nor the resolver needs the memory any more. */
static void free_if_unused(struct tcp_connect *t)
{
    if (!t->closed || t->resolving) {
        return;
    }
    free(t->host);
    free(t);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct tcp_connect *t = handle->data;
    t->closed = 1;
    free_if_unused(t);
}

static void give_up_attempt(struct tcp_connect *t)
{
    if (t->attempt != NULL) {
        t->attempt->owner = NULL;
        tcp_socket_close(&t->attempt->socket);
        t->attempt = NULL;
    }
}

static void dismantle(struct tcp_connect *t)
{
    give_up_attempt(t);
    if (t->addresses != NULL) {
        uv_freeaddrinfo(t->addresses);
        t->addresses = NULL;
    }
    if (t->resolving) {
        (void)uv_cancel((uv_req_t *)&t->resolver);
    }
    t->done = NULL;
    uv_close((uv_handle_t *)&t->timer, on_timer_closed);
}

static void finish(struct tcp_connect *t, uv_tcp_t *socket)
{
    tcp_connect_function done = t->done;
    void *user = t->user;
    const struct tcp_result result = {.socket = socket,
                                      .error = socket == NULL ? t->error : NULL,
                                      .resolved_ns = t->resolved_ns,
                                      .connected_ns = socket == NULL ? 0 : loop_now_ns()};
    dismantle(t);
    /* Its memory stands until the timer has closed, which is after this. */
    done(&result, user);
}

static void try_next(struct tcp_connect *t);

static void on_connect(uv_connect_t *request, int status)
{
    struct attempt *attempt = request->data;
    struct tcp_connect *t = attempt->owner;
    if (t == NULL) {
        return;
    }
    if (status == 0) {
        attempt->owner = NULL;
        t->attempt = NULL;
        finish(t, &attempt->socket);
        return;
    }
    char text[TCP_ADDRESS_SIZE];
    tcp_address_text(t->next->ai_addr, text);
    (void)snprintf(t->error, sizeof t->error, "cannot connect to %s: %s", text,
                   uv_strerror(status));
    give_up_attempt(t);
    t->next = t->next->ai_next;
    try_next(t);
}

static void on_timer(uv_timer_t *timer)
{
    struct tcp_connect *t = timer->data;
    if (t->attempt == NULL) {
        (void)snprintf(t->error, sizeof t->error, "cannot resolve '%.150s': timed out", t->host);
        finish(t, NULL);
        return;
    }
    char text[TCP_ADDRESS_SIZE];
    tcp_address_text(t->next->ai_addr, text);
    (void)snprintf(t->error, sizeof t->error, "cannot connect to %s: timed out", text);
    give_up_attempt(t);
    t->next = t->next->ai_next;
    try_next(t);
}

/* What one address may take: an equal share of the time left for all that are left. */
static uint64_t share_of_time(const struct tcp_connect *t)
{
    uint64_t count = 1;
    for (const struct addrinfo *a = t->next->ai_next; a != NULL; a = a->ai_next) {
        count++;
    }
    const uint64_t now = uv_now(&t->loop->uv);
    return now < t->deadline_ms ? (t->deadline_ms - now) / count + 1 : 1;
}

static int start_attempt(struct tcp_connect *t)
{
    struct attempt *attempt = calloc(1, sizeof *attempt);
    if (attempt == NULL) {
        return UV_ENOMEM;
    }
    int status = uv_tcp_init(&t->loop->uv, &attempt->socket);
    if (status != 0) {
        free(attempt);
        return status;
    }
    attempt->owner = t;
    attempt->request.data = attempt;
    t->attempt = attempt;
    status = uv_tcp_connect(&attempt->request, &attempt->socket, t->next->ai_addr, on_connect);
    if (status != 0) {
        give_up_attempt(t);
    }
    return status;
}

static void try_next(struct tcp_connect *t)
{
    for (; t->next != NULL; t->next = t->next->ai_next) {
        const int status = start_attempt(t);
        if (status == 0) {
            if (t->deadline_ms != UINT64_MAX) {
                (void)uv_timer_start(&t->timer, on_timer, share_of_time(t), 0);
            }
            return;
        }
        char text[TCP_ADDRESS_SIZE];
        tcp_address_text(t->next->ai_addr, text);
        (void)snprintf(t->error, sizeof t->error, "cannot connect to %s: %s", text,
                       uv_strerror(status));
    }
    finish(t, NULL);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
    struct tcp_connect *t = request->data;
    t->resolving = 0;
    if (t->done == NULL) {
        uv_freeaddrinfo(addresses);
        free_if_unused(t);
        return;
    }
    (void)uv_timer_stop(&t->timer);
    if (status != 0) {
        (void)snprintf(t->error, sizeof t->error, "cannot resolve '%.150s': %s", t->host,
                       uv_strerror(status));
        finish(t, NULL);
        return;
    }
    t->resolved_ns = loop_now_ns();
    t->addresses = addresses;
    t->next = addresses;
    try_next(t);
}

int tcp_is_localhost(const char *name)
{
    static const char LOCALHOST[] = "localhost";
    const size_t own = sizeof LOCALHOST - 1;
    size_t length = strlen(name);
    length -= length > 0 && name[length - 1] == '.';
    if (length < own || strncasecmp(name + length - own, LOCALHOST, own) != 0) {
        return 0;
    }
    return length == own || name[length - own - 1] == '.';
}

int tcp_connect(struct tcp_connect **out, struct loop *loop, const struct tcp_target *target,
                tcp_connect_function done, void *user)
{
    struct tcp_connect *t = calloc(1, sizeof *t);
    if (t == NULL) {
        return UV_ENOMEM;
    }
    t->host = strdup(target->host);
    if (t->host == NULL) {
        free(t);
        return UV_ENOMEM;
    }
    t->loop = loop;
    t->port = target->port;
    t->done = done;
    t->user = user;
    (void)uv_timer_init(&loop->uv, &t->timer);
    t->timer.data = t;
    t->resolver.data = t;
    uv_update_time(&loop->uv);
    t->deadline_ms = target->timeout_ms == 0 ? UINT64_MAX : uv_now(&loop->uv) + target->timeout_ms;

    struct addrinfo hints = {0};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    char service[8];
    (void)snprintf(service, sizeof service, "%u", (unsigned)t->port);
    /* No name at all stands for the loopback addresses, and asks nobody. */
    const char *name = tcp_is_localhost(t->host) ? NULL : t->host;
    int status = uv_getaddrinfo(&loop->uv, &t->resolver, on_resolved, name, service, &hints);
    if (status != 0) {
        uv_close((uv_handle_t *)&t->timer, on_timer_closed);
        return status;
    }
    t->resolving = 1;
    if (target->timeout_ms != 0) {
        (void)uv_timer_start(&t->timer, on_timer, target->timeout_ms, 0);
    }
    *out = t;
    return 0;
}

void tcp_connect_cancel(struct tcp_connect *t)
{
    dismantle(t);
}
