/* SPDX-License-Identifier: MIT */
/*
 * Server side of TCP: several addresses, one port.
 *
 * Invariants:
 * - With port 0 the kernel chooses; all addresses then have the same port.
 * - At most max_connections accepted sockets are out at a time: more wait in the kernel's queue
 *   until listener_release() is called for one of them. Running out of descriptors therefore
 *   neither spins nor ends the listener.
 */
#ifndef H2KIT_APPS_LISTENER_H
#define H2KIT_APPS_LISTENER_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "loop.h"
#include "tcp.h"

struct listener;

struct listener_address {
    const char *host;  /* name or IP address, without brackets */
    uint32_t optional; /* 1: no error when this machine does not have it */
};

struct listener_config {
    const struct listener_address *addresses;
    size_t address_count;
    uint16_t port; /* 0: chosen by the kernel */
    uint32_t max_connections;
};

/* A new connection; the socket is the receiver's, who calls listener_release() when it is gone. */
typedef void (*listener_accept_function)(struct listener *listener, uv_tcp_t *socket, void *user);

/* Binds and listens. On failure returns a negative libuv error and writes one line to error. */
int listener_open(struct listener **out, struct loop *loop, const struct listener_config *config,
                  char error[TCP_TEXT_SIZE]);
/* From now on connections are accepted. */
int listener_start(struct listener *listener, listener_accept_function accept, void *user);
void listener_release(struct listener *listener);
/* Stops listening; sockets that are out live on and are still to be released. */
void listener_stop(struct listener *listener);
/* Frees, after listener_stop() if that was not called. NULL is fine. */
void listener_close(struct listener *listener);

uint16_t listener_port(const struct listener *listener);
/* Addresses in use, as "127.0.0.1:8080"; NULL beyond the last. */
const char *listener_address_text(const struct listener *listener, size_t position);

#endif
