/* SPDX-License-Identifier: MIT */
/*
 * host [ ":" port ] as in :authority and Host (RFC 3986 3.2, RFC 9110 7.2), without userinfo; and
 * with a scheme before it, which is an origin. Pure.
 *
 * host is a reg-name or IPv4 address (letters, digits, -._~!$&'()*+;= and %XX) or an IP literal in
 * brackets. The comma, legal in a reg-name, is refused: it separates the members of a list in a
 * Host field. port is decimal and at most 65535. Both may be empty here: whether that is allowed
 * depends on the scheme.
 */
#ifndef H2SESSION_SRC_HTTP_AUTHORITY_H
#define H2SESSION_SRC_HTTP_AUTHORITY_H

#include <stddef.h>
#include <stdint.h>

enum { HTTP_PORT_NONE = 0x10000 };

struct http_authority {
    const char *host; /* view of the text, with the brackets of a literal */
    size_t host_length;
    uint32_t port; /* HTTP_PORT_NONE: absent or empty */
};

/* 0, or -1 when the text is malformed. */
int h2session__http_authority_parse(const char *text, size_t length, struct http_authority *out);

/* Same host without regard to case, same port when an absent one is default_port. */
int h2session__http_authority_equal(const struct http_authority *a, const struct http_authority *b,
                                    uint32_t default_port);

/* The ASCII form of an origin (RFC 6454 6.2): scheme "://" host [ ":" port ], nothing else. */
int h2session__http_authority_is_origin(const char *text, size_t length);

#endif
