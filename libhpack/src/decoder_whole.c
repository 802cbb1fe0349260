/* SPDX-License-Identifier: MIT */
#include "decoder_whole.h"

#include <string.h>

#include "clean.h"
#include "index_space.h"
#include "representation.h"

enum {
    STEP = 16,                    /* octets copied at a time */
    SLACK = HPACK__HUFFMAN_SLACK, /* octets behind a string in the log that may be written, too */
    LEFT = 1,                     /* to the states: nothing was taken */
    MASK_INDEXED = 0x7f,
    MASK_INCREMENTAL = 0x3f,
    MASK_LITERAL = 0x0f,
    MASK_STRING = 0x7f,
    NOT_AN_ENTRY = INT32_MAX
};

_Static_assert(SLACK >= STEP, "a copy writes a step at the most behind its string");

/* What the loop has at hand; the decoder hears of it in the end. */
struct run {
    const uint8_t *at, *end; /* of the input */
    const uint8_t *begin;
    hpack_field *row, *rows_end; /* the next row */
    uint64_t size;               /* of the section */
    int views;                   /* strings may stand in the input */
};

/* A string literal in the input. */
struct wire_string {
    const uint8_t *data;
    uint32_t length;
    uint32_t most; /* octets that it gives, at the most */
    uint32_t coded;
};

/* ---- Indexed fields ----------------------------------------------------------------------- */

/* The octets after a prefix that is full. Returns the octet after them, or NULL when there are more
 * than two. rfc: 7541#5.1 */
static inline const uint8_t *take_more(const uint8_t *at, const uint8_t *end, uint32_t *value)
{
    if (at < end && at[0] < 0x80) {
        *value += at[0];
        return at + 1;
    }
    if (end - at >= 2 && at[1] < 0x80) {
        *value += (at[0] & 0x7fU) + ((uint32_t)at[1] << 7);
        return at + 2;
    }
    return NULL;
}

/* Whether any row of the tables is within the limit of strings. */
static inline int rows_are_short(const hpack_decoder *d)
{
    return d->string_limit >= d->table.limit && d->string_limit >= HPACK__STATIC_LONGEST;
}

/* As many fields with indexes of one octet as follow each other. The row of an index is chosen
 * without a branch, because static and dynamic ones come at random. The limit of the section is
 * held against all of them together: when they exceed it none was taken. rfc: 7541#6.1 */
static inline int take_indexed(struct run *r, hpack_decoder *d)
{
    struct hpack__table *t = &d->table;
    const size_t room = (size_t)(r->rows_end - r->row);
    const uint8_t *at = r->at;
    const uint8_t *end = (size_t)(r->end - at) < room ? r->end : at + room;
    const hpack_field *ring = t->count > 0 ? t->ring : hpack__static_row;
    const uint32_t mask = t->count > 0 ? t->capacity - 1 : 0;
    const uint32_t first = t->newest + HPACK__FIRST_DYNAMIC;
    const uint32_t known = HPACK__STATIC_COUNT + t->count;
    const uint32_t highest = known < MASK_INDEXED ? known : MASK_INDEXED - 1;
    hpack_field *to = r->row;
    uint64_t size = 0;
    uint32_t hits = 0;
    for (; at < end; at++) {
        const uint32_t index = *at ^ FORM_INDEXED;
        if (index - 1 >= highest) {
            break; /* among them all octets of other forms */
        }
        const hpack_field *fixed = &hpack__static_row[index & 0x3f];
        const hpack_field *dynamic = &ring[(first - index) & mask];
        const hpack_field *row = index <= HPACK__STATIC_COUNT ? fixed : dynamic;
        hits += index > HPACK__STATIC_COUNT;
        size += (uint64_t)row->name_length + row->value_length;
        *to++ = *row;
    }
    size += r->size + (uint64_t)(at - r->at) * HPACK__ENTRY_OVERHEAD;
    if (at == r->at || size > d->section_limit || !rows_are_short(d)) {
        return LEFT;
    }
    r->size = size;
    r->at = at;
    r->row = to;
    t->hits += hits;
    return 0;
}

/* One with an index of more octets. */
static inline int take_far_indexed(struct run *r, hpack_decoder *d)
{
    uint32_t index = MASK_INDEXED;
    const uint8_t *at = take_more(r->at + 1, r->end, &index);
    const hpack_field *row = at != NULL ? hpack__index_row(&d->table, index) : NULL;
    if (row == NULL || !rows_are_short(d)) {
        return LEFT;
    }
    const uint64_t size = r->size + hpack__entry_size(row->name_length, row->value_length);
    if (size > d->section_limit) {
        return LEFT;
    }
    *r->row++ = *row;
    r->size = size;
    r->at = at;
    d->table.hits++;
    return 0;
}

/* ---- Literals ----------------------------------------------------------------------------- */

/* Returns the octet after the string, or NULL. rfc: 7541#5.2 */
static inline const uint8_t *take_string(const uint8_t *at, const uint8_t *end,
                                         struct wire_string *s)
{
    if (at == end) {
        return NULL;
    }
    s->coded = *at >> 7;
    s->length = *at++ & MASK_STRING;
    if (s->length == MASK_STRING) {
        at = take_more(at, end, &s->length);
    }
    if (at == NULL || s->length > (size_t)(end - at)) {
        return NULL;
    }
    s->most = s->length << s->coded; /* 8/5 of a coded one would be enough */
    s->data = at;
    return at + s->length;
}

/* There is room for SLACK octets more. */
static inline void copy_octets(char *to, const uint8_t *from, uint32_t length, const uint8_t *end)
{
    if ((size_t)(end - from) < (size_t)length + STEP) {
        memcpy(to, from, length);
        return;
    }
    const char *to_end = to + length;
    do {
        memcpy(to, from, STEP);
        to += STEP;
        from += STEP;
    } while (to < to_end);
}

/* Decodes the string to `to` and moves that, or leaves it where it is. Returns NULL when it is not
 * right. */
static inline const char *decode_string(const struct run *r, const struct wire_string *s, int copy,
                                        char **to, uint32_t *length)
{
    char *string = *to;
    if (s->coded) {
        const struct hpack__huffman_input in = {r->begin, s->data + s->length, r->end};
        *to = (char *)hpack__huffman_decode_whole((uint8_t *)string, s->data, &in);
        *length = (uint32_t)(*to - string);
        return *to == NULL || *length > 0 ? string : "";
    }
    *length = s->length;
    if (s->length == 0) {
        return "";
    }
    if (!copy) {
        return (const char *)s->data;
    }
    copy_octets(string, s->data, s->length, r->end);
    *to += s->length;
    return string;
}

/* A name from the input. One with a token becomes static, so that it takes no memory. */
static inline char *take_name(struct run *r, const struct wire_string *s, int copy, char *to)
{
    char *after = to;
    hpack_field *field = r->row;
    field->name = decode_string(r, s, copy, &after, &field->name_length);
    if (after == NULL) {
        return NULL;
    }
    field->token = hpack__token(field->name, field->name_length);
    if (field->token == HPACK_TOKEN_NONE) {
        return after;
    }
    field->name = hpack__static_row[field->token].name;
    return to;
}

/* A name from an entry. One that has no token is copied for a new entry, because the old entry may
 * be evicted before. rfc: 7541#4.4 */
static inline char *copy_name(struct run *r, const hpack_field *row, uint32_t incremental, char *to)
{
    hpack_field *field = r->row;
    field->name = row->name;
    field->name_length = row->name_length;
    field->token = row->token;
    if (!incremental || row->token != HPACK_TOKEN_NONE || row->name_length == 0) {
        return to;
    }
    memcpy(to, row->name, row->name_length);
    field->name = to;
    return to + row->name_length;
}

/* ---- Memory ------------------------------------------------------------------------------- */

/* Before all moves, and after. */
static inline void leave_rows(const struct run *r, hpack_decoder *d)
{
    d->table.rows_count = d->table.rows != NULL ? (uint32_t)(r->row - d->table.rows) : 0;
}

static inline void enter_rows(struct run *r, const hpack_decoder *d)
{
    if (d->table.rows != NULL) {
        r->row = d->table.rows + d->table.rows_count;
        r->rows_end = d->table.rows + d->table.rows_capacity;
    }
}

/* The row before the next one becomes an entry. rfc: 7541#4.4 */
static inline int insert_whole(struct run *r, hpack_decoder *d)
{
    struct hpack__table *t = &d->table;
    const hpack_field *field = r->row - 1;
    if (!hpack__table_make_room(t, hpack__entry_size(field->name_length, field->value_length))) {
        return 0;
    }
    if (t->count == t->capacity) {
        leave_rows(r, d);
        int result = hpack__decoder_reserve_entry(d);
        if (result != 0) {
            return result;
        }
        enter_rows(r, d);
    }
    hpack__table_push(t, r->row - 1);
    return 0;
}

/* Octets that the rest of the input may give; but no more for long ones, which may be mostly
 * indexes. */
static inline size_t expected_octets(const struct run *r)
{
    size_t rest = (size_t)(r->end - r->at) * 2;
    return rest < HPACK__LARGE_LOG ? rest : HPACK__LARGE_LOG;
}

/* The strings of a literal: `name` when its row is NULL. */
struct literal {
    const hpack_field *row;
    int clean_name; /* it is known to be */
    struct wire_string name, value;
};

/* Position of an entry's row; NOT_AN_ENTRY for static rows. */
static uint32_t position_of(const struct hpack__table *t, const hpack_field *row)
{
    const uintptr_t place = ((uintptr_t)row - (uintptr_t)t->ring) / sizeof *row;
    return place < t->capacity ? (t->newest - (uint32_t)place) & (t->capacity - 1) : NOT_AN_ENTRY;
}

/* More room in the log: for this literal, and then at once for what the rest of the input may give,
 * because a log that moves costs more. The entry whose name it has may move, too. */
static inline int reserve_log(struct run *r, hpack_decoder *d, size_t room, const hpack_field **row)
{
    const size_t rest = expected_octets(r);
    const uint32_t position = *row != NULL ? position_of(&d->table, *row) : NOT_AN_ENTRY;
    leave_rows(r, d);
    int result = hpack__decoder_reserve_log(d, room > rest ? room : rest);
    enter_rows(r, d);
    if (result == 0 && position != NOT_AN_ENTRY) {
        *row = hpack__table_at(&d->table, position);
    }
    return result;
}

/* Returns the octet after it, or NULL. */
static inline const uint8_t *read_literal(const struct run *r, const hpack_decoder *d,
                                          uint32_t prefix, struct literal *l)
{
    const uint8_t *at = r->at + 1;
    uint32_t index = *r->at & prefix;
    l->row = NULL;
    l->clean_name = 0;
    if (index == prefix) {
        at = take_more(at, r->end, &index);
        if (at == NULL) {
            return NULL;
        }
    }
    if (index == 0) {
        at = take_string(at, r->end, &l->name);
        if (at == NULL) {
            return NULL;
        }
    } else {
        l->row = hpack__index_row(&d->table, index);
        if (l->row == NULL) {
            return NULL;
        }
        l->name = (struct wire_string){.most = l->row->name_length};
        l->clean_name = (l->row->flags & HPACK_FIELD_CLEAN) != 0;
    }
    return take_string(at, r->end, &l->value);
}

/* rfc: 7541#6.2.1, 7541#6.2.2, 7541#6.2.3 */
static inline int take_literal(struct run *r, hpack_decoder *d)
{
    struct hpack__table *t = &d->table;
    const uint32_t incremental = *r->at & FORM_INCREMENTAL;
    const int copy = incremental || !r->views;
    struct literal l;
    const uint8_t *at = read_literal(r, d, incremental ? MASK_INCREMENTAL : MASK_LITERAL, &l);
    if (at == NULL) {
        return LEFT;
    }
    /* Whatever the strings give, it is within the limits. */
    const uint64_t most = (uint64_t)l.name.most + l.value.most;
    if (most > d->string_limit || r->size + most + HPACK__ENTRY_OVERHEAD > d->section_limit) {
        return LEFT;
    }
    if (most + 2 * SLACK > t->log_capacity - t->log_used) {
        int result = reserve_log(r, d, (size_t)most + 2 * SLACK, &l.row);
        if (result != 0) {
            return result;
        }
    }
    hpack_field *field = r->row;
    char *to = t->log + t->log_used;
    to = l.row != NULL ? copy_name(r, l.row, incremental, to) : take_name(r, &l.name, copy, to);
    if (to == NULL) {
        return LEFT;
    }
    field->value = decode_string(r, &l.value, copy, &to, &field->value_length);
    if (to == NULL) {
        return LEFT;
    }
    field->flags = (*r->at & (FORM_INCREMENTAL | FORM_NEVER_INDEXED)) == FORM_NEVER_INDEXED
                       ? HPACK_FIELD_NEVER_INDEXED
                       : 0;
    if (d->check_octets) {
        field->flags |= hpack__clean(field, l.clean_name);
    }
    t->log_used = (size_t)(to - t->log);
    r->at = at;
    r->size += hpack__entry_size(field->name_length, field->value_length);
    r->row++;
    return incremental ? insert_whole(r, d) : 0;
}

/* ---- The loop ----------------------------------------------------------------------------- */

static inline int grow_rows(struct run *r, hpack_decoder *d)
{
    if (d->table.rows_capacity == d->field_count_limit) {
        return LEFT;
    }
    leave_rows(r, d);
    int result = hpack__decoder_grow_rows(d, expected_octets(r) + 2 * SLACK);
    enter_rows(r, d);
    return result;
}

static inline int take(struct run *r, hpack_decoder *d)
{
    const uint32_t form = *r->at;
    if (r->row == r->rows_end) {
        return grow_rows(r, d);
    }
    if (form >= FORM_INDEXED) {
        return form < (FORM_INDEXED | MASK_INDEXED) ? take_indexed(r, d) : take_far_indexed(r, d);
    }
    return (form & 0xe0) != FORM_SIZE_UPDATE ? take_literal(r, d) : LEFT;
}

int hpack__decode_whole(hpack_decoder *d, struct hpack__input *in)
{
    struct run r = {
        .at = in->at, .end = in->end, .begin = in->at, .size = d->section_size, .views = in->last};
    enter_rows(&r, d);
    int result = 0;
    while (result == 0 && r.at < r.end) {
        result = take(&r, d);
    }
    in->at = r.at;
    d->section_size = r.size;
    leave_rows(&r, d);
    return result == LEFT ? 0 : result;
}

/* ---- Sections that are over a limit -------------------------------------------------------- */

/* Octets that have to be decoded may be wrong; others are only counted. */
static inline int is_plain(const struct wire_string *s)
{
    return !s->coded || s->length == 0;
}

static inline int skip_literal(struct run *r, const hpack_decoder *d)
{
    struct literal l;
    const uint8_t *at = read_literal(r, d, MASK_LITERAL, &l);
    if (at == NULL || (l.row == NULL && !is_plain(&l.name)) || !is_plain(&l.value)) {
        return LEFT;
    }
    r->size += hpack__entry_size(l.name.most, l.value.most);
    r->at = at;
    return 0;
}

static inline int skip_indexed(struct run *r, const hpack_decoder *d)
{
    const hpack_field *row = hpack__index_row(&d->table, *r->at ^ FORM_INDEXED);
    if (row == NULL) {
        return LEFT;
    }
    r->size += hpack__entry_size(row->name_length, row->value_length);
    r->at++;
    return 0;
}

/* Left: longer indexes, entries, sizes of the table, and what has to be decoded. */
void hpack__skip_whole(hpack_decoder *d, struct hpack__input *in)
{
    struct run r = {.at = in->at, .end = in->end, .size = d->section_size};
    int result = 0;
    while (r.at < r.end && result == 0) {
        const uint32_t form = *r.at;
        if (form >= FORM_INDEXED && form < (FORM_INDEXED | MASK_INDEXED)) {
            result = skip_indexed(&r, d);
        } else {
            result = form < FORM_SIZE_UPDATE ? skip_literal(&r, d) : LEFT;
        }
    }
    d->section_size = r.size;
    in->at = r.at;
}
