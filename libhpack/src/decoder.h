/* SPDX-License-Identifier: MIT */
/*
 * Inside of the decoder, shared by its driver (decoder.c) and the reader of string literals
 * (decoder_string.c).
 *
 * Decoded literals are appended to the log of the dynamic table, whether they become entries or
 * not; rows point there, into static memory, or into the last fragment. The log is compacted
 * between blocks only, or beyond `frozen` once the section is over a limit and no row is added any
 * more. So everything a row points to stands until the next block begins.
 *
 * Memory: rows are bounded by the limits of the section. The log holds what the rows of a block
 * and the entries point to, and beyond `frozen` a small multiple of the table's limit.
 *
 * Invariants: table.rows_count <= field_count_limit; a failed decoder changes no more; over != 0
 * from the first field that is left out to the end of the block.
 */
#ifndef HPACK_SRC_DECODER_H
#define HPACK_SRC_DECODER_H

#include <hpack/hpack.h>

#include "dynamic_table.h"
#include "huffman.h"
#include "integer.h"

struct hpack__input {
    const uint8_t *at, *end;
    int last;
};

/* A string literal being read. */
struct hpack__string {
    struct hpack__huffman huffman;
    uint64_t length;    /* octets decoded so far */
    uint64_t cap;       /* octets worth keeping; a longer string is read, checked and dropped */
    size_t start;       /* in the log */
    const char *view;   /* in the input, or NULL */
    uint32_t remaining; /* octets still to come */
    uint8_t coded, kept, must_copy;
};

enum hpack__kind {
    HPACK__INDEXED,
    HPACK__INCREMENTAL,
    HPACK__WITHOUT_INDEXING,
    HPACK__NEVER_INDEXED,
    HPACK__SIZE_UPDATE
};

struct hpack_decoder {
    struct hpack__memory memory;
    struct hpack__table table;

    /* Limits. */
    uint32_t table_bound;  /* acknowledged SETTINGS_HEADER_TABLE_SIZE */
    uint32_t lowest_bound; /* lowest of them since the last size update */
    uint32_t section_limit, field_count_limit, string_limit;
    uint32_t check_octets; /* fields get HPACK_FIELD_CLEAN */

    /* The block. */
    uint64_t section_size;
    size_t frozen; /* when over: octets of the log that rows may point to */
    int failed;    /* what it failed with, for ever */
    int over;      /* the first limit that was exceeded */
    uint8_t open, fields_begun, size_updates;

    /* The representation. */
    uint8_t state, in_value, kind;
    struct hpack__integer integer;
    struct hpack__string string;
    hpack_field field;    /* name known so far; name NULL when it was dropped */
    uint64_t name_length; /* also of a name that was dropped */
    size_t field_start;   /* in the log */
};

/* Room for more octets in the log, for more rows (there are fewer than field_count_limit), or for one
 * more entry. All memory of the table may move; the field in work follows. expected: octets that the
 * block may still give, which the first memory is made for. Error: NOMEM. */
int hpack__decoder_reserve_log(hpack_decoder *d, size_t more);
int hpack__decoder_grow_rows(hpack_decoder *d, size_t expected);
int hpack__decoder_reserve_entry(hpack_decoder *d);

/* Begins d->string after its length was read. Strings longer than cap are not kept. */
void hpack__string_begin(hpack_decoder *d, uint32_t wire_length, uint64_t cap, int must_copy);

/* Takes input. Returns 0 when the string is complete, HPACK__MORE, or an error. */
int hpack__string_read(hpack_decoder *d, struct hpack__input *in);

/* A complete string that was kept; valid until the log moves. Never NULL. */
const char *hpack__string_data(const hpack_decoder *d);

#endif
