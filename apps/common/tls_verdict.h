/* SPDX-License-Identifier: MIT */
/*
 * Why a certificate of a server was not accepted, in words: which name it is for, since when it has
 * expired, who signed it.
 *
 * Invariants:
 * - The text is one line of printable ASCII of at most TLS_TEXT_SIZE - 1 octets, whatever is in the
 *   certificate.
 * - It judges nothing: the verdict is OpenSSL's.
 */
#ifndef H2KIT_APPS_TLS_VERDICT_H
#define H2KIT_APPS_TLS_VERDICT_H

#include <openssl/x509.h>

#include "tls_context.h"

/* certificate: of the chain, what the verdict X509_V_ERR_ is about. host: what it should be for. */
void tls__verdict_text(const X509 *certificate, const char *host, int verdict,
                       char out[TLS_TEXT_SIZE]);

#endif
