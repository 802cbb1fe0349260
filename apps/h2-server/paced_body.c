/* SPDX-License-Identifier: MIT */
#include "paced_body.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = 24 };

int paced_body_next(struct paced_body *body)
{
    const uint32_t deferred = body->deferred;
    body->waits = 0;
    body->deferred = 0;
    return deferred != 0;
}

int paced_body_read(h2session *session, h2session_read_event *event, void *read_user)
{
    (void)session;
    struct paced_body *body = read_user;
    char line[LINE_SIZE];
    const int length = snprintf(line, sizeof line, "%" PRIu64 "\n", body->given + 1);
    /* A place too small for a line is one for the next time. */
    if (body->waits || (size_t)length > event->capacity) {
        body->deferred = 1;
        return H2SESSION_DEFER;
    }
    memcpy(event->buffer, line, (size_t)length);
    event->length = (size_t)length;
    body->given++;
    body->waits = 1;
    event->flags = body->given == body->lines ? H2SESSION_BODY_END : 0;
    return 0;
}
