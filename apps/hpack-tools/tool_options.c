/* SPDX-License-Identifier: MIT */
#include "tool_options.h"

#define MEMBER(name) offsetof(struct tool_options, name)

const struct tool_options tool_options_defaults = {.table_size = TABLE_SIZE_UNSET,
                                                   .deflate_table_size = TABLE_SIZE_UNSET,
                                                   .max_case_size = DEFAULT_CASE_SIZE};

uint32_t table_size_or_default(uint64_t given)
{
    return given == TABLE_SIZE_UNSET ? DEFAULT_TABLE_SIZE : (uint32_t)given;
}

/* Options that both programs have: initialisers of a struct option_spec each. */
#define SPEC_DUMP_TABLE                                                                            \
    {                                                                                              \
        .name = "dump-header-table", .letter = 'd', .kind = OPTION_FLAG,                           \
        .offset = MEMBER(dump_table),                                                              \
        .help = "Add the dynamic table as it is after each case (\"header_table\").",              \
    }
#define SPEC_OUTPUT                                                                                \
    {                                                                                              \
        .name = "output", .letter = 'o', .kind = OPTION_TEXT, .offset = MEMBER(output),            \
        .argument = "FILE",                                                                        \
        .help = "Write to FILE; \"-\" is standard output, which is also the default.",             \
    }
#define SPEC_QUIET                                                                                 \
    {                                                                                              \
        .name = "quiet", .letter = 'q', .kind = OPTION_FLAG, .offset = MEMBER(quiet),              \
        .help = "Leave out the line \"Overall: ...\" on standard error.",                          \
    }
#define SPEC_CASE_SIZE                                                                             \
    {                                                                                              \
        .name = "max-case-size", .kind = OPTION_NUMBER, .offset = MEMBER(max_case_size),           \
        .argument = "N",                                                                           \
        .help = "Refuse a case whose text is longer than N octets (default 16777216).",            \
        .group = "Limits", .min = 1, .max = 1073741824,                                            \
    }
#define SPEC_HELP                                                                                  \
    {                                                                                              \
        .name = "help", .letter = 'h', .kind = OPTION_FLAG, .offset = MEMBER(help),                \
        .help = "Print this text and exit.", .group = "Other",                                     \
    }
#define SPEC_VERSION                                                                               \
    {                                                                                              \
        .name = "version", .kind = OPTION_FLAG, .offset = MEMBER(version),                         \
        .help = "Print the versions of program and libraries and exit.",                           \
    }

static const struct option_spec encode_specs[] = {
    {.name = "http1text",
     .letter = 't',
     .kind = OPTION_FLAG,
     .offset = MEMBER(text),
     .help = "Read lines \"name: value\", with an empty line between sets, instead of JSON.",
     .group = "Input and output"},
    SPEC_DUMP_TABLE,
    SPEC_OUTPUT,
    SPEC_QUIET,
    {.name = "table-size",
     .letter = 's',
     .kind = OPTION_NUMBER,
     .offset = MEMBER(table_size),
     .argument = "N",
     .help = "Octets that the decoder grants the dynamic table, until a case says otherwise "
             "(default 4096).",
     .group = "Compression",
     .max = UINT32_MAX},
    {.name = "deflate-table-size",
     .letter = 'S',
     .kind = OPTION_NUMBER,
     .offset = MEMBER(deflate_table_size),
     .argument = "N",
     .help = "Octets that the encoder uses of them at most (default 4096).",
     .max = UINT32_MAX},
    {.name = "policy",
     .kind = OPTION_TEXT,
     .offset = MEMBER(policy),
     .argument = "NAME",
     .help = "What goes into the dynamic table: \"adaptive\", values that repeat (default); "
             "\"all\", every field; \"static\", nothing. Secrets never do."},
    {.name = "no-huffman",
     .kind = OPTION_FLAG,
     .offset = MEMBER(no_huffman),
     .help = "Use no Huffman coding, even where it is shorter."},
    {.name = "compare",
     .kind = OPTION_FLAG,
     .offset = MEMBER(compare),
     .help = "Write no cases but a table: what the input takes with table sizes of 0 to 65536 and "
             "those given by -s and -S, under several policies. \"header_table_size\" of a case "
             "does not count here."},
    SPEC_CASE_SIZE,
    SPEC_HELP,
    SPEC_VERSION,
};

static const struct option_spec decode_specs[] = {
    {.name = "http1text",
     .letter = 't',
     .kind = OPTION_FLAG,
     .offset = MEMBER(text),
     .help = "Write lines \"name: value\", with an empty line between sets, instead of JSON.",
     .group = "Input and output"},
    {.name = "explain",
     .kind = OPTION_FLAG,
     .offset = MEMBER(explain),
     .help = "Write, for people, what each octet of the blocks means, what it costs, and what "
             "becomes of the dynamic table, instead of JSON."},
    SPEC_DUMP_TABLE,
    SPEC_OUTPUT,
    SPEC_QUIET,
    {.name = "table-size",
     .letter = 's',
     .kind = OPTION_NUMBER,
     .offset = MEMBER(table_size),
     .argument = "N",
     .help = "Octets that are granted to the dynamic table, until a case says otherwise (default "
             "4096).",
     .group = "Compression",
     .max = UINT32_MAX},
    SPEC_CASE_SIZE,
    SPEC_HELP,
    SPEC_VERSION,
};

const struct options_program encode_options_program = {
    .name = "hpack-encode",
    .usage = "[OPTION]... [FILE]...",
    .summary = "Compresses sets of HTTP fields into HPACK field blocks (RFC 7541), from FILEs or "
               "standard input. The sets share one compression context, in the order in which "
               "they come.",
    .specs = encode_specs,
    .spec_count = sizeof encode_specs / sizeof encode_specs[0],
    .operands_offset = MEMBER(files),
};

const struct options_program decode_options_program = {
    .name = "hpack-decode",
    .usage = "[OPTION]... [FILE]...",
    .summary = "Decompresses HPACK field blocks (RFC 7541), from FILEs or standard input. The "
               "blocks share one compression context, in the order in which they come.",
    .specs = decode_specs,
    .spec_count = sizeof decode_specs / sizeof decode_specs[0],
    .operands_offset = MEMBER(files),
};
