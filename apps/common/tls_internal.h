/* SPDX-License-Identifier: MIT */
/*
 * What the files tls_*.c share, and nobody else sees: OpenSSL's types.
 *
 * Invariant: a BIO of context->bio_method has its tls_stream as data; its functions are tls_stream's.
 */
#ifndef H2KIT_APPS_TLS_INTERNAL_H
#define H2KIT_APPS_TLS_INTERNAL_H

#include <stdatomic.h>
#include <stdio.h>

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "tls_context.h"
#include "tls_names.h"

struct tls_context {
    SSL_CTX *ssl;     /* NULL until it is set up */
    SSL_CTX **others; /* server: for the certificates behind the first one */
    size_t other_count;
    struct tls_names names; /* of all, 0 is the first; empty when there is one */
    EVP_PKEY *dh;           /* server: parameters for clients without curves; NULL: none */
    BIO_METHOD *bio_method;
    FILE *keylog;
    atomic_uint references;
    uint32_t is_server;
    uint32_t http1;    /* server: "http/1.1" too */
    uint32_t verifies; /* client: the certificate of the server must be good */
    uint32_t on_socket;
    uint32_t trust_read; /* client: all of what the system trusts */
};

/* An empty one; NULL with one line in error. */
struct tls_context *tls__new_context(char error[TLS_TEXT_SIZE]);
/* Opens the key log for what tls__new_ssl() makes afterwards: the file of the context before this
 * one, where there is such. path NULL: none. */
int tls__open_keylog(struct tls_context *context, const char *path,
                     const struct tls_context *before, char error[TLS_TEXT_SIZE]);
/* What OpenSSL makes connections of, with the rules that always hold; NULL with an error queued. */
SSL_CTX *tls__new_ssl(struct tls_context *context, const SSL_METHOD *method);

/* The BIO of tls_stream.c; NULL when out of memory. */
BIO_METHOD *tls__stream_bio_method(void);

/* The first error of OpenSSL's queue as text, without control characters; clears the queue. */
void tls__error_text(const char *what, char error[TLS_TEXT_SIZE]);

/* The suites of TLS 1.2, as OpenSSL lists them. */
extern const char tls__ciphers[];
/* Octets of the ALPN protocol list: a length and "h2". */
extern const unsigned char tls__alpn_h2[3];

#endif
