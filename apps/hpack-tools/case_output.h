/* SPDX-License-Identifier: MIT */
/*
 * Writes the result of a case as JSON; the format is that of case_json.h, so that the output of
 * either program can be read by both.
 *
 * Invariants:
 * - Whatever the octets of names and values, the output is JSON in UTF-8 without control
 *   characters: fields that are not valid UTF-8 are written with one character for each octet and
 *   named in "octets".
 * - Between case_output_open() and case_output_close() the output is an array with what was written
 *   so far; closing makes it whole whatever came before.
 */
#ifndef H2KIT_HPACK_TOOLS_CASE_OUTPUT_H
#define H2KIT_HPACK_TOOLS_CASE_OUTPUT_H

#include <stdio.h>

#include "case_input.h"

/* A dynamic table, of an encoder or a decoder. */
struct table_view {
    const void *coder;
    int (*info)(const void *coder, hpack_table_info *info);
    int (*entry)(const void *coder, uint32_t position, hpack_field *out);
};

struct table_view table_view_of_encoder(const hpack_encoder *encoder);
struct table_view table_view_of_decoder(const hpack_decoder *decoder);

struct case_result {
    uint64_t seq;
    const struct bytes *wire;
    const hpack_field *fields;
    size_t field_count;
    uint32_t table_size;            /* what "header_table_size" says */
    const struct table_view *table; /* NULL: not to be written */
};

struct case_output {
    FILE *out;
    uint64_t written;
};

void case_output_open(struct case_output *output, FILE *out);
void case_output_result(struct case_output *output, const struct case_result *result);
/* wire may be empty. */
void case_output_error(struct case_output *output, uint64_t seq, const struct case_error *error,
                       const struct bytes *wire);
void case_output_close(struct case_output *output);

#endif
