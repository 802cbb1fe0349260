/* SPDX-License-Identifier: MIT */
/*
 * Answers for trying out clients, for --test-endpoints:
 *
 *   /bytes/N    so many octets, "0123456789abcdef" again and again
 *   /status/N   an answer with that status
 *   /delay/MS   an answer after so many milliseconds
 *   /stream/N   N lines, one each 100 ms; /stream: without end
 *   /echo       the fields of the request as text; an upload there gets its body back
 *
 * Invariants:
 * - Numbers are decimal and bounded: ENDPOINT_BYTES_MOST octets, statuses from 200 to 599,
 *   ENDPOINT_DELAY_MOST milliseconds, ENDPOINT_LINES_MOST lines. What is beyond is 400.
 * - Waiting is the caller's: before it asks for the answer to /delay, and between lines.
 * - A body costs no memory but for that of /echo, which is at most ENDPOINT_ECHO_MOST octets.
 */
#ifndef H2KIT_APPS_ENDPOINTS_H
#define H2KIT_APPS_ENDPOINTS_H

#include <stdint.h>

#include "answer.h"

enum {
    ENDPOINT_BYTES_MOST = 1073741824,
    ENDPOINT_ECHO_MOST = 262144,
    ENDPOINT_DELAY_MOST = 86400000, /* a day */
    ENDPOINT_LINES_MOST = 1000000
};

enum endpoint_kind {
    ENDPOINT_NONE,
    ENDPOINT_BYTES,
    ENDPOINT_STATUS,
    ENDPOINT_DELAY,
    ENDPOINT_STREAM,
    ENDPOINT_ECHO,
    ENDPOINT_BAD
};

struct endpoint {
    enum endpoint_kind kind; /* BAD: one of these, but with a number that is none or too large */
    uint32_t number;
};

/* Which one a path names; its query does not count. Pure. */
struct endpoint endpoint_of(const char *path, size_t length);

/* Answers if the request is for one of these. Returns 1 then, else 0. */
int answer_endpoint(const struct answer *a);

#endif
