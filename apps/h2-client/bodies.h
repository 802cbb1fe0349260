/* SPDX-License-Identifier: MIT */
/*
 * What becomes of the octets of answers: they are written in the order of the requests of the
 * origin, and those that come before their turn are held.
 *
 * Invariants:
 * - Octets are given back to flow control when they have been written, not before (fetch.h).
 * - After bodies_stop() nothing is written any more.
 */
#ifndef H2KIT_CLIENT_BODIES_H
#define H2KIT_CLIENT_BODIES_H

#include "fetch.h"

/* The final response has come: finds out how its body is coded. */
void bodies_begin(struct fetch *fetch, struct request *request,
                  const h2session_headers_event *event);
/* Body octets of a request that is on a stream. */
void bodies_take(struct fetch *fetch, struct request *request, const uint8_t *data, size_t length);
/* Writes what is held of the requests whose turn it is. */
void bodies_advance(struct fetch *fetch);
/* Nothing can be written any more: everything ends. */
void bodies_stop(struct fetch *fetch, const struct output *output);

#endif
