/* SPDX-License-Identifier: MIT */
/*
 * What the HPACK benchmark works on: field lists of connections, in the form that each coder wants,
 * and the field blocks that decoders get.
 *
 * A corpus is a flat row of lists; one that starts a connection begins with fresh coders. Every
 * field has memory of its own, so no coder gains from pointers that are equal. The blocks are
 * written by an encoder of the benchmark's own, see corpus_wire.c, and do not change when a coder
 * under measurement does. Whatever goes wrong ends the program with a message.
 */
#ifndef H2KIT_TESTS_BENCH_CORPUS_H
#define H2KIT_TESTS_BENCH_CORPUS_H

#include <hpack/hpack.h>
#include <nghttp2/nghttp2.h>

#include "bench.h"

enum { WIRE_HUFFMAN = 0, WIRE_PLAIN = 1, WIRES = 2 };

struct list {
    hpack_field *fields;
    nghttp2_nv *nv; /* the same fields for libnghttp2 */
    size_t count;
    size_t capacity;
    uint8_t *wire[WIRES];
    size_t wire_length[WIRES];
    int starts; /* the first block of a connection */
};

struct corpus {
    const char *name;
    struct list *lists;
    size_t count;
    size_t capacity;
    size_t fields;
    size_t octets; /* of names and values */
    size_t wire_octets[WIRES];
};

/* A new list at the end of the corpus, then fields at its end; texts are copied. */
void corpus_begin_list(struct corpus *c, int starts);
void corpus_add(struct corpus *c, const char *name, const char *value);
void corpus_free(struct corpus *c);

/* Writes the blocks of all lists. */
void corpus_write_wires(struct corpus *c);

/* The corpora that are made here, the same on every run. */
struct corpus_maker {
    const char *name;
    void (*make)(struct corpus *c);
};
enum { CORPUS_MAKERS = 6 };
extern const struct corpus_maker CORPUS_MAKER[CORPUS_MAKERS];

/* Adds the lists of the recorded stories in folder/raw-data, in the order of their names, at most
 * limit of them. */
void corpus_add_stories(struct corpus *c, const char *folder, size_t limit);

#endif
