/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_session [--rounds N] [--smoke | --count] [CASE]
 *
 * Sessions in memory, without sockets, beside libnghttp2 in the same run: a server and a client
 * alone against a recording, both against each other, whole connections with one request, and memory
 * of idle sessions and of streams. `copied_per_octet` is how often an octet of a
 * body is copied on its way. CASE is the beginning of a name: "server". bench.h tells of the rest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_frames.h"
#include "session_traffic.h"

enum { NAME_SIZE = 64, REQUESTS = 2000, REQUESTS_LARGE = 200, REQUESTS_SMOKE = 20 };
enum { OPEN_STREAMS = 100, REQUESTS_BEFORE_IDLE = 200 };

struct options {
    struct bench_options bench;
    const char *only; /* beginning of names, or NULL */
};

static char peer_name[NAME_SIZE];
static char no_copy_name[NAME_SIZE];

static int is_wanted(const struct options *o, const char *name)
{
    return o->only == NULL || strncmp(o->only, name, strlen(o->only)) == 0;
}

/* ---- Requests ----------------------------------------------------------------------------- */

static void server_pass(const void *side, const void *input)
{
    struct application app;
    conversation_to_server(side, input, &app);
}

static void client_pass(const void *side, const void *input)
{
    struct application app;
    conversation_to_client(side, input, &app);
}

static void pair_pass(const void *side, const void *input)
{
    struct application app;
    conversation_between(side, input, &app);
}

static double copied(const struct session_side *side, const struct conversation *c, int client)
{
    struct application app;
    if (client) {
        conversation_to_client(side, c, &app);
    } else {
        conversation_to_server(side, c, &app);
    }
    return (double)app.copied_octets / (double)(c->body * c->count);
}

struct role {
    const char *name;
    void (*pass)(const void *side, const void *input);
    int counts_copies;
    int client;
};

static const struct role ROLES[] = {
    {"server", server_pass, 1, 0}, {"client", client_pass, 1, 1}, {"pair", pair_pass, 0, 0}};

/* no_copy: beside that API of the peer. */
static void measure(const struct role *role, const struct conversation *c, const char *what,
                    int no_copy, const struct options *o)
{
    char name[NAME_SIZE];
    const struct session_side *peer = no_copy ? &SESSION_PEER_NO_COPY : &SESSION_PEER;
    (void)snprintf(name, sizeof name, "session.%s%s.%s-%zu", role->name, no_copy ? "-no-copy" : "",
                   what, c->at_once);
    const struct bench_job job = {
        .name = name,
        .unit = "request",
        .units = c->count,
        .pass = role->pass,
        .sides = {&SESSION_OURS, peer},
        .side_names = {SESSION_OURS.name, no_copy ? no_copy_name : peer_name},
        .input = c};
    struct bench_number copies = {"copied_per_octet", {0, 0}};
    const int with_copies = role->counts_copies && c->body > 0;
    if (with_copies) {
        copies.of[BENCH_OURS] = copied(&SESSION_OURS, c, role->client);
        copies.of[BENCH_PEER] = copied(peer, c, role->client);
    }
    bench_run(&job, &o->bench, &copies, with_copies ? 1 : 0);
}

enum { LARGE_BODY = 65536 };

static void measure_conversation(const struct conversation *c, const char *body,
                                 const struct options *o)
{
    for (size_t r = 0; r < sizeof ROLES / sizeof ROLES[0]; r++) {
        if (!is_wanted(o, ROLES[r].name)) {
            continue;
        }
        measure(&ROLES[r], c, body, 0, o);
        if (c->body > LARGE_BODY && ROLES[r].pass == server_pass) {
            measure(&ROLES[r], c, body, 1, o);
        }
    }
}

static void measure_requests(const struct options *o)
{
    static const struct {
        const char *name;
        uint64_t body;
        size_t at_once;
    } CASES[] = {{"0", 0, 1},       {"0", 0, 100},       {"1k", 1024, 1},
                 {"1k", 1024, 100}, {"100k", 102400, 1}, {"100k", 102400, 100}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct conversation c;
        size_t count = CASES[i].body > LARGE_BODY ? REQUESTS_LARGE : REQUESTS;
        conversation_record(&c, o->bench.smoke ? REQUESTS_SMOKE : count, CASES[i].at_once,
                            CASES[i].body);
        measure_conversation(&c, CASES[i].name, o);
        conversation_free(&c);
    }
}

static void measure_connections(const struct options *o)
{
    struct conversation c;
    conversation_record(&c, 1, 1, 1024);
    const struct bench_job job = {.name = "session.connection.one-request",
                                  .unit = "connection",
                                  .units = 1,
                                  .pass = server_pass,
                                  .sides = {&SESSION_OURS, &SESSION_PEER},
                                  .side_names = {SESSION_OURS.name, peer_name},
                                  .input = &c};
    bench_run(&job, &o->bench, NULL, 0);
    conversation_free(&c);
}

/* ---- Memory ------------------------------------------------------------------------------- */

static void drop(void *ctx, const uint8_t *octets, size_t length)
{
    (void)octets;
    *(size_t *)ctx += length;
}

/* Octets of a server that has read the first steps of a conversation; silent: and has not answered
 * the requests. */
static double memory_after(const struct session_side *side, const struct conversation *c,
                           size_t steps, int silent)
{
    struct application app = {
        .answers = c->answers, .answer_count = SECTIONS, .body = c->body, .silent = silent};
    size_t before = bench_live_octets;
    size_t sent = 0;
    size_t at = 0;
    void *server = side->open(SESSION_SERVER, &app);
    for (size_t i = 0; i < steps; i++) {
        side->receive(server, c->client.octets + at, c->client.steps[i] - at);
        at = c->client.steps[i];
        side->send(server, drop, &sent);
    }
    double octets = (double)(bench_live_octets - before);
    side->close(server);
    bench_require(bench_live_octets == before, "memory is lost");
    return octets;
}

/* Octets of a server whose handshake is done. */
static double memory_of_handshake(const struct session_side *side)
{
    struct frames f;
    struct application app = {.silent = 1};
    size_t before = bench_live_octets;
    size_t sent = 0;
    frames_make(&f, 0, 1);
    void *server = side->open(SESSION_SERVER, &app);
    side->send(server, drop, &sent);
    side->receive(server, f.head, f.greeting_length);
    side->send(server, drop, &sent);
    double octets = (double)(bench_live_octets - before);
    side->close(server);
    frames_free(&f);
    return octets;
}

static void measure_memory(const struct options *o)
{
    const struct session_side *sides[BENCH_SIDES] = {&SESSION_OURS, &SESSION_PEER};
    const char *const names[BENCH_SIDES] = {SESSION_OURS.name, peer_name};
    struct conversation one;
    struct conversation many;
    struct bench_number n[] = {
        {"after_handshake", {0}}, {"after_200_requests", {0}}, {"of_an_open_stream", {0}}};
    conversation_record(&one, REQUESTS_BEFORE_IDLE, 1, 0);
    conversation_record(&many, OPEN_STREAMS, OPEN_STREAMS, 0);
    for (int side = 0; side < BENCH_SIDES; side++) {
        n[0].of[side] = memory_of_handshake(sides[side]);
        n[1].of[side] = memory_after(sides[side], &one, one.client.count, 0);
        double streams = memory_after(sides[side], &many, 1, 1);
        double answered = memory_after(sides[side], &many, 1, 0);
        n[2].of[side] = streams > answered ? (streams - answered) / OPEN_STREAMS : 0;
    }
    bench_print("session.memory.octets", names, &o->bench, n, sizeof n / sizeof n[0]);
    conversation_free(&one);
    conversation_free(&many);
}

static struct options parse(int argc, char **argv)
{
    struct options o = {.only = NULL};
    for (int i = 1; i < argc;) {
        if (bench_option(&o.bench, argc, argv, &i)) {
            continue;
        }
        if (argv[i][0] == '-' || o.only != NULL) {
            fprintf(stderr, "usage: bench_session [--rounds N] [--smoke | --count] [CASE]\n");
            exit(2);
        }
        o.only = argv[i++];
    }
    bench_options_end(&o.bench);
    return o;
}

int main(int argc, char **argv)
{
    struct options o = parse(argc, argv);
    const char *version = nghttp2_version(0)->version_str;
    (void)snprintf(peer_name, sizeof peer_name, "%s %s", SESSION_PEER.name, version);
    (void)snprintf(no_copy_name, sizeof no_copy_name, "%s %s", SESSION_PEER_NO_COPY.name, version);
    measure_requests(&o);
    if (is_wanted(&o, "connection")) {
        measure_connections(&o);
    }
    if (is_wanted(&o, "memory")) {
        measure_memory(&o);
    }
    return 0;
}
