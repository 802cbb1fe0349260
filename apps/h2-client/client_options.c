/* SPDX-License-Identifier: MIT */
#include "client_options.h"

#include <string.h>

#include <h2session/h2session.h>

#include "client_manual.h"
#include "route.h"

#include "exit_code.h"

#define MEMBER(name) offsetof(struct client_options, name)

static const struct option_spec specs[] = {
    {.name = "null-out",
     .letter = 'n',
     .kind = OPTION_FLAG,
     .offset = MEMBER(null_out),
     .help = "Discard the bodies.",
     .group = "Output"},
    {.name = "output",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .offset = MEMBER(output),
     .argument = "FILE",
     .help = "Write the bodies to FILE, one after the other; \"-\" is standard output, which is "
             "also the default."},
    {.name = "remote-name",
     .letter = 'O',
     .kind = OPTION_FLAG,
     .offset = MEMBER(remote_name),
     .help = "Write each body to a file in this folder that is named as the last part of the path. "
             "A file that is there stands: the new one is called name.1, name.2."},
    {.name = "fail",
     .kind = OPTION_FLAG,
     .offset = MEMBER(fail),
     .help = "Treat a status of 400 or above as a failure: no body, exit status 22."},
    TRACE_OPTION_SPECS(MEMBER(log), "Log"),
    {.name = "explain",
     .kind = OPTION_FLAG,
     .offset = MEMBER(explain),
     .help =
         "Say of each error what was done, by whom, and which section of which RFC has the rule."},
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
    {.name = "waterfall",
     .kind = OPTION_TEXT,
     .offset = MEMBER(waterfall),
     .argument = "FILE",
     .help = "Draw the requests over time: as SVG when FILE ends in .svg, else as HTML. \"-\" is "
             "standard output, as text on a terminal."},
    {.name = "no-progress",
     .kind = OPTION_FLAG,
     .offset = MEMBER(no_progress),
     .help = "Do not show on a terminal how far long transfers are."},
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
    {.name = "trailer",
     .kind = OPTION_LIST,
     .offset = MEMBER(trailers),
     .argument = "FIELD",
     .help = "Send \"name: value\" as trailer after the body; needs --data."},
    {.name = "no-content-length",
     .kind = OPTION_FLAG,
     .offset = MEMBER(no_content_length),
     .help = "Do not tell the length of the body."},
    {.name = "expect-continue",
     .kind = OPTION_FLAG,
     .offset = MEMBER(expect_continue),
     .help = "Send \"expect: 100-continue\", and the body when the server says so, or says nothing "
             "for a second. Needs --data."},
    {.name = "continuation",
     .kind = OPTION_FLAG,
     .offset = MEMBER(continuation),
     .help = "Send so many fields that they take CONTINUATION frames."},
    {.name = "get-assets",
     .letter = 'a',
     .kind = OPTION_FLAG,
     .offset = MEMBER(get_assets),
     .help =
         "Fetch what pages need as well, if it has their origin: style sheets, scripts, images, "
         "with priorities by kind. Their bodies are discarded unless --remote-name is given."},
    {.name = "multiply",
     .letter = 'm',
     .kind = OPTION_NUMBER,
     .offset = MEMBER(times),
     .argument = "N",
     .help = "Fetch each URI N times.",
     .min = 1,
     .max = 1000000},
    {.name = "location",
     .letter = 'L',
     .kind = OPTION_FLAG,
     .offset = MEMBER(location),
     .help = "Follow redirects, but not from https to http. Authorization, cookies and client "
             "certificates do not go to other origins."},
    {.name = "max-redirs",
     .kind = OPTION_NUMBER,
     .offset = MEMBER(redirects),
     .argument = "N",
     .help = "Follow at most N redirects of a URI. Default: 20.",
     .max = 1000},
    {.name = "compressed",
     .kind = OPTION_FLAG,
     .offset = MEMBER(compressed),
     .help = "Ask for bodies that are compressed, and decode them: gzip, deflate and, where their "
             "libraries were found, br and zstd."},
    {.name = "max-expansion",
     .kind = OPTION_NUMBER,
     .offset = MEMBER(expansion),
     .argument = "N",
     .help = "Give up a compressed body that is larger than 16 MiB and than N times what came. "
             "Default: 200.",
     .min = 1,
     .max = 1000000},
    {.name = "extpri",
     .kind = OPTION_LIST,
     .offset = MEMBER(priorities),
     .argument = "PRIORITY",
     .help =
         "Priority of RFC 9218, such as \"u=1,i\". Given several times, the n-th is for the n-th "
         "URI.",
     .group = "HTTP/2"},
    {.name = "weight",
     .letter = 'p',
     .kind = OPTION_LIST,
     .offset = MEMBER(weights),
     .argument = "N",
     .help = "Use priorities of RFC 7540 with this weight, 1 to 256; the n-th is for the n-th URI, "
             "others have 16."},
    {.name = "dependency",
     .kind = OPTION_LIST,
     .offset = MEMBER(dependencies),
     .argument = "N[,exclusive]",
     .help =
         "Use priorities of RFC 7540: the n-th URI of this option depends on the N-th URI that is "
         "given, 0 for none; with \",exclusive\" as the only one that does."},
    {.name = "window-bits",
     .letter = 'w',
     .kind = OPTION_NUMBER,
     .offset = MEMBER(window_bits),
     .argument = "N",
     .help =
         "Window of each stream for what is received: 2^N-1 octets. Default: 256 KiB, and 8 MiB "
         "for a large body that is written as it comes.",
     .min = 1,
     .max = 30},
    {.name = "connection-window-bits",
     .letter = 'W',
     .kind = OPTION_NUMBER,
     .offset = MEMBER(connection_window_bits),
     .argument = "N",
     .help =
         "Window of the connection: 2^N-1 octets. With a window below 64 of those of streams fewer "
         "requests run at once.",
     .min = 16,
     .max = 30},
    {.name = "peer-max-concurrent-streams",
     .letter = 'M',
     .kind = OPTION_NUMBER,
     .offset = MEMBER(peer_streams),
     .argument = "N",
     .help =
         "Streams that the server is assumed to allow before its SETTINGS are there. Default: 100.",
     .min = 1,
     .max = 2147483647},
    {.name = "header-table-size",
     .letter = 'c',
     .kind = OPTION_LIST,
     .offset = MEMBER(table_sizes),
     .argument = "SIZE",
     .help =
         "Size of the dynamic table for fields that are received: 4096, 64k. Given again, up to "
         "four times, the table is resized by further SETTINGS."},
    {.name = "encoder-header-table-size",
     .kind = OPTION_SIZE,
     .offset = MEMBER(encoder_table_size),
     .argument = "SIZE",
     .help = "Most that the dynamic table for fields that are sent may take. Default: 4096.",
     .max = 16777216},
    {.name = "padding",
     .letter = 'b',
     .kind = OPTION_NUMBER,
     .offset = MEMBER(padding),
     .argument = "N",
     .help = "Pad frames with a random number of octets, at most N.",
     .min = 1,
     .max = 256},
    {.name = "no-push",
     .kind = OPTION_FLAG,
     .offset = MEMBER(no_push),
     .help =
         "Tell the server not to push. Otherwise what it pushes is taken and its body discarded; "
         "reports mark it with \"*\"."},
    {.name = "max-concurrent-streams",
     .kind = OPTION_NUMBER,
     .offset = MEMBER(push_streams),
     .argument = "N",
     .help = "Streams that the server may push at once. Default: 100.",
     .max = 2147483647},
    {.name = "upgrade",
     .letter = 'u',
     .kind = OPTION_FLAG,
     .offset = MEMBER(upgrade),
     .help = "Begin http connections in HTTP/1.1 with an upgrade to h2c; with --data by OPTIONS."},
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
    {.name = "connect-to",
     .kind = OPTION_LIST,
     .offset = MEMBER(connect_to),
     .argument = "FROM:PORT:TO:PORT",
     .help =
         "Connect to the second host and port where the first would be; the names in requests and "
         "certificates stay. Empty parts stand for any, and for the same."},
    {.name = "resolve",
     .kind = OPTION_LIST,
     .offset = MEMBER(resolve),
     .argument = "HOST:PORT:ADDRESS[,ADDRESS]",
     .help = "Take these addresses for the host instead of asking a resolver."},
    {.name = "proxy",
     .letter = 'x',
     .kind = OPTION_TEXT,
     .offset = MEMBER(proxy),
     .argument = "[USER:PASSWORD@]HOST[:PORT]",
     .help = "Go through this proxy, by CONNECT in HTTP/1.1, for http URIs too. Default port: 80."},
    {.name = "cacert",
     .kind = OPTION_TEXT,
     .offset = MEMBER(ca_file),
     .argument = "FILE",
     .help = "Trust the certificates in FILE (PEM) instead of those of the system."},
    {.name = "cert",
     .kind = OPTION_TEXT,
     .offset = MEMBER(cert_file),
     .argument = "FILE",
     .help = "Certificate chain (PEM) to show to a server that asks for one; needs --key."},
    {.name = "key",
     .kind = OPTION_TEXT,
     .offset = MEMBER(key_file),
     .argument = "FILE",
     .help = "Private key of --cert (PEM)."},
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
    {.name = "ktls",
     .kind = OPTION_FLAG,
     .offset = MEMBER(ktls),
     .help = "Let the kernel make and read the records of TLS, where it can."},
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

void client_options_init(struct client_options *options)
{
    *options = (struct client_options){.times = 1,
                                       .push_streams = 100,
                                       .encoder_table_size = UINT64_MAX,
                                       .redirects = 20,
                                       .expansion = 200};
}

static int fail(char error[OPTIONS_ERROR_SIZE], const char *text)
{
    snprintf(error, OPTIONS_ERROR_SIZE, "%s", text);
    return -1;
}

/* Each value of a list must be a number in these bounds. */
static int check_numbers(const struct option_list *list, const struct option_spec *bounds,
                         char error[OPTIONS_ERROR_SIZE])
{
    for (size_t i = 0; i < list->count; i++) {
        uint64_t number = 0;

        if (options_read_number(bounds, list->items[i], &number, error) != 0) {
            return -1;
        }
    }
    return 0;
}

int client_options_dependency(const char *text, uint64_t max, struct client_dependency *dependency,
                              char error[OPTIONS_ERROR_SIZE])
{
    const struct option_spec spec = {.name = "dependency", .kind = OPTION_NUMBER, .max = max};
    size_t length = strcspn(text, ",");
    char number[24];

    dependency->is_exclusive = strcmp(text + length, ",exclusive") == 0;
    if (length >= sizeof number || (text[length] != '\0' && !dependency->is_exclusive)) {
        return fail(error, "--dependency: the value is a number such as \"1\", or \"1,exclusive\"");
    }
    memcpy(number, text, length);
    number[length] = '\0';
    return options_read_number(&spec, number, &dependency->number, error);
}

static int check_dependencies(const struct client_options *options, char error[OPTIONS_ERROR_SIZE])
{
    struct client_dependency dependency;

    for (size_t i = 0; i < options->dependencies.count; i++) {
        if (client_options_dependency(options->dependencies.items[i], options->uris.count,
                                      &dependency, error) != 0) {
            return -1;
        }
    }
    return 0;
}

static int check_lists(const struct client_options *options, char error[OPTIONS_ERROR_SIZE])
{
    static const struct option_spec size = {
        .name = "header-table-size", .kind = OPTION_SIZE, .max = 16777216};
    static const struct option_spec weight = {
        .name = "weight", .kind = OPTION_NUMBER, .min = 1, .max = 256};

    if (options->table_sizes.count > CLIENT_TABLE_SIZES) {
        return fail(error, "--header-table-size: can be given four times");
    }
    if (check_numbers(&options->table_sizes, &size, error) != 0 ||
        check_numbers(&options->weights, &weight, error) != 0) {
        return -1;
    }
    return check_dependencies(options, error);
}

static int check_priorities(const struct client_options *options, char error[OPTIONS_ERROR_SIZE])
{
    uint32_t urgency = 3;
    uint32_t incremental = 0;

    for (size_t i = 0; i < options->priorities.count; i++) {
        const char *text = options->priorities.items[i];

        if (h2session_parse_priority((const uint8_t *)text, strlen(text), &urgency, &incremental) !=
            0) {
            return fail(error, "--extpri: the value is a priority such as \"u=1,i\"");
        }
    }
    if (options->priorities.count > 0 &&
        (options->weights.count > 0 || options->dependencies.count > 0)) {
        return fail(error, "--extpri goes neither with --weight nor with --dependency");
    }
    return 0;
}

int client_options_check(const struct client_options *options, char error[OPTIONS_ERROR_SIZE])
{
    if (options->data == NULL && options->trailers.count > 0) {
        return fail(error, "--trailer needs --data");
    }
    if (options->data == NULL && options->expect_continue) {
        return fail(error, "--expect-continue needs --data");
    }
    if ((options->cert_file == NULL) != (options->key_file == NULL)) {
        return fail(error, "--cert and --key need each other");
    }
    if (options->remote_name && options->output != NULL) {
        return fail(error, "--output and --remote-name exclude each other");
    }
    if (route_check(options, error) != 0 || check_lists(options, error) != 0) {
        return -1;
    }
    return check_priorities(options, error);
}

void client_options_print_help(FILE *out)
{
    options_print_help(&client_options_program, out);
    fprintf(out, "\nExit status (the first URI that failed decides):\n");
    exit_code_print(out, EXIT_CODE_OF_CLIENT);
    fprintf(out, "\nEnvironment:\n");
    for (const struct manual_term *term = client_manual.environment; term->term != NULL; term++) {
        fprintf(out, "  %-13s  %s\n", term->term, term->text);
    }
}
