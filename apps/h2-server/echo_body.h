/* SPDX-License-Identifier: MIT */
/*
 * A body that comes back: octets of the request wait here until they leave with the response.
 *
 * Invariants:
 * - Flow-control credit is given back only for octets that have left, so that never more wait than
 *   the stream's window; memory is at most twice that, and none when nothing waits.
 * - Between a read that found nothing and the next octets or the end, `deferred` is set: whoever
 *   adds some then resumes the stream.
 */
#ifndef H2KIT_APPS_ECHO_BODY_H
#define H2KIT_APPS_ECHO_BODY_H

#include <stddef.h>
#include <stdint.h>

#include <h2session/h2session.h>

#include "carrier.h"

struct echo_body {
    uint8_t *data;
    size_t start;
    size_t end;
    size_t capacity;
    uint32_t complete; /* no more comes in */
    uint32_t deferred;
    const struct carrier *carrier; /* gets the credit; NULL: nobody does */
};

/* Returns 0, or -1 when out of memory. */
int echo_body_add(struct echo_body *body, const uint8_t *data, size_t length);
void echo_body_clear(struct echo_body *body);
/* h2session_read_function over a struct echo_body. */
int echo_body_read(h2session *session, h2session_read_event *event, void *read_user);

#endif
