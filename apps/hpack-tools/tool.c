/* SPDX-License-Identifier: MIT */
#include "tool.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case_scanner.h"
#include "standard_files.h"
#include "text_reader.h"

enum {
    READ_SIZE = 65536,
    /* Largest "header_table_size" of a case, unless the command line grants more: what a file can
     * make the tables take. */
    CASE_TABLE_SIZE_MAX = 16777216
};

/* ---- Cases -------------------------------------------------------------------------------- */

void tool_case_broken(struct tool *tool, const struct case_error *error, int to_log)
{
    tool->is_broken = 1;
    if (!to_log) {
        return;
    }
    if (error->has_offset) {
        log_error(tool->log, "case %" PRIu64 ": offset %" PRIu64 ": %s: %s", tool->seq,
                  error->offset, error->name, error->text);
    } else {
        log_error(tool->log, "case %" PRIu64 ": %s: %s", tool->seq, error->name, error->text);
    }
}

static int work_case(void *ctx, struct case_input *input)
{
    struct tool *tool = ctx;
    int result = tool->work->work(tool, input);

    tool->seq++;
    return result;
}

static uint32_t table_size_max(const struct tool *tool)
{
    uint32_t given = table_size_or_default(tool->options->table_size);

    return given > CASE_TABLE_SIZE_MAX ? given : CASE_TABLE_SIZE_MAX;
}

static int work_json(void *ctx, const char *text, size_t length)
{
    struct tool *tool = ctx;
    struct case_input *input = &tool->input;

    case_input_reset(input);
    if (text == NULL) {
        (void)case_error_set(&input->error, CASE_ERR_TOO_LARGE,
                             "the case is longer than %" PRIu64 " octets (--max-case-size)",
                             tool->options->max_case_size);
    } else if (case_json_read(input, tool->work->kind, table_size_max(tool), text, length) != 0) {
        return -1;
    }
    return work_case(tool, input);
}

/* ---- Reading ------------------------------------------------------------------------------ */

struct source {
    const char *name;
    FILE *file;
    /* One of the two readers. */
    struct case_scanner scanner;
    struct text_reader text;
};

static int feed(struct tool *tool, struct source *source, const uint8_t *data, size_t length)
{
    if (tool->work->takes_text && tool->options->text) {
        return length > 0 ? text_reader_feed(&source->text, data, length)
                          : text_reader_end(&source->text);
    }
    return length > 0 ? case_scanner_feed(&source->scanner, data, length)
                      : case_scanner_end(&source->scanner);
}

static enum exit_code fail_feed(struct tool *tool, const struct source *source, int result)
{
    if (result == SCAN_BAD_TEXT) {
        log_error(tool->log, "%s:%" PRIu64 ":%" PRIu64 ": %s", source->name, source->scanner.line,
                  source->scanner.column, source->scanner.why);
        return TOOL_BROKEN;
    }
    log_error(tool->log, "out of memory");
    return EXIT_CODE_LOCAL;
}

/* read() and not fread(), so that cases of a slow source are worked when they come. */
static enum exit_code read_source(struct tool *tool, struct source *source)
{
    static uint8_t buffer[READ_SIZE];
    int result = 0;
    ssize_t got = 1;

    while (result == 0 && got != 0 && !ferror(tool->out)) {
        do {
            got = read(fileno(source->file), buffer, sizeof buffer);
        } while (got < 0 && errno == EINTR);
        if (got < 0) {
            log_error(tool->log, "%s: %s", source->name, strerror(errno));
            return EXIT_CODE_LOCAL;
        }
        result = feed(tool, source, buffer, (size_t)got);
        fflush(tool->out);
    }
    return result == 0 ? EXIT_CODE_OK : fail_feed(tool, source, result);
}

static int open_source(const struct tool *tool, struct source *source, const char *name)
{
    int is_stdin = strcmp(name, "-") == 0;

    *source = (struct source){.name = is_stdin ? "standard input" : name,
                              .file = is_stdin ? stdin : fopen(name, "rb")};
    if (source->file == NULL) {
        log_error(tool->log, "%s: %s", name, strerror(errno));
        return -1;
    }
    return 0;
}

static enum exit_code work_source(struct tool *tool, struct source *source)
{
    size_t limit = (size_t)tool->options->max_case_size;

    case_scanner_init(&source->scanner, limit, work_json, tool);
    text_reader_init(&source->text, limit, &tool->input, work_case, tool);
    enum exit_code result = read_source(tool, source);

    case_scanner_clear(&source->scanner);
    text_reader_clear(&source->text);
    return result;
}

static void close_source(struct source *source)
{
    if (source->file != NULL && source->file != stdin) {
        fclose(source->file);
    }
    source->file = NULL;
}

/* ---- Output ------------------------------------------------------------------------------- */

static int is_same_file(FILE *file, const char *path)
{
    struct stat a;
    struct stat b;

    return fstat(fileno(file), &a) == 0 && stat(path, &b) == 0 && S_ISREG(b.st_mode) &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int open_output(struct tool *tool, const struct source *first)
{
    const char *path = tool->options->output;

    if (path == NULL || strcmp(path, "-") == 0) {
        tool->out = stdout;
        return 0;
    }
    if (is_same_file(first->file, path)) {
        log_error(tool->log, "%s: the input cannot also be the output", path);
        return -1;
    }
    tool->out = fopen(path, "wb");
    if (tool->out == NULL) {
        log_error(tool->log, "%s: %s", path, strerror(errno));
        return -1;
    }
    return 0;
}

static enum exit_code close_output(struct tool *tool, enum exit_code result)
{
    int failed = ferror(tool->out) != 0;

    failed |= fflush(tool->out) != 0;
    if (tool->out != stdout) {
        failed |= fclose(tool->out) != 0;
    }
    if (failed) {
        log_error(tool->log, "cannot write: %s", strerror(errno));
        return EXIT_CODE_LOCAL;
    }
    return result;
}

/* ---- The run ------------------------------------------------------------------------------ */

static enum exit_code work_files(struct tool *tool, struct source *source)
{
    static const char *const standard_input[] = {"-"};
    const struct option_list *files = &tool->options->files;
    const char *const *names = files->count > 0 ? files->items : standard_input;
    size_t count = files->count > 0 ? files->count : 1;
    enum exit_code result = work_source(tool, source);

    for (size_t i = 1; i < count && result == EXIT_CODE_OK; i++) {
        close_source(source);
        result =
            open_source(tool, source, names[i]) == 0 ? work_source(tool, source) : EXIT_CODE_LOCAL;
    }
    return result;
}

static void print_statistics(const struct tool *tool)
{
    double ratio =
        tool->input_octets > 0 ? (double)tool->output_octets / (double)tool->input_octets : 0;

    fprintf(tool->log->out, "Overall: input=%" PRIu64 " output=%" PRIu64 " ratio=%.2f\n",
            tool->input_octets, tool->output_octets, ratio);
}

static enum exit_code run(struct tool *tool)
{
    const struct option_list *files = &tool->options->files;
    struct source source = {0};

    if (open_source(tool, &source, files->count > 0 ? files->items[0] : "-") != 0) {
        return EXIT_CODE_LOCAL;
    }
    if (open_output(tool, &source) != 0) {
        close_source(&source);
        return EXIT_CODE_LOCAL;
    }
    enum exit_code result = EXIT_CODE_LOCAL;

    if (tool->work->begin(tool) == 0) {
        result = work_files(tool, &source);
    } else {
        log_error(tool->log, "out of memory");
    }
    tool->work->end(tool);
    close_source(&source);
    case_input_clear(&tool->input);
    result = close_output(tool, result);
    if (!tool->options->quiet && result != EXIT_CODE_LOCAL) {
        print_statistics(tool);
    }
    return result == EXIT_CODE_OK && tool->is_broken ? TOOL_BROKEN : result;
}

static void print_help(const struct tool_work *work)
{
    options_print_help(work->program, stdout);
    printf("\n%s\nExit status:\n"
           "  %2d  every case was worked\n"
           "  %2d  wrong options, broken input, or a case that has an \"error\"\n"
           "  %2d  a file cannot be read or written, or memory ran out\n",
           work->notes, EXIT_CODE_OK, TOOL_BROKEN, EXIT_CODE_LOCAL);
}

static void print_version(const struct options_program *program)
{
    printf("%s %s\nlibhpack %s, cJSON %s\n", program->name, HPACK_VERSION, hpack_version(),
           cJSON_Version());
}

static enum exit_code start(struct tool *tool)
{
    const struct options_program *program = tool->work->program;

    if (tool->options->help || tool->options->version) {
        if (tool->options->help) {
            print_help(tool->work);
        } else {
            print_version(program);
        }
        return EXIT_CODE_OK;
    }
    const char *why = tool->work->check(tool->options);

    if (why != NULL) {
        log_error(tool->log, "%s; see --help", why);
        return EXIT_CODE_USAGE;
    }
    return run(tool);
}

int tool_main(const struct tool_work *work, void *ctx, int argc, char **argv)
{
    const struct log log = {.out = stderr, .program = work->program->name};
    struct tool_options options = tool_options_defaults;
    struct tool tool = {.options = &options, .log = &log, .work = work, .ctx = ctx};
    char error[OPTIONS_ERROR_SIZE];
    enum exit_code result = EXIT_CODE_USAGE;

    if (standard_files_reserve() != 0) {
        return EXIT_CODE_LOCAL;
    }
    if (options_parse(work->program, argc, argv, &options, error) == 0) {
        result = start(&tool);
    } else {
        log_error(&log, "%s; see --help", error);
    }
    options_clear(work->program, &options);
    if (standard_files_finish() != 0 && result == EXIT_CODE_OK) {
        result = EXIT_CODE_LOCAL; /* --help or --version */
    }
    return (int)result;
}
