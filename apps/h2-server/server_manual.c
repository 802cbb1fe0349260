/* SPDX-License-Identifier: MIT */
#include "server_manual.h"

#include "command_line.h"
#include "exit_code.h"

static const struct manual_term environment[] = {
    {"SSLKEYLOGFILE", "file to which the keys of TLS connections are appended"},
    {"NO_COLOR", "when set, no colours on a terminal"},
    {NULL, NULL},
};

static const struct manual_term examples[] = {
    {"h2-server -d site", "The files below a folder, on a port of the system's choice:"},
    {"h2-server -d site 8443 key.pem cert.pem", "With a port, a key and a certificate:"},
    {"h2-server -v --no-tls 8080", "Cleartext, with every frame on standard output:"},
    {NULL, NULL},
};

const struct manual server_manual = {
    .program = &SERVER_PROGRAM,
    .purpose = "serve files over HTTP/2 and HTTP/1.1",
    .see_also = "h2-client(1), curl(1), nghttpd(1)",
    .exit_codes = EXIT_CODE_OF_SERVER,
    .environment = environment,
    .examples = examples,
};
