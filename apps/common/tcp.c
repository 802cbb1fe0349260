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
    size_t address;
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
    struct tcp_addresses addresses;
    size_t next;                             /* the address to be tried */
    struct attempt *attempts[TCP_ADDRESSES]; /* under way, by address */
    size_t running;                          /* of them */
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

static void give_up_attempt(struct tcp_connect *t, size_t address)
{
    struct attempt *attempt = t->attempts[address];
    if (attempt != NULL) {
        attempt->owner = NULL;
        tcp_socket_close(&attempt->socket);
        t->attempts[address] = NULL;
        t->running--;
    }
}

static void dismantle(struct tcp_connect *t)
{
    for (size_t i = 0; i < TCP_ADDRESSES; i++) {
        give_up_attempt(t, i);
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

/* ---- Attempts ------------------------------------------------------------------------------ */

static const struct sockaddr *address_at(const struct tcp_connect *t, size_t address)
{
    return (const struct sockaddr *)(const void *)&t->addresses.items[address];
}

static void note_error(struct tcp_connect *t, size_t address, const char *why)
{
    char text[TCP_ADDRESS_SIZE];
    tcp_address_text(address_at(t, address), text);
    (void)snprintf(t->error, sizeof t->error, "cannot connect to %s: %s", text, why);
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
        t->attempts[attempt->address] = NULL;
        t->running--;
        finish(t, &attempt->socket);
        return;
    }
    note_error(t, attempt->address, uv_strerror(status));
    give_up_attempt(t, attempt->address);
    /* An address that refuses need not be waited for (RFC 8305 5). */
    try_next(t);
}

static int start_attempt(struct tcp_connect *t, size_t address)
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
    attempt->address = address;
    attempt->request.data = attempt;
    t->attempts[address] = attempt;
    t->running++;
    status =
        uv_tcp_connect(&attempt->request, &attempt->socket, address_at(t, address), on_connect);
    if (status != 0) {
        give_up_attempt(t, address);
    }
    return status;
}

static void on_timer(uv_timer_t *timer);

/* Wakes up for the next address, or at the deadline. */
static void arm(struct tcp_connect *t)
{
    uv_update_time(&t->loop->uv);
    const uint64_t now = uv_now(&t->loop->uv);
    uint64_t wait = t->deadline_ms == UINT64_MAX ? UINT64_MAX
                    : now < t->deadline_ms       ? t->deadline_ms - now
                                                 : 0;
    if (t->next < t->addresses.count && wait > TCP_STEP_MS) {
        wait = TCP_STEP_MS;
    }
    if (wait != UINT64_MAX) {
        (void)uv_timer_start(&t->timer, on_timer, wait, 0);
    } else {
        (void)uv_timer_stop(&t->timer);
    }
}

/* Starts with the next address that can be tried at all. */
static void try_next(struct tcp_connect *t)
{
    while (t->next < t->addresses.count) {
        const size_t address = t->next++;
        const int status = start_attempt(t, address);
        if (status == 0) {
            break;
        }
        note_error(t, address, uv_strerror(status));
    }
    if (t->running == 0) {
        finish(t, NULL);
        return;
    }
    arm(t);
}

static void time_is_up(struct tcp_connect *t)
{
    if (t->resolving) {
        (void)snprintf(t->error, sizeof t->error, "cannot resolve '%.150s': timed out", t->host);
    } else {
        note_error(t, t->next > 0 ? t->next - 1 : 0, "timed out");
    }
    finish(t, NULL);
}

static void on_timer(uv_timer_t *timer)
{
    struct tcp_connect *t = timer->data;
    if (uv_now(&t->loop->uv) >= t->deadline_ms) {
        time_is_up(t);
        return;
    }
    try_next(t);
}

/* ---- Addresses ----------------------------------------------------------------------------- */

int tcp_addresses_read(struct tcp_addresses *out, const char *text, uint16_t port)
{
    out->count = 0;
    while (out->count < TCP_ADDRESSES) {
        const size_t length = strcspn(text, ",");
        const int is_bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
        char name[TCP_ADDRESS_SIZE];
        void *item = &out->items[out->count++];
        (void)snprintf(name, sizeof name, "%.*s", (int)(is_bracketed ? length - 2 : length),
                       text + is_bracketed);
        if (length >= sizeof name ||
            (uv_ip4_addr(name, port, item) != 0 && uv_ip6_addr(name, port, item) != 0)) {
            return -1;
        }
        if (text[length] == '\0') {
            return 0;
        }
        text += length + 1;
    }
    return -1;
}

/* The first address from `from` on that is, or is not, of this family; count when there is none. */
static size_t find_family(const struct tcp_addresses *addresses, size_t from, int family, int is)
{
    size_t i = from;
    while (i < addresses->count && (addresses->items[i].ss_family == family) != is) {
        i++;
    }
    return i;
}

void tcp_addresses_interleave(struct tcp_addresses *addresses)
{
    for (size_t i = 1; i < addresses->count; i++) {
        const int before = addresses->items[i - 1].ss_family;
        const size_t found = find_family(addresses, i, before, 0);
        if (found == addresses->count) {
            return;
        }
        const struct sockaddr_storage item = addresses->items[found];
        memmove(&addresses->items[i + 1], &addresses->items[i],
                (found - i) * sizeof addresses->items[0]);
        addresses->items[i] = item;
    }
}

static void take_addresses(struct tcp_connect *t, const struct addrinfo *found)
{
    for (; found != NULL && t->addresses.count < TCP_ADDRESSES; found = found->ai_next) {
        if (found->ai_addrlen <= sizeof t->addresses.items[0]) {
            memcpy(&t->addresses.items[t->addresses.count++], found->ai_addr, found->ai_addrlen);
        }
    }
    tcp_addresses_interleave(&t->addresses);
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
    if (status != 0) {
        (void)snprintf(t->error, sizeof t->error, "cannot resolve '%.150s': %s", t->host,
                       uv_strerror(status));
        finish(t, NULL);
        return;
    }
    t->resolved_ns = loop_now_ns();
    take_addresses(t, addresses);
    uv_freeaddrinfo(addresses);
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

static int resolve(struct tcp_connect *t)
{
    struct addrinfo hints = {0};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    char service[8];
    (void)snprintf(service, sizeof service, "%u", (unsigned)t->port);
    /* No name at all stands for the loopback addresses, and asks nobody. */
    const char *name = tcp_is_localhost(t->host) ? NULL : t->host;
    t->resolver.data = t;
    const int status =
        uv_getaddrinfo(&t->loop->uv, &t->resolver, on_resolved, name, service, &hints);
    t->resolving = status == 0;
    return status;
}

/* Those that are known, or that the host is itself: an address needs no resolver, nor its threads. */
static int find_addresses(struct tcp_connect *t, const char *known)
{
    if (known != NULL) {
        return tcp_addresses_read(&t->addresses, known, t->port) == 0 ? 0 : UV_EINVAL;
    }
    if (strchr(t->host, ',') == NULL && tcp_addresses_read(&t->addresses, t->host, t->port) == 0) {
        return 0;
    }
    t->addresses.count = 0;
    return resolve(t);
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
    uv_update_time(&loop->uv);
    t->deadline_ms = target->timeout_ms == 0 ? UINT64_MAX : uv_now(&loop->uv) + target->timeout_ms;
    const int status = find_addresses(t, target->addresses);
    if (status != 0) {
        uv_close((uv_handle_t *)&t->timer, on_timer_closed);
        return status;
    }
    if (!t->resolving) {
        /* From the loop: the timer tries the first address. */
        t->resolved_ns = loop_now_ns();
        (void)uv_timer_start(&t->timer, on_timer, 0, 0);
    } else if (target->timeout_ms != 0) {
        (void)uv_timer_start(&t->timer, on_timer, target->timeout_ms, 0);
    }
    *out = t;
    return 0;
}

void tcp_connect_cancel(struct tcp_connect *t)
{
    dismantle(t);
}
