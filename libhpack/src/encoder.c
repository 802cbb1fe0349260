/* SPDX-License-Identifier: MIT */
/*
 * The encoder: public calls, size updates, and the choice of a representation for each field.
 *
 * What the caller gave is looked at before the first octet is written, so that an error leaves
 * encoder and output as they were. Nothing fails after that: where there is no memory for an entry
 * the field is written as one that gets none.
 */
#include <string.h>

#include "apart.h"
#include "check.h"
#include "config.h"
#include "encoder_history.h"
#include "encoder_policy.h"
#include "encoder_table.h"
#include "huffman.h"
#include "index_space.h"
#include "integer.h"
#include "representation.h"

struct hpack_encoder {
    struct hpack__memory memory;
    struct hpack__entries table;
    struct hpack__policy policy;
    int huffman;           /* where it is shorter */
    uint32_t own_limit;    /* configured */
    uint32_t announced;    /* the size that the peer's decoder knows of */
    uint32_t lowest_limit; /* lowest the table had since the last block */
    struct hpack__history history;
};

/* Bits of the integers behind them (RFC 7541 5.1). */
enum {
    PREFIX_INDEXED = 7,
    PREFIX_INCREMENTAL = 6,
    PREFIX_SIZE_UPDATE = 5,
    PREFIX_LITERAL = 4,
    PREFIX_STRING = 7,
    /* An index, or an octet and the length of a name; and the length of the value. */
    FIELD_OVERHEAD = 1 + 2 * HPACK__INTEGER_MAX_LENGTH,
    COUNT_SURE = 1 << 24 /* fields whose sizes add up without an overflow */
};

/* ---- Life --------------------------------------------------------------------------------- */

int hpack_encoder_new(hpack_encoder **out, const hpack_encoder_config *config)
{
    if (out == NULL) {
        return HPACK_ERR_USAGE;
    }
    *out = NULL;
    hpack_encoder_config c;
    int result = hpack__import_encoder_config(&c, config);
    if (result != 0) {
        return result;
    }
    hpack_encoder *e = c.resize(c.resize_ctx, NULL, 0, sizeof *e);
    if (e == NULL) {
        return HPACK_ERR_NOMEM;
    }
    memset(e, 0, sizeof *e);
    e->memory = (struct hpack__memory){c.resize, c.resize_ctx};
    hpack__entries_init(&e->table, c.peer_table_limit);
    e->policy = (struct hpack__policy){c.policy, c.choose, c.choose_ctx};
    e->huffman = c.huffman == HPACK_HUFFMAN_SHORTER;
    e->own_limit = c.table_size_limit;
    e->announced = c.peer_table_limit;
    e->lowest_limit = c.peer_table_limit;
    hpack_encoder_set_table_limit(e, c.peer_table_limit);
    *out = e;
    return 0;
}

void hpack_encoder_free(hpack_encoder *encoder)
{
    if (encoder != NULL) {
        struct hpack__memory memory = encoder->memory;
        hpack__entries_release(&encoder->table, &memory);
        hpack__free(&memory, encoder, sizeof *encoder);
    }
}

/* rfc: 7541#4.2, 9113#4.3.1 */
void hpack_encoder_set_table_limit(hpack_encoder *encoder, uint32_t peer_limit_bytes)
{
    uint32_t limit = peer_limit_bytes < encoder->own_limit ? peer_limit_bytes : encoder->own_limit;
    if (limit < encoder->lowest_limit) {
        encoder->lowest_limit = limit;
    }
    hpack__entries_set_limit(&encoder->table, limit);
}

/* ---- Size of a block ---------------------------------------------------------------------- */

static inline uint64_t string_bound(uint32_t length)
{
    return (uint64_t)hpack__integer_length(length, PREFIX_STRING) + length;
}

/* An index stands instead of a name; one with a 4-bit prefix is the longest. */
static inline uint64_t field_bound(const hpack_field *field, uint64_t index_bound)
{
    uint64_t name = 1 + string_bound(field->name_length);
    return (name > index_bound ? name : index_bound) + string_bound(field->value_length);
}

/* The lowest size since the last block and the final one, as far as they are news. */
static uint32_t size_updates(const hpack_encoder *e, uint32_t updates[2])
{
    uint32_t count = 0;
    if (e->lowest_limit < e->announced && e->lowest_limit < e->table.limit) {
        updates[count++] = e->lowest_limit;
    }
    if (count > 0 || e->table.limit != e->announced) {
        updates[count++] = e->table.limit;
    }
    return count;
}

/* What the size updates and an index may take. */
static void fixed_bounds(const hpack_encoder *e, uint64_t *total, uint64_t *index_bound)
{
    uint32_t updates[2];
    uint32_t count = size_updates(e, updates);
    *total = 0;
    for (uint32_t i = 0; i < count; i++) {
        *total += hpack__integer_length(updates[i], PREFIX_SIZE_UPDATE);
    }
    uint32_t last_index = HPACK__STATIC_COUNT + e->table.limit / HPACK__ENTRY_OVERHEAD;
    *index_bound = hpack__integer_length(last_index, PREFIX_LITERAL);
}

size_t hpack_encoder_bound(const hpack_encoder *encoder, const hpack_field *fields, size_t count)
{
    uint64_t total;
    uint64_t index_bound;
    fixed_bounds(encoder, &total, &index_bound);
    for (size_t i = 0; i < count; i++) {
        const uint32_t name = fields[i].name_length;
        const uint32_t value = fields[i].value_length;
        /* Nearly all: lengths of one octet, and a name that takes more than an index. */
        if ((name | value) < (1U << PREFIX_STRING) - 1 && 2 + (uint64_t)name >= index_bound) {
            total += 3 + (uint64_t)name + value;
            continue;
        }
        uint64_t bound = field_bound(&fields[i], index_bound);
        if (bound > SIZE_MAX - total) {
            return SIZE_MAX;
        }
        total += bound;
    }
    return (size_t)total;
}

/* ---- Output ------------------------------------------------------------------------------- */

/* The block being written. Octets up to end are there for it. */
struct output {
    uint8_t *at;
    const uint8_t *end;
};

/* Puts a string in Huffman code, unless that is not shorter. Its length is written when it is
 * known, before it. rfc: 7541#5.2 */
static int put_coded(struct output *out, const char *string, uint32_t length)
{
    uint32_t head = hpack__integer_length(length - length / 4, PREFIX_STRING);
    uint8_t *text = out->at + head;
    const uint8_t *end =
        hpack__huffman_write(text, text + length - 1, out->end, (const uint8_t *)string, length);
    if (end == NULL) {
        return 0;
    }
    uint32_t coded = (uint32_t)(end - text);
    uint32_t needed = hpack__integer_length(coded, PREFIX_STRING);
    if (needed != head) {
        memmove(out->at + needed, text, coded);
    }
    out->at = hpack__integer_write(out->at, coded, PREFIX_STRING, FORM_HUFFMAN) + coded;
    return 1;
}

static void put_string(const hpack_encoder *e, struct output *out, const char *string,
                       uint32_t length)
{
    if (length > 0 && e->huffman && put_coded(out, string, length)) {
        return;
    }
    out->at = hpack__integer_write(out->at, length, PREFIX_STRING, 0);
    if (length > 0) {
        memcpy(out->at, string, length);
    }
    out->at += length;
}

static inline void put_literal(const hpack_encoder *e, struct output *out, const hpack_field *field,
                               enum hpack__indexing indexing, uint32_t name_index)
{
    unsigned prefix = indexing == HPACK__INDEX ? PREFIX_INCREMENTAL : PREFIX_LITERAL;
    uint8_t form = indexing == HPACK__INDEX         ? FORM_INCREMENTAL
                   : indexing == HPACK__NEVER_INDEX ? FORM_NEVER_INDEXED
                                                    : FORM_WITHOUT_INDEXING;
    out->at = hpack__integer_write(out->at, name_index, prefix, form);
    if (name_index == 0) {
        put_string(e, out, field->name, field->name_length);
    }
    put_string(e, out, field->value, field->value_length);
}

/* Most tables need no more than two octets. */
static inline void put_index(struct output *out, uint32_t index)
{
    const uint32_t mask = (1U << PREFIX_INDEXED) - 1;
    if (index - mask < 0x80) {
        out->at[0] = (uint8_t)(FORM_INDEXED | mask);
        out->at[1] = (uint8_t)(index - mask);
        out->at += 2;
        return;
    }
    out->at = hpack__integer_write(out->at, index, PREFIX_INDEXED, FORM_INDEXED);
}

/* Index of the field's name in either table, or 0. */
static inline uint32_t find_name(const hpack_encoder *e, const struct hpack__wanted *w,
                                 uint32_t hash)
{
    if (hpack__token_is_static(w->field->token)) {
        return w->field->token;
    }
    uint32_t position = hpack__entries_find_name(&e->table, w, hash);
    return position == HPACK__NOT_FOUND ? 0 : position + HPACK__FIRST_DYNAMIC;
}

/* A field that stands in no table, and may come into the dynamic one. rfc: 7541#6.2.1, 7541#6.2.2 */
static void put_new(hpack_encoder *e, const struct hpack__wanted *w, struct output *out,
                    enum hpack__indexing indexing, struct hpack__hashes hashes)
{
    const hpack_field *field = w->field;
    uint32_t name = find_name(e, w, hashes.name);
    if (indexing == HPACK__INDEX_BY_HISTORY) {
        /* A name that cannot be referred to is worth an entry by itself. */
        int worth = hpack__history_miss(&e->history, field->token, hashes);
        indexing = worth || name == 0 ? HPACK__INDEX : HPACK__DO_NOT_INDEX;
    }
    if (indexing == HPACK__INDEX && !hpack__entries_add(&e->table, &e->memory, field, hashes)) {
        indexing = HPACK__DO_NOT_INDEX;
    }
    put_literal(e, out, field, indexing, name);
}

static inline void put_found(hpack_encoder *e, struct output *out, uint32_t position)
{
    e->table.hits++;
    put_index(out, position + HPACK__FIRST_DYNAMIC);
}

/* A field that may stand in the dynamic table, or come into it, but is not the newest entry of its
 * name. rfc: 7541#6.1 */
static inline void put_varied(hpack_encoder *e, const struct hpack__wanted *w, struct output *out,
                              enum hpack__indexing indexing, uint64_t name_hash)
{
    const struct hpack__hashes hashes = hpack__pair_hashes(w->field, name_hash);
    uint32_t found = hpack__entries_find_pair(&e->table, w, hashes.pair);
    if (found == HPACK__NOT_FOUND) {
        put_new(e, w, out, indexing, hashes);
        return;
    }
    if (indexing == HPACK__INDEX_BY_HISTORY) {
        hpack__history_hit(&e->history, w->field->token, hashes.name);
    }
    put_found(e, out, found);
}

static inline void put_indexable(hpack_encoder *e, const hpack_field *field, struct output *out,
                                 enum hpack__indexing indexing)
{
    const struct hpack__wanted w = hpack__wanted(field, field->token);
    const uint64_t name_hash = hpack__name_hash(field, field->token);
    const uint32_t hash = hpack__name_chain(field->token, name_hash);
    uint32_t found = hpack__entries_find_newest(&e->table, &w, hash);
    if (found == HPACK__NOT_FOUND) {
        put_varied(e, &w, out, indexing, name_hash);
        return;
    }
    if (indexing == HPACK__INDEX_BY_HISTORY) {
        hpack__history_hit(&e->history, field->token, hash);
    }
    put_found(e, out, found);
}

/* One that comes into no table, or is not to be found there. rfc: 7541#6.2.2, 7541#6.2.3 */
static void put_plain(const hpack_encoder *e, const hpack_field *field, struct output *out,
                      enum hpack__indexing indexing)
{
    const struct hpack__wanted w = hpack__wanted(field, field->token);
    put_literal(
        e, out, field, indexing,
        find_name(e, &w, hpack__name_chain(field->token, hpack__name_hash(field, field->token))));
}

/* rfc: 7541#6.1 */
APART static void put_any(hpack_encoder *e, const hpack_field *given, uint32_t token,
                          struct output *out)
{
    hpack_field field = *given;
    field.token = token;
    enum hpack__indexing indexing = hpack__choose_indexing(&e->policy, &field, e->table.limit);
    if (indexing != HPACK__NEVER_INDEX) {
        uint32_t index = hpack__static_find(token, field.value, field.value_length);
        if (index != 0) {
            if (indexing == HPACK__INDEX_BY_HISTORY) {
                hpack__history_hit(&e->history, token, 0);
            }
            put_index(out, index);
            return;
        }
    }
    if (indexing == HPACK__INDEX || indexing == HPACK__INDEX_BY_HISTORY) {
        put_indexable(e, &field, out, indexing);
    } else {
        put_plain(e, &field, out, indexing);
    }
}

/* A plain field whose name has no token. */
APART static void put_unknown(hpack_encoder *e, const hpack_field *field, struct output *out)
{
    put_indexable(e, field, out, HPACK__INDEX_BY_HISTORY);
}

/* A plain field with that token, which is not the newest entry of its name. rfc: 7541#6.1 */
APART static void put_varied_plain(hpack_encoder *e, const hpack_field *given, uint32_t token,
                                   struct output *out)
{
    if (given->value_length == 0) {
        uint32_t index = hpack__static_find(token, "", 0);
        if (index != 0) {
            hpack__history_hit(&e->history, token, 0);
            put_index(out, index);
            return;
        }
    }
    hpack_field field = *given;
    field.token = token;
    const struct hpack__wanted w = {&field, token, 0};
    put_varied(e, &w, out, HPACK__INDEX_BY_HISTORY, hpack__name_hash(&field, token));
}

/* The same as put_any(), in fewer steps, for a plain field whose name has that token.
 * rfc: 7541#6.1 */
static inline void put_known(hpack_encoder *e, const hpack_field *field, uint32_t token,
                             struct output *out)
{
    uint32_t index = 0;
    if (hpack__name_kind[token] & HPACK__NAME_VALUES) {
        index = hpack__static_search(token, field->value, field->value_length);
    }
    if (index != 0) {
        put_index(out, index);
    } else {
        const struct hpack__wanted w = {field, token, 0};
        uint32_t found = hpack__entries_find_newest(&e->table, &w, token);
        if (found == HPACK__NOT_FOUND) {
            put_varied_plain(e, field, token, out);
            return;
        }
        put_found(e, out, found);
    }
    hpack__history_hit(&e->history, token, 0);
}

/* ---- Blocks ------------------------------------------------------------------------------- */

/* Whether a token that the caller gave may be that of the name. */
static inline int token_is_valid(const hpack_field *field)
{
    return field->token < HPACK_TOKEN_END &&
           hpack__token_length[field->token] == field->name_length;
}

static inline int field_is_valid(const hpack_field *field)
{
    const uint32_t flags = HPACK_FIELD_NEVER_INDEXED | HPACK_FIELD_NO_INDEXING | HPACK_FIELD_CLEAN;
    return (field->name != NULL || field->name_length == 0) &&
           (field->value != NULL || field->value_length == 0) && (field->flags & ~flags) == 0 &&
           (field->token == HPACK_TOKEN_NONE || token_is_valid(field));
}

/* What a block may take. */
struct block_size {
    uint64_t octets; /* of its fields */
    uint64_t most;   /* of the block: the bound, or more when there is room for that */
};

/* Checks what the caller gave, and sums it up. */
static int check_arguments(const hpack_encoder *e, const hpack_field *fields, size_t count,
                           const hpack_buffer *out, struct block_size *size)
{
    if (out == NULL || (fields == NULL && count > 0) || out->length > out->capacity) {
        return HPACK_ERR_USAGE;
    }
    const uint64_t room = out->capacity - out->length;
    uint64_t octets = 0;
    for (size_t i = 0; i < count; i++) {
        if (!field_is_valid(&fields[i])) {
            return HPACK_ERR_USAGE;
        }
        octets += (uint64_t)fields[i].name_length + fields[i].value_length;
    }
    size->octets = octets;
    size->most = octets + (uint64_t)count * FIELD_OVERHEAD + 2 * HPACK__INTEGER_MAX_LENGTH;
    if (count > COUNT_SURE || size->most > room) {
        size->most = hpack_encoder_bound(e, fields, count);
    }
    return size->most <= room ? 0 : HPACK_ERR_BUFFER;
}

static void put_size_updates(hpack_encoder *e, struct output *out)
{
    uint32_t updates[2];
    uint32_t count = size_updates(e, updates);
    for (uint32_t i = 0; i < count; i++) {
        out->at = hpack__integer_write(out->at, updates[i], PREFIX_SIZE_UPDATE, FORM_SIZE_UPDATE);
    }
    e->announced = e->table.limit;
    e->lowest_limit = e->table.limit;
}

int hpack_encoder_encode(hpack_encoder *encoder, const hpack_field *fields, size_t count,
                         hpack_buffer *out)
{
    hpack_encoder *e = encoder;
    struct block_size size;
    int result = check_arguments(e, fields, count, out, &size);
    if (result != 0 || size.most == 0) {
        return result;
    }
    uint8_t *begin = out->data + out->length;
    struct output to = {begin, begin + size.most};
    const uint64_t plain_limit = hpack__plain_limit(&e->policy, e->table.limit);
    put_size_updates(e, &to);
    hpack__entries_expect(&e->table, count, size.octets);
    for (size_t i = 0; i < count; i++) {
        const hpack_field *field = &fields[i];
        const uint32_t token = field->token != HPACK_TOKEN_NONE
                                   ? field->token
                                   : hpack__token(field->name, field->name_length);
        if (!hpack__field_is_plain(field, hpack__name_kind[token], plain_limit)) {
            put_any(e, field, token, &to);
        } else if (token != HPACK_TOKEN_NONE) {
            put_known(e, field, token, &to);
        } else {
            put_unknown(e, field, &to);
        }
    }
    assert(to.at <= to.end);
    out->length += (size_t)(to.at - begin);
    return 0;
}

/* ---- Inspection --------------------------------------------------------------------------- */

int hpack_encoder_table_info(const hpack_encoder *encoder, hpack_table_info *info)
{
    const struct hpack__entries *t = &encoder->table;
    if (info == NULL || info->size < sizeof *info) {
        return HPACK_ERR_USAGE;
    }
    *info = (hpack_table_info){.size = info->size,
                               .count = t->count,
                               .size_bytes = t->size,
                               .limit_bytes = t->limit,
                               .insertions = t->inserted,
                               .hits = t->hits};
    return 0;
}

int hpack_encoder_table_entry(const hpack_encoder *encoder, uint32_t position, hpack_field *out)
{
    if (position >= encoder->table.count || out == NULL) {
        return HPACK_ERR_USAGE;
    }
    *out = hpack__entries_field(&encoder->table, position);
    return 0;
}
