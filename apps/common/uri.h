/* SPDX-License-Identifier: MIT */
/*
 * http and https URIs (RFC 3986, RFC 9110 4.2), taken apart into what a request needs.
 *
 * Invariants of a parsed URI:
 * - host is lower case, without brackets, a name, an IPv4 or an IPv6 address; port is never 0.
 * - authority is host, in brackets when it is IPv6, and ":port" unless that is the scheme's own.
 * - path is path and query as they were given, percent-encoding untouched, and never empty; the
 *   fragment is dropped.
 * - All octets are visible ASCII: what RFC 3986 wants percent-encoded is refused, not repaired,
 *   except that "[" and "]" pass in path and query.
 * - User information is refused: it does not belong in :authority (RFC 9113 8.3.1), and what looks
 *   like a name before "@" deceives people.
 * rfc: 9113#8.3.1
 */
#ifndef H2KIT_APPS_URI_H
#define H2KIT_APPS_URI_H

#include <stddef.h>
#include <stdint.h>

struct uri {
    const char *scheme; /* "http" or "https" */
    const char *host;
    const char *authority;
    const char *path;
    uint16_t port;
    uint8_t is_https;
    uint8_t is_ipv6;
    char *storage; /* what the members point into */
};

/* The reason when memory ran out, and not the text was wrong. */
extern const char uri_no_memory[];

/* Returns 0, or -1 with a reason, a static text; nothing is to be freed then. */
int uri_parse(struct uri *out, const char *text, const char **why);
/* A zeroed one is fine. */
void uri_clear(struct uri *uri);

/* 1 when scheme, host and port are the same (RFC 9110 4.3.1). */
int uri_same_origin(const struct uri *a, const struct uri *b);

#endif
