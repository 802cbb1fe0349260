/* SPDX-License-Identifier: MIT */
/*
 * What the options say about HTTP/2: the configuration of the session, and what is sent besides it
 * as soon as the connection is open.
 *
 * Invariants:
 * - At most session_setup_streams() requests run at once, so that the window of the connection has
 *   room for the windows of all of them (fetch.h); one always does.
 * - Padding is drawn from a generator that stands in struct session_padding; it needs no secrecy.
 */
#ifndef H2KIT_CLIENT_SESSION_SETUP_H
#define H2KIT_CLIENT_SESSION_SETUP_H

#include <stdint.h>

#include <h2session/h2session.h>

#include "client_options.h"

struct session_padding {
    uint64_t state;
    uint32_t most;
};

/* Fills the configuration; padding must outlive the session. 0, or an error of libh2session. */
int session_setup(h2session_config *config, const struct client_options *options,
                  struct session_padding *padding);
/* Sends the further sizes of the header table. 0, or an error of libh2session. */
int session_setup_open(h2session *session, const struct client_options *options);
/* The window of a stream whose body need not wait in memory; 0: as all others. */
uint32_t session_setup_wide_window(const struct client_options *options);
/* How many requests may run at once, 1 to most. */
uint32_t session_setup_streams(const struct client_options *options, uint32_t most);

#endif
