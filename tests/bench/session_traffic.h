/* SPDX-License-Identifier: MIT */
/*
 * Traffic for the session benchmark: fields of requests and answers, what two sessions of
 * libnghttp2 said to each other. A recording is played to one side alone, so that every contender
 * gets the same octets, in the same steps.
 */
#ifndef H2KIT_TESTS_BENCH_SESSION_TRAFFIC_H
#define H2KIT_TESTS_BENCH_SESSION_TRAFFIC_H

#include "session_sides.h"

struct recording {
    uint8_t *octets;
    size_t length, capacity;
    size_t *steps; /* ends of what was sent together */
    size_t count, step_capacity;
};

enum { SECTIONS = 64 };

struct conversation {
    struct section requests[SECTIONS], answers[SECTIONS];
    uint64_t body;
    size_t count;   /* requests */
    size_t at_once; /* of them */
    struct recording client, server;
};

/* Ten fields a request and eight an answer. */
void conversation_record(struct conversation *c, size_t count, size_t at_once, uint64_t body);
void conversation_free(struct conversation *c);

/* Play one half to the other side; requests and answers are counted. */
void conversation_to_server(const struct session_side *side, const struct conversation *c,
                            struct application *app);
void conversation_to_client(const struct session_side *side, const struct conversation *c,
                            struct application *app);
/* Both halves of one side in one process. */
void conversation_between(const struct session_side *side, const struct conversation *c,
                          struct application *server_app);

#endif
