/* SPDX-License-Identifier: MIT */
/*
 * hpack-encode: sets of fields in, field blocks out.
 *
 * Invariants:
 * - One encoder takes all cases. A case with an error does not touch it, except that its table size
 *   counts when it could be read.
 * - The encoder begins as RFC 9113 6.5.2 says, with a table of 4096 octets; other sizes are
 *   changes, so that the blocks announce them to a decoder that begins the same way.
 */
#ifndef H2KIT_HPACK_TOOLS_ENCODE_H
#define H2KIT_HPACK_TOOLS_ENCODE_H

#include "case_output.h"
#include "compare.h"
#include "tool.h"

struct encode {
    hpack_encoder *encoder;
    uint32_t table_size;
    struct bytes wire;
    struct case_output output;
    struct compare compare; /* for --compare, instead of the rest */
};

/* ctx of the tool is a struct encode of zeros. */
extern const struct tool_work encode_work;

#endif
