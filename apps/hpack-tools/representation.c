/* SPDX-License-Identifier: MIT */
#include "representation.h"

struct cursor {
    const uint8_t *block;
    size_t length;
    size_t at;
};

/* RFC 7541 5.1: the low bits of the first octet, then seven bits an octet. */
static int read_integer(struct cursor *c, uint32_t prefix_max, uint64_t *value)
{
    if (c->at == c->length) {
        return -1;
    }
    *value = c->block[c->at++] & prefix_max;
    if (*value < prefix_max) {
        return 0;
    }
    for (unsigned shift = 0; c->at < c->length && shift <= 35; shift += 7) {
        uint8_t octet = c->block[c->at++];

        *value += (uint64_t)(octet & 0x7fU) << shift;
        if ((octet & 0x80U) == 0) {
            return *value <= UINT32_MAX ? 0 : -1;
        }
    }
    return -1;
}

static int read_string(struct cursor *c, struct representation_string *string)
{
    uint64_t length;

    string->start = c->at;
    string->is_huffman = c->at < c->length && (c->block[c->at] & 0x80U) != 0;
    if (read_integer(c, 0x7f, &length) != 0 || length > c->length - c->at) {
        return -1;
    }
    string->data = c->at;
    string->length = (size_t)length;
    c->at += string->length;
    return 0;
}

/* The forms of the first octet; the first that fits. */
static const struct {
    uint8_t bit;
    enum representation_kind kind;
    uint32_t prefix_max;
} forms[] = {
    {0x80, REPRESENTATION_INDEXED, 0x7f},          {0x40, REPRESENTATION_INCREMENTAL, 0x3f},
    {0x20, REPRESENTATION_SIZE_UPDATE, 0x1f},      {0x10, REPRESENTATION_NEVER_INDEXED, 0x0f},
    {0x00, REPRESENTATION_WITHOUT_INDEXING, 0x0f},
};

int representation_read(struct representation *out, const uint8_t *block, size_t length, size_t at)
{
    struct cursor c = {block, length, at};
    size_t form = 0;
    uint64_t number;

    *out = (struct representation){.start = at};
    while (forms[form].bit != 0 && (block[at] & forms[form].bit) == 0) {
        form++;
    }
    out->kind = forms[form].kind;
    if (read_integer(&c, forms[form].prefix_max, &number) != 0) {
        return -1;
    }
    out->number = (uint32_t)number;
    out->head_end = c.at;
    out->has_value = out->kind != REPRESENTATION_INDEXED && out->kind != REPRESENTATION_SIZE_UPDATE;
    out->has_name = out->has_value && number == 0;
    if (out->has_name && read_string(&c, &out->name) != 0) {
        return -1;
    }
    if (out->has_value && read_string(&c, &out->value) != 0) {
        return -1;
    }
    out->end = c.at;
    return 0;
}
