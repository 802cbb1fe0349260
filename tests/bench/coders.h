/* SPDX-License-Identifier: MIT */
/*
 * The coders that are measured, behind one interface, and one pass of a coder over a corpus.
 *
 * Each connection has coders of its own, made and freed within the pass, with the defaults of the
 * library and a table of 4096 octets. A decoder hands every field to the same sink. All memory goes
 * through the hook of the library and is counted (bench.h).
 */
#ifndef H2KIT_TESTS_BENCH_CODERS_H
#define H2KIT_TESTS_BENCH_CODERS_H

#include "bench.h"
#include "corpus.h"

/* Where decoded fields go; with expected, they are compared to it. */
struct sink {
    const struct list *expected;
    size_t seen; /* of expected */
    size_t fields;
    size_t octets;
};

struct coder {
    const char *name;
    void *(*decoder_new)(void);
    void (*decode)(void *decoder, const uint8_t *data, size_t length, struct sink *sink);
    void (*decoder_free)(void *decoder); /* NULL is fine */
    void *(*encoder_new)(void);
    size_t (*encode)(void *encoder, const struct list *l, uint8_t *out, size_t capacity);
    void (*encoder_free)(void *encoder); /* NULL is fine */
};

extern const struct coder CODER_OURS, CODER_PEER;

/* A pass over all lists: decoding one of the two wires, or encoding. */
enum { PASS_DECODE = WIRE_HUFFMAN, PASS_DECODE_PLAIN = WIRE_PLAIN, PASS_ENCODE = 2, PASSES = 3 };

/* Returns the octets on the wire. Ends the program when a coder fails or a field gets lost. */
size_t coder_pass(const struct coder *coder, const struct corpus *c, int pass);

/* Decodes both wires and compares each field; what the coder encodes, the other one decodes. */
void coder_verify(const struct coder *coder, const struct coder *other, const struct corpus *c);

#endif
