/* SPDX-License-Identifier: MIT */
#include "command_line.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "push_rules.h"
#include "range.h"

static_assert(offsetof(struct command_line, limits) == 0, "options of limit_options.h write there");

#define MEMBER(name) offsetof(struct command_line, name)

static const struct option_spec SPECS[] = {
    {"htdocs", 'd', OPTION_TEXT, MEMBER(folder), "DIR",
     "Serve the files below DIR. Without it there is one built-in page, at \"/\".", "Content", 0,
     0},
    {"index", 0, OPTION_LIST, MEMBER(index_names), "NAME",
     "File that stands for its folder; the first that is there of those given. Default: "
     "index.html.",
     NULL, 0, 0},
    {"list", 0, OPTION_FLAG, MEMBER(lists), NULL, "List folders that have no such file.", NULL, 0,
     0},
    {"follow-links", 0, OPTION_FLAG, MEMBER(follow_links), NULL,
     "Follow symbolic links as long as they stay below DIR. Without this none is followed.", NULL,
     0, 0},
    {"mime-types-file", 0, OPTION_TEXT, MEMBER(mime_types_file), "FILE",
     "Take media types from FILE, which is like /etc/mime.types, and what it does not have from "
     "the built-in table.",
     NULL, 0, 0},
    {"nosniff", 0, OPTION_FLAG, MEMBER(nosniff), NULL,
     "Tell browsers to believe the media type (X-Content-Type-Options).", NULL, 0, 0},
    {"max-ranges", 0, OPTION_NUMBER, MEMBER(most_ranges), "N",
     "Ranges that one request may ask for; with more it gets the whole file. 0: no ranges at all. "
     "Default: 16.",
     NULL, 0, RANGE_MOST},
    {"cache", 0, OPTION_SIZE, MEMBER(cache_bytes), "SIZE",
     "Keep files in so much memory; each time, a look at the file system makes sure that they are "
     "still the same. 0: keep none. Default: 64m.",
     NULL, 0, UINT64_C(1) << 40},
    {"cache-file", 0, OPTION_SIZE, MEMBER(cache_file_bytes), "SIZE",
     "Largest file that is kept; one of more than 64k is when it is asked for again. Default: 16m.",
     NULL, 1, UINT64_C(1) << 24},
    {"early-hints", 0, OPTION_LIST, MEMBER(hints), "LINK",
     "Send a 103 with this value of the field Link ahead of each page, such as "
     "\"</style.css>; rel=preload; as=style\".",
     NULL, 0, 0},
    {"trailer", 0, OPTION_LIST, MEMBER(trailers), "FIELD",
     "Send FIELD, \"name: value\", behind each body.", NULL, 0, 0},
    {"push", 'p', OPTION_LIST, MEMBER(pushes), "PATH=PUSHED,...",
     "Push these paths with the answer to a GET of PATH, to clients that take pushes.", NULL, 0, 0},
    {"precompressed", 0, OPTION_FLAG, MEMBER(precompressed), NULL,
     "Send FILE.br, FILE.zst or FILE.gz in place of FILE to those who accept that coding.",
     "Compression", 0, 0},
    {"gzip", 0, OPTION_NUMBER, MEMBER(gzip_level), "LEVEL",
     "Compress text while it is sent, from 1 (fast) to 9 (small). Default: 0, not at all.", NULL, 0,
     9},
    {"gzip-min", 0, OPTION_SIZE, MEMBER(gzip_least), "SIZE",
     "Smallest file that is compressed so. Default: 1k.", NULL, 0, UINT64_C(1) << 40},
    {"gzip-max", 0, OPTION_SIZE, MEMBER(gzip_most), "SIZE",
     "Largest file that is compressed so. Default: 8m.", NULL, 0, UINT64_C(1) << 40},
    {"error-gzip", 'e', OPTION_FLAG, MEMBER(error_gzip), NULL,
     "Compress the pages of errors for those who accept that.", NULL, 0, 0},
    {"echo-upload", 0, OPTION_FLAG, MEMBER(echo_upload), NULL,
     "Answer POST and PUT with the body they bring.", "Tests", 0, 0},
    {"test-endpoints", 0, OPTION_FLAG, MEMBER(test_endpoints), NULL,
     "Answer /bytes/N with N octets (up to 2**30), /status/N with that status, /delay/MS after so "
     "many milliseconds (up to a day), /stream/N with N lines, one each 100 ms, /stream with lines "
     "without end, /echo with the fields of the request, or its body.",
     NULL, 0, 0},
    {"early-response", 0, OPTION_FLAG, MEMBER(early_response), NULL,
     "Answer POST and PUT before their body has come.", NULL, 0, 0},
    {"no-content-length", 0, OPTION_FLAG, MEMBER(no_content_length), NULL,
     "Do not say how long bodies are.", NULL, 0, 0},
    {"address", 'a', OPTION_LIST, MEMBER(addresses), "ADDR",
     "Listen on this address; may be given several times. Default: 127.0.0.1 and ::1.",
     "Connections", 0, 0},
    {"no-tls", 0, OPTION_FLAG, MEMBER(no_tls), NULL,
     "Cleartext. HTTP/2 by prior knowledge, or by an upgrade from HTTP/1.1.", NULL, 0, 0},
    TLS_OPTION_SPECS(MEMBER(tls), NULL),
    {"h2-only", 0, OPTION_FLAG, MEMBER(h2_only), NULL,
     "Refuse HTTP/1.1, which otherwise is answered on the same port.", NULL, 0, 0},
    {"threads", 'n', OPTION_NUMBER, MEMBER(threads), "N",
     "Serve with so many threads, among which the kernel spreads the connections. Default: 1.",
     NULL, 1, 256},
    {"max-connections", 0, OPTION_NUMBER, MEMBER(max_connections), "N",
     "Connections served at a time, an equal part of them by each thread; more wait. Default: "
     "10000, or what the limit of open files allows.",
     NULL, 1, 1000000},
    {"drain-timeout", 0, OPTION_DURATION, MEMBER(drain_timeout_ns), "TIME",
     "How long running requests may take to complete after SIGTERM, SIGINT or SIGQUIT. Default: "
     "5s.",
     NULL, 0, UINT64_C(3600000000000)},
    {"max-concurrent-streams", 'm', OPTION_NUMBER, MEMBER(max_concurrent_streams), "N",
     "Requests a connection may have open at a time. Default: 100.", "HTTP/2", 1, 10000},
    {"window-bits", 'w', OPTION_NUMBER, MEMBER(window_bits), "N",
     "Set the flow-control window of each stream to 2**N-1. Default: 16.", NULL, 1, 30},
    {"connection-window-bits", 'W', OPTION_NUMBER, MEMBER(connection_window_bits), "N",
     "Set the flow-control window of the connection to 2**N-1. Default: 20.", NULL, 16, 30},
    {"header-table-size", 'c', OPTION_SIZE, MEMBER(header_table_size), "SIZE",
     "Dynamic table for fields of requests. Default: 4k.", NULL, 0, UINT64_C(1) << 24},
    {"encoder-header-table-size", 0, OPTION_SIZE, MEMBER(encoder_table_size), "SIZE",
     "Dynamic table for fields of answers, at most, as far as the client allows it. Default: 4k.",
     NULL, 0, UINT64_C(1) << 24},
    {"padding", 'b', OPTION_NUMBER, MEMBER(padding), "N",
     "Pad DATA and HEADERS frames by N octets where there is room. Default: 0.", NULL, 0, 256},
    {"daemon", 'D', OPTION_FLAG, MEMBER(daemon), NULL,
     "Go on in the background once it serves; needs --htdocs. The exit status tells whether it "
     "does.",
     "Process", 0, 0},
    {"pid-file", 0, OPTION_TEXT, MEMBER(pid_file), "FILE",
     "Write the number of the process to FILE, which is removed at the end.", NULL, 0, 0},
    {"user", 0, OPTION_TEXT, MEMBER(user), "USER[:GROUP]",
     "Become that user when ports are had and keys are read. SIGHUP then reads the keys as that "
     "user.",
     NULL, 0, 0},
    {"access-log", 0, OPTION_TEXT, MEMBER(access_log), "FILE",
     "Write one line for each request to FILE, or to standard output (\"-\"). SIGUSR1 opens it, "
     "and every other file that is written, anew.",
     "Log", 0, 0},
    {"log-format", 0, OPTION_TEXT, MEMBER(log_format), "FORMAT",
     "Of these lines: common, combined or json. Default: combined.", NULL, 0, 0},
    TRACE_OPTION_SPECS(MEMBER(log), NULL),
    {"admin", 0, OPTION_TEXT, MEMBER(admin), "[ADDR:]PORT",
     "Answer /metrics, /healthz and /readyz there, in cleartext; without ADDR on 127.0.0.1 only. "
     "Its "
     "URL is the second line of stdout.",
     NULL, 0, 0},
    {"version", 0, OPTION_FLAG, MEMBER(version), NULL, "Print the version and exit.", "General", 0,
     0},
    {"help", 'h', OPTION_FLAG, MEMBER(help), NULL, "Print this text and exit.", NULL, 0, 0},
};

const struct options_program SERVER_PROGRAM = {
    .name = "h2-server",
    .usage = "[OPTION]... [PORT [PRIVATE_KEY CERT]]",
    .summary = "A server for files over HTTP/2 and HTTP/1.1. It prints its URL on the first line "
               "of stdout. With no "
               "PORT, or 0, the system chooses one. Without PRIVATE_KEY and CERT (PEM files) it "
               "makes a certificate for localhost that it signs itself. SSLKEYLOGFILE is honoured.",
    .specs = SPECS,
    .spec_count = sizeof SPECS / sizeof SPECS[0],
    .operands_offset = MEMBER(operands),
    .more_specs = LIMIT_OPTIONS,
    .more_count = LIMIT_OPTION_COUNT,
};

/* Names of files, not ways to some. */
static int check_index_names(const struct command_line *a, char *error)
{
    for (size_t i = 0; i < a->index_names.count; i++) {
        const char *name = a->index_names.items[i];
        if (name[0] == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
            strcmp(name, "..") == 0 || strlen(name) >= SITE_INDEX_SIZE - 1) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "--index: '%.50s' is not the name of a file",
                           name);
            return -1;
        }
    }
    return 0;
}

static int read_admin(const struct command_line *a, struct server_options *o, char *error)
{
    o->has_admin = a->admin != NULL;
    o->observer.counts = o->has_admin;
    return o->has_admin ? admin_address_read(&o->admin, a->admin, error) : 0;
}

static int read_log_format(const struct command_line *a, struct server_options *o, char *error)
{
    o->observer.access_log = a->access_log;
    if (access_format_read(&o->observer.format, a->log_format) != 0) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE,
                       "--log-format: '%.50s' is not common, combined or json", a->log_format);
        return -1;
    }
    return 0;
}

static const struct listener_address DEFAULT_ADDRESSES[] = {{"127.0.0.1", 0}, {"::1", 1}};

static int read_port(const char *text, struct server_options *o, char *error)
{
    char *end = NULL;
    const unsigned long port = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || port > UINT16_MAX) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "PORT: '%.50s' is not a number up to 65535",
                       text);
        return -1;
    }
    o->port = (uint16_t)port;
    return 0;
}

/* Reads the operands and what goes with them. Returns 0, or -1 with a message. */
static int read_operands(const struct command_line *a, struct server_options *o, char *error)
{
    const size_t count = a->operands.count;
    if (count == 2 || count > 3 || (count == 3 && a->no_tls)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "expected [PORT [PRIVATE_KEY CERT]]%s",
                       a->no_tls ? ", and no files with --no-tls" : "");
        return -1;
    }
    if (a->no_tls && tls_options_given(&a->tls)) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE,
                       "--no-tls: no other option about TLS goes with it");
        return -1;
    }
    if (count > 0 && read_port(a->operands.items[0], o, error) != 0) {
        return -1;
    }
    struct tls_key_pair pair = {NULL, NULL};
    if (count == 3) {
        pair.key_file = a->operands.items[1];
        pair.certificate_file = a->operands.items[2];
    }
    return tls_options_read(&o->tls, &a->tls, count == 3 ? &pair : NULL, error);
}

static const char *const DEFAULT_INDEX_NAMES[] = {"index.html"};

static void fill_site(const struct command_line *a, struct site_options *o)
{
    o->store.folder = a->folder;
    o->store.mime_types_file = a->mime_types_file;
    o->store.follow_links = a->follow_links;
    o->store.cache_bytes = (size_t)(a->cache_bytes / a->threads); /* each has its own */
    o->store.cache_file_bytes = (size_t)a->cache_file_bytes;
    o->representation.precompressed = a->precompressed;
    o->representation.gzip_level = (uint32_t)a->gzip_level;
    o->representation.gzip_least = a->gzip_least;
    o->representation.gzip_most = a->gzip_most;
    o->answer.nosniff = a->nosniff;
    o->answer.error_gzip = a->error_gzip;
    o->index_names = a->index_names.count > 0 ? a->index_names.items : DEFAULT_INDEX_NAMES;
    o->index_count = a->index_names.count > 0 ? a->index_names.count : 1;
    o->lists = a->lists;
    o->most_ranges = (uint32_t)a->most_ranges;
    o->test_endpoints = a->test_endpoints;
}

static void fill_options(const struct command_line *a, struct server_options *o)
{
    o->addresses = DEFAULT_ADDRESSES;
    o->address_count = sizeof DEFAULT_ADDRESSES / sizeof DEFAULT_ADDRESSES[0];
    fill_site(a, &o->site);
    o->no_tls = a->no_tls;
    o->h2_only = a->h2_only;
    o->echo_upload = a->echo_upload;
    o->early_response = a->early_response;
    o->no_content_length = a->no_content_length;
    o->padding = (uint32_t)a->padding;
    o->header_table_size = (uint32_t)a->header_table_size;
    o->encoder_table_size = (uint32_t)a->encoder_table_size;
    o->pushes = a->pushes;
    o->limits = a->limits;
    o->tls.keylog_file = getenv("SSLKEYLOGFILE");
    o->tls.http1 = !a->h2_only;
    o->threads = (uint32_t)a->threads;
    o->user = a->user;
    o->pid_file = a->pid_file;
    o->max_connections = (uint32_t)a->max_connections;
    o->max_concurrent_streams = (uint32_t)a->max_concurrent_streams;
    o->stream_window = (UINT32_C(1) << a->window_bits) - 1;
    o->connection_window = (UINT32_C(1) << a->connection_window_bits) - 1;
    o->drain_timeout_ns = a->drain_timeout_ns;
}

/* --address as the listener wants it; NULL when out of memory. */
static struct listener_address *copy_addresses(const struct option_list *list)
{
    struct listener_address *addresses = calloc(list->count + 1, sizeof *addresses);
    for (size_t i = 0; addresses != NULL && i < list->count; i++) {
        addresses[i].host = list->items[i];
    }
    return addresses;
}

int command_line_read(struct command_line *a, int argc, char **argv, char error[OPTIONS_ERROR_SIZE])
{
    const struct command_line defaults = {
        .gzip_least = 1024,
        .gzip_most = UINT64_C(8) * 1048576,
        .most_ranges = 16,
        .cache_bytes = UINT64_C(64) * 1048576,
        .cache_file_bytes = UINT64_C(16) * 1048576,
        .threads = 1,
        .max_connections = 10000,
        .max_concurrent_streams = 100,
        .window_bits = 16,
        .header_table_size = 4096,
        .encoder_table_size = 4096,
        .connection_window_bits = 20,
        .drain_timeout_ns = UINT64_C(5000000000),
    };
    *a = defaults;
    limits_init(&a->limits);
    return options_parse(&SERVER_PROGRAM, argc, argv, a, error);
}

/* What runs in the background has no output, and serves something. */
static int check_daemon(const struct command_line *a, char *error)
{
    const char *why = NULL;
    if (a->folder == NULL) {
        why = "needs --htdocs";
    } else if (a->access_log != NULL && strcmp(a->access_log, "-") == 0) {
        why = "has no output: use --access-log with a FILE";
    }
    if (!a->daemon || why == NULL) {
        return 0;
    }
    (void)snprintf(error, OPTIONS_ERROR_SIZE, "--daemon %s", why);
    return -1;
}

int command_line_options(const struct command_line *a, struct server_options *o,
                         char error[OPTIONS_ERROR_SIZE])
{
    memset(o, 0, sizeof *o);
    fill_options(a, o);
    if (check_index_names(a, error) != 0 || check_daemon(a, error) != 0 ||
        extras_read(&o->extras, &a->hints, &a->trailers, error) != 0 ||
        push_rules_check(&a->pushes, error) != 0 || read_log_format(a, o, error) != 0 ||
        read_admin(a, o, error) != 0 || read_operands(a, o, error) != 0) {
        return -1;
    }
    if (a->addresses.count > 0) {
        o->addresses = copy_addresses(&a->addresses);
        o->address_count = a->addresses.count;
        o->addresses_given = 1;
    }
    if (o->addresses == NULL) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "out of memory");
        return -1;
    }
    return 0;
}

void command_line_clear(struct command_line *a, struct server_options *o)
{
    if (o->addresses != DEFAULT_ADDRESSES) {
        free((void *)(uintptr_t)o->addresses);
    }
    o->addresses = NULL;
    tls_options_clear(&o->tls);
    extras_clear(&o->extras);
    options_clear(&SERVER_PROGRAM, a);
}
