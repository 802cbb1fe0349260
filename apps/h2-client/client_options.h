/* SPDX-License-Identifier: MIT */
/*
 * The options of h2-client, as read from the command line; texts point into argv.
 */
#ifndef H2KIT_CLIENT_OPTIONS_H
#define H2KIT_CLIENT_OPTIONS_H

#include <stdint.h>
#include <stdio.h>

#include "options.h"

struct client_options {
    uint32_t verbose;
    uint32_t null_out;
    uint32_t fail;
    uint32_t insecure;
    uint32_t stat;
    uint32_t json;
    uint32_t help;
    uint32_t version;
    const char *output;
    const char *har;
    const char *data;
    const char *ca_file;
    uint64_t timeout_ns; /* 0: none */
    struct option_list headers;
    struct option_list uris;
};

/* --help: options, exit statuses, environment. */
void client_options_print_help(FILE *out);

extern const struct options_program client_options_program;

#endif
