/* SPDX-License-Identifier: MIT */
/*
 * A body of lines, "1", "2", "3" and so on, one at a time: the next is there when somebody says so.
 *
 * Invariants:
 * - Lines that are not taken in time do not pile up: at most one waits.
 * - Between a read that found nothing and paced_body_next(), `deferred` is set: whoever calls that
 *   then resumes the stream.
 */
#ifndef H2KIT_APPS_PACED_BODY_H
#define H2KIT_APPS_PACED_BODY_H

#include <stdint.h>

#include <h2session/h2session.h>

struct paced_body {
    uint64_t lines; /* 0: without end */
    uint64_t given;
    uint32_t waits; /* for the next one's time */
    uint32_t deferred;
};

/* Returns 1 when the stream is to be resumed. */
int paced_body_next(struct paced_body *body);
/* h2session_read_function over a struct paced_body. */
int paced_body_read(h2session *session, h2session_read_event *event, void *read_user);

#endif
