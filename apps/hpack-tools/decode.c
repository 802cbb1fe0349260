/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include <inttypes.h>

#include "text_reader.h"

enum {
    /* Largest section and string, and most fields: what a block can make the decoder keep. */
    SECTION_MAX = 16777216,
    FIELDS_MAX = 262144
};

static const char *check(const struct tool_options *options)
{
    if (options->text && options->explain) {
        return "--http1text and --explain do not go together";
    }
    if (options->dump_table && (options->text || options->explain)) {
        return "--dump-header-table goes with JSON only, not with --http1text or --explain";
    }
    return NULL;
}

static int writes_json(const struct tool *tool)
{
    return !tool->options->text && !tool->options->explain;
}

/* Makes the decoder for blocks whose table is granted that size from the first on. */
static int make_decoder(struct decode *decode, uint32_t table_size)
{
    hpack_decoder_config config;

    if (hpack_decoder_config_init(&config, sizeof config) != 0) {
        return -1;
    }
    config.section_limit_bytes = SECTION_MAX;
    config.string_limit_bytes = SECTION_MAX;
    config.field_count_limit = FIELDS_MAX;
    if (table_size < config.table_size_limit) {
        config.table_size_limit = table_size;
    }
    hpack_decoder_free(decode->decoder);
    decode->explain.decoder = NULL;
    if (hpack_decoder_new(&decode->decoder, &config) != 0) {
        return -1;
    }
    decode->explain.decoder = decode->decoder;
    decode->table_size = table_size;
    return hpack_decoder_set_table_limit(decode->decoder, table_size) == 0 ? 0 : -1;
}

static int begin(struct tool *tool)
{
    struct decode *decode = tool->ctx;

    if (writes_json(tool)) {
        case_output_open(&decode->output, tool->out);
    }
    explain_init(&decode->explain, tool->out);
    return make_decoder(decode, table_size_or_default(tool->options->table_size));
}

static int change_table_size(struct decode *decode, uint32_t table_size)
{
    if (!decode->has_begun) {
        return make_decoder(decode, table_size);
    }
    decode->table_size = table_size;
    return hpack_decoder_set_table_limit(decode->decoder, table_size) == 0 ? 0 : -1;
}

/* ---- A block ------------------------------------------------------------------------------ */

/* Feeds the representation at *at, or what is left when its shape is broken. */
static int feed_one(struct tool *tool, const struct bytes *wire, size_t *at)
{
    struct decode *decode = tool->ctx;
    struct representation r;
    int has_shape = representation_read(&r, wire->data, wire->length, *at) == 0;
    size_t end = has_shape ? r.end : wire->length;
    uint32_t flags = end == wire->length ? HPACK_FEED_LAST : 0;

    if (has_shape && tool->options->explain && explain_before(&decode->explain, &r) != 0) {
        return HPACK_ERR_NOMEM;
    }
    int result = hpack_decoder_feed(decode->decoder, wire->data + *at, end - *at, flags);

    if (has_shape && tool->options->explain &&
        (result == 0 || hpack_error_category(result) == HPACK_CATEGORY_LIMIT)) {
        explain_after(&decode->explain, wire->data, &r);
    }
    if (result == 0) {
        *at = end;
    }
    return result;
}

/* Returns 0 or an HPACK_ERR_ code; then *at is where the representation at fault begins. */
static int feed(struct tool *tool, const struct bytes *wire, size_t *at)
{
    struct decode *decode = tool->ctx;
    int result = 0;

    *at = 0;
    decode->has_begun = 1;
    if (wire->length == 0) {
        return hpack_decoder_feed(decode->decoder, NULL, 0, HPACK_FEED_LAST);
    }
    while (*at < wire->length && result == 0) {
        result = feed_one(tool, wire, at);
    }
    return result;
}

/* ---- Results ------------------------------------------------------------------------------ */

static void report(struct tool *tool, const struct case_error *error, const struct bytes *wire)
{
    struct decode *decode = tool->ctx;

    tool_case_broken(tool, error, !writes_json(tool));
    if (writes_json(tool)) {
        case_output_error(&decode->output, tool->seq, error, wire);
    } else if (tool->options->explain) {
        explain_error(&decode->explain, error, wire);
    }
}

static void report_hpack(struct tool *tool, int code, size_t at, const struct bytes *wire)
{
    struct decode *decode = tool->ctx;
    struct case_error error;

    (void)case_error_set(&error, hpack_error_name(code), "%s", hpack_error_text(code));
    if (hpack_error_category(code) != HPACK_CATEGORY_LIMIT) {
        error.has_offset = 1;
        error.offset = at;
        decode->is_lost = 1;
        decode->lost_by = tool->seq;
    }
    report(tool, &error, wire);
}

static void report_lost(struct tool *tool, const struct bytes *wire)
{
    const struct decode *decode = tool->ctx;
    struct case_error error;

    (void)case_error_set(&error, CASE_ERR_CONTEXT_LOST,
                         "not decoded: the compression context was lost in case %" PRIu64,
                         decode->lost_by);
    report(tool, &error, wire);
}

static void write_text(struct tool *tool, const hpack_field *fields, size_t count)
{
    struct decode *decode = tool->ctx;
    struct case_error error;
    size_t position;

    if (text_can_hold(fields, count, &position)) {
        fputs(decode->text_sets++ > 0 ? "\n" : "", tool->out);
        text_write(tool->out, fields, count);
        return;
    }
    if (count == 0) {
        (void)case_error_set(&error, CASE_ERR_TEXT, "a set without fields cannot be text");
    } else {
        (void)case_error_set(&error, CASE_ERR_TEXT,
                             "the field at position %zu cannot be a line of text; use JSON",
                             position);
    }
    tool_case_broken(tool, &error, 1);
}

static void write_result(struct tool *tool, const struct bytes *wire)
{
    struct decode *decode = tool->ctx;
    struct table_view table = table_view_of_decoder(decode->decoder);
    size_t count;
    const hpack_field *fields = hpack_decoder_fields(decode->decoder, &count);
    struct case_result result = {.seq = tool->seq,
                                 .wire = wire,
                                 .fields = fields,
                                 .field_count = count,
                                 .table_size = decode->table_size,
                                 .table = tool->options->dump_table ? &table : NULL};

    tool->input_octets += fields_length(fields, count);
    tool->output_octets += wire->length;
    if (tool->options->text) {
        write_text(tool, fields, count);
    } else if (tool->options->explain) {
        explain_end_case(&decode->explain);
    } else {
        case_output_result(&decode->output, &result);
    }
}

static int work(struct tool *tool, const struct case_input *input)
{
    struct decode *decode = tool->ctx;
    size_t at;

    if (input->has_table_size && !decode->is_lost && input->table_size != decode->table_size &&
        change_table_size(decode, input->table_size) != 0) {
        return -1;
    }
    if (tool->options->explain) {
        explain_begin_case(&decode->explain, tool->seq, &input->wire);
    }
    if (input->error.name != NULL) {
        report(tool, &input->error, &input->wire);
        return 0;
    }
    if (decode->is_lost) {
        report_lost(tool, &input->wire);
        return 0;
    }
    int result = feed(tool, &input->wire, &at);

    if (result == HPACK_ERR_NOMEM) {
        return -1;
    }
    if (result != 0) {
        report_hpack(tool, result, at, &input->wire);
    } else {
        write_result(tool, &input->wire);
    }
    return 0;
}

static void end(struct tool *tool)
{
    struct decode *decode = tool->ctx;

    if (writes_json(tool)) {
        case_output_close(&decode->output);
    } else if (tool->options->explain) {
        explain_print_totals(&decode->explain);
    }
    explain_clear(&decode->explain);
    hpack_decoder_free(decode->decoder);
}

static const char notes[] =
    "Input: a JSON object with a member \"cases\", an array of objects:\n"
    "  wire               the field block in hex\n"
    "  header_table_size  what is granted to the table from this case on; optional\n"
    "The output has the same form, with seq, input_length, output_length,\n"
    "percentage_of_original_size and these besides:\n"
    "  headers            [{\"name\": \"value\"}, ...]\n"
    "  never_indexed      positions of fields, from 0, that came as never indexed\n"
    "  octets             positions of fields that are not UTF-8: each character,\n"
    "                     U+0000 to U+00FF, is one octet\n"
    "A case that cannot be worked gets \"error\" {name, text, offset}; the rest goes\n"
    "on, but after a block that breaks RFC 7541 the context is lost: all later cases\n"
    "get CASE_ERR_CONTEXT_LOST.\n";

const struct tool_work decode_work = {.program = &decode_options_program,
                                      .notes = notes,
                                      .kind = CASE_WIRE,
                                      .takes_text = 0,
                                      .check = check,
                                      .begin = begin,
                                      .work = work,
                                      .end = end};
