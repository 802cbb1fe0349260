/* SPDX-License-Identifier: MIT */
/*
 * Frames of the peer as text, after "< " (README.md lists them). Octets are appended to the
 * fixture's input. What a peer may not send can be written as well: `raw` takes any head and any
 * payload.
 */
#ifndef H2KIT_TESTS_CONFORMANCE_PEER_TEXT_H
#define H2KIT_TESTS_CONFORMANCE_PEER_TEXT_H

#include <fixture.h>

struct peer_text {
    uint32_t next_id; /* what "*" stands for; 2 more afterwards */
};

void peer_text_line(struct fixture *f, struct peer_text *p, const char *text);

#endif
