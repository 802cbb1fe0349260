/* SPDX-License-Identifier: MIT */
/*
 * The options of hpack-encode and hpack-decode, as read from the command line; texts point into
 * argv. A program fills the members that its table has, the others stay as they were set before.
 */
#ifndef H2KIT_HPACK_TOOLS_OPTIONS_H
#define H2KIT_HPACK_TOOLS_OPTIONS_H

#include "options.h"

enum { DEFAULT_TABLE_SIZE = 4096, DEFAULT_CASE_SIZE = 16777216 };

/* A size that was not given. */
#define TABLE_SIZE_UNSET UINT64_MAX

struct tool_options {
    uint32_t text;
    uint32_t dump_table;
    uint32_t compare;    /* hpack-encode */
    uint32_t no_huffman; /* hpack-encode */
    uint32_t explain;    /* hpack-decode */
    uint32_t quiet;
    uint32_t help;
    uint32_t version;
    uint64_t table_size;
    uint64_t deflate_table_size; /* hpack-encode */
    uint64_t max_case_size;
    const char *policy; /* hpack-encode; NULL: not given */
    const char *output;
    struct option_list files;
};

/* What both begin with. */
extern const struct tool_options tool_options_defaults;

extern const struct options_program encode_options_program;
extern const struct options_program decode_options_program;

/* A size as it counts: as given, or the default. */
uint32_t table_size_or_default(uint64_t given);

#endif
