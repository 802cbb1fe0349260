/* SPDX-License-Identifier: MIT */
/*
 * Requests that do not get on for the time of --timeout.
 */
#ifndef H2KIT_CLIENT_TIMEOUTS_H
#define H2KIT_CLIENT_TIMEOUTS_H

#include "fetch.h"

/* Ends what is overdue: single requests, or the connection when it lets none begin. */
void timeouts_check(struct fetch *fetch, uint64_t now_ns);

#endif
