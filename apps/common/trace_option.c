/* SPDX-License-Identifier: MIT */
#include "trace_option.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "colour.h"
#include "loop.h"
#include "reopen.h"
#include "trace_json.h"

enum { FILE_BUFFER = 65536, FILE_MODE = 0666 /* as fopen() has it */ };

static const struct {
    const char *name;
    enum trace_format format;
} FORMATS[] = {{"text", TRACE_TEXT}, {"ndjson", TRACE_NDJSON}};

static int read_format(struct trace *trace, const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++) {
        if (strlen(FORMATS[i].name) == length && memcmp(FORMATS[i].name, name, length) == 0) {
            trace->format = FORMATS[i].format;
            return 0;
        }
    }
    return -1;
}

const char *trace_option_file(const struct trace_options *options)
{
    const char *colon = options->trace == NULL ? NULL : strchr(options->trace, ':');
    return colon == NULL || strcmp(colon + 1, "-") == 0 ? NULL : colon + 1;
}

static enum exit_code open_file(struct trace *trace, const char *file,
                                char error[OPTIONS_ERROR_SIZE])
{
    if (file == NULL) {
        trace->out = stdout;
        return EXIT_CODE_OK;
    }
    trace->out = fopen(file, "we");
    if (trace->out == NULL) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--trace: %.150s: %s", file, strerror(errno));
        return EXIT_CODE_LOCAL;
    }
    (void)setvbuf(trace->out, NULL, _IOFBF, FILE_BUFFER);
    return EXIT_CODE_OK;
}

enum exit_code trace_option_open(struct trace *trace, const struct trace_options *options,
                                 char error[OPTIONS_ERROR_SIZE])
{
    enum colour_mode mode;
    memset(trace, 0, sizeof *trace);
    if (colour_read(&mode, options->color) != 0) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--color: '%.50s' is not auto, always or never",
                       options->color);
        return EXIT_CODE_USAGE;
    }
    if (!options->verbose && !options->hexdump && options->trace == NULL) {
        return EXIT_CODE_OK;
    }
    const char *text = options->trace == NULL ? "text" : options->trace;
    const char *colon = strchr(text, ':');
    if (read_format(trace, text, colon == NULL ? strlen(text) : (size_t)(colon - text)) != 0) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE,
                       "--trace: '%.50s' is not text, ndjson, or one of them with :FILE", text);
        return EXIT_CODE_USAGE;
    }
    const enum exit_code result = open_file(trace, trace_option_file(options), error);
    if (result == EXIT_CODE_OK) {
        trace->start_ns = loop_now_ns();
        trace->colour = colour_wanted(mode, trace->out);
        trace->hexdump = options->hexdump > 0;
    }
    return result;
}

/* The wall clock at time zero. */
static uint64_t started_at(const struct trace *trace)
{
    enum { NS = 1000000000 };
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) {
        return 0;
    }
    return (uint64_t)now.tv_sec * NS + (uint64_t)now.tv_nsec - (loop_now_ns() - trace->start_ns);
}

void trace_option_begin(const struct trace *trace, const char *program)
{
    if (trace->out != NULL && trace->format == TRACE_NDJSON) {
        trace_json_begin(trace, program, started_at(trace));
    }
}

int trace_option_reopen(const struct trace *trace, const char *file, const char *program)
{
    /* What is behind a queue has no number here. */
    if (trace->out == NULL || file == NULL || fileno(trace->out) < 0) {
        return 0;
    }
    flockfile(trace->out);
    const int error = reopen_file(trace->out, file, FILE_MODE);
    if (error == 0 && reopen_is_empty(trace->out)) {
        trace_option_begin(trace, program);
    }
    funlockfile(trace->out);
    return error;
}

int trace_option_close(struct trace *trace)
{
    if (trace->out == NULL || trace->out == stdout) {
        return 0;
    }
    const int failed = ferror(trace->out);
    const int result = fclose(trace->out) != 0 ? errno : failed ? EIO : 0;
    memset(trace, 0, sizeof *trace);
    return result;
}
