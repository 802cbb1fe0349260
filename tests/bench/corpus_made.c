/* SPDX-License-Identifier: MIT */
/*
 * Field lists like those of browsers, of the servers behind them and of gRPC. All text is invented;
 * what matters is which fields repeat within a connection, which change, and how long they are.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "corpus.h"
#include "support.h"

enum { LONGEST_VALUE = 8192, MOST_COOKIES = 8, COOKIE_TEXT = 600 };

struct maker {
    struct corpus *corpus;
    uint32_t seed;
};

/* One draw in an argument list, and none beside another in an assignment: their order would be the
 * compiler's. */

/* ---- Texts -------------------------------------------------------------------------------- */

static uint32_t below(struct maker *m, uint32_t limit)
{
    return test_rand(&m->seed) % limit;
}

static uint32_t between(struct maker *m, uint32_t low, uint32_t high)
{
    return low + below(m, high - low + 1);
}

struct text {
    char octets[COOKIE_TEXT];
};

static struct text drawn(struct maker *m, size_t length, const char *set)
{
    struct text t;
    uint32_t choices = (uint32_t)strlen(set);
    for (size_t i = 0; i < length; i++) {
        t.octets[i] = set[below(m, choices)];
    }
    t.octets[length] = '\0';
    return t;
}

static struct text hex(struct maker *m, size_t length)
{
    return drawn(m, length, "0123456789abcdef");
}

static struct text base64(struct maker *m, size_t length)
{
    return drawn(m, length, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

/* Like the dates of HTTP; the calendar has months of 28 days, all beginning on a Monday. */
static struct text date(uint32_t seconds)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct text t;
    uint32_t day = seconds / 86400;
    (void)snprintf(t.octets, sizeof t.octets, "%s, %02u %s 2025 %02u:%02u:%02u GMT", days[day % 7],
                   day % 28 + 1, months[day / 28 % 12], seconds / 3600 % 24, seconds / 60 % 60,
                   seconds % 60);
    return t;
}

static void add(struct maker *m, const char *name, const char *value)
{
    corpus_add(m->corpus, name, value);
}

__attribute__((format(printf, 3, 4))) static void add_made(struct maker *m, const char *name,
                                                           const char *format, ...)
{
    char value[LONGEST_VALUE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    bench_require(length >= 0 && (size_t)length < sizeof value, "a made value is too long");
    corpus_add(m->corpus, name, value);
}

/* ---- Browsers ----------------------------------------------------------------------------- */

/* A kind of resource: what a browser asks for it with, and what it comes as. */
struct kind {
    const char *suffix;
    const char *accept;
    const char *destination;
    const char *type;
};

static const struct kind PAGE = {"html",
                                 "text/html,application/xhtml+xml,application/xml;q=0.9,"
                                 "image/avif,image/webp,*/*;q=0.8",
                                 "document", "text/html; charset=utf-8"};
static const char IMAGES[] = "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8";
static const struct kind KINDS[] = {
    {"js", "*/*", "script", "text/javascript"},
    {"css", "text/css,*/*;q=0.1", "style", "text/css"},
    {"png", IMAGES, "image", "image/png"},
    {"jpg", IMAGES, "image", "image/jpeg"},
    {"webp", IMAGES, "image", "image/webp"},
    {"woff2", "*/*", "font", "font/woff2"},
    {"json", "application/json, text/plain, */*", "empty", "application/json"},
};

/* One visit: what stays the same on its connection. */
struct visit {
    const char *host;
    uint32_t version;
    uint32_t cookies;
    char cookie[MOST_COOKIES][COOKIE_TEXT + 16];
    struct text page;
    uint32_t seconds;
};

enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0], PAGE_EVERY = 25 };

static void begin_visit(struct maker *m, struct visit *v)
{
    static const char *const hosts[] = {"www.garden.example", "shop.lamps.example",
                                        "static.museum.example", "maps.trail.example"};
    static const char *const names[] = {"visitor", "session", "token", "consent", "layout", "cart"};
    memset(v, 0, sizeof *v);
    v->host = hosts[below(m, 4)];
    v->version = between(m, 110, 130);
    v->cookies = between(m, 1, 6);
    v->seconds = below(m, 20000000);
    for (uint32_t i = 0; i < v->cookies; i++) {
        struct text secret = base64(m, i >= 3 ? 3 : between(m, 20, 60));
        (void)snprintf(v->cookie[i], sizeof v->cookie[i], "%s=%s", names[i], secret.octets);
    }
}

static void add_path(struct maker *m, struct visit *v, const struct kind *kind)
{
    static const char *const folders[] = {"img", "static", "build", "theme"};
    static const char *const files[] = {"main", "vendor", "badge", "banner", "photo", "tile"};
    if (kind == &PAGE) {
        const char *folder = below(m, 2) == 0 ? "catalogue" : "stories";
        (void)snprintf(v->page.octets, sizeof v->page.octets, "/%s/%u", folder,
                       between(m, 1, 9999));
        add(m, ":path", v->page.octets);
    } else if (strcmp(kind->suffix, "json") == 0) {
        uint32_t page = between(m, 1, 30);
        add_made(m, ":path", "/data/v3/list?page=%u&size=%u", page, 10 * between(m, 1, 5));
    } else {
        const char *folder = folders[below(m, 4)];
        const char *file = files[below(m, 6)];
        uint32_t number = between(m, 1, 300);
        add_made(m, ":path", "/%s/%s%u.%s.%s", folder, file, number, hex(m, 8).octets,
                 kind->suffix);
    }
}

static void add_request(struct maker *m, struct visit *v, const struct kind *kind)
{
    add(m, ":method", "GET");
    add(m, ":authority", v->host);
    add(m, ":scheme", "https");
    add_path(m, v, kind);
    add_made(m, "user-agent", "Mozilla/5.0 (X11; Linux x86_64) Engine/537.36 Browser/%u.0.0.0",
             v->version);
    add_made(m, "sec-ch-ua", "\"Browser\";v=\"%u\", \"Engine\";v=\"%u\"", v->version, v->version);
    add(m, "sec-ch-ua-mobile", "?0");
    add(m, "sec-ch-ua-platform", "\"Linux\"");
    add(m, "accept", kind->accept);
    add(m, "sec-fetch-site", kind == &PAGE ? "none" : "same-origin");
    add(m, "sec-fetch-mode", kind == &PAGE ? "navigate" : "no-cors");
    add(m, "sec-fetch-dest", kind->destination);
    if (kind == &PAGE) {
        add(m, "upgrade-insecure-requests", "1");
    } else {
        add_made(m, "referer", "https://%s%s", v->host, v->page.octets);
    }
    add(m, "accept-encoding", "gzip, deflate, br, zstd");
    add(m, "accept-language", "en-GB,en;q=0.9,fr;q=0.5");
    if (kind != &PAGE && below(m, 4) == 0) {
        add_made(m, "if-none-match", "\"%s\"", hex(m, 14).octets);
        add(m, "if-modified-since", date(v->seconds - below(m, v->seconds + 1)).octets);
    }
    for (uint32_t i = 0; i < v->cookies; i++) {
        add(m, "cookie", v->cookie[i]);
    }
}

static void add_page_fields(struct maker *m)
{
    add(m, "strict-transport-security", "max-age=31536000; includeSubDomains");
    add(m, "x-content-type-options", "nosniff");
    add(m, "x-frame-options", "DENY");
    add_made(m, "content-security-policy", "default-src 'self'; script-src 'self' 'nonce-%s'",
             base64(m, 22).octets);
    add_made(m, "set-cookie", "session=%s; Path=/; Secure; HttpOnly", base64(m, 43).octets);
}

static void add_response(struct maker *m, struct visit *v, const struct kind *kind)
{
    add(m, ":status", below(m, 7) == 0 ? "304" : "200");
    add(m, "server", "origin/4.2");
    add(m, "date", date(v->seconds).octets);
    add(m, "content-type", kind->type);
    add_made(m, "content-length", "%u", between(m, 150, 500000));
    add(m, "last-modified", date(v->seconds - below(m, v->seconds + 1)).octets);
    add_made(m, "etag", "\"%s\"", hex(m, 14).octets);
    add(m, "cache-control", kind == &PAGE ? "no-cache" : "public, max-age=31536000, immutable");
    add(m, "accept-ranges", "bytes");
    add(m, "vary", "accept-encoding");
    if (kind == &PAGE) {
        add_page_fields(m);
    } else if (below(m, 2) == 0) {
        add_made(m, "age", "%u", between(m, 1, 90000));
        add(m, "x-cache", "HIT");
        add(m, "via", "1.1 edge");
    }
}

typedef void exchange(struct maker *m, struct visit *v, const struct kind *kind);

static void make_visits(struct corpus *c, uint32_t connections, uint32_t blocks, exchange *one)
{
    struct maker m = {c, 7541};
    for (uint32_t i = 0; i < connections; i++) {
        struct visit v;
        begin_visit(&m, &v);
        for (uint32_t k = 0; k < blocks; k++) {
            const struct kind *kind = k % PAGE_EVERY == 0 ? &PAGE : &KINDS[below(&m, KIND_COUNT)];
            v.seconds += below(&m, 3);
            corpus_begin_list(c, k == 0);
            one(&m, &v, kind);
        }
    }
}

static void make_browser_requests(struct corpus *c)
{
    make_visits(c, 20, 50, add_request);
}

static void make_browser_responses(struct corpus *c)
{
    make_visits(c, 20, 50, add_response);
}

static void make_first_requests(struct corpus *c)
{
    make_visits(c, 300, 1, add_request);
}

/* ---- Long cookies ------------------------------------------------------------------------- */

/* Cookies of 1 to 4 KB in one field, of which each request changes one. */
static void make_cookies(struct corpus *c)
{
    static const uint32_t lengths[] = {180, 300, 420, 520};
    struct maker m = {c, 6265};
    for (uint32_t i = 0; i < 20; i++) {
        struct text cookies[MOST_COOKIES];
        uint32_t count = between(&m, 5, MOST_COOKIES);
        for (uint32_t k = 0; k < count; k++) {
            cookies[k] = base64(&m, lengths[below(&m, 4)]);
        }
        for (uint32_t block = 0; block < 20; block++) {
            char value[LONGEST_VALUE];
            int length = 0;
            uint32_t changed = below(&m, count);
            cookies[changed] = base64(&m, lengths[below(&m, 4)]);
            for (uint32_t k = 0; k < count; k++) {
                length += snprintf(value + length, sizeof value - (size_t)length, "%sid%u=%s",
                                   k == 0 ? "" : "; ", k, cookies[k].octets);
            }
            corpus_begin_list(c, block == 0);
            add(&m, ":method", "GET");
            add(&m, ":authority", "app.garden.example");
            add(&m, ":scheme", "https");
            add_made(&m, ":path", "/feed/%u", between(&m, 1, 9999));
            add(&m, "user-agent", "Mozilla/5.0 (X11; Linux x86_64) Engine/537.36");
            add(&m, "accept", "*/*");
            add(&m, "cookie", value);
        }
    }
}

/* ---- gRPC --------------------------------------------------------------------------------- */

static void make_grpc_requests(struct corpus *c)
{
    static const char *const methods[] = {"Get", "List", "Update", "Watch", "BatchGet"};
    struct maker m = {c, 50051};
    for (uint32_t i = 0; i < 10; i++) {
        struct text credentials = base64(&m, 360);
        for (uint32_t call = 0; call < 100; call++) {
            corpus_begin_list(c, call == 0);
            add(&m, ":method", "POST");
            add(&m, ":scheme", "http");
            add_made(&m, ":path", "/lamps.store.v1.Shelf/%s", methods[below(&m, 5)]);
            add_made(&m, ":authority", "shelf-%u.cluster.internal:50051", i % 4);
            add(&m, "content-type", "application/grpc");
            add(&m, "user-agent", "grpc-client/1.66.0");
            add(&m, "te", "trailers");
            add_made(&m, "grpc-timeout", "%um", between(&m, 100, 9999));
            add(&m, "grpc-accept-encoding", "gzip");
            add_made(&m, "authorization", "Bearer %s", credentials.octets);
            add_made(&m, "x-request-id", "%s", hex(&m, 32).octets);
            struct text trace = hex(&m, 32);
            add_made(&m, "traceparent", "00-%s-%s-01", trace.octets, hex(&m, 16).octets);
        }
    }
}

/* A block of headers and one of trailers a call. */
static void make_grpc_responses(struct corpus *c)
{
    struct maker m = {c, 50052};
    for (uint32_t i = 0; i < 10; i++) {
        uint32_t seconds = below(&m, 20000000);
        for (uint32_t call = 0; call < 100; call++) {
            seconds += below(&m, 50) == 0;
            corpus_begin_list(c, call == 0);
            add(&m, ":status", "200");
            add(&m, "content-type", "application/grpc");
            add(&m, "grpc-encoding", "identity");
            add(&m, "server", "mesh");
            add(&m, "date", date(seconds).octets);
            add_made(&m, "x-upstream-time", "%u", between(&m, 1, 250));
            corpus_begin_list(c, 0);
            add(&m, "grpc-status", "0");
            add(&m, "grpc-message", "");
        }
    }
}

const struct corpus_maker CORPUS_MAKER[CORPUS_MAKERS] = {
    {"browser-requests", make_browser_requests}, {"browser-responses", make_browser_responses},
    {"first-requests", make_first_requests},     {"cookies", make_cookies},
    {"grpc-requests", make_grpc_requests},       {"grpc-responses", make_grpc_responses},
};
