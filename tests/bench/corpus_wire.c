/* SPDX-License-Identifier: MIT */
/*
 * The encoder that writes what the decoders read: slow, plain, and no part of what is measured. Its
 * table is of 4096 octets. Fields become entries except those whose values hardly repeat and short
 * cookies; strings are Huffman coded where that is shorter, or never.
 */
#include <stdlib.h>
#include <string.h>

#include "corpus.h"

enum {
    TABLE_OCTETS = 4096,
    ENTRY_OVERHEAD = 32, /* RFC 7541 4.1 */
    MOST_ENTRIES = TABLE_OCTETS / ENTRY_OVERHEAD,
    STATIC_ENTRIES = 61,
    LARGEST_BLOCK = 1 << 18
};

struct writer {
    const hpack_field *entries[MOST_ENTRIES]; /* the newest first */
    size_t count;
    size_t octets;
    int wire; /* WIRE_ */
};

static int same(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && memcmp(a, b, a_length) == 0;
}

static size_t entry_octets(const hpack_field *f)
{
    return (size_t)f->name_length + f->value_length + ENTRY_OVERHEAD;
}

/* Index of an entry with this name and value and *full set, or with this name, or 0. */
static size_t find(const struct writer *w, const hpack_field *f, int *full)
{
    size_t by_name = 0;
    *full = 0;
    for (size_t i = 1; i <= STATIC_ENTRIES + w->count; i++) {
        hpack_field entry;
        if (i > STATIC_ENTRIES) {
            entry = *w->entries[i - STATIC_ENTRIES - 1];
        } else {
            bench_require(hpack_static_table_entry((uint32_t)i, &entry) == 0, "no static table");
        }
        if (!same(entry.name, entry.name_length, f->name, f->name_length)) {
            continue;
        }
        if (same(entry.value, entry.value_length, f->value, f->value_length)) {
            *full = 1;
            return i;
        }
        by_name = by_name == 0 ? i : by_name;
    }
    return by_name;
}

/* Adds an entry; the oldest go (RFC 7541 4.4). */
static void insert(struct writer *w, const hpack_field *f)
{
    size_t octets = entry_octets(f);
    while (w->count > 0 && w->octets + octets > TABLE_OCTETS) {
        w->octets -= entry_octets(w->entries[--w->count]);
    }
    if (octets > TABLE_OCTETS) {
        return;
    }
    memmove(&w->entries[1], &w->entries[0], w->count * sizeof w->entries[0]);
    w->entries[0] = f;
    w->count++;
    w->octets += octets;
}

static int is_worth_an_entry(const hpack_field *f)
{
    static const char *const unlike[] = {":path",    "age",           "content-length",
                                         "etag",     "if-none-match", "if-modified-since",
                                         "location", "set-cookie"};
    for (size_t i = 0; i < sizeof unlike / sizeof unlike[0]; i++) {
        if (same(f->name, f->name_length, unlike[i], strlen(unlike[i]))) {
            return 0;
        }
    }
    return entry_octets(f) <= TABLE_OCTETS;
}

static int is_short_cookie(const hpack_field *f)
{
    return f->value_length < 20 && same(f->name, f->name_length, "cookie", 6);
}

/* RFC 7541 5.1 */
static void write_integer(hpack_buffer *out, unsigned first, unsigned bits, size_t value)
{
    size_t mask = ((size_t)1 << bits) - 1;
    if (value < mask) {
        out->data[out->length++] = (uint8_t)(first | value);
        return;
    }
    out->data[out->length++] = (uint8_t)(first | mask);
    for (value -= mask; value >= 128; value >>= 7) {
        out->data[out->length++] = (uint8_t)(128 | (value & 127));
    }
    out->data[out->length++] = (uint8_t)value;
}

/* RFC 7541 5.2 */
static void write_string(const struct writer *w, hpack_buffer *out, const char *text, size_t length)
{
    const uint8_t *octets = (const uint8_t *)text;
    size_t coded = hpack_huffman_length(octets, length);
    if (w->wire == WIRE_HUFFMAN && coded < length) {
        write_integer(out, 0x80, 7, coded);
        bench_require(hpack_huffman_encode(octets, length, out) == 0, "cannot write a string");
        return;
    }
    write_integer(out, 0, 7, length);
    memcpy(out->data + out->length, text, length);
    out->length += length;
}

static void write_field(struct writer *w, hpack_buffer *out, const hpack_field *f)
{
    int full;
    size_t index = find(w, f, &full);
    bench_require(out->capacity - out->length > entry_octets(f), "a block is too large");
    if (full) {
        write_integer(out, 0x80, 7, index); /* RFC 7541 6.1 */
        return;
    }
    int added = 0;
    if (is_short_cookie(f)) {
        write_integer(out, 0x10, 4, index); /* RFC 7541 6.2.3 */
    } else if (is_worth_an_entry(f)) {
        write_integer(out, 0x40, 6, index); /* RFC 7541 6.2.1 */
        added = 1;
    } else {
        write_integer(out, 0x00, 4, index); /* RFC 7541 6.2.2 */
    }
    if (index == 0) {
        write_string(w, out, f->name, f->name_length);
    }
    write_string(w, out, f->value, f->value_length);
    if (added) {
        insert(w, f);
    }
}

void corpus_write_wires(struct corpus *c)
{
    static uint8_t octets[LARGEST_BLOCK];
    struct writer w;
    for (int wire = 0; wire < WIRES; wire++) {
        memset(&w, 0, sizeof w);
        w.wire = wire;
        for (size_t i = 0; i < c->count; i++) {
            struct list *l = &c->lists[i];
            hpack_buffer out = {octets, sizeof octets, 0};
            w.count = l->starts ? 0 : w.count;
            w.octets = l->starts ? 0 : w.octets;
            for (size_t k = 0; k < l->count; k++) {
                write_field(&w, &out, &l->fields[k]);
            }
            l->wire[wire] = malloc(out.length + 1);
            bench_require(l->wire[wire] != NULL, "out of memory");
            memcpy(l->wire[wire], octets, out.length);
            l->wire_length[wire] = out.length;
            c->wire_octets[wire] += out.length;
        }
    }
}
