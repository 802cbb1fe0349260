/* SPDX-License-Identifier: MIT */
/*
 * Requests on an open connection: submitting them, taking their answers, putting the bodies in
 * order. All of it runs inside callbacks of the session or of the connection.
 */
#ifndef H2KIT_CLIENT_EXCHANGE_H
#define H2KIT_CLIENT_EXCHANGE_H

#include "fetch.h"

/* The session callbacks; their user is the struct fetch. */
void exchange_callbacks(h2session_callbacks *callbacks);

/* Submits waiting requests of the origin while there is room for them, and begins the end of the
 * connection when there is nothing left to do on it. */
void exchange_submit(struct fetch *fetch);

/* Ends requests that have not got on for the time of --timeout. */
void exchange_check_timeouts(struct fetch *fetch, uint64_t now_ns);

/* Writes what is held of the requests whose turn it is. */
void exchange_advance(struct fetch *fetch);

#endif
