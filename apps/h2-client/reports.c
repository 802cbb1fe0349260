/* SPDX-License-Identifier: MIT */
#include "reports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "har.h"
#include "loop.h"
#include "report_json.h"
#include "report_table.h"
#include "waterfall.h"

static int is_stdout(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

uint32_t reports_wanted(const struct client_options *options)
{
    return options->stat || options->json || options->har != NULL || options->waterfall != NULL;
}

uint32_t reports_take_stdout(const struct client_options *options)
{
    int is_report = options->json || is_stdout(options->har) || is_stdout(options->waterfall);
    int is_body = options->output == NULL || strcmp(options->output, "-") == 0;

    return is_report && is_body;
}

void reports_begin(struct record_book *book, const struct client_options *options)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_REALTIME, &now);
    book->start_ns = loop_now_ns();
    book->start_wall_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    book->keeps_fields = options->har != NULL;
}

static int print_har(FILE *out, const struct record_book *book, const char *path)
{
    (void)path;
    return har_write(out, book, book->start_wall_us);
}

static unsigned terminal_width(FILE *out)
{
    struct winsize size;

    return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static int print_waterfall(FILE *out, const struct record_book *book, const char *path)
{
    size_t length = strlen(path);

    if (is_stdout(path) && isatty(fileno(out))) {
        waterfall_text(out, book, terminal_width(out));
    } else if (length > 4 && strcmp(path + length - 4, ".svg") == 0) {
        waterfall_svg(out, book);
    } else {
        waterfall_html(out, book);
    }
    return 0;
}

/* Writes a report to a file, or standard output. */
static enum exit_code write_file(const struct record_book *book, const char *path,
                                 int (*print)(FILE *, const struct record_book *, const char *),
                                 const struct log *log)
{
    FILE *out = is_stdout(path) ? stdout : fopen(path, "we");

    if (out == NULL) {
        log_error(log, "%s: %s", path, strerror(errno));
        return EXIT_CODE_LOCAL;
    }
    int error = print(out, book, path) == 0 ? 0 : ENOMEM;

    if (error == 0 && fflush(out) != 0) {
        error = errno;
    }
    if (out != stdout && fclose(out) != 0 && error == 0) {
        error = errno;
    }
    if (error != 0) {
        log_error(log, "%s: %s", out == stdout ? "standard output" : path, strerror(error));
        return EXIT_CODE_LOCAL;
    }
    return EXIT_CODE_OK;
}

enum exit_code reports_write(const struct record_book *book, const struct client_options *options,
                             const struct log *log)
{
    enum exit_code result = EXIT_CODE_OK;

    if ((options->stat && report_table(stdout, book) != 0) ||
        (options->json && report_json(stdout, book) != 0)) {
        log_error(log, "out of memory");
        return EXIT_CODE_LOCAL;
    }
    if (options->har != NULL) {
        result = write_file(book, options->har, print_har, log);
    }
    if (options->waterfall != NULL && result == EXIT_CODE_OK) {
        result = write_file(book, options->waterfall, print_waterfall, log);
    }
    return result;
}
