/* SPDX-License-Identifier: MIT */
/*
 * Which of several certificates is for a name: the names of all of them, sorted, so that a handshake
 * costs the same with a thousand certificates as with two.
 *
 * Invariants:
 * - Only subjectAltName counts (RFC 9110 4.3.4), without regard to case. A wildcard is the whole
 *   first label and stands for just one, and two more follow it: "*.example.org" is for
 *   "a.example.org", not for "example.org" or "a.b.example.org"; "*.org" is for none.
 * - A name that is spelled out goes before a wildcard, and of equals the certificate that was added
 *   first.
 * - Names are added, then sorted once, then looked up.
 */
#ifndef H2KIT_APPS_TLS_NAMES_H
#define H2KIT_APPS_TLS_NAMES_H

#include <stddef.h>

#include <openssl/x509.h>

struct tls_name {
    char *text; /* lower case */
    size_t certificate;
};

struct tls_names {
    struct tls_name *items;
    size_t count;
};

/* Adds the names of a certificate that is known by that number. Returns 0, or -1 when out of
 * memory. */
int tls_names_add(struct tls_names *names, const X509 *certificate, size_t number);
void tls_names_sort(struct tls_names *names);
/* Returns 1 and the number, or 0 when none is for the name. */
int tls_names_find(const struct tls_names *names, const char *host, size_t *number);
void tls_names_clear(struct tls_names *names);

#endif
