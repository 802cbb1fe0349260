/* SPDX-License-Identifier: MIT */
/*
 * The frame parser over any octets: however they are cut, it says the same, takes all of them, and
 * never asks for more memory than its limits allow.
 *
 * Input: one octet of options, one octet that seeds the cuts, then what the peer sends.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    OPTION_PREFACE = 0x1,
    OPTION_SMALL_LIMITS = 0x2,
    SMALL_EXTENSION = 6,
    SMALL_SETTINGS = 3,
    PARSER_BOUND = 1024,
    MOST_BLOCKS = PARSER_BOUND + 4096 + 8
};

/* Counts what is in use, and stops the program at more than a parser may need. */
static void *bounded_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    size_t *in_use = ctx;
    *in_use += new_size - old_size;
    if (*in_use > MOST_BLOCKS) {
        fprintf(stderr, "%zu octets in use\n", *in_use);
        abort();
    }
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

static void run(struct event_log *log, uint8_t options, const uint8_t *data, const size_t *cuts,
                size_t count)
{
    size_t in_use = 0;
    h2frame_parser_config config;
    h2frame_parser *parser;
    if (h2frame_parser_config_init(&config, sizeof config) != 0) {
        abort();
    }
    config.resize = bounded_resize;
    config.resize_ctx = &in_use;
    config.expect_preface = (options & OPTION_PREFACE) != 0;
    if ((options & OPTION_SMALL_LIMITS) != 0) {
        config.extension_limit_bytes = SMALL_EXTENSION;
        config.settings_entry_limit = SMALL_SETTINGS;
    }
    if (h2frame_parser_new(&parser, &config) != 0 ||
        event_log_run(log, parser, data, cuts, count) != 0) {
        abort();
    }
    h2frame_parser_free(parser);
    if (in_use != 0) {
        fprintf(stderr, "%zu octets leaked\n", in_use);
        abort();
    }
}

/* Cuts after 1 to 16 octets each, or after every octet when seed is 0. */
static size_t make_cuts(size_t *cuts, size_t size, uint32_t seed)
{
    size_t count = 0;
    size_t end = 0;
    while (end < size) {
        seed = seed * 1103515245u;
        size_t step = 1 + (seed >> 16) % 16;
        end = size - end < step ? size : end + step;
        cuts[count++] = end;
        seed += seed != 0 ? 12345u : 0;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    uint8_t options = data[0];
    uint8_t seed = data[1];
    data += 2;
    size -= 2;
    size_t *cuts = malloc((size + 1) * sizeof *cuts);
    if (cuts == NULL) {
        return 0;
    }
    struct event_log whole = {.text = NULL};
    struct event_log pieces = {.text = NULL};
    cuts[0] = size;
    run(&whole, options, data, cuts, 1);
    run(&pieces, options, data, cuts, make_cuts(cuts, size, seed));
    if (strcmp(event_log_text(&whole), event_log_text(&pieces)) != 0) {
        fprintf(stderr, "whole:\n%spieces:\n%s", event_log_text(&whole), event_log_text(&pieces));
        abort();
    }
    event_log_free(&whole);
    event_log_free(&pieces);
    free(cuts);
    return 0;
}
