/* SPDX-License-Identifier: MIT */
/*
 * hpack-decode: field blocks in, fields out, as JSON, as text or explained.
 *
 * Invariants:
 * - One decoder takes all blocks; it alone judges them. It is fed one representation at a time, so
 *   that the offset of what is wrong and the table between two fields are known.
 * - After a block that breaks RFC 7541 the context is lost, as it is on a connection: every later
 *   case gets CASE_ERR_CONTEXT_LOST, which names the one that broke it. A case that could not be
 *   read, or whose section is over a limit, leaves the context as it is.
 * - What is said about the table size before the first block holds from the beginning: a smaller
 *   size than 4096 may be announced by that block, but need not. Later reductions have to be
 *   (RFC 7541 4.2).
 */
#ifndef H2KIT_HPACK_TOOLS_DECODE_H
#define H2KIT_HPACK_TOOLS_DECODE_H

#include "case_output.h"
#include "explain.h"
#include "tool.h"

struct decode {
    hpack_decoder *decoder;
    uint32_t table_size;
    int has_begun; /* a block was fed */
    int is_lost;
    uint64_t lost_by; /* seq of the case */
    uint64_t text_sets;
    struct case_output output;
    struct explain explain; /* for --explain, instead of the output */
};

/* ctx of the tool is a struct decode of zeros. */
extern const struct tool_work decode_work;

#endif
