/* SPDX-License-Identifier: MIT */
/*
 * Certificates and their keys: a pair of files that belong together.
 *
 * Invariant: nobody is asked for a passphrase: a key that needs one cannot be read.
 */
#ifndef H2KIT_APPS_TLS_CERTIFICATE_H
#define H2KIT_APPS_TLS_CERTIFICATE_H

#include <openssl/ssl.h>

#include "tls_context.h"

/* Loads both files. Returns 0, or a tls_problem with one line in error. */
int tls_certificate_load(SSL_CTX *ssl, const struct tls_key_pair *pair, char error[TLS_TEXT_SIZE]);
/* Makes one that signs itself. Returns 0 or TLS_PROBLEM. */
int tls_certificate_make(SSL_CTX *ssl, char error[TLS_TEXT_SIZE]);

#endif
