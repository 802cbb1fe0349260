/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command_line.h"
#include "exit_code.h"
#include "log.h"
#include "service.h"
#include "standard_files.h"
#include "trace_queue.h"

static int serve(const struct command_line *line, struct background *background,
                 const struct log *log, struct server_options *options)
{
    char error[OPTIONS_ERROR_SIZE] = "";
    int result = (int)trace_option_open(&options->trace, &line->log, error);
    if (result == EXIT_CODE_OK && line->daemon && options->trace.out == stdout) {
        (void)snprintf(error, sizeof error, "--daemon has no output: use --trace with a FILE");
        result = EXIT_CODE_USAGE;
    }
    if (result != EXIT_CODE_OK) {
        log_error(log, "%s", error);
        return result;
    }
    struct trace_queue queue;
    const int reason = trace_queue_open(&queue, &options->trace, log);
    if (reason == 0) {
        options->trace_file = trace_option_file(&line->log);
        result = service_run(options, background, log);
    } else {
        log_error(log, "--trace: %s", strerror(reason));
        result = EXIT_CODE_LOCAL;
    }
    trace_queue_close(&queue, &options->trace);
    const int lost = trace_option_close(&options->trace);
    if (lost != 0) {
        log_error(log, "--trace: cannot write: %s", strerror(lost));
    }
    return result;
}

static int serve_in_background(const struct command_line *line, const struct log *log,
                               struct server_options *options)
{
    struct background background;
    int result = EXIT_CODE_LOCAL;
    const int status = background_begin(&background, &result);
    if (status < 0) {
        log_error(log, "cannot start in the background: %s", strerror(-status));
    } else if (status == 0) {
        result = serve(line, &background, log, options);
        background_failed(&background, result);
    }
    return result;
}

static int run(const struct command_line *line, const struct log *log,
               struct server_options *options)
{
    char error[OPTIONS_ERROR_SIZE] = "";
    if (line->help) {
        options_print_help(&SERVER_PROGRAM, stdout);
        (void)printf("\nExit status:\n");
        exit_code_print(stdout, EXIT_CODE_OF_SERVER);
        return EXIT_CODE_OK;
    }
    if (line->version) {
        (void)printf("%s %s\n", SERVER_PROGRAM.name, h2session_version());
        return EXIT_CODE_OK;
    }
    if (command_line_options(line, options, error) != 0) {
        log_error(log, "%s", error);
        return EXIT_CODE_USAGE;
    }
    struct background here = {-1};
    return line->daemon ? serve_in_background(line, log, options)
                        : serve(line, &here, log, options);
}

int main(int argc, char **argv)
{
    const struct log log = {.out = stderr, .program = SERVER_PROGRAM.name, .never_waits = 1};
    struct command_line line;
    struct server_options options = {0};
    char error[OPTIONS_ERROR_SIZE] = "";
    int result = EXIT_CODE_USAGE;
    if (standard_files_reserve() != 0) {
        return EXIT_CODE_LOCAL;
    }
    /* Peers, and readers of stdout, may go away while something is written to them. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (command_line_read(&line, argc, argv, error) != 0) {
        log_error(&log, "%s", error);
    } else {
        result = run(&line, &log, &options);
    }
    command_line_clear(&line, &options);
    return result;
}
