/* SPDX-License-Identifier: MIT */
/*
 * The options of h2-client, as read from the command line; texts point into argv.
 */
#ifndef H2KIT_CLIENT_OPTIONS_H
#define H2KIT_CLIENT_OPTIONS_H

#include <stdint.h>
#include <stdio.h>

#include "options.h"
#include "trace_option.h"

enum { CLIENT_TABLE_SIZES = 4 }; /* of --header-table-size; the SETTINGS that may be under way */

struct client_options {
    struct trace_options log;
    uint32_t null_out;
    uint32_t fail;
    uint32_t insecure;
    uint32_t ktls;
    uint32_t stat;
    uint32_t json;
    uint32_t help;
    uint32_t version;
    const char *output;
    const char *har;
    const char *data;
    const char *ca_file;
    uint64_t timeout_ns; /* 0: none */
    uint32_t remote_name;
    uint32_t no_content_length;
    uint32_t expect_continue;
    uint32_t continuation;
    uint32_t no_push;
    uint32_t upgrade;
    uint32_t get_assets;
    uint32_t no_progress;
    uint32_t location;
    uint32_t compressed;
    uint32_t explain;
    const char *waterfall;
    const char *proxy;
    const char *cert_file;
    const char *key_file;
    uint64_t times;                  /* each URI is fetched */
    uint64_t window_bits;            /* 0: our own choice */
    uint64_t connection_window_bits; /* 0: our own choice */
    uint64_t peer_streams;           /* assumed at first; 0: the library's choice */
    uint64_t push_streams;           /* that the server may push at once */
    uint64_t encoder_table_size;     /* UINT64_MAX: the library's choice */
    uint64_t padding;                /* most octets of it in a frame */
    uint64_t redirects;              /* that are followed at most */
    uint64_t expansion;              /* of a compressed body, at most so many times */
    struct option_list connect_to;
    struct option_list resolve;
    struct option_list table_sizes;  /* of the decoder, one after the other */
    struct option_list priorities;   /* RFC 9218, the n-th for the n-th URI */
    struct option_list weights;      /* RFC 7540, the same */
    struct option_list dependencies; /* the same; numbers of URIs */
    struct option_list trailers;
    struct option_list headers;
    struct option_list uris;
};

/* What stands before the command line is read. */
void client_options_init(struct client_options *options);

/* Checks what the table cannot: returns 0, or -1 with one line in error. */
int client_options_check(const struct client_options *options, char error[OPTIONS_ERROR_SIZE]);

/* A value of --dependency. */
struct client_dependency {
    uint64_t number; /* of a URI, 0: none */
    uint32_t is_exclusive;
};

/* Reads one: returns 0, or -1 with one line in error. */
int client_options_dependency(const char *text, uint64_t max, struct client_dependency *dependency,
                              char error[OPTIONS_ERROR_SIZE]);

/* --help: options, exit statuses, environment. */
void client_options_print_help(FILE *out);

extern const struct options_program client_options_program;

#endif
