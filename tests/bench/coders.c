/* SPDX-License-Identifier: MIT */
#include "coders.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST_BLOCK = 1 << 20 };

static uint8_t output[LARGEST_BLOCK];

static inline void take(struct sink *sink, const void *name, size_t name_length, const void *value,
                        size_t value_length)
{
    sink->fields++;
    sink->octets += name_length + value_length;
    if (sink->expected != NULL) {
        bench_require(sink->seen < sink->expected->count, "a decoder made up a field");
        const hpack_field *f = &sink->expected->fields[sink->seen++];
        bench_require(f->name_length == name_length && f->value_length == value_length &&
                          memcmp(f->name, name, name_length) == 0 &&
                          memcmp(f->value, value, value_length) == 0,
                      "a field did not come back");
    }
}

/* ---- Ours --------------------------------------------------------------------------------- */

static void *our_decoder_new(void)
{
    hpack_decoder_config config;
    hpack_decoder *d = NULL;
    bench_require(hpack_decoder_config_init(&config, sizeof config) == 0, "no decoder");
    config.resize = bench_resize;
    bench_require(hpack_decoder_new(&d, &config) == 0, "no decoder");
    return d;
}

static void our_decode(void *decoder, const uint8_t *data, size_t length, struct sink *sink)
{
    size_t count;
    int result = hpack_decoder_feed(decoder, data, length, HPACK_FEED_LAST);
    bench_require(result == 0, hpack_error_text(result));
    const hpack_field *fields = hpack_decoder_fields(decoder, &count);
    for (size_t i = 0; i < count; i++) {
        take(sink, fields[i].name, fields[i].name_length, fields[i].value, fields[i].value_length);
    }
}

static void our_decoder_free(void *decoder)
{
    hpack_decoder_free(decoder);
}

static void *our_encoder_new(void)
{
    hpack_encoder_config config;
    hpack_encoder *e = NULL;
    bench_require(hpack_encoder_config_init(&config, sizeof config) == 0, "no encoder");
    config.resize = bench_resize;
    bench_require(hpack_encoder_new(&e, &config) == 0, "no encoder");
    return e;
}

static size_t our_encode(void *encoder, const struct list *l, uint8_t *out, size_t capacity)
{
    hpack_buffer block = {out, capacity, 0};
    int result = hpack_encoder_encode(encoder, l->fields, l->count, &block);
    bench_require(result == 0, hpack_error_text(result));
    return block.length;
}

static void our_encoder_free(void *encoder)
{
    hpack_encoder_free(encoder);
}

const struct coder CODER_OURS = {"h2kit",          our_decoder_new, our_decode,
                                 our_decoder_free, our_encoder_new, our_encode,
                                 our_encoder_free};

/* ---- libnghttp2 --------------------------------------------------------------------------- */

static void *peer_decoder_new(void)
{
    nghttp2_hd_inflater *d = NULL;
    bench_require(nghttp2_hd_inflate_new2(&d, &bench_peer_memory) == 0, "no inflater");
    return d;
}

static void peer_decode(void *decoder, const uint8_t *data, size_t length, struct sink *sink)
{
    int flags = 0;
    while (!(flags & NGHTTP2_HD_INFLATE_FINAL)) {
        nghttp2_nv nv;
        ssize_t taken = nghttp2_hd_inflate_hd2(decoder, &nv, &flags, data, length, 1);
        bench_require(taken >= 0, "libnghttp2 cannot decode a block");
        data += taken;
        length -= (size_t)taken;
        if (flags & NGHTTP2_HD_INFLATE_EMIT) {
            take(sink, nv.name, nv.namelen, nv.value, nv.valuelen);
        }
    }
    (void)nghttp2_hd_inflate_end_headers(decoder);
}

static void peer_decoder_free(void *decoder)
{
    if (decoder != NULL) {
        nghttp2_hd_inflate_del(decoder);
    }
}

static void *peer_encoder_new(void)
{
    nghttp2_hd_deflater *e = NULL;
    bench_require(nghttp2_hd_deflate_new2(&e, 4096, &bench_peer_memory) == 0, "no deflater");
    return e;
}

static size_t peer_encode(void *encoder, const struct list *l, uint8_t *out, size_t capacity)
{
    ssize_t length = nghttp2_hd_deflate_hd(encoder, out, capacity, l->nv, l->count);
    bench_require(length >= 0, "libnghttp2 cannot encode a block");
    return (size_t)length;
}

static void peer_encoder_free(void *encoder)
{
    if (encoder != NULL) {
        nghttp2_hd_deflate_del(encoder);
    }
}

const struct coder CODER_PEER = {"libnghttp2",      peer_decoder_new, peer_decode,
                                 peer_decoder_free, peer_encoder_new, peer_encode,
                                 peer_encoder_free};

/* ---- Passes ------------------------------------------------------------------------------- */

static size_t decode_all(const struct coder *coder, const struct corpus *c, int wire)
{
    struct sink sink = {NULL, 0, 0, 0};
    void *decoder = NULL;
    for (size_t i = 0; i < c->count; i++) {
        const struct list *l = &c->lists[i];
        if (l->starts) {
            coder->decoder_free(decoder);
            decoder = coder->decoder_new();
        }
        coder->decode(decoder, l->wire[wire], l->wire_length[wire], &sink);
    }
    coder->decoder_free(decoder);
    bench_require(sink.fields == c->fields && sink.octets == c->octets, "fields got lost");
    return c->wire_octets[wire];
}

static size_t encode_all(const struct coder *coder, const struct corpus *c)
{
    size_t octets = 0;
    void *encoder = NULL;
    for (size_t i = 0; i < c->count; i++) {
        const struct list *l = &c->lists[i];
        if (l->starts) {
            coder->encoder_free(encoder);
            encoder = coder->encoder_new();
        }
        octets += coder->encode(encoder, l, output, sizeof output);
    }
    coder->encoder_free(encoder);
    return octets;
}

size_t coder_pass(const struct coder *coder, const struct corpus *c, int pass)
{
    return pass == PASS_ENCODE ? encode_all(coder, c) : decode_all(coder, c, pass);
}

static void decode_and_compare(const struct coder *coder, void *decoder, const struct list *l,
                               const uint8_t *wire, size_t length)
{
    struct sink sink = {l, 0, 0, 0};
    coder->decode(decoder, wire, length, &sink);
    bench_require(sink.seen == l->count, "fields got lost");
}

void coder_verify(const struct coder *coder, const struct coder *other, const struct corpus *c)
{
    void *decoders[WIRES] = {NULL, NULL};
    void *encoder = NULL;
    void *other_decoder = NULL;
    for (size_t i = 0; i <= c->count; i++) {
        const struct list *l = &c->lists[i];
        if (i == c->count || l->starts) {
            coder->decoder_free(decoders[WIRE_HUFFMAN]);
            coder->decoder_free(decoders[WIRE_PLAIN]);
            coder->encoder_free(encoder);
            other->decoder_free(other_decoder);
        }
        if (i == c->count) {
            break;
        }
        if (l->starts) {
            decoders[WIRE_HUFFMAN] = coder->decoder_new();
            decoders[WIRE_PLAIN] = coder->decoder_new();
            encoder = coder->encoder_new();
            other_decoder = other->decoder_new();
        }
        for (int wire = 0; wire < WIRES; wire++) {
            decode_and_compare(coder, decoders[wire], l, l->wire[wire], l->wire_length[wire]);
        }
        size_t length = coder->encode(encoder, l, output, sizeof output);
        decode_and_compare(other, other_decoder, l, output, length);
    }
}
