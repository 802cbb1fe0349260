/* SPDX-License-Identifier: MIT */
#include "session_traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 128, FIRST_STEPS = 64 };

/* ---- Fields ------------------------------------------------------------------------------- */

static char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    bench_require(copy != NULL, "out of memory");
    memcpy(copy, text, size);
    return copy;
}

/* Names and values have memory of their own. */
static void make_section(struct section *s, const char *const texts[][2], size_t count)
{
    s->count = count;
    s->fields = calloc(count, sizeof *s->fields);
    s->nv = calloc(count, sizeof *s->nv);
    bench_require(s->fields != NULL && s->nv != NULL, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const char *name = copy_of(texts[i][0]);
        const char *value = copy_of(texts[i][1]);
        s->fields[i] = (hpack_field){name,
                                     value,
                                     (uint32_t)strlen(name),
                                     (uint32_t)strlen(value),
                                     hpack_token(name, strlen(name)),
                                     0};
        s->nv[i] = (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value,
                                strlen(name), strlen(value),
                                NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
    }
}

static void free_section(struct section *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free((char *)(uintptr_t)s->fields[i].name);
        free((char *)(uintptr_t)s->fields[i].value);
    }
    free(s->fields);
    free(s->nv);
}

static void make_request(struct section *s, unsigned i)
{
    char path[TEXT_SIZE];
    (void)snprintf(path, sizeof path, "/shop/articles/%05u?view=short", 7919 * (i + 1) % 99991);
    const char *const texts[][2] = {
        {":method", "GET"},
        {":scheme", "https"},
        {":authority", "shop.example.org"},
        {":path", path},
        {"user-agent", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"},
        {"accept", "application/json, text/plain, */*"},
        {"accept-encoding", "gzip, deflate, br"},
        {"accept-language", "en-GB,en;q=0.8"},
        {"referer", "https://shop.example.org/"},
        {"cookie", "session=51d7c4b2f09e8a3367d1540c9be2fa78"},
    };
    make_section(s, texts, sizeof texts / sizeof texts[0]);
}

static void make_answer(struct section *s, unsigned i, uint64_t body)
{
    char length[TEXT_SIZE];
    char etag[TEXT_SIZE];
    (void)snprintf(length, sizeof length, "%llu", (unsigned long long)body);
    (void)snprintf(etag, sizeof etag, "\"%08x\"", 2246822519U * (i + 1));
    const char *const texts[][2] = {
        {":status", "200"},
        {"server", "bench"},
        {"date", "Wed, 25 Nov 2026 10:00:00 GMT"},
        {"content-type", "application/json"},
        {"content-length", length},
        {"etag", etag},
        {"cache-control", "private, max-age=60"},
        {"vary", "accept-encoding"},
    };
    make_section(s, texts, sizeof texts / sizeof texts[0]);
}

/* ---- Recordings --------------------------------------------------------------------------- */

static void *grown(void *array, size_t size)
{
    void *bigger = realloc(array, size);
    bench_require(bigger != NULL, "out of memory");
    return bigger;
}

static void record(struct recording *r, const uint8_t *octets, size_t length)
{
    if (length > r->capacity - r->length) {
        r->capacity = (r->length + length) * 2;
        r->octets = grown(r->octets, r->capacity);
    }
    memcpy(r->octets + r->length, octets, length);
    r->length += length;
}

static void end_step(struct recording *r)
{
    if (r->count == r->step_capacity) {
        r->step_capacity = r->count > 0 ? r->count * 2 : FIRST_STEPS;
        r->steps = grown(r->steps, r->step_capacity * sizeof *r->steps);
    }
    r->steps[r->count++] = r->length;
}

/* Octets from one connection to the other, and into a recording when there is one. */
struct wire {
    const struct session_side *side;
    void *to;
    struct recording *recording;
};

static void pass_on(void *ctx, const uint8_t *octets, size_t length)
{
    const struct wire *w = ctx;
    if (w->recording != NULL) {
        record(w->recording, octets, length);
    }
    w->side->receive(w->to, octets, length);
}

static void drop(void *ctx, const uint8_t *octets, size_t length)
{
    (void)octets;
    *(size_t *)ctx += length;
}

static size_t begin_requests(const struct session_side *side, void *client,
                             const struct conversation *c, size_t from)
{
    size_t end = from + c->at_once < c->count ? from + c->at_once : c->count;
    for (size_t i = from; i < end; i++) {
        side->request(client, &c->requests[i % SECTIONS]);
    }
    return end;
}

static struct application server_application(const struct conversation *c)
{
    return (struct application){.answers = c->answers, .answer_count = SECTIONS, .body = c->body};
}

static void converse(const struct session_side *side, const struct conversation *c,
                     struct application *server_app, struct recording *from_client,
                     struct recording *from_server)
{
    struct application client_app = {.silent = 1};
    *server_app = server_application(c);
    void *client = side->open(SESSION_CLIENT, &client_app);
    void *server = side->open(SESSION_SERVER, server_app);
    struct wire up = {side, server, from_client};
    struct wire down = {side, client, from_server};
    for (size_t begun = 0; begun < c->count;) {
        begun = begin_requests(side, client, c, begun);
        while (client_app.responses < begun) {
            side->send(client, pass_on, &up);
            side->send(server, pass_on, &down);
            if (from_client != NULL) {
                end_step(from_client);
                end_step(from_server);
            }
        }
    }
    side->close(client);
    side->close(server);
}

void conversation_record(struct conversation *c, size_t count, size_t at_once, uint64_t body)
{
    struct application app;
    memset(c, 0, sizeof *c);
    c->body = body;
    c->count = count;
    c->at_once = at_once;
    for (unsigned i = 0; i < SECTIONS; i++) {
        make_request(&c->requests[i], i);
        make_answer(&c->answers[i], i, body);
    }
    converse(&SESSION_PEER, c, &app, &c->client, &c->server);
}

void conversation_free(struct conversation *c)
{
    for (unsigned i = 0; i < SECTIONS; i++) {
        free_section(&c->requests[i]);
        free_section(&c->answers[i]);
    }
    free(c->client.octets);
    free(c->client.steps);
    free(c->server.octets);
    free(c->server.steps);
}

void conversation_to_server(const struct session_side *side, const struct conversation *c,
                            struct application *app)
{
    size_t at = 0;
    size_t sent = 0;
    *app = server_application(c);
    void *server = side->open(SESSION_SERVER, app);
    for (size_t i = 0; i < c->client.count; i++) {
        side->receive(server, c->client.octets + at, c->client.steps[i] - at);
        at = c->client.steps[i];
        side->send(server, drop, &sent);
    }
    side->close(server);
    bench_require(app->requests == c->count && sent > c->body * c->count, "answers are missing");
}

void conversation_to_client(const struct session_side *side, const struct conversation *c,
                            struct application *app)
{
    size_t at = 0;
    size_t sent = 0;
    size_t step = 0;
    *app = (struct application){.silent = 1};
    void *client = side->open(SESSION_CLIENT, app);
    for (size_t begun = 0; begun < c->count;) {
        begun = begin_requests(side, client, c, begun);
        while (app->responses < begun) {
            bench_require(step < c->server.count, "answers are missing");
            side->send(client, drop, &sent);
            side->receive(client, c->server.octets + at, c->server.steps[step] - at);
            at = c->server.steps[step++];
        }
    }
    side->close(client);
    bench_require(app->body_octets == c->body * c->count, "bodies are not whole");
}

void conversation_between(const struct session_side *side, const struct conversation *c,
                          struct application *server_app)
{
    converse(side, c, server_app, NULL, NULL);
}
