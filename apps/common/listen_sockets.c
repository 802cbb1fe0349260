/* SPDX-License-Identifier: MIT */
#include "listen_sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    /* Tries to find a port that is free on every address, when the kernel chooses it. */
    PORT_TRIES = 16
};

static uint16_t port_of(const struct sockaddr_storage *address)
{
    return ntohs(address->ss_family == AF_INET6
                     ? ((const struct sockaddr_in6 *)(const void *)address)->sin6_port
                     : ((const struct sockaddr_in *)(const void *)address)->sin_port);
}

static void set_port(struct sockaddr_storage *address, uint16_t port)
{
    if (address->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)(void *)address)->sin6_port = htons(port);
    } else {
        ((struct sockaddr_in *)(void *)address)->sin_port = htons(port);
    }
}

static int set_option(int fd, int level, int name)
{
    const int on = 1;
    return setsockopt(fd, level, name, &on, sizeof on);
}

/* ---- One socket ---------------------------------------------------------------------------- */

/* Sharing is announced ahead by those that join, and afterwards by the first one: so that one fails
 * where somebody else listens, who would share as well. */
static int set_up(int fd, const struct sockaddr_storage *address, socklen_t length, int joins)
{
    if (set_option(fd, SOL_SOCKET, SO_REUSEADDR) != 0 ||
        (address->ss_family == AF_INET6 && set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) != 0) ||
        (joins && set_option(fd, SOL_SOCKET, SO_REUSEPORT) != 0) ||
        bind(fd, (const struct sockaddr *)address, length) != 0) {
        return -1;
    }
    return listen(fd, LISTEN_BACKLOG);
}

/* Returns a descriptor, or a negative libuv error. */
static int open_one(const struct sockaddr_storage *address, socklen_t length, int joins)
{
    const int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || set_up(fd, address, length, joins) != 0) {
        const int status = uv_translate_sys_error(errno);
        if (fd >= 0) {
            (void)close(fd);
        }
        return status;
    }
    return fd;
}

/* ---- One address --------------------------------------------------------------------------- */

/* Opens an address for each set. */
static int add_sockets(struct listen_sockets *s, const struct addrinfo *info)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (s->address_count == LISTEN_ADDRESSES) {
        return UV_E2BIG;
    }
    memset(&address, 0, sizeof address);
    memcpy(&address, info->ai_addr, info->ai_addrlen);
    set_port(&address, s->port);
    const int first = open_one(&address, info->ai_addrlen, 0);
    if (first < 0) {
        return first;
    }
    const size_t at = s->address_count++;
    s->sets[0].fds[at] = first;
    if (getsockname(first, (struct sockaddr *)&address, &length) != 0 ||
        (s->set_count > 1 && set_option(first, SOL_SOCKET, SO_REUSEPORT) != 0)) {
        return uv_translate_sys_error(errno);
    }
    s->port = port_of(&address);
    for (size_t i = 1; i < s->set_count; i++) {
        s->sets[i].fds[at] = open_one(&address, info->ai_addrlen, 1);
        if (s->sets[i].fds[at] < 0) {
            return s->sets[i].fds[at];
        }
    }
    return 0;
}

/* Adds sockets for all that a name stands for. */
static int add_address(struct listen_sockets *s, const struct listener_address *wanted,
                       char error[TCP_TEXT_SIZE])
{
    struct addrinfo hints = {0};
    struct addrinfo *found = NULL;
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    const int reason = getaddrinfo(wanted->host, "0", &hints, &found);
    if (reason != 0) {
        (void)snprintf(error, TCP_TEXT_SIZE, "cannot resolve '%.150s': %s", wanted->host,
                       gai_strerror(reason));
        return UV_EAI_FAIL;
    }
    int status = 0;
    for (const struct addrinfo *a = found; a != NULL && status == 0; a = a->ai_next) {
        status = add_sockets(s, a);
        if (wanted->optional && (status == UV_EADDRNOTAVAIL || status == UV_EAFNOSUPPORT)) {
            status = 0;
        }
    }
    freeaddrinfo(found);
    if (status != 0) {
        (void)snprintf(error, TCP_TEXT_SIZE, "cannot listen on %.100s port %u: %s", wanted->host,
                       (unsigned)s->port, uv_strerror(status));
    }
    return status;
}

/* ---- All ----------------------------------------------------------------------------------- */

static void close_all(struct listen_sockets *s)
{
    for (size_t i = 0; i < s->set_count; i++) {
        for (size_t k = 0; k < s->address_count; k++) {
            if (s->sets[i].fds[k] >= 0) {
                (void)close(s->sets[i].fds[k]);
            }
        }
        listen_sockets_take(s, i);
    }
    s->address_count = 0;
}

static int add_all(struct listen_sockets *s, const struct listen_config *config,
                   char error[TCP_TEXT_SIZE])
{
    for (size_t i = 0; i < config->address_count; i++) {
        const int status = add_address(s, &config->addresses[i], error);
        if (status != 0) {
            return status;
        }
    }
    if (s->address_count == 0) {
        (void)snprintf(error, TCP_TEXT_SIZE, "none of the addresses is available");
        return UV_EADDRNOTAVAIL;
    }
    return 0;
}

static int make_sets(struct listen_sockets *s, size_t count, char error[TCP_TEXT_SIZE])
{
    memset(s, 0, sizeof *s);
    s->sets = calloc(count, sizeof *s->sets);
    if (s->sets == NULL) {
        (void)snprintf(error, TCP_TEXT_SIZE, "out of memory");
        return UV_ENOMEM;
    }
    s->set_count = count;
    for (size_t i = 0; i < count; i++) {
        listen_sockets_take(s, i);
    }
    return 0;
}

int listen_sockets_open(struct listen_sockets *s, const struct listen_config *config,
                        char error[TCP_TEXT_SIZE])
{
    const int made = make_sets(s, config->sets, error);
    if (made != 0) {
        return made;
    }
    int status = UV_EADDRINUSE;
    /* A port the kernel found for the first address may be taken on another one. */
    const int tries = config->port == 0 ? PORT_TRIES : 1;
    for (int i = 0; i < tries && status == UV_EADDRINUSE; i++) {
        close_all(s);
        s->port = config->port;
        status = add_all(s, config, error);
    }
    if (status != 0) {
        listen_sockets_close(s);
    }
    return status;
}

/* Further descriptors of the sockets of the first set. */
static int share_sockets(struct listen_sockets *s)
{
    for (size_t i = 1; i < s->set_count; i++) {
        for (size_t k = 0; k < s->address_count; k++) {
            s->sets[i].fds[k] = fcntl(s->sets[0].fds[k], F_DUPFD_CLOEXEC, 0);
            if (s->sets[i].fds[k] < 0) {
                return uv_translate_sys_error(errno);
            }
        }
    }
    return 0;
}

int listen_sockets_adopt(struct listen_sockets *s, const int *fds, size_t count, size_t sets,
                         char error[TCP_TEXT_SIZE])
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    const int made = make_sets(s, sets, error);
    if (made != 0) {
        for (size_t i = 0; i < count; i++) {
            (void)close(fds[i]);
        }
        return made;
    }
    memcpy(s->sets[0].fds, fds, count * sizeof *fds);
    s->address_count = count;
    memset(&address, 0, sizeof address);
    (void)getsockname(fds[0], (struct sockaddr *)&address, &length);
    s->port = port_of(&address);
    const int status = share_sockets(s);
    if (status != 0) {
        (void)snprintf(error, TCP_TEXT_SIZE, "cannot share sockets: %s", uv_strerror(status));
        listen_sockets_close(s);
    }
    return status;
}

void listen_sockets_close(struct listen_sockets *s)
{
    close_all(s);
    free(s->sets);
    memset(s, 0, sizeof *s);
}

void listen_sockets_take(struct listen_sockets *s, size_t set)
{
    for (size_t i = 0; i < LISTEN_ADDRESSES; i++) {
        s->sets[set].fds[i] = -1;
    }
}

void listen_sockets_text(const struct listen_sockets *s, size_t address, char out[TCP_ADDRESS_SIZE])
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    memset(&name, 0, sizeof name);
    if (address >= s->address_count ||
        getsockname(s->sets[0].fds[address], (struct sockaddr *)&name, &length) != 0) {
        name.ss_family = AF_UNSPEC;
    }
    tcp_address_text((const struct sockaddr *)&name, out);
}
