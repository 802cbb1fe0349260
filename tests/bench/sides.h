/* SPDX-License-Identifier: MIT */
/*
 * One end of an HTTP/2 connection without sockets, by libh2session and by libnghttp2, behind one
 * interface. A server answers every request with the same fields and a body of the given length,
 * which it lends where the library can; a client sends GET requests. All memory goes through the
 * hook of the library and is counted. Limits that would end the repetition of one frame are set
 * high; their accounting runs.
 */
#ifndef H2KIT_TESTS_BENCH_SIDES_H
#define H2KIT_TESTS_BENCH_SIDES_H

#include <stddef.h>
#include <stdint.h>

enum { SIDE_CLIENT, SIDE_SERVER };

/* What happened at a side, and what it is to do. */
struct side_app {
    uint64_t body;     /* of a response */
    int answers;       /* a server answers */
    uint64_t messages; /* complete requests, or closed streams of a client */
    uint64_t octets;   /* of bodies received */
    uint64_t copied; /* of them, not where the input is; and of bodies sent, not where they were */
    const uint8_t *in; /* the input being read */
    size_t in_length;
};

typedef void (*side_output)(void *ctx, const uint8_t *data, size_t length);

struct side {
    const char *name;
    void *(*open)(int role, struct side_app *app);
    void (*receive)(void *conn, const uint8_t *data, size_t length);
    void (*send)(void *conn, side_output output, void *ctx); /* all there is */
    void (*request)(void *conn, uint32_t number);
    void (*close)(void *conn);
};

extern const struct side SIDE_OURS, SIDE_PEER;

/* Calls that grew memory, and octets that are live, of both libraries. */
extern size_t side_allocations;
extern size_t side_live;

/* The same fields for both, as name and value; requests differ in their path. */
enum {
    SIDE_REQUEST_FIELDS = 10,
    SIDE_RESPONSE_FIELDS = 8,
    SIDE_PATHS = 64,
    SIDE_BODY_MAX = 1 << 17
};
extern const char *const SIDE_REQUEST[SIDE_REQUEST_FIELDS][2]; /* the value of :path is NULL */
extern const char *const SIDE_RESPONSE[SIDE_RESPONSE_FIELDS][2];
const char *side_path(uint32_t number);
/* What all bodies consist of; lent from here. */
extern const uint8_t side_body[SIDE_BODY_MAX];

/* pass(side, arg) under a name of its own: a profiler that counts only inside it sees one pass, not
 * the warm-up before it. */
double session_counted_pass(double (*pass)(const struct side *, const void *), const void *arg,
                            const struct side *side);

#endif
