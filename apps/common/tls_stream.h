/* SPDX-License-Identifier: MIT */
/*
 * TLS of one connection as a byte filter: ciphertext in, plaintext out and the other way round. It
 * knows no socket and no clock.
 *
 *   in:   tls_stream_feed() lends ciphertext, then tls_stream_read() until it says TLS_MORE; by
 *         then all of it has been taken, also what the TLS library had set aside.
 *   out:  tls_stream_write() encrypts; tls_stream_output() lends ciphertext, _output_taken() says
 *         how much of it has left. Reading and handshaking also make output.
 *
 * Invariants:
 * - Output never exceeds one buffer of the pool, held only while there is output. A peer that makes
 *   us answer more than fits without reading ends the stream with an error.
 * - After TLS_FAILED the stream only lends what is left to send: its alert.
 * - An end of the transport is not an end of the stream: only the peer's close_notify is TLS_END.
 */
#ifndef H2KIT_APPS_TLS_STREAM_H
#define H2KIT_APPS_TLS_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "buffer_pool.h"
#include "tls_context.h"
#include "tls_info.h"

struct tls_stream;

/* host: for a client the name or IP address the certificate must be valid for; NULL for a server.
 * Returns 0, or -1 when out of memory. A client has its first message as output at once. */
int tls_stream_new(struct tls_stream **out, struct tls_context *context, const char *host,
                   struct buffer_pool *buffers);
void tls_stream_free(struct tls_stream *tls);

/* Lends ciphertext until the next TLS_MORE, TLS_END or TLS_FAILED. */
void tls_stream_feed(struct tls_stream *tls, const uint8_t *data, size_t length);
/* Plaintext, at most capacity octets. Does the handshake first. TLS_DATA, TLS_MORE, TLS_END, TLS_READY
 * or TLS_FAILED. */
int tls_stream_read(struct tls_stream *tls, uint8_t *buffer, size_t capacity, size_t *length);
/* NULL before TLS_READY. */
const struct tls_info *tls_stream_info(const struct tls_stream *tls);

/* Encrypts octets of the pieces, as many as there is room for; *taken says how many. Returns 0 or
 * TLS_FAILED. */
int tls_stream_write(struct tls_stream *tls, const uv_buf_t *pieces, size_t count, size_t *taken);
/* Adds our close_notify to the output; nothing can be written afterwards. */
void tls_stream_end(struct tls_stream *tls);

/* Ciphertext to be sent; stays where it is, also while more is added, until it is taken. */
void tls_stream_output(const struct tls_stream *tls, const uint8_t **data, size_t *length);
void tls_stream_output_taken(struct tls_stream *tls, size_t length);

/* One line, "" when there was no error. */
const char *tls_stream_error(const struct tls_stream *tls);

#endif
