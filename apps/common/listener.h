/* SPDX-License-Identifier: MIT */
/*
 * Server side of TCP on one loop: accepts from sockets that are given.
 *
 * Invariants:
 * - At most max_connections accepted sockets are out at a time: more wait in the kernel's queue
 *   until listener_release() is called for one of them.
 * - A connection for which there is no memory waits in the kernel's queue until there is.
 * - Running out of descriptors neither spins nor ends the listener, and keeps nobody who is served from
 *   being served: connections are dropped then, or wait in the kernel's queue, and are taken again when
 *   there are descriptors: when a connection is released, and within 100 ms otherwise.
 */
#ifndef H2KIT_APPS_LISTENER_H
#define H2KIT_APPS_LISTENER_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "listen_sockets.h"
#include "loop.h"
#include "tcp.h"

struct listener;

struct listener_config {
    const int *sockets;  /* that listen, such as of listen_sockets.h; taken, also on failure */
    size_t socket_count; /* LISTEN_ADDRESSES at most */
    uint32_t max_connections;
};

/* A new connection; the socket is the receiver's, who calls listener_release() when it is gone. */
typedef void (*listener_accept_function)(struct listener *listener, uv_tcp_t *socket, void *user);

/* On failure returns a negative libuv error and writes one line to error. */
int listener_open(struct listener **out, struct loop *loop, const struct listener_config *config,
                  char error[TCP_TEXT_SIZE]);
/* From now on connections are accepted. */
int listener_start(struct listener *listener, listener_accept_function accept, void *user);
void listener_release(struct listener *listener);
/* Stops listening; sockets that are out live on and are still to be released. */
void listener_stop(struct listener *listener);
/* Frees, after listener_stop() if that was not called. NULL is fine. */
void listener_close(struct listener *listener);

#endif
