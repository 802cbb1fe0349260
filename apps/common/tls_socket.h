/* SPDX-License-Identifier: MIT */
/*
 * TLS of one connection on its socket itself, which OpenSSL reads and writes: this is what it takes to
 * leave records to the kernel. Where the kernel does not have them, for this cipher or at all, OpenSSL
 * makes them, and nothing else is different.
 *
 * Invariants:
 * - The socket does not block, and is neither closed nor shut down here.
 * - tls_socket_read() with room for TLS_RECORD_PLAIN leaves nothing inside OpenSSL: when there is more,
 *   the socket is readable.
 * - After TLS_BLOCKED of a write the same octets at the same place are given again, until it is done.
 */
#ifndef H2KIT_APPS_TLS_SOCKET_H
#define H2KIT_APPS_TLS_SOCKET_H

#include <stddef.h>

#include "tls_context.h"
#include "tls_info.h"

struct tls_socket;

/* host: for a client the name or IP address the certificate must be valid for; NULL for a server.
 * Returns 0, or -1 when out of memory. */
int tls_socket_new(struct tls_socket **out, struct tls_context *context, const char *host, int fd);
void tls_socket_free(struct tls_socket *tls);

/* Does the handshake first. TLS_DATA, TLS_MORE, TLS_END also when the transport ends, TLS_READY,
 * TLS_BLOCKED, TLS_FAILED or TLS_BROKEN. */
int tls_socket_read(struct tls_socket *tls, void *buffer, size_t capacity, size_t *length);
/* One record. TLS_DATA: *taken octets are in the socket; TLS_BLOCKED, TLS_FAILED or TLS_BROKEN. */
int tls_socket_write(struct tls_socket *tls, const void *data, size_t length, size_t *taken);
/* Sends our close_notify. TLS_DATA, or TLS_BLOCKED: again later. */
int tls_socket_end(struct tls_socket *tls);

/* NULL before TLS_READY. */
const struct tls_info *tls_socket_info(const struct tls_socket *tls);
/* One line, after TLS_FAILED. */
const char *tls_socket_error(const struct tls_socket *tls);
/* A negative libuv error, after TLS_BROKEN. */
int tls_socket_error_number(const struct tls_socket *tls);

/* Why no records can be left to the kernel, as a sentence; NULL: those of some ciphers can. Loads the
 * module of the kernel where that is allowed. */
const char *tls_socket_kernel_lacks(void);

#endif
