/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_session [--rounds N] [--smoke | --count]
 *
 * Requests and responses without sockets, with libh2session and with libnghttp2 in the same run.
 * Both get the same octets, recorded from a client and a server of libnghttp2. One JSON line a case:
 * time, allocations, octets of bodies that were copied; and the memory of sessions and streams.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "measure.h"

enum { REQUESTS = 2000, LARGE_REQUESTS = 200, CONNECTIONS = 200, OPEN_STREAMS = 100 };

/* What one side sent, in the steps of the conversation. */
struct record {
    uint8_t *data;
    size_t length;
    size_t capacity;
    size_t *steps; /* end offsets */
    size_t count;
};

struct conversation {
    uint64_t body;
    uint32_t requests;
    uint32_t streams; /* at once */
    struct record client;
    struct record server;
};

static void record_put(void *ctx, const uint8_t *data, size_t length)
{
    struct record *r = ctx;
    if (r->capacity - r->length < length) {
        r->capacity = 2 * (r->capacity + length);
        r->data = realloc(r->data, r->capacity);
        bench_require(r->data != NULL, "no memory");
    }
    memcpy(r->data + r->length, data, length);
    r->length += length;
}

/* Takes what conn has to send as one step; gives it to the other side. */
static void turn(struct record *r, const struct side *side, void *conn, void *other)
{
    size_t begin = r->length;
    side->send(conn, record_put, r);
    r->steps = realloc(r->steps, (r->count + 1) * sizeof *r->steps);
    bench_require(r->steps != NULL, "no memory");
    r->steps[r->count++] = r->length;
    side->receive(other, r->data + begin, r->length - begin);
}

static void record_conversation(struct conversation *c)
{
    struct side_app server_app = {.body = c->body, .answers = 1};
    struct side_app client_app = {.body = 0};
    void *server = SIDE_PEER.open(SIDE_SERVER, &server_app);
    void *client = SIDE_PEER.open(SIDE_CLIENT, &client_app);
    for (uint32_t sent = 0; sent < c->requests;) {
        for (uint32_t i = 0; i < c->streams && sent < c->requests; i++) {
            SIDE_PEER.request(client, sent++);
        }
        while (client_app.messages < sent) {
            turn(&c->client, &SIDE_PEER, client, server);
            turn(&c->server, &SIDE_PEER, server, client);
        }
    }
    SIDE_PEER.close(client);
    SIDE_PEER.close(server);
}

/* What a side sent, and how much of it lies in the memory of bodies. */
struct sink {
    uint64_t octets;
    uint64_t lent;
};

static void sink_put(void *ctx, const uint8_t *data, size_t length)
{
    struct sink *sink = ctx;
    int lent = data >= side_body && data < side_body + SIDE_BODY_MAX;
    sink->octets += length;
    sink->lent += lent ? length : 0;
}

static double serve(const struct side *side, const void *arg)
{
    const struct conversation *c = arg;
    struct side_app app = {.body = c->body, .answers = 1};
    struct sink sink = {0, 0};
    void *conn = side->open(SIDE_SERVER, &app);
    size_t begin = 0;
    for (size_t i = 0; i < c->client.count; i++) {
        side->receive(conn, c->client.data + begin, c->client.steps[i] - begin);
        begin = c->client.steps[i];
        side->send(conn, sink_put, &sink);
    }
    side->close(conn);
    uint64_t bodies = c->body * c->requests;
    bench_require(app.messages == c->requests && sink.octets > bodies, "requests got lost");
    return bodies > 0 ? (double)(bodies - sink.lent) / (double)bodies : 0;
}

static double ask(const struct side *side, const void *arg)
{
    const struct conversation *c = arg;
    struct side_app app = {.body = 0};
    struct sink sink = {0, 0};
    void *conn = side->open(SIDE_CLIENT, &app);
    size_t begin = 0;
    size_t step = 0;
    for (uint32_t sent = 0; sent < c->requests;) {
        for (uint32_t i = 0; i < c->streams && sent < c->requests; i++) {
            side->request(conn, sent++);
        }
        while (app.messages < sent) {
            side->send(conn, sink_put, &sink);
            bench_require(step < c->server.count, "responses got lost");
            side->receive(conn, c->server.data + begin, c->server.steps[step] - begin);
            begin = c->server.steps[step++];
        }
    }
    side->close(conn);
    uint64_t bodies = c->body * c->requests;
    bench_require(app.octets == bodies, "bodies got lost");
    return bodies > 0 ? (double)app.copied / (double)bodies : 0;
}

static double serve_connections(const struct side *side, const void *arg)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        (void)serve(side, arg);
    }
    return 0;
}

/* ---- Memory --------------------------------------------------------------------------------- */

static const uint8_t HELLO[] =
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0";

/* Octets of a server after the greeting, and for each stream that is open and not answered. */
static void weigh(const struct side *side, const struct conversation *c, double *idle,
                  double *stream)
{
    struct side_app app = {.body = 0};
    struct sink sink = {0, 0};
    size_t before = side_live;
    void *conn = side->open(SIDE_SERVER, &app);
    side->send(conn, sink_put, &sink);
    side->receive(conn, HELLO, sizeof HELLO - 1);
    side->send(conn, sink_put, &sink);
    *idle = (double)(side_live - before);
    side->close(conn);

    conn = side->open(SIDE_SERVER, &app);
    side->receive(conn, c->client.data, c->client.steps[0]);
    side->send(conn, sink_put, &sink);
    bench_require(app.messages == OPEN_STREAMS, "requests got lost");
    *stream = (double)(side_live - before) / OPEN_STREAMS;
    side->close(conn);
    *stream -= *idle / OPEN_STREAMS;
}

static void measure_memory(const struct measure_options *o)
{
    struct conversation c = {.requests = OPEN_STREAMS, .streams = OPEN_STREAMS};
    double idle[2];
    double stream[2];
    record_conversation(&c);
    weigh(&SIDE_OURS, &c, &idle[0], &stream[0]);
    weigh(&SIDE_PEER, &c, &idle[1], &stream[1]);
    measure_size("session.memory.idle", idle[0], idle[1], o);
    measure_size("session.memory.stream-with-tables", stream[0], stream[1], o);
}

static void free_conversation(struct conversation *c)
{
    free(c->client.data);
    free(c->client.steps);
    free(c->server.data);
    free(c->server.steps);
}

static void run(uint64_t body, uint32_t streams, const struct measure_options *o)
{
    char name[64];
    uint32_t requests = body > 65536 ? LARGE_REQUESTS : REQUESTS;
    struct conversation c = {.body = body, .requests = requests, .streams = streams};
    record_conversation(&c);
    (void)snprintf(name, sizeof name, "session.server.body-%u.streams-%u", (unsigned)body, streams);
    struct work work = {name, "request", requests, serve, &c};
    measure(&work, o);
    (void)snprintf(name, sizeof name, "session.client.body-%u.streams-%u", (unsigned)body, streams);
    work.pass = ask;
    measure(&work, o);
    free_conversation(&c);
}

int main(int argc, char **argv)
{
    struct measure_options o = measure_parse(argc, argv);
    static const uint64_t BODIES[] = {0, 1024, 102400};
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        run(BODIES[i], 1, &o);
        run(BODIES[i], 100, &o);
    }
    struct conversation one = {.requests = 1, .streams = 1};
    record_conversation(&one);
    const struct work work = {"session.connection.one-request", "connection", CONNECTIONS,
                              serve_connections, &one};
    measure(&work, &o);
    free_conversation(&one);
    measure_memory(&o);
    return 0;
}
