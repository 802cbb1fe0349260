/* SPDX-License-Identifier: MIT */
/*
 * The TLS of one connection, whatever carries its records: certificates and names, the handshake, what
 * was agreed, what went wrong. The two carriers, tls_stream.c and tls_socket.c, begin with one.
 *
 * Invariants:
 * - The records go through the BIO that was given; what its functions say decides between TLS_MORE,
 *   TLS_BLOCKED and TLS_BROKEN.
 * - After TLS_FAILED or TLS_BROKEN nothing more is done.
 * - The link does not move while it is open.
 */
#ifndef H2KIT_APPS_TLS_LINK_H
#define H2KIT_APPS_TLS_LINK_H

#include "tls_info.h"
#include "tls_internal.h"

struct tls_link {
    SSL *ssl;
    struct tls_context *context;
    char *host;
    char *verdict; /* client: what is wrong with the certificate, NULL: nothing */
    char *client;  /* of OpenSSL's memory */
    uint8_t ready;
    uint8_t failed;
    uint8_t ended;
    int error_number; /* errno of TLS_BROKEN, 0: the peer is just gone */
    struct tls_info info;
    char *error; /* NULL: none, or no memory for it */
};

/* Takes the BIO, also on failure; NULL is an error. host: for a client the name or IP address the
 * certificate must be valid for. Returns 0, or -1 when out of memory; tls__link_close() is called for
 * either. */
int tls__link_open(struct tls_link *link, struct tls_context *context, const char *host, BIO *bio);
void tls__link_close(struct tls_link *link);

/* The handshake first, then plaintext, at most capacity octets. Never TLS_READY twice. */
int tls__link_read(struct tls_link *link, void *buffer, size_t capacity, size_t *length);
/* One record's worth or less. TLS_DATA, TLS_BLOCKED, TLS_FAILED or TLS_BROKEN. */
int tls__link_write(struct tls_link *link, const void *data, size_t length, size_t *taken);
/* Our close_notify; nothing can be written afterwards. TLS_DATA, or TLS_BLOCKED: again later. */
int tls__link_end(struct tls_link *link);

/* One line about what is wrong; without memory it is lost. */
void tls__link_say(struct tls_link *link, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "" when there was no error. */
const char *tls__link_error(const struct tls_link *link);

#endif
