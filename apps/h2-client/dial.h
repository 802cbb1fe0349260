/* SPDX-License-Identifier: MIT */
/*
 * How a connection is made: where to, past which proxy, by which upgrade, with which settings. And
 * what the log says of the way.
 */
#ifndef H2KIT_CLIENT_DIAL_H
#define H2KIT_CLIENT_DIAL_H

#include "fetch.h"

/* Makes what TLS needs, if a URI of the plan is https. 0, or -1, having told why. */
int dial_prepare(struct fetch *fetch);
/* Starts connecting to the origin of the fetch; callbacks: on_open and on_end of h2_conn_config.
 * Returns 0 or a negative libuv error. */
int dial(struct fetch *fetch, const struct h2_conn_config *callbacks);
/* Releases what dial() kept; after the end of the connection. */
void dial_clear(struct fetch *fetch);

#endif
