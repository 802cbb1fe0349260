/* SPDX-License-Identifier: MIT */
#include "reports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "har.h"
#include "loop.h"
#include "report_json.h"
#include "report_table.h"

uint32_t reports_wanted(const struct client_options *options)
{
    return options->stat || options->json || options->har != NULL;
}

uint32_t reports_take_stdout(const struct client_options *options)
{
    int is_report = options->json || (options->har != NULL && strcmp(options->har, "-") == 0);
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

static enum exit_code write_har(const struct record_book *book, const char *path,
                                const struct log *log)
{
    int is_stdout = strcmp(path, "-") == 0;
    FILE *out = is_stdout ? stdout : fopen(path, "we");

    if (out == NULL) {
        log_error(log, "%s: %s", path, strerror(errno));
        return EXIT_CODE_LOCAL;
    }
    int result = har_write(out, book, book->start_wall_us);
    int error = result == 0 ? 0 : ENOMEM;

    if (error == 0 && fflush(out) != 0) {
        error = errno;
    }
    if (!is_stdout && fclose(out) != 0 && error == 0) {
        error = errno;
    }
    if (error != 0) {
        log_error(log, "%s: %s", is_stdout ? "standard output" : path, strerror(error));
        return EXIT_CODE_LOCAL;
    }
    return EXIT_CODE_OK;
}

enum exit_code reports_write(const struct record_book *book, const struct client_options *options,
                             const struct log *log)
{
    if ((options->stat && report_table(stdout, book) != 0) ||
        (options->json && report_json(stdout, book) != 0)) {
        log_error(log, "out of memory");
        return EXIT_CODE_LOCAL;
    }
    return options->har == NULL ? EXIT_CODE_OK : write_har(book, options->har, log);
}
