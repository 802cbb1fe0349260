/* SPDX-License-Identifier: MIT */
/*
 * hpack-encode --compare: what the input takes with other table sizes and policies. One encoder for
 * each pair of them, all fed the same sets, side by side in one pass.
 *
 * Invariants:
 * - sizes[] ascends without repetition: the usual ones and those of the command line.
 * - The sum of a pair is what hpack-encode -s SIZE -S SIZE would give under that policy.
 */
#ifndef H2KIT_HPACK_TOOLS_COMPARE_H
#define H2KIT_HPACK_TOOLS_COMPARE_H

#include <stdio.h>

#include "case_input.h"
#include "tool_options.h"

enum { COMPARE_SIZES = 8, COMPARE_POLICIES = 4 };

struct compare_run {
    hpack_encoder *encoder;
    uint64_t octets;
};

struct compare {
    uint32_t sizes[COMPARE_SIZES];
    size_t size_count;
    struct compare_run runs[COMPARE_SIZES][COMPARE_POLICIES];
    uint64_t sets;
    uint64_t raw_octets;
    struct bytes wire;
};

/* Both return 0, or -1 without memory. */
int compare_begin(struct compare *compare, const struct tool_options *options);
int compare_add(struct compare *compare, const struct field_set *set);
void compare_print(const struct compare *compare, FILE *out);
/* The smallest sum. */
uint64_t compare_smallest(const struct compare *compare);
void compare_clear(struct compare *compare);

#endif
