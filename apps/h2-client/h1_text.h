/* SPDX-License-Identifier: MIT */
/*
 * Requests of HTTP/1.1 as text: the one that is upgraded to h2c, and CONNECT.
 *
 * Invariant: no field makes a line of its own: what holds CR, LF or NUL is refused.
 * rfc: 9112#2.2
 */
#ifndef H2KIT_CLIENT_H1_TEXT_H
#define H2KIT_CLIENT_H1_TEXT_H

#include "fields.h"

/* The request with these fields, asking for the upgrade with this value of HTTP2-Settings. Returns
 * the text, to be freed, or NULL: out of memory, or with *is_refused 1 a field that cannot be sent. */
char *h1_text_upgrade(const struct fields *fields, const char *settings, int *is_refused);

/* CONNECT to "host:port"; credentials: "user:password" for the proxy, NULL: none. NULL as above. */
char *h1_text_connect(const char *authority, const char *credentials, int *is_refused);

#endif
