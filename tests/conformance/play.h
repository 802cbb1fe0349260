/* SPDX-License-Identifier: MIT */
/*
 * Plays one conversation with a session under test: configures, greets, feeds the peer's octets
 * with the cuts asked for, makes the application's calls, drains. What came of it is in the
 * fixture; this unit judges nothing.
 */
#ifndef H2KIT_TESTS_CONFORMANCE_PLAY_H
#define H2KIT_TESTS_CONFORMANCE_PLAY_H

#include <fixture.h>

#include "app_text.h"
#include "conversation.h"
#include "peer_text.h"

struct play {
    const struct conversation *c;
    uint32_t role;
    struct test_alloc *alloc; /* with a failing allocation, or NULL */
    const size_t *cuts;       /* in the octets of all segments together, or NULL */
    size_t cut_count;
    struct octets *trace_to;           /* see fixture_ports.h; or NULL */
    void (*behind)(struct fixture *f); /* adds to the last segment, or NULL */
    /* what came of it */
    struct fixture f;
    struct peer_text peer;
    struct app_text app;
    size_t cut_at;
    size_t segment_start; /* in the end: the octets of all segments */
};

/* Everything up to the last drain; with a failing allocation there may be no session. */
void play_run(struct play *p);
/* The same from the trace of another run. */
void play_again(struct play *p, const char *trace);
void play_end(struct play *p);

#endif
