/* SPDX-License-Identifier: MIT */
/*
 * The command line of h2-server: what may stand there, and what it means for the server.
 *
 * Invariant: texts are not copied; argv outlives everything here.
 */
#ifndef H2KIT_APPS_SERVER_COMMAND_LINE_H
#define H2KIT_APPS_SERVER_COMMAND_LINE_H

#include <stdint.h>

#include "limit_options.h"
#include "options.h"
#include "server.h"
#include "tls_options.h"
#include "trace_option.h"

struct command_line {
    struct limits limits; /* first, as its options want it */
    const char *folder;
    struct option_list index_names;
    uint32_t lists;
    uint32_t follow_links;
    const char *mime_types_file;
    uint32_t precompressed;
    uint64_t gzip_level;
    uint64_t gzip_least;
    uint64_t gzip_most;
    uint64_t most_ranges;
    uint64_t cache_bytes;
    uint64_t cache_file_bytes;
    uint32_t nosniff;
    uint32_t error_gzip;
    struct option_list addresses;
    uint32_t no_tls;
    struct tls_options tls;
    uint32_t h2_only;
    struct trace_options log;
    const char *access_log;
    const char *log_format;
    const char *admin;
    uint32_t echo_upload;
    uint32_t early_response;
    uint32_t no_content_length;
    uint64_t padding;
    uint64_t header_table_size;
    uint64_t encoder_table_size;
    uint32_t test_endpoints;
    struct option_list hints;
    struct option_list trailers;
    struct option_list pushes;
    uint32_t help;
    uint32_t version;
    uint64_t threads;
    uint32_t daemon;
    const char *user;
    const char *pid_file;
    uint64_t max_connections;
    uint64_t max_concurrent_streams;
    uint64_t window_bits;
    uint64_t connection_window_bits;
    uint64_t drain_timeout_ns;
    struct option_list operands;
};

extern const struct options_program SERVER_PROGRAM;

/* Fills in the defaults and reads argv. Returns 0, or -1 with one line in error. */
int command_line_read(struct command_line *line, int argc, char **argv,
                      char error[OPTIONS_ERROR_SIZE]);
/* What the server is to do. Returns 0, or -1 with one line in error. */
int command_line_options(const struct command_line *line, struct server_options *options,
                         char error[OPTIONS_ERROR_SIZE]);
/* After either, also when it failed; options all zero when there were none. */
void command_line_clear(struct command_line *line, struct server_options *options);

#endif
