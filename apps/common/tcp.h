/* SPDX-License-Identifier: MIT */
/*
 * Client side of TCP: resolves a name and tries its addresses, a new one each TCP_STEP_MS while those
 * before have not answered (RFC 8305): the first that answers is taken.
 *
 * Invariants:
 * - The callback comes exactly once, never from within tcp_connect() itself, unless
 *   tcp_connect_cancel() was called before.
 * - timeout_ms spans everything: resolving and all attempts.
 * - Families take turns, beginning with that of the first address (RFC 8305 4); of a name with more than
 *   TCP_ADDRESSES addresses the rest is not tried.
 * - "localhost" and names below it are this machine whatever a resolver would say (RFC 6761 6.3).
 * - A socket handed out is owned by the receiver: a heap uv_tcp_t to be given to conn_open() or
 *   tcp_socket_close().
 */
#ifndef H2KIT_APPS_TCP_H
#define H2KIT_APPS_TCP_H

#include <netinet/in.h>
#include <stdint.h>

#include <uv.h>

#include "loop.h"

enum { TCP_TEXT_SIZE = 256, TCP_ADDRESS_SIZE = 64, TCP_ADDRESSES = 16, TCP_STEP_MS = 250 };

struct tcp_connect;

struct tcp_result {
    uv_tcp_t *socket;  /* NULL on failure */
    const char *error; /* one line, NULL on success; valid during the callback */
    /* On the clock of loop_now_ns(), 0: it did not come so far. */
    uint64_t resolved_ns;
    uint64_t connected_ns;
};

typedef void (*tcp_connect_function)(const struct tcp_result *result, void *user);

struct tcp_target {
    const char *host; /* name or IP address, without brackets */
    uint16_t port;
    uint64_t timeout_ms; /* 0: none but that of the system */
    /* "192.0.2.1,[2001:db8::1]": these instead of what a resolver would say; NULL: ask it. */
    const char *addresses;
};

/* Starts. Returns 0, or a negative libuv error when not even that was possible. */
int tcp_connect(struct tcp_connect **out, struct loop *loop, const struct tcp_target *target,
                tcp_connect_function done, void *user);
/* Gives up silently; the handle is gone afterwards. Not after the callback. */
void tcp_connect_cancel(struct tcp_connect *connect);

/* 1 for "localhost" and every name that ends in ".localhost", in any case, with a final dot or not. */
int tcp_is_localhost(const char *name);

/* The addresses that a connection is tried with, in their order. */
struct tcp_addresses {
    struct sockaddr_storage items[TCP_ADDRESSES];
    size_t count;
};

/* Reads "192.0.2.1,[2001:db8::1],::1". Returns 0, or -1 when there is something else in it. */
int tcp_addresses_read(struct tcp_addresses *out, const char *text, uint16_t port);
/* Orders them by turns of their families. */
void tcp_addresses_interleave(struct tcp_addresses *addresses);

/* A new socket handle on the loop, or NULL. */
uv_tcp_t *tcp_socket_new(struct loop *loop);
/* Closes and frees. NULL is fine. */
void tcp_socket_close(uv_tcp_t *socket);

union tcp_address {
    struct sockaddr any;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
};

/* Where the other end is; of no family when it cannot be told. */
void tcp_peer(const uv_tcp_t *socket, union tcp_address *out);
/* "127.0.0.1:80" or "[::1]:80"; "?" when it cannot be told. */
void tcp_address_text(const struct sockaddr *address, char out[TCP_ADDRESS_SIZE]);

#endif
