/* SPDX-License-Identifier: MIT */
/*
 * Sessions under measurement, ours and libnghttp2's, behind one interface: a connection with an
 * application on top that answers every request with the same fields and a body of a given length.
 *
 * Bodies are lent where a side can do that. What is copied on the way, by the library or because it
 * asks the application to, is counted. Memory goes through the hooks of bench.h. Limits that would
 * end a connection on which one frame is repeated for ever are set high; their accounting runs.
 */
#ifndef H2KIT_TESTS_BENCH_SESSION_SIDES_H
#define H2KIT_TESTS_BENCH_SESSION_SIDES_H

#include <stdint.h>

#include <hpack/hpack.h>

#include "bench.h"

enum { SESSION_CLIENT = 0, SESSION_SERVER = 1 };

/* Lists of fields, in the form of each side. */
struct section {
    hpack_field *fields;
    nghttp2_nv *nv;
    size_t count;
};

struct application {
    const struct section *answers; /* to request i: i % answer_count */
    size_t answer_count;
    uint64_t body; /* octets of each answer */
    int silent;    /* requests are left open */
    /* What it has seen. */
    uint64_t requests, responses, fields, body_octets, copied_octets;
};

/* Where output goes. */
typedef void (*session_sink)(void *ctx, const uint8_t *octets, size_t length);

struct session_side {
    const char *name;
    void *(*open)(int role, struct application *app);
    void (*close)(void *connection);
    /* Takes all of it. */
    void (*receive)(void *connection, const uint8_t *octets, size_t length);
    /* Gives all that may be sent now. */
    void (*send)(void *connection, session_sink sink, void *ctx);
    void (*request)(void *connection, const struct section *fields);
};

extern const struct session_side SESSION_OURS, SESSION_PEER, SESSION_PEER_NO_COPY;

/* Octets of any body. */
enum { SESSION_BODY_SIZE = 1 << 20 };
extern const uint8_t session_body[SESSION_BODY_SIZE];

#endif
