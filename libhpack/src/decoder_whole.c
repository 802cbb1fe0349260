/* SPDX-License-Identifier: MIT */
#include "decoder_whole.h"

#include <string.h>

#include "index_space.h"

enum {
    COPY_STEP = 16, /* short strings are copied in one step of this many octets */
    SLACK = 16,     /* octets behind a string in the log that may be written, too */
    LEFT = 1,       /* to the states: nothing was taken */
    FORM_INDEXED = 0x80,
    LONG_INDEX = 0x7f /* more octets follow */
};

/* A literal while it is put together. The decoder does not count it yet. */
struct literal {
    const uint8_t *at, *begin, *end; /* of the input */
    char *to;                        /* the next octet of the log */
    hpack_field *field;              /* the next row */
    int incremental, copy;
};

/* A string literal in the input. */
struct wire_string {
    const uint8_t *data;
    uint32_t length, most; /* on the wire, and at the most when decoded */
    int coded;
};

/* An integer of up to three octets. Returns the octet after it, or NULL. rfc: 7541#5.1 */
static inline const uint8_t *take_integer(const uint8_t *at, const uint8_t *end, uint32_t mask,
                                          uint32_t *value)
{
    uint32_t first = *at++ & mask;
    if (first < mask) {
        *value = first;
        return at;
    }
    if (at < end && at[0] < 0x80) {
        *value = mask + at[0];
        return at + 1;
    }
    if (end - at >= 2 && at[1] < 0x80) {
        *value = mask + (at[0] & 0x7fU) + ((uint32_t)at[1] << 7);
        return at + 2;
    }
    return NULL;
}

static inline int take_string(struct literal *l, struct wire_string *s)
{
    if (l->at == l->end) {
        return 0;
    }
    s->coded = (*l->at & 0x80) != 0;
    s->data = take_integer(l->at, l->end, 0x7f, &s->length);
    if (s->data == NULL || s->length > (size_t)(l->end - s->data)) {
        return 0;
    }
    s->most = s->coded ? s->length * 8 / 5 : s->length;
    l->at = s->data + s->length;
    return 1;
}

/* There is room behind to for the octets and SLACK. */
static inline void copy_octets(char *to, const uint8_t *from, uint32_t length, const uint8_t *end)
{
    if (length <= COPY_STEP && end - from >= COPY_STEP) {
        memcpy(to, from, COPY_STEP);
    } else {
        memcpy(to, from, length);
    }
}

/* Puts the decoded string at l->to, or leaves it where it is. Returns NULL when it is not right. */
static inline const char *decode_string(struct literal *l, const struct wire_string *s,
                                        uint32_t *length)
{
    if (s->coded) {
        uint8_t *to = (uint8_t *)l->to;
        const uint8_t *to_end =
            hpack__huffman_decode_whole(to, s->data, s->data + s->length, l->begin);
        if (to_end == NULL) {
            return NULL;
        }
        *length = (uint32_t)(to_end - to);
        return *length > 0 ? l->to : "";
    }
    *length = s->length;
    if (s->length == 0) {
        return "";
    }
    if (!l->copy) {
        return (const char *)s->data;
    }
    copy_octets(l->to, s->data, s->length, l->end);
    return l->to;
}

/* Decoded octets that stand in the log stay there. */
static inline void keep(struct literal *l, const char *string, uint32_t length)
{
    if (string == l->to) {
        l->to += length;
    }
}

/* rfc: 7541#4.4 */
static int insert(hpack_decoder *d, const hpack_field *field)
{
    uint64_t size = hpack__entry_size(field->name_length, field->value_length);
    if (!hpack__table_make_room(&d->table, size)) {
        return 0;
    }
    int result = hpack__table_reserve_entries(&d->table, &d->memory, 1);
    if (result == 0) {
        hpack__table_push(&d->table, field);
    }
    return result;
}

/* Whether a field within these lengths is sure to be within the limits. */
static inline int surely_within(const hpack_decoder *d, uint64_t name_most, uint64_t value_most)
{
    return name_most <= d->string_limit && value_most <= d->string_limit &&
           d->section_size + hpack__entry_size(name_most, value_most) <= d->section_limit;
}

/* The name, from an entry or from the input. An entry's name that has no token is copied, because
 * the entry may be evicted before the new one. */
static inline int decode_name(struct literal *l, const hpack_field *row,
                              const struct wire_string *s)
{
    if (row == NULL) {
        l->field->name = decode_string(l, s, &l->field->name_length);
        if (l->field->name == NULL) {
            return 0;
        }
        l->field->token = hpack__token(l->field->name, l->field->name_length);
        if (l->field->token != HPACK_TOKEN_NONE) {
            l->field->name = hpack__static_row[l->field->token].name;
        }
    } else {
        l->field->name = row->name;
        l->field->name_length = row->name_length;
        l->field->token = row->token;
        if (l->incremental && row->token == HPACK_TOKEN_NONE && row->name_length > 0) {
            memcpy(l->to, row->name, row->name_length);
            l->field->name = l->to;
        }
    }
    keep(l, l->field->name, l->field->name_length);
    return 1;
}

static int finish(hpack_decoder *d, struct hpack__input *in, const struct literal *l)
{
    d->section_size += hpack__entry_size(l->field->name_length, l->field->value_length);
    d->table.log_used = (size_t)(l->to - d->table.log);
    d->rows_count++;
    in->at = l->at;
    return l->incremental ? insert(d, l->field) : 0;
}

/* rfc: 7541#6.2.1, 7541#6.2.2, 7541#6.2.3 */
static int take_literal(hpack_decoder *d, struct hpack__input *in, const uint8_t *begin)
{
    uint8_t first = *in->at;
    struct literal l = {.begin = begin,
                        .end = in->end,
                        .field = &d->rows[d->rows_count],
                        .incremental = (first & 0x40) != 0};
    struct wire_string name = {.most = 0};
    struct wire_string value;
    const hpack_field *row = NULL;
    uint32_t index;
    l.copy = l.incremental || !in->last;
    l.at = take_integer(in->at, in->end, l.incremental ? 0x3f : 0x0f, &index);
    if (l.at == NULL) {
        return LEFT;
    }
    if (index != 0) {
        row = hpack__index_row(&d->table, index);
        if (row == NULL) {
            return LEFT;
        }
        name.most = row->name_length;
    } else if (!take_string(&l, &name)) {
        return LEFT;
    }
    if (!take_string(&l, &value) || !surely_within(d, name.most, value.most)) {
        return LEFT;
    }
    size_t room = (size_t)name.most + value.most + 2 * SLACK;
    if (room > d->table.log_capacity - d->table.log_used) {
        int result = hpack__decoder_reserve_log(d, room);
        if (result != 0) {
            return result;
        }
        /* The row is still the one of that index, but may have moved with the log. */
    }
    l.to = d->table.log + d->table.log_used;
    if (!decode_name(&l, row, &name)) {
        return LEFT;
    }
    l.field->value = decode_string(&l, &value, &l.field->value_length);
    if (l.field->value == NULL) {
        return LEFT;
    }
    keep(&l, l.field->value, l.field->value_length);
    l.field->flags = (first & 0x50) == 0x10 ? HPACK_FIELD_NEVER_INDEXED : 0;
    return finish(d, in, &l);
}

/* Whether any row of the tables is within the limit of strings. */
static inline int rows_are_short(const hpack_decoder *d)
{
    return d->string_limit >= d->table.limit && d->string_limit >= HPACK__STATIC_LONGEST;
}

/* As many one-octet indexes as there are and may be. The row of an index is chosen without a
 * branch, because static and dynamic ones follow each other at random. rfc: 7541#6.1 */
static void take_indexed(hpack_decoder *d, struct hpack__input *in)
{
    struct hpack__table *t = &d->table;
    const size_t room = d->rows_capacity - d->rows_count;
    if (room == 0) {
        return;
    }
    const hpack_field *ring = t->count > 0 ? t->ring : hpack__static_row;
    const uint32_t mask = t->count > 0 ? t->capacity - 1 : 0;
    const uint32_t first = t->newest + HPACK__FIRST_DYNAMIC;
    const uint32_t known = HPACK__STATIC_COUNT + t->count;
    const uint32_t highest = known < LONG_INDEX ? known : LONG_INDEX - 1;
    const uint64_t limit = d->section_limit;
    uint64_t size = d->section_size;
    uint64_t hits = 0;
    hpack_field *to = d->rows + d->rows_count;
    const uint8_t *at = in->at;
    const uint8_t *end = (size_t)(in->end - at) < room ? in->end : at + room;
    for (; at < end; at++) {
        uint32_t index = *at ^ FORM_INDEXED;
        if (index - 1 >= highest) {
            break; /* among them all octets of other forms */
        }
        const hpack_field *fixed = &hpack__static_row[index & 0x3f];
        const hpack_field *dynamic = &ring[(first - index) & mask];
        const hpack_field *row = index <= HPACK__STATIC_COUNT ? fixed : dynamic;
        uint64_t next = size + hpack__entry_size(row->name_length, row->value_length);
        if (next > limit) {
            break;
        }
        size = next;
        hits += index > HPACK__STATIC_COUNT;
        *to++ = *row;
    }
    t->hits += hits;
    d->section_size = size;
    d->rows_count = (uint32_t)(to - d->rows);
    in->at = at;
}

int hpack__decode_whole(hpack_decoder *d, struct hpack__input *in)
{
    const uint8_t *begin = in->at;
    const int short_rows = rows_are_short(d);
    for (;;) {
        if (in->at < in->end && *in->at >= FORM_INDEXED && short_rows) {
            take_indexed(d, in);
        }
        /* Left: no more, another index, a size update, or no room for a row. */
        if (in->at == in->end || *in->at >= FORM_INDEXED || (*in->at & 0xe0) == 0x20 ||
            d->rows_count == d->rows_capacity) {
            return 0;
        }
        int result = take_literal(d, in, begin);
        if (result != 0) {
            return result == LEFT ? 0 : result;
        }
    }
}
