/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include <inttypes.h>
#include <string.h>

#include "encoder_run.h"

static const struct {
    const char *name;
    uint32_t policy;
    uint32_t huffman;
} policies[COMPARE_POLICIES] = {
    {"adaptive", HPACK_POLICY_ADAPTIVE, HPACK_HUFFMAN_SHORTER},
    {"all", HPACK_POLICY_ALL, HPACK_HUFFMAN_SHORTER},
    {"static", HPACK_POLICY_STATIC, HPACK_HUFFMAN_SHORTER},
    {"adaptive, no Huffman", HPACK_POLICY_ADAPTIVE, HPACK_HUFFMAN_NEVER},
};

/* ---- Life --------------------------------------------------------------------------------- */

static void add_size(struct compare *compare, uint64_t given)
{
    uint32_t size = table_size_or_default(given);
    size_t at = 0;

    while (at < compare->size_count && compare->sizes[at] < size) {
        at++;
    }
    if (at < compare->size_count && compare->sizes[at] == size) {
        return;
    }
    memmove(compare->sizes + at + 1, compare->sizes + at,
            (compare->size_count - at) * sizeof compare->sizes[0]);
    compare->sizes[at] = size;
    compare->size_count++;
}

int compare_begin(struct compare *compare, const struct tool_options *options)
{
    static const uint32_t usual[COMPARE_SIZES - 2] = {0, 256, 1024, 4096, 16384, 65536};

    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        add_size(compare, usual[i]);
    }
    add_size(compare, options->table_size);
    add_size(compare, options->deflate_table_size);
    for (size_t i = 0; i < compare->size_count; i++) {
        for (size_t p = 0; p < COMPARE_POLICIES; p++) {
            const struct encoder_run_config config = {.table_size = compare->sizes[i],
                                                      .own_size = compare->sizes[i],
                                                      .policy = policies[p].policy,
                                                      .huffman = policies[p].huffman};

            if (encoder_run_new(&compare->runs[i][p].encoder, &config) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

void compare_clear(struct compare *compare)
{
    for (size_t i = 0; i < COMPARE_SIZES; i++) {
        for (size_t p = 0; p < COMPARE_POLICIES; p++) {
            hpack_encoder_free(compare->runs[i][p].encoder);
        }
    }
    bytes_clear(&compare->wire);
}

/* ---- Sets --------------------------------------------------------------------------------- */

int compare_add(struct compare *compare, const struct field_set *set)
{
    for (size_t p = 0; p < COMPARE_POLICIES; p++) {
        for (size_t i = 0; i < compare->size_count; i++) {
            struct compare_run *run = &compare->runs[i][p];

            if (encoder_run(run->encoder, set, &compare->wire) != 0) {
                return -1;
            }
            run->octets += compare->wire.length;
        }
    }
    compare->sets++;
    compare->raw_octets += fields_length(set->fields, set->count);
    return 0;
}

/* ---- The table ---------------------------------------------------------------------------- */

uint64_t compare_smallest(const struct compare *compare)
{
    uint64_t smallest = UINT64_MAX;

    for (size_t i = 0; i < compare->size_count; i++) {
        for (size_t p = 0; p < COMPARE_POLICIES; p++) {
            uint64_t octets = compare->runs[i][p].octets;

            smallest = octets < smallest ? octets : smallest;
        }
    }
    return smallest;
}

void compare_print(const struct compare *compare, FILE *out)
{
    double raw = compare->raw_octets > 0 ? (double)compare->raw_octets : 1;
    uint64_t smallest = compare_smallest(compare);

    fprintf(out,
            "%" PRIu64 " sets, %" PRIu64 " octets of names and values\n"
            "octets of the field blocks and percent of these, by table size and policy;\n"
            "* is the smallest\n\n%10s",
            compare->sets, compare->raw_octets, "table size");
    for (size_t p = 0; p < COMPARE_POLICIES; p++) {
        fprintf(out, "  %22s", policies[p].name);
    }
    for (size_t i = 0; i < compare->size_count; i++) {
        fprintf(out, "\n%10lu", (unsigned long)compare->sizes[i]);
        for (size_t p = 0; p < COMPARE_POLICIES; p++) {
            uint64_t octets = compare->runs[i][p].octets;

            const char *gap = p + 1 < COMPARE_POLICIES ? " " : "";

            fprintf(out, "  %12" PRIu64 " %6.1f %%%s", octets, (double)octets * 100 / raw,
                    octets == smallest ? "*" : gap);
        }
    }
    fputc('\n', out);
}
