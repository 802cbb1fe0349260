/* SPDX-License-Identifier: MIT */
/*
 * hpack-decode --explain: says what each octet of a field block means. It stands beside the
 * decoder: before and after each representation that the decoder is fed it looks at fields and
 * table, and writes the difference.
 *
 * Invariants:
 * - Every octet of a block that the decoder took is in exactly one line with an offset.
 * - Names and values are escaped (escape.h) and cut, hex is cut: a line has a bounded length and is
 *   printable ASCII whatever the block holds.
 * - It never decides: what is wrong with a block is what the decoder says.
 */
#ifndef H2KIT_HPACK_TOOLS_EXPLAIN_H
#define H2KIT_HPACK_TOOLS_EXPLAIN_H

#include <stdio.h>

#include "case_input.h"
#include "representation.h"

/* Rows of the totals: the kinds, with indexed fields told apart by table. */
enum explain_row {
    EXPLAIN_INDEXED_STATIC,
    EXPLAIN_INDEXED_DYNAMIC,
    EXPLAIN_INCREMENTAL,
    EXPLAIN_WITHOUT_INDEXING,
    EXPLAIN_NEVER_INDEXED,
    EXPLAIN_SIZE_UPDATE,
    EXPLAIN_HUFFMAN, /* strings */
    EXPLAIN_ROWS
};

struct explain_sum {
    uint64_t count;
    uint64_t wire_octets;
    uint64_t raw_octets;
};

struct explain {
    FILE *out;
    const hpack_decoder *decoder; /* that is fed; set before the first case */
    struct bytes scratch;         /* a decoded string */
    uint64_t seq;
    size_t wire_length; /* of the block */
    int has_heading;    /* of the columns */
    /* Before the representation: */
    hpack_table_info table;
    size_t field_count;
    hpack_field entry; /* that it refers to; only the lengths are good */
    /* Of the block, and of all: */
    uint64_t added, evicted, all_added, all_evicted;
    uint64_t blocks;
    uint64_t section_octets;
    uint64_t block_wire_octets;
    double highest_ratio;
    uint64_t highest_seq;
    struct explain_sum sums[EXPLAIN_ROWS];
};

void explain_init(struct explain *explain, FILE *out);
void explain_clear(struct explain *explain);

void explain_begin_case(struct explain *explain, uint64_t seq, const struct bytes *wire);
/* Returns 0, or -1 without memory. */
int explain_before(struct explain *explain, const struct representation *r);
void explain_after(struct explain *explain, const uint8_t *block, const struct representation *r);
/* A case ends one way or the other. */
void explain_end_case(struct explain *explain);
void explain_error(struct explain *explain, const struct case_error *error,
                   const struct bytes *wire);
void explain_print_totals(const struct explain *explain);

#endif
