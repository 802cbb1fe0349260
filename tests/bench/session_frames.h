/* SPDX-License-Identifier: MIT */
/* Frames of one kind by the hundred, for a server with one open stream. */
#ifndef H2KIT_TESTS_BENCH_SESSION_FRAMES_H
#define H2KIT_TESTS_BENCH_SESSION_FRAMES_H

#include "session_sides.h"

struct frames {
    const char *name;
    uint8_t head[64];       /* preface, SETTINGS and its ACK, the head of a request on stream 1 */
    size_t greeting_length; /* of it: without the request */
    size_t head_length;
    uint8_t *octets;
    size_t length;
    size_t count;
};

enum { FRAME_KINDS = 7 };
void frames_make(struct frames *f, int kind, size_t count);
void frames_free(struct frames *f);

/* A connection that gets all of them. */
void frames_to_server(const struct session_side *side, const struct frames *f);

#endif
