/* SPDX-License-Identifier: MIT */
/*
 * URI references: what a Location or a link means, seen from where it stands (RFC 3986 5). A pure
 * function over texts.
 *
 * Invariants:
 * - The result is an absolute http or https URI as uri_parse() takes it, or there is none: other
 *   schemes and credentials lead nowhere.
 * - Octets that a URI cannot have, which servers send all the same, are percent-encoded; controls are
 *   refused. The fragment is dropped.
 */
#ifndef H2KIT_CLIENT_REFERENCE_H
#define H2KIT_CLIENT_REFERENCE_H

#include <stddef.h>

#include "uri.h"

enum { REFERENCE_LIMIT = 8192 };

/* *out: the URI, to be freed, or NULL when it leads nowhere. Returns 0, or -1 when out of memory. */
int reference_resolve(const struct uri *base, const char *text, size_t length, char **out);

#endif
