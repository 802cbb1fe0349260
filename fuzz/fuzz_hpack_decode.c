/* SPDX-License-Identifier: MIT */
/*
 * Blocks of one connection into two decoders: one gets each block whole, the other in fragments.
 * Results, fields, sections and tables must be the same, and memory must stay within bounds.
 *
 * Input: an octet for the limits, an octet for the cuts, then items: 0xff and an octet for a new
 * table limit, or a length and that many octets of a block.
 */
#include <hpack/hpack.h>

#include <stdlib.h>
#include <string.h>

#include "require.h"

enum { TABLE_STEP = 32, MEMORY_FACTOR = 8, MEMORY_BASE = 32768 };

struct memory {
    size_t live, peak;
};

static void *resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    struct memory *m = ctx;
    void *result = NULL;
    m->live += new_size - old_size;
    m->peak = m->live > m->peak ? m->live : m->peak;
    if (new_size == 0) {
        free(ptr);
    } else {
        result = realloc(ptr, new_size);
    }
    return result;
}

static hpack_decoder *new_decoder(uint8_t limits, struct memory *m, size_t *bound)
{
    hpack_decoder_config c;
    hpack_decoder *d = NULL;
    require(hpack_decoder_config_init(&c, sizeof c) == 0);
    c.resize = resize;
    c.resize_ctx = m;
    c.table_size_limit = (limits & 3U) * 64;
    c.section_limit_bytes = limits & 4 ? 65536 : 200;
    c.field_count_limit = limits & 8 ? 2048 : 3;
    c.string_limit_bytes = limits & 16 ? 65536 : 20;
    require(hpack_decoder_new(&d, &c) == 0);
    *bound = MEMORY_BASE + MEMORY_FACTOR * ((size_t)c.section_limit_bytes + 255 * TABLE_STEP);
    return d;
}

/* Each fragment stands in memory of its own; the last one is returned. */
static int feed_cut(hpack_decoder *d, const uint8_t *data, size_t length, uint32_t *seed,
                    uint8_t **last)
{
    for (;;) {
        *seed = *seed * 1103515245U + 12345U;
        size_t part = 1 + (*seed >> 16) % 7;
        part = part < length ? part : length;
        uint8_t *copy = malloc(part > 0 ? part : 1);
        require(copy != NULL);
        if (part > 0) {
            memcpy(copy, data, part);
        }
        int ends = part == length;
        int result = hpack_decoder_feed(d, copy, part, ends ? HPACK_FEED_LAST : 0);
        if (ends || result != 0) {
            *last = copy;
            return result;
        }
        free(copy);
        data += part;
        length -= part;
    }
}

static void require_same_field(const hpack_field *a, const hpack_field *b)
{
    require(a->name_length == b->name_length && a->value_length == b->value_length);
    require(a->token == b->token && a->flags == b->flags);
    require(memcmp(a->name, b->name, a->name_length) == 0);
    require(memcmp(a->value, b->value, a->value_length) == 0);
    require(a->token == hpack_token(a->name, a->name_length));
}

static void require_same(const hpack_decoder *a, const hpack_decoder *b)
{
    size_t a_count;
    size_t b_count;
    const hpack_field *a_fields = hpack_decoder_fields(a, &a_count);
    const hpack_field *b_fields = hpack_decoder_fields(b, &b_count);
    require(a_count == b_count && hpack_decoder_section_size(a) == hpack_decoder_section_size(b));
    for (size_t i = 0; i < a_count; i++) {
        require_same_field(&a_fields[i], &b_fields[i]);
    }
    hpack_table_info a_info = {.size = sizeof a_info};
    hpack_table_info b_info = {.size = sizeof b_info};
    require(hpack_decoder_table_info(a, &a_info) == 0);
    require(hpack_decoder_table_info(b, &b_info) == 0);
    require(memcmp(&a_info, &b_info, sizeof a_info) == 0);
    require(a_info.size_bytes <= a_info.limit_bytes);
    for (uint32_t i = 0; i < a_info.count; i++) {
        hpack_field x;
        hpack_field y;
        require(hpack_decoder_table_entry(a, i, &x) == 0);
        require(hpack_decoder_table_entry(b, i, &y) == 0);
        require_same_field(&x, &y);
    }
}

/* Returns whether the connection goes on. */
static int run_block(hpack_decoder *whole, hpack_decoder *cut, const uint8_t *data, size_t length,
                     uint32_t *seed)
{
    uint8_t *last = NULL;
    int result = hpack_decoder_feed(whole, data, length, HPACK_FEED_LAST);
    require(feed_cut(cut, data, length, seed, &last) == result);
    require_same(whole, cut);
    free(last);
    require(result == 0 || hpack_error_category(result) == HPACK_CATEGORY_LIMIT ||
            hpack_error_category(result) == HPACK_CATEGORY_PEER);
    return hpack_error_category(result) != HPACK_CATEGORY_PEER;
}

static void run_items(hpack_decoder *whole, hpack_decoder *cut, const uint8_t *data, size_t size,
                      uint32_t seed)
{
    size_t at = 0;
    while (at < size) {
        uint8_t item = data[at++];
        if (item == 0xff) {
            uint32_t limit = at < size ? data[at++] * (uint32_t)TABLE_STEP : 0;
            require(hpack_decoder_set_table_limit(whole, limit) == 0);
            require(hpack_decoder_set_table_limit(cut, limit) == 0);
            continue;
        }
        size_t length = item < size - at ? item : size - at;
        if (!run_block(whole, cut, data + at, length, &seed)) {
            return;
        }
        at += length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    struct memory whole_memory = {0, 0};
    struct memory cut_memory = {0, 0};
    size_t bound;
    hpack_decoder *whole = new_decoder(data[0], &whole_memory, &bound);
    hpack_decoder *cut = new_decoder(data[0], &cut_memory, &bound);
    run_items(whole, cut, data + 2, size - 2, data[1]);
    require(whole_memory.peak <= bound && cut_memory.peak <= bound);
    hpack_decoder_free(whole);
    hpack_decoder_free(cut);
    require(whole_memory.live == 0 && cut_memory.live == 0);
    return 0;
}
