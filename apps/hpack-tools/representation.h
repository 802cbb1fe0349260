/* SPDX-License-Identifier: MIT */
/*
 * Takes a field block apart without decoding it: where each representation of RFC 7541 6 and each
 * of its parts begins and ends.
 *
 * Invariants:
 * - All positions are within the block; the parts follow each other without gap or overlap.
 * - Only the shape is read. Whether indexes exist, Huffman strings are right and size updates are
 *   allowed is for the decoder to say.
 */
#ifndef H2KIT_HPACK_TOOLS_REPRESENTATION_H
#define H2KIT_HPACK_TOOLS_REPRESENTATION_H

#include <stddef.h>
#include <stdint.h>

enum representation_kind {
    REPRESENTATION_INDEXED,
    REPRESENTATION_INCREMENTAL,
    REPRESENTATION_WITHOUT_INDEXING,
    REPRESENTATION_NEVER_INDEXED,
    REPRESENTATION_SIZE_UPDATE,
    REPRESENTATION_KINDS
};

struct representation_string {
    size_t start; /* of its length */
    size_t data;  /* of its octets */
    size_t length;
    int is_huffman;
};

struct representation {
    enum representation_kind kind;
    size_t start;
    size_t head_end; /* of the index or size */
    size_t end;
    uint32_t number; /* index, 0 when the name is a string; or size */
    int has_name;
    int has_value;
    struct representation_string name;
    struct representation_string value;
};

/* Reads the one at position at < length. Returns 0, or -1 when the block ends inside it or a number
 * is too large. */
int representation_read(struct representation *out, const uint8_t *block, size_t length, size_t at);

#endif
