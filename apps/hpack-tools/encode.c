/* SPDX-License-Identifier: MIT */
#include "encode.h"

#include <string.h>

#include "encoder_run.h"

static const char *check(const struct tool_options *options)
{
    uint32_t policy;

    if (options->policy != NULL && encoder_run_find_policy(options->policy, &policy) != 0) {
        return "--policy: the value is adaptive, all or static";
    }
    if (!options->compare) {
        return NULL;
    }
    if (options->dump_table) {
        return "--compare and --dump-header-table do not go together";
    }
    if (options->policy != NULL || options->no_huffman) {
        return "--compare tries all policies, so --policy and --no-huffman do not go with it";
    }
    return NULL;
}

static int begin(struct tool *tool)
{
    struct encode *encode = tool->ctx;
    const struct tool_options *options = tool->options;
    struct encoder_run_config config = {
        .table_size = table_size_or_default(options->table_size),
        .own_size = table_size_or_default(options->deflate_table_size),
        .huffman = options->no_huffman ? HPACK_HUFFMAN_NEVER : HPACK_HUFFMAN_SHORTER};

    if (options->compare) {
        return compare_begin(&encode->compare, options);
    }
    if (options->policy != NULL) {
        (void)encoder_run_find_policy(options->policy, &config.policy);
    }
    case_output_open(&encode->output, tool->out);
    encode->table_size = config.table_size;
    return encoder_run_new(&encode->encoder, &config) == 0 ? 0 : -1;
}

static void write_result(struct tool *tool, const struct case_input *input)
{
    struct encode *encode = tool->ctx;
    struct table_view table = table_view_of_encoder(encode->encoder);
    struct case_result result = {.seq = tool->seq,
                                 .wire = &encode->wire,
                                 .fields = input->set.fields,
                                 .field_count = input->set.count,
                                 .table_size = encode->table_size,
                                 .table = tool->options->dump_table ? &table : NULL};

    tool->input_octets += fields_length(input->set.fields, input->set.count);
    tool->output_octets += encode->wire.length;
    case_output_result(&encode->output, &result);
}

static int work_encode(struct tool *tool, const struct case_input *input)
{
    struct encode *encode = tool->ctx;

    if (input->has_table_size && input->table_size != encode->table_size) {
        encode->table_size = input->table_size;
        hpack_encoder_set_table_limit(encode->encoder, input->table_size);
    }
    if (input->error.name != NULL) {
        tool_case_broken(tool, &input->error, 0);
        case_output_error(&encode->output, tool->seq, &input->error, &input->wire);
        return 0;
    }
    int result = encoder_run(encode->encoder, &input->set, &encode->wire);

    if (result == HPACK_ERR_NOMEM) {
        return -1;
    }
    if (result != 0) {
        struct case_error error;

        (void)case_error_set(&error, hpack_error_name(result), "%s", hpack_error_text(result));
        tool_case_broken(tool, &error, 0);
        case_output_error(&encode->output, tool->seq, &error, &input->wire);
        return 0;
    }
    write_result(tool, input);
    return 0;
}

static int work_compare(struct tool *tool, const struct case_input *input)
{
    struct encode *encode = tool->ctx;

    if (input->error.name != NULL) {
        tool_case_broken(tool, &input->error, 1);
        return 0;
    }
    return compare_add(&encode->compare, &input->set);
}

static int work(struct tool *tool, const struct case_input *input)
{
    return tool->options->compare ? work_compare(tool, input) : work_encode(tool, input);
}

static void end(struct tool *tool)
{
    struct encode *encode = tool->ctx;

    if (tool->options->compare) {
        compare_print(&encode->compare, tool->out);
        tool->input_octets = encode->compare.raw_octets;
        tool->output_octets = compare_smallest(&encode->compare);
        compare_clear(&encode->compare);
    } else {
        case_output_close(&encode->output);
    }
    hpack_encoder_free(encode->encoder);
    bytes_clear(&encode->wire);
}

static const char notes[] =
    "Input: a JSON object with a member \"cases\", an array of objects:\n"
    "  headers            [{\"name\": \"value\"}, ...]\n"
    "  header_table_size  what the decoder grants from this case on; optional\n"
    "  never_indexed      positions of fields, from 0, to be sent as never indexed\n"
    "  octets             positions of fields of which each character, U+0000 to\n"
    "                     U+00FF, is one octet; all others are taken as UTF-8\n"
    "The output has the same form, with seq, input_length, output_length,\n"
    "percentage_of_original_size and wire (hex) besides. A case that cannot be worked\n"
    "gets \"error\" {name, text, offset}; the rest goes on.\n";

const struct tool_work encode_work = {.program = &encode_options_program,
                                      .notes = notes,
                                      .kind = CASE_HEADERS,
                                      .takes_text = 1,
                                      .check = check,
                                      .begin = begin,
                                      .work = work,
                                      .end = end};
