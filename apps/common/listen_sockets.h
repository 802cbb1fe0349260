/* SPDX-License-Identifier: MIT */
/*
 * The listening sockets of a server: several addresses, one port, and each of them once for every
 * thread, so that the kernel spreads connections over threads that share nothing.
 *
 * Invariants:
 * - With port 0 the kernel chooses, once; all sockets then have the same port.
 * - A port that anybody else uses is an error, also when they would share it (SO_REUSEPORT): only
 *   the sockets of one struct listen_sockets share.
 * - Descriptors belong to the struct until listen_sockets_take(), and are closed on exec.
 */
#ifndef H2KIT_APPS_LISTEN_SOCKETS_H
#define H2KIT_APPS_LISTEN_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

#include "tcp.h"

enum { LISTEN_ADDRESSES = 32, LISTEN_BACKLOG = 1024 };

struct listener_address {
    const char *host;  /* name or IP address, without brackets */
    uint32_t optional; /* 1: no error when this machine does not have it */
};

struct listen_config {
    const struct listener_address *addresses;
    size_t address_count;
    uint16_t port; /* 0: chosen by the kernel */
    size_t sets;   /* how often each address is wanted, 1 at least */
};

/* The sockets of one thread. */
struct listen_set {
    int fds[LISTEN_ADDRESSES]; /* -1: taken */
};

struct listen_sockets {
    struct listen_set *sets;
    size_t set_count;
    size_t address_count; /* in each set */
    uint16_t port;
};

/* Binds and listens. On failure returns a negative libuv error and writes one line to error. */
int listen_sockets_open(struct listen_sockets *sockets, const struct listen_config *config,
                        char error[TCP_TEXT_SIZE]);
/* The same of sockets that listen already, which the sets share. Takes them, also on failure. */
int listen_sockets_adopt(struct listen_sockets *sockets, const int *fds, size_t count, size_t sets,
                         char error[TCP_TEXT_SIZE]);
/* Closes what was not taken. Also after a failure, and on what is all zero. */
void listen_sockets_close(struct listen_sockets *sockets);
/* Says that the descriptors of a set belong to somebody else now. */
void listen_sockets_take(struct listen_sockets *sockets, size_t set);

/* The address of a socket, as "127.0.0.1:8080"; "?" beyond the last. */
void listen_sockets_text(const struct listen_sockets *sockets, size_t address,
                         char out[TCP_ADDRESS_SIZE]);

#endif
