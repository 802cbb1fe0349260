/* SPDX-License-Identifier: MIT */
#include "client_manual.h"

#include "client_options.h"
#include "exit_code.h"

static const struct manual_term environment[] = {
    {"SSLKEYLOGFILE", "file to which the keys of TLS connections are appended"},
    {"NO_COLOR", "when set, no colours on a terminal"},
    {NULL, NULL},
};

static const struct manual_term examples[] = {
    {"h2-client https://example.org/", "The body to standard output:"},
    {"h2-client -nv https://example.org/", "Frames and fields instead of the body:"},
    {"h2-client -ns -m 20 https://example.org/", "Twenty requests, and a table of their times:"},
    {"h2-client -n --json https://example.org/ | jq .timings_us", "The same for programs:"},
    {"tar c . | h2-client -d - https://example.org/backup", "A body from a pipe:"},
    {NULL, NULL},
};

const struct manual client_manual = {
    .program = &client_options_program,
    .purpose = "fetch URIs over HTTP/2 and show what happens",
    .see_also = "h2-server(1), curl(1), nghttp(1)",
    .exit_codes = EXIT_CODE_OF_CLIENT,
    .environment = environment,
    .examples = examples,
};
