/* SPDX-License-Identifier: MIT */
#include "metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

enum { NS_PER_S = 1000000000, NS_PER_MS = 1000000 };

static const struct {
    const char *name;
    const char *where;
} REASONS[] = {
#define METRICS_REASON_(name, id, where, text) {#name, where},
    COUNTED_REASON_LIST(METRICS_REASON_)
#undef METRICS_REASON_
};

static int is_limit(const char *where)
{
    return where[0] != '\0' && strncmp(where, "RFC ", 4) != 0;
}

/* ---- Adding up ----------------------------------------------------------------------------- */

/* All members are counters. */
static_assert(sizeof(struct counters) % sizeof(counter) == 0, "counters are an array");

static void add_up(struct counters *sum, const struct metrics_source *source)
{
    counter *to = (counter *)sum;
    for (size_t i = 0; i < source->count; i++) {
        const counter *from = (const counter *)&source->observers[i]->counters;
        for (size_t k = 0; k < sizeof *sum / sizeof(counter); k++) {
            counter_add(&to[k], counter_read(&from[k]));
        }
    }
}

static uint64_t total(const counter *counters, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += counter_read(&counters[i]);
    }
    return sum;
}

/* ---- Families ------------------------------------------------------------------------------ */

static void family(struct text_buffer *text, const char *name, const char *type, const char *help)
{
    text_printf(text, "# TYPE h2_server_%s %s\n", name, type);
    const size_t length = strlen(name);
    if (length > 6 && strcmp(name + length - 6, "_bytes") == 0) {
        text_printf(text, "# UNIT h2_server_%s bytes\n", name);
    }
    text_printf(text, "# HELP h2_server_%s %s\n", name, help);
}

static void one_counter(struct text_buffer *text, const char *name, const char *help,
                        uint64_t value)
{
    family(text, name, "counter", help);
    text_printf(text, "h2_server_%s_total %" PRIu64 "\n", name, value);
}

static void one_gauge(struct text_buffer *text, const char *name, const char *help, uint64_t value)
{
    family(text, name, "gauge", help);
    text_printf(text, "h2_server_%s %" PRIu64 "\n", name, value);
}

/* A line of a family of counters with one label. */
static void labelled(struct text_buffer *text, const char *name, const char *label,
                     const char *value, const counter *c)
{
    text_printf(text, "h2_server_%s_total{%s=\"%s\"} %" PRIu64 "\n", name, label, value,
                counter_read(c));
}

static void write_process(struct text_buffer *text, const struct metrics_source *source)
{
    family(text, "build", "info", "Versions of the program and what it stands on.");
    text_printf(text, "h2_server_build_info{version=\"%s\",libuv=\"%s\"} 1\n", h2session_version(),
                uv_version_string());
    text_printf(text,
                "# TYPE process_start_time_seconds gauge\n"
                "# UNIT process_start_time_seconds seconds\n"
                "# HELP process_start_time_seconds When the process began, since 1970.\n"
                "process_start_time_seconds %" PRIu64 ".%03u\n",
                source->started_ns / NS_PER_S,
                (unsigned)(source->started_ns % NS_PER_S / NS_PER_MS));
    one_gauge(text, "threads", "Threads that serve.", source->count);
}

static void write_connections(struct text_buffer *text, const struct counters *c)
{
    static const char *const CAUSES[COUNT_CAUSES] = {"clean",    "connect", "tls",
                                                     "protocol", "io",      "memory"};
    const uint64_t accepted = counter_read(&c->accepted);
    const uint64_t closed = total(c->closed, COUNT_CAUSES);
    one_counter(text, "connections_accepted", "Connections that were taken.", accepted);
    /* They are not read at one moment. */
    one_gauge(text, "connections_active", "Connections that are there.",
              accepted > closed ? accepted - closed : 0);
    family(text, "connections_refused", "counter", "Connections closed at once, by the limit.");
    labelled(text, "connections_refused", "limit", "client_connections",
             &c->refused[COUNT_CLIENT_CONNECTIONS]);
    labelled(text, "connections_refused", "limit", "memory", &c->refused[COUNT_MEMORY]);
    family(text, "connections_closed", "counter", "Connections that ended, by what ended them.");
    for (size_t i = 0; i < COUNT_CAUSES; i++) {
        if (i != CONN_CONNECT) {
            labelled(text, "connections_closed", "cause", CAUSES[i], &c->closed[i]);
        }
    }
    family(text, "tls_handshakes", "counter", "TLS handshakes, by how they ended.");
    labelled(text, "tls_handshakes", "result", "ok", &c->handshakes);
    labelled(text, "tls_handshakes", "result", "failed", &c->handshakes_failed);
    family(text, "tls_kernel", "counter",
           "Connections whose records the kernel makes or reads (--ktls).");
    labelled(text, "tls_kernel", "direction", "send", &c->kernel_sends);
    labelled(text, "tls_kernel", "direction", "receive", &c->kernel_receives);
    one_counter(text, "received_bytes", "Octets from clients, without TLS.",
                counter_read(&c->octets_in));
    one_counter(text, "sent_bytes", "Octets to clients, without TLS.",
                counter_read(&c->octets_out));
}

static void write_requests(struct text_buffer *text, const struct counters *c)
{
    static const char *const PROTOCOLS[COUNT_PROTOCOLS] = {"HTTP/2.0", "HTTP/1.1", "HTTP/1.0"};
    static const char *const CLASSES[COUNT_CLASSES] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
    family(text, "requests", "counter", "Requests that ended, by protocol and status.");
    for (size_t i = 0; i < COUNT_PROTOCOLS; i++) {
        for (size_t k = 0; k < COUNT_CLASSES; k++) {
            text_printf(text,
                        "h2_server_requests_total{protocol=\"%s\",status=\"%s\"} %" PRIu64 "\n",
                        PROTOCOLS[i], CLASSES[k], counter_read(&c->requests[i][k]));
        }
    }
}

static void write_durations(struct text_buffer *text, const struct counters *c)
{
    static const char *const BOUNDS[COUNT_BUCKETS] = {
#define METRICS_BOUND_(ns, seconds) seconds,
        DURATION_BUCKET_LIST(METRICS_BOUND_)
#undef METRICS_BOUND_
            "+Inf"};
    const uint64_t ns = counter_read(&c->duration_ns);
    uint64_t count = 0;
    text_add_string(text, "# TYPE h2_server_request_duration_seconds histogram\n"
                          "# UNIT h2_server_request_duration_seconds seconds\n"
                          "# HELP h2_server_request_duration_seconds From the head of a request "
                          "to the end of the exchange.\n");
    for (size_t i = 0; i < COUNT_BUCKETS; i++) {
        count += counter_read(&c->durations[i]);
        text_printf(text, "h2_server_request_duration_seconds_bucket{le=\"%s\"} %" PRIu64 "\n",
                    BOUNDS[i], count);
    }
    text_printf(text,
                "h2_server_request_duration_seconds_count %" PRIu64 "\n"
                "h2_server_request_duration_seconds_sum %" PRIu64 ".%09u\n",
                count, ns / NS_PER_S, (unsigned)(ns % NS_PER_S));
}

static const char *code_label(size_t code)
{
    return code < COUNT_CODES - 1 ? h2frame_code_name((uint32_t)code) : "OTHER";
}

static void write_resets(struct text_buffer *text, const struct counters *c)
{
    static const char *const SIDES[2] = {"server", "client"};
    family(text, "resets", "counter", "Streams that were reset, by side and code.");
    for (size_t side = 0; side < 2; side++) {
        for (size_t code = 0; code < COUNT_CODES; code++) {
            text_printf(text, "h2_server_resets_total{by=\"%s\",code=\"%s\"} %" PRIu64 "\n",
                        SIDES[side], code_label(code), counter_read(&c->resets[side][code]));
        }
    }
}

/* ---- Faults -------------------------------------------------------------------------------- */

static void write_goaways(struct text_buffer *text, const struct counters *c)
{
    family(text, "goaways", "counter", "Connections that were told to end (GOAWAY), by reason.");
    labelled(text, "goaways", "reason", "SHUTDOWN", &c->shutdowns);
    for (size_t i = 0; i < COUNT_REASONS; i++) {
        if (counter_read(&c->faults[COUNT_CONNECTION][i]) > 0) {
            labelled(text, "goaways", "reason", REASONS[i].name, &c->faults[COUNT_CONNECTION][i]);
        }
    }
}

static void write_faults(struct text_buffer *text, const struct counters *c)
{
    static const char *const SCOPES[COUNT_SCOPES] = {"stream", "connection"};
    family(text, "faults", "counter", "What clients did wrong, by reason and scope.");
    for (size_t scope = 0; scope < COUNT_SCOPES; scope++) {
        for (size_t i = 0; i < COUNT_REASONS; i++) {
            const uint64_t value = counter_read(&c->faults[scope][i]);
            if (value > 0) {
                text_printf(text,
                            "h2_server_faults_total{scope=\"%s\",reason=\"%s\"} %" PRIu64 "\n",
                            SCOPES[scope], REASONS[i].name, value);
            }
        }
    }
    one_counter(text, "faults_forgiven", "Faults that the profile forgives.",
                counter_read(&c->forgiven));
}

static uint64_t trips_of(const struct counters *c, const char *limit)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < COUNT_REASONS; i++) {
        if (strcmp(REASONS[i].where, limit) == 0) {
            sum += counter_read(&c->faults[COUNT_STREAM][i]) +
                   counter_read(&c->faults[COUNT_CONNECTION][i]);
        }
    }
    return sum;
}

/* Whether a limit stands with a reason before this one. */
static int stood_before(size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(REASONS[i].where, REASONS[index].where) == 0) {
            return 1;
        }
    }
    return 0;
}

static void write_trips(struct text_buffer *text, const struct counters *c)
{
    family(text, "limit_trips", "counter", "How often a limit of HTTP/2 was met, by its name.");
    for (size_t i = 0; i < COUNT_REASONS; i++) {
        if (is_limit(REASONS[i].where) && !stood_before(i)) {
            text_printf(text, "h2_server_limit_trips_total{limit=\"%s\"} %" PRIu64 "\n",
                        REASONS[i].where, trips_of(c, REASONS[i].where));
        }
    }
}

/* ---- All of it ----------------------------------------------------------------------------- */

static void write_rest(struct text_buffer *text, const struct counters *c,
                       const struct metrics_source *source)
{
    uint64_t lost = 0;
    for (size_t i = 0; i < source->count; i++) {
        lost += counter_read(&source->observers[i]->file.lost);
    }
    one_counter(text, "file_cache_hits", "Files that were in memory.",
                counter_read(&c->cache.hits));
    one_counter(text, "file_cache_misses", "Files that were not.", counter_read(&c->cache.misses));
    one_gauge(text, "file_cache_bytes", "Octets of the files in memory.",
              counter_read(&c->cache.octets));
    one_counter(text, "access_log_lost_lines", "Lines of the access log that were not written.",
                lost);
}

void metrics_write(struct text_buffer *text, const struct metrics_source *source)
{
    struct counters *sum = calloc(1, sizeof *sum);
    if (sum == NULL) {
        text->failed = 1;
        return;
    }
    add_up(sum, source);
    write_process(text, source);
    write_connections(text, sum);
    write_requests(text, sum);
    write_durations(text, sum);
    write_resets(text, sum);
    write_goaways(text, sum);
    write_faults(text, sum);
    write_trips(text, sum);
    write_rest(text, sum, source);
    text_add_string(text, "# EOF\n");
    free(sum);
}
