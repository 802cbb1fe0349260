/* SPDX-License-Identifier: MIT */
#include "client_options.h"

#include "exit_code.h"

#define MEMBER(name) offsetof(struct client_options, name)

static const struct option_spec specs[] = {
    {.name = "verbose",
     .letter = 'v',
     .kind = OPTION_FLAG,
     .offset = MEMBER(verbose),
     .help = "Print every frame that is sent or received on standard output.",
     .group = "Output"},
    {.name = "null-out",
     .letter = 'n',
     .kind = OPTION_FLAG,
     .offset = MEMBER(null_out),
     .help = "Discard the bodies."},
    {.name = "output",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .offset = MEMBER(output),
     .argument = "FILE",
     .help = "Write the bodies to FILE, one after the other; \"-\" is standard output, which is "
             "also the default."},
    {.name = "fail",
     .kind = OPTION_FLAG,
     .offset = MEMBER(fail),
     .help = "Treat a status of 400 or above as a failure: no body, exit status 22."},
    {.name = "stat",
     .letter = 's',
     .kind = OPTION_FLAG,
     .offset = MEMBER(stat),
     .help = "At the end print a table with the times of connections and requests, what they "
             "waited for, and sizes.",
     .group = "Reports"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = MEMBER(json),
     .help = "At the end print a JSON object for each request on a line of its own. Bodies are "
             "discarded unless --output is given."},
    {.name = "har",
     .letter = 'r',
     .kind = OPTION_TEXT,
     .offset = MEMBER(har),
     .argument = "FILE",
     .help =
         "Write the requests with fields, sizes and times to FILE as an HTTP archive (HAR 1.2); "
         "\"-\" is standard output, where no bodies go then."},
    {.name = "header",
     .letter = 'H',
     .kind = OPTION_LIST,
     .offset = MEMBER(headers),
     .argument = "FIELD",
     .help = "Add \"name: value\" to the requests, or replace what would be sent under that name; "
             "pseudo-fields such as \":method: HEAD\" too. \"host\" replaces \":authority\".",
     .group = "Request"},
    {.name = "data",
     .letter = 'd',
     .kind = OPTION_TEXT,
     .offset = MEMBER(data),
     .argument = "FILE",
     .help = "Send POST requests with FILE as body; \"-\" is standard input."},
    {.name = "timeout",
     .letter = 't',
     .kind = OPTION_DURATION,
     .offset = MEMBER(timeout_ns),
     .argument = "DURATION",
     .help = "Give up a connection that does not come about, and a request that does not get on, "
             "after this time: 10s, 500ms, 2m.",
     .group = "Connection",
     .min = 1000000,
     .max = 86400000000000},
    {.name = "cacert",
     .kind = OPTION_TEXT,
     .offset = MEMBER(ca_file),
     .argument = "FILE",
     .help = "Trust the certificates in FILE (PEM) instead of those of the system."},
    {.name = "insecure",
     .letter = 'k',
     .kind = OPTION_FLAG,
     .offset = MEMBER(insecure),
     .help = "Do not verify the server's certificate."},
    {.name = "no-verify-peer",
     .letter = 'y',
     .kind = OPTION_FLAG,
     .offset = MEMBER(insecure),
     .help = "The same as --insecure."},
    {.name = "help",
     .letter = 'h',
     .kind = OPTION_FLAG,
     .offset = MEMBER(help),
     .help = "Print this text and exit.",
     .group = "Other"},
    {.name = "version",
     .kind = OPTION_FLAG,
     .offset = MEMBER(version),
     .help = "Print the versions of program and libraries and exit."},
};

const struct options_program client_options_program = {
    .name = "h2-client",
    .usage = "[OPTION]... URI...",
    .summary = "Fetches http and https URIs over HTTP/2: https with \"h2\" by ALPN, http by prior "
               "knowledge. URIs of one origin share a connection. Bodies are written in the order "
               "of the URIs, origin by origin.",
    .specs = specs,
    .spec_count = sizeof specs / sizeof specs[0],
    .operands_offset = MEMBER(uris),
};

void client_options_print_help(FILE *out)
{
    options_print_help(&client_options_program, out);
    fprintf(out, "\nExit status (the first URI that failed decides):\n");
    exit_code_print(out);
    fprintf(out, "\nEnvironment:\n"
                 "  SSLKEYLOGFILE  file to which the keys of TLS connections are appended\n"
                 "  NO_COLOR       when set, no colours on a terminal\n");
}
