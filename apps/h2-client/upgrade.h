/* SPDX-License-Identifier: MIT */
/*
 * --upgrade: the first request of a cleartext connection goes out in HTTP/1.1 and asks for h2c (RFC
 * 7540 3.2); its answer comes as stream 1. When requests have a body, which would have to be sent in
 * HTTP/1.1 as a whole, "OPTIONS *" asks instead, and all of them follow in HTTP/2.
 *
 * Invariants:
 * - What is asked stands from upgrade_prepare() to upgrade_clear().
 * - A request that is upgraded is WAITING until the connection is open.
 * - "OPTIONS *" is a request aside, as a push is: nothing depends on how it ends.
 */
#ifndef H2KIT_CLIENT_UPGRADE_H
#define H2KIT_CLIENT_UPGRADE_H

#include "fetch.h"

/* Makes fetch->upgrade for a connection with this configuration. 0; or -1, the request has failed
 * or memory ran out. */
int upgrade_prepare(struct fetch *fetch, const h2session_config *config);
/* The connection is open: the request is stream 1. */
void upgrade_open(struct fetch *fetch);
void upgrade_clear(struct fetch *fetch);

#endif
