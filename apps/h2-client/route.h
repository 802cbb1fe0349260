/* SPDX-License-Identifier: MIT */
/*
 * Where a connection to an origin really goes: --connect-to, --resolve and --proxy. Pure functions
 * over the texts of the options, which a route points into.
 *
 *   --connect-to FROM:PORT:TO:PORT   FROM, TO and the ports may be empty: any, the same
 *   --resolve HOST:PORT:ADDRESS[,ADDRESS]...
 *   --proxy [http://][USER:PASSWORD@]HOST[:PORT]
 *
 * Invariants:
 * - What TLS and :authority name stays the origin's.
 * - The first entry that fits counts. With a proxy, --connect-to says what the proxy is asked for, and
 *   --resolve where the proxy itself is found.
 */
#ifndef H2KIT_CLIENT_ROUTE_H
#define H2KIT_CLIENT_ROUTE_H

#include <stdint.h>

#include "client_options.h"
#include "uri.h"

enum { ROUTE_HOST_SIZE = 256 };

struct route {
    char host[ROUTE_HOST_SIZE]; /* without brackets */
    uint16_t port;
    const char *addresses;            /* for struct tcp_target; NULL: a resolver knows */
    char tunnel[ROUTE_HOST_SIZE + 8]; /* "host:port" for CONNECT; "" without a proxy */
};

/* Looks at all of the options. Returns 0, or -1 with one line in error. */
int route_check(const struct client_options *options, char error[OPTIONS_ERROR_SIZE]);
/* The options must have been checked. Returns 0, or -1 when out of memory. */
int route_find(struct route *out, const struct client_options *options, const struct uri *origin);
/* *out: "user:password" of the proxy, to be freed; NULL: there is none. Returns 0, or -1 when out of
 * memory. */
int route_credentials(const struct client_options *options, char **out);

#endif
