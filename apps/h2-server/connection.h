/* SPDX-License-Identifier: MIT */
/*
 * One connection of the server: turns the events of its h2session, or of its HTTP/1.1 machine,
 * into calls of the request that they belong to (request.h), and writes the frame log.
 *
 * Invariants:
 * - It is on its server's list from connection_start() until its h2_conn has ended, and frees
 *   itself then.
 * - Each stream has a struct request from its on_headers to its on_stream_closed, each HTTP/1.1
 *   exchange from on_request to on_done.
 */
#ifndef H2KIT_APPS_CONNECTION_H
#define H2KIT_APPS_CONNECTION_H

#include <stdint.h>

#include <uv.h>

struct connection;
struct server;

/* Takes the socket, also on failure. Returns 0 or -1. */
int connection_start(struct server *server, uv_tcp_t *socket);
/* Graceful, and at once. */
void connection_shutdown(struct connection *c);
void connection_abort(struct connection *c);

/* The list of the server. */
struct connection *connection_next(const struct connection *c);
void connection_link(struct connection *c, struct connection **first);
void connection_unlink(struct connection *c, struct connection **first);

#endif
