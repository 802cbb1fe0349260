/* SPDX-License-Identifier: MIT */
/*
 * What the system trusts, read no further than a chain needs. The system has its certificates twice: one
 * by one in a folder, each under a name that is made of its subject, and all together in a file, which
 * takes longer to read than a handshake. The folder is asked first.
 *
 * Invariants:
 * - A chain whose issuer the folder does not have is judged by the file as well; but one that is not
 *   going to be refused whatever comes of it (--insecure) is not where the file lies in that folder:
 *   then both were made of the same certificates.
 * - SSL_CERT_DIR and SSL_CERT_FILE stand for the two, as everywhere with OpenSSL.
 * - A context that trusts so is used by one thread.
 */
#ifndef H2KIT_APPS_TLS_TRUST_H
#define H2KIT_APPS_TLS_TRUST_H

struct tls_context;

/* For the SSL_CTX of a client. Returns 0, or -1 with an error queued. */
int tls__trust_system(struct tls_context *context);

#endif
