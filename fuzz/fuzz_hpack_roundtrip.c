/* SPDX-License-Identifier: MIT */
/*
 * Lists of fields through an encoder and a decoder: what comes out is what went in, the block is no
 * longer than its bound, and both dynamic tables are the same.
 *
 * Input: an octet for the encoder's own limit, then items. 0: the block ends. 1 and an octet: new
 * table limit. Others: a field; the item says the flags and how the name is made, the next octet
 * the name, the one after it the length of the value, whose octets follow.
 */
#include <hpack/hpack.h>

#include <stdlib.h>
#include <string.h>

#include "require.h"

enum { MOST_FIELDS = 32, TABLE_STEP = 16 };

struct input {
    const uint8_t *at, *end;
};

struct coders {
    hpack_encoder *encoder;
    hpack_decoder *decoder;
};

static uint8_t next(struct input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static void next_string(struct input *in, size_t most, const char **string, uint32_t *length)
{
    size_t left = (size_t)(in->end - in->at);
    size_t taken = most < left ? most : left;
    *string = (const char *)in->at;
    *length = (uint32_t)taken;
    in->at += taken;
}

static void next_field(struct input *in, uint8_t item, hpack_field *f)
{
    memset(f, 0, sizeof *f);
    uint8_t name = next(in);
    if (item & 0x10) {
        next_string(in, name % 40, &f->name, &f->name_length);
    } else {
        require(hpack_static_table_entry(1 + name % 61, f) == 0);
        f->token = item & 0x20 ? f->token : HPACK_TOKEN_NONE;
    }
    next_string(in, next(in), &f->value, &f->value_length);
    f->flags = item >> 6 & (HPACK_FIELD_NEVER_INDEXED | HPACK_FIELD_NO_INDEXING);
}

static void require_same_field(const hpack_field *sent, const hpack_field *got)
{
    require(sent->name_length == got->name_length && sent->value_length == got->value_length);
    require(memcmp(sent->name, got->name, got->name_length) == 0);
    require(memcmp(sent->value, got->value, got->value_length) == 0);
    require(got->token == hpack_token(sent->name, sent->name_length));
    if (sent->flags & HPACK_FIELD_NEVER_INDEXED) {
        require((got->flags & ~(uint32_t)HPACK_FIELD_CLEAN) == HPACK_FIELD_NEVER_INDEXED);
    }
}

static void require_same_tables(const struct coders *c)
{
    hpack_table_info ours = {.size = sizeof ours};
    hpack_table_info theirs = {.size = sizeof theirs};
    require(hpack_encoder_table_info(c->encoder, &ours) == 0);
    require(hpack_decoder_table_info(c->decoder, &theirs) == 0);
    require(memcmp(&ours, &theirs, sizeof ours) == 0);
    for (uint32_t i = 0; i < ours.count; i++) {
        hpack_field x;
        hpack_field y;
        require(hpack_encoder_table_entry(c->encoder, i, &x) == 0);
        require(hpack_decoder_table_entry(c->decoder, i, &y) == 0);
        require_same_field(&x, &y);
    }
}

static void run_block(const struct coders *c, const hpack_field *fields, size_t count)
{
    size_t bound = hpack_encoder_bound(c->encoder, fields, count);
    uint8_t *octets = malloc(bound > 0 ? bound : 1);
    require(octets != NULL);
    hpack_buffer block = {octets, bound, 0};
    require(hpack_encoder_encode(c->encoder, fields, count, &block) == 0);
    require(hpack_decoder_feed(c->decoder, octets, block.length, HPACK_FEED_LAST) == 0);
    size_t got_count;
    const hpack_field *got = hpack_decoder_fields(c->decoder, &got_count);
    require(got_count == count);
    for (size_t i = 0; i < count; i++) {
        require_same_field(&fields[i], &got[i]);
    }
    require_same_tables(c);
    free(octets);
}

static void set_limit(const struct coders *c, uint32_t limit)
{
    hpack_encoder_set_table_limit(c->encoder, limit);
    require(hpack_decoder_set_table_limit(c->decoder, limit) == 0);
}

static void run_items(const struct coders *c, struct input *in)
{
    hpack_field fields[MOST_FIELDS];
    size_t count = 0;
    while (in->at < in->end) {
        uint8_t item = next(in);
        if (item == 1) {
            set_limit(c, next(in) * (uint32_t)TABLE_STEP);
        } else if (item != 0) {
            next_field(in, item, &fields[count++]);
        }
        if (item == 0 || count == MOST_FIELDS) {
            run_block(c, fields, count);
            count = 0;
        }
    }
    run_block(c, fields, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, data + size};
    struct coders c = {NULL, NULL};
    hpack_encoder_config config;
    require(hpack_encoder_config_init(&config, sizeof config) == 0);
    if (size > 0) {
        config.table_size_limit = next(&in) * (uint32_t)TABLE_STEP * 2;
    }
    require(hpack_encoder_new(&c.encoder, &config) == 0);
    require(hpack_decoder_new(&c.decoder, NULL) == 0);
    run_items(&c, &in);
    hpack_encoder_free(c.encoder);
    hpack_decoder_free(c.decoder);
    return 0;
}
