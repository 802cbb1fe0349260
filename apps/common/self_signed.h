/* SPDX-License-Identifier: MIT */
/*
 * A certificate made on the spot, for trying things out on the machine itself: P-256, signed by
 * itself, for localhost, 127.0.0.1 and ::1, valid from yesterday for 30 days. Key and certificate
 * are never written to a file.
 */
#ifndef H2KIT_APPS_SELF_SIGNED_H
#define H2KIT_APPS_SELF_SIGNED_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* Both are the caller's. Returns 0, or -1 with the reason in the error queue of OpenSSL. */
int self_signed_new(EVP_PKEY **key, X509 **certificate);

#endif
