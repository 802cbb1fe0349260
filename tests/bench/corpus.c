/* SPDX-License-Identifier: MIT */
#include "corpus.h"

#include <stdlib.h>
#include <string.h>

static void *grown(void *array, size_t count, size_t member)
{
    void *bigger = realloc(array, count * member);
    bench_require(bigger != NULL, "out of memory");
    return bigger;
}

void corpus_begin_list(struct corpus *c, int starts)
{
    if (c->count == c->capacity) {
        c->capacity = c->capacity == 0 ? 64 : c->capacity * 2;
        c->lists = grown(c->lists, c->capacity, sizeof *c->lists);
    }
    struct list *l = &c->lists[c->count++];
    memset(l, 0, sizeof *l);
    l->starts = starts;
}

void corpus_add(struct corpus *c, const char *name, const char *value)
{
    struct list *l = &c->lists[c->count - 1];
    size_t name_length = strlen(name);
    size_t value_length = strlen(value);
    if (l->count == l->capacity) {
        l->capacity = l->capacity == 0 ? 16 : l->capacity * 2;
        l->fields = grown(l->fields, l->capacity, sizeof *l->fields);
        l->nv = grown(l->nv, l->capacity, sizeof *l->nv);
    }
    char *text = grown(NULL, name_length + value_length + 2, 1);
    memcpy(text, name, name_length + 1);
    memcpy(text + name_length + 1, value, value_length + 1);
    l->fields[l->count] = (hpack_field){text,
                                        text + name_length + 1,
                                        (uint32_t)name_length,
                                        (uint32_t)value_length,
                                        HPACK_TOKEN_NONE,
                                        0};
    l->nv[l->count] = (nghttp2_nv){(uint8_t *)text, (uint8_t *)text + name_length + 1, name_length,
                                   value_length, NGHTTP2_NV_FLAG_NONE};
    l->count++;
    c->fields++;
    c->octets += name_length + value_length;
}

void corpus_free(struct corpus *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct list *l = &c->lists[i];
        for (size_t k = 0; k < l->count; k++) {
            free(l->nv[k].name);
        }
        free(l->fields);
        free(l->nv);
        free(l->wire[WIRE_HUFFMAN]);
        free(l->wire[WIRE_PLAIN]);
    }
    free(c->lists);
    memset(c, 0, sizeof *c);
}
