/* SPDX-License-Identifier: MIT */
/* h2-client: fetches URIs over HTTP/2. Reads the command line and hands over to fetch.c. */
#include <signal.h>
#include <string.h>

#include "about.h"
#include "client_options.h"
#include "colour.h"
#include "exit_code.h"
#include "fetch.h"
#include "interrupt.h"
#include "reports.h"
#include "standard_files.h"

static enum exit_code open_source(struct fetch *fetch, struct upload_source *source)
{
    const char *path = fetch->options->data;

    if (path == NULL) {
        return EXIT_CODE_OK;
    }
    int error = upload_source_open(source, path);

    if (error != 0) {
        log_error(fetch->log, "%s: %s", path, strerror(error));
        return EXIT_CODE_LOCAL;
    }
    fetch->source = source;
    if (!source->is_file && fetch->list.count > 1) {
        log_error(fetch->log, "--data: %s can be sent to one URI only",
                  strcmp(path, "-") == 0 ? "standard input" : path);
        return EXIT_CODE_USAGE;
    }
    return EXIT_CODE_OK;
}

static enum exit_code run_loop(struct fetch *fetch)
{
    struct loop loop;
    int error = loop_init(&loop);

    if (error != 0) {
        log_error(fetch->log, "event loop: %s", uv_strerror(error));
        return EXIT_CODE_LOCAL;
    }
    fetch->loop = &loop;
    enum exit_code result = fetch_all(fetch);

    loop_close(&loop);
    if (output_close(fetch->output) == OUTPUT_FAILED && !fetch->is_stopped) {
        log_error(fetch->log, "cannot write: %s", strerror(fetch->output->error));
        result = EXIT_CODE_LOCAL;
    }
    return result;
}

static enum exit_code run(const struct client_options *options, const struct log *log,
                          const struct field_lines *lines, const struct field_lines *trailers)
{
    struct trace trace = {0};
    struct upload_source source = {.fd = -1};
    struct record_book book = {0};
    struct output output;
    struct fetch fetch = {.options = options,
                          .lines = lines,
                          .trailers = trailers,
                          .log = log,
                          .output = &output,
                          .book = &book,
                          .observes = reports_wanted(options)};

    char error[OPTIONS_ERROR_SIZE];
    enum exit_code opened = trace_option_open(&trace, &options->log, error);

    if (opened != EXIT_CODE_OK) {
        log_error(log, "%s", error);
        return opened;
    }
    trace_option_begin(&trace, client_options_program.name);
    fetch.trace = trace.out == NULL ? NULL : &trace;
    reports_begin(&book, options);
    output_init(&output, options->output, options->null_out || reports_take_stdout(options));
    enum exit_code result = requests_plan(&fetch.list, &book, options, log);

    if (result == EXIT_CODE_OK) {
        result = open_source(&fetch, &source);
    }
    if (result == EXIT_CODE_OK) {
        result = run_loop(&fetch);
        enum exit_code reported = reports_write(&book, options, log);

        result = result == EXIT_CODE_OK ? reported : result;
    }
    int lost = trace_option_close(&trace);

    if (lost != 0) {
        log_error(log, "--trace: cannot write: %s", strerror(lost));
        result = result == EXIT_CODE_OK ? EXIT_CODE_LOCAL : result;
    }
    interrupt_finish(&fetch);
    requests_clear(&fetch.list);
    record_book_clear(&book);
    upload_source_close(&source);
    return result;
}

/* Reads the lines of an option. Returns 0, or -1, having told why. */
static int read_lines(struct field_lines *out, const struct option_list *texts, const char *option,
                      const struct log *log)
{
    const char *text;
    const char *why;

    if (field_lines_read(out, texts, &text, &why) == 0) {
        return 0;
    }
    log_error(log, "--%s: \"%s\": %s", option, text, why);
    return -1;
}

static enum exit_code start(const struct client_options *options, const struct log *log)
{
    struct field_lines lines = {0};
    struct field_lines trailers = {0};
    char error[OPTIONS_ERROR_SIZE];

    if (options->help || options->version) {
        if (options->help) {
            client_options_print_help(stdout);
        } else {
            about_print(stdout, client_options_program.name);
        }
        return EXIT_CODE_OK;
    }
    if (options->uris.count == 0) {
        log_error(log, "no URI given; see --help");
        return EXIT_CODE_USAGE;
    }
    if (client_options_check(options, error) != 0) {
        log_error(log, "%s; see --help", error);
        return EXIT_CODE_USAGE;
    }
    enum exit_code result = EXIT_CODE_USAGE;

    if (read_lines(&lines, &options->headers, "header", log) == 0 &&
        read_lines(&trailers, &options->trailers, "trailer", log) == 0) {
        result = run(options, log, &lines, &trailers);
    }
    field_lines_clear(&lines);
    field_lines_clear(&trailers);
    return result;
}

int main(int argc, char **argv)
{
    const struct log log = {.out = stderr, .program = client_options_program.name};
    struct client_options options;
    char error[OPTIONS_ERROR_SIZE];
    enum exit_code result = EXIT_CODE_USAGE;

    client_options_init(&options);
    if (standard_files_reserve() != 0) {
        return EXIT_CODE_LOCAL;
    }
    signal(SIGPIPE, SIG_IGN); /* writes report it */
    if (options_parse(&client_options_program, argc, argv, &options, error) == 0) {
        result = start(&options, &log);
    } else {
        log_error(&log, "%s; see --help", error);
    }
    options_clear(&client_options_program, &options);
    if (standard_files_finish() != 0 && result == EXIT_CODE_OK) {
        log_error(&log, "standard output: what was printed could not be written");
        result = EXIT_CODE_LOCAL;
    }
    return (int)result;
}
