/* SPDX-License-Identifier: MIT */
/*
 * Diffie-Hellman over the integers for clients of TLS 1.2 that know no curves: parameters out of a file,
 * and the suites that need them.
 *
 * Invariants:
 * - Only the suites with an AEAD are added: the others are in RFC 9113 appendix A.
 * - Parameters below TLS_DH_LEAST bits, or whose prime is none, are refused; so are those above
 *   TLS_DH_MOST, with which a handshake costs the server so much that clients could wear it out.
 */
#ifndef H2KIT_APPS_TLS_DH_H
#define H2KIT_APPS_TLS_DH_H

#include <openssl/ssl.h>

#include "tls_context.h"

enum { TLS_DH_LEAST = 2048, TLS_DH_MOST = 4096 };

/* Reads parameters (PEM). To test a prime takes up to seconds, unless it is one of the well-known ones or
 * that of `known`, which was tested before; NULL: there is none. Returns 0, or a tls_problem with one
 * line in error. */
int tls__dh_load(EVP_PKEY **out, const char *file, const EVP_PKEY *known,
                 char error[TLS_TEXT_SIZE]);
/* Lets connections use them. The same. */
int tls__dh_use(SSL_CTX *ssl, EVP_PKEY *parameters, char error[TLS_TEXT_SIZE]);

#endif
