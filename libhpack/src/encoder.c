/* SPDX-License-Identifier: MIT */
/*
 * The encoder: public calls, size updates, and the choice of a representation for each field.
 *
 * All memory that a block may need is taken before the first octet is written, so that an error
 * leaves encoder and output as they were. The table's log is compacted whenever it is full: with
 * room for twice the table's limit it never has to grow.
 */
#include <string.h>

#include "check.h"
#include "config.h"
#include "encoder_history.h"
#include "encoder_index.h"
#include "encoder_policy.h"
#include "huffman.h"
#include "index_space.h"
#include "integer.h"
#include "representation.h"

struct hpack_encoder {
    struct hpack__memory memory;
    struct hpack__table table;
    struct hpack__index index;
    struct hpack__policy policy;
    struct hpack__history *history; /* NULL until a field may be indexed by it */
    int huffman;                    /* where it is shorter */
    uint32_t own_limit;             /* configured */
    uint32_t announced;             /* the size that the peer's decoder knows of */
    uint32_t lowest_limit;          /* lowest the table had since the last block */
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
    hpack__table_init(&e->table, c.peer_table_limit);
    hpack__index_init(&e->index);
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
        hpack__table_release(&encoder->table, &memory);
        hpack__index_release(&encoder->index, &memory);
        hpack__free(&memory, encoder->history, sizeof *encoder->history);
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
    hpack__table_set_limit(&encoder->table, limit);
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

/* ---- Memory ------------------------------------------------------------------------------- */

/* What the fields can add to the table at the most: octets for the log and entries. */
static void most_insertions(const hpack_encoder *e, const hpack_field *fields, size_t count,
                            size_t *octets, size_t *entries)
{
    *octets = 0;
    *entries = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t size = hpack__entry_size(fields[i].name_length, fields[i].value_length);
        if (hpack__may_index(&e->policy, &fields[i], e->table.limit)) {
            *octets += (size_t)size - HPACK__ENTRY_OVERHEAD;
            *entries += 1;
        }
        if (*octets > (size_t)e->table.limit * 2) {
            *octets = (size_t)e->table.limit * 2;
        }
    }
}

/* The history is there before the first entry is. */
static int reserve_history(hpack_encoder *e)
{
    if (e->history != NULL || e->policy.kind != HPACK_POLICY_ADAPTIVE) {
        return 0;
    }
    e->history = hpack__resize(&e->memory, NULL, 0, sizeof *e->history);
    if (e->history == NULL) {
        return HPACK_ERR_NOMEM;
    }
    memset(e->history, 0, sizeof *e->history);
    return 0;
}

/* all: octets of the fields. With twice the limit, compaction makes room. rfc: 7541#4.4 */
static int reserve(hpack_encoder *e, const hpack_field *fields, size_t count, uint64_t all)
{
    size_t most = (size_t)e->table.limit * 2;
    if ((all <= e->table.log_capacity - e->table.log_used || most <= e->table.log_capacity) &&
        (count <= e->index.capacity - e->table.count ||
         e->table.limit / HPACK__ENTRY_OVERHEAD <= e->index.capacity)) {
        return 0;
    }
    size_t octets;
    size_t entries;
    most_insertions(e, fields, count, &octets, &entries);
    if (entries == 0) {
        return 0;
    }
    struct hpack__move move = {NULL, 0, 0, NULL};
    int result = reserve_history(e);
    if (result == 0 && e->table.log_capacity < most) {
        size_t left = most > e->table.log_used ? most - e->table.log_used : 0;
        result =
            hpack__table_reserve_log(&e->table, &e->memory, octets < left ? octets : left, &move);
        hpack__end_move(&e->memory, &move);
    }
    if (result == 0) {
        result = hpack__table_reserve_entries(&e->table, &e->memory, entries);
    }
    return result == 0 ? hpack__index_reserve(&e->index, &e->memory, &e->table) : result;
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

static void put_literal(const hpack_encoder *e, struct output *out, const hpack_field *field,
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

static inline void put_index(struct output *out, uint32_t index)
{
    out->at = hpack__integer_write(out->at, index, PREFIX_INDEXED, FORM_INDEXED);
}

static const char *append_octets(struct hpack__table *t, const char *octets, uint32_t length)
{
    if (length == 0) {
        return "";
    }
    char *copy = t->log + t->log_used;
    memcpy(copy, octets, length);
    t->log_used += length;
    return copy;
}

/* field carries its token, like the entry that is made of it. */
static void insert(hpack_encoder *e, const hpack_field *field, struct hpack__hashes hashes)
{
    struct hpack__table *t = &e->table;
    uint64_t size = hpack__entry_size(field->name_length, field->value_length);
    if (!hpack__table_make_room(t, size)) {
        return;
    }
    if (size - HPACK__ENTRY_OVERHEAD > t->log_capacity - t->log_used) {
        hpack__table_compact(t, 0);
    }
    hpack_field row = *field;
    row.name = field->token != HPACK_TOKEN_NONE ? hpack__static_row[field->token].name
                                                : append_octets(t, field->name, field->name_length);
    row.value = append_octets(t, field->value, field->value_length);
    row.flags = 0;
    hpack__table_push(t, &row);
    hpack__index_add(&e->index, hashes);
}

/* Index of the field's name in either table, or 0. */
static uint32_t find_name(const hpack_encoder *e, const hpack_field *field, uint32_t hash)
{
    if (hpack__token_is_static(field->token)) {
        return field->token;
    }
    uint32_t position = hpack__index_find_name(&e->index, &e->table, field, hash);
    return position == HPACK__NOT_FOUND ? 0 : position + HPACK__FIRST_DYNAMIC;
}

/* A field that may stand in the dynamic table, or come into it.
 * rfc: 7541#6.1, 7541#6.2.1, 7541#6.2.2 */
static inline void put_indexable(hpack_encoder *e, const hpack_field *field, struct output *out,
                                 enum hpack__indexing indexing)
{
    uint64_t name_hash = hpack__name_hash(field);
    struct hpack__hashes hashes = {0, (uint32_t)(name_hash >> 8)};
    uint32_t found = hpack__index_find_newest(&e->index, &e->table, field, hashes.name);
    if (found == HPACK__NOT_FOUND) {
        hashes = hpack__pair_hashes(field, name_hash);
        found = hpack__index_find_pair(&e->index, &e->table, field, hashes.pair);
    }
    if (found != HPACK__NOT_FOUND) {
        e->table.hits++;
        if (indexing == HPACK__INDEX_BY_HISTORY) {
            hpack__history_hit(e->history, field->token, hashes.name);
        }
        put_index(out, found + HPACK__FIRST_DYNAMIC);
        return;
    }
    uint32_t name = find_name(e, field, hashes.name);
    if (indexing == HPACK__INDEX_BY_HISTORY) {
        /* A name that cannot be referred to is worth an entry by itself. */
        int worth = hpack__history_miss(e->history, field->token, hashes);
        indexing = worth || name == 0 ? HPACK__INDEX : HPACK__DO_NOT_INDEX;
    }
    put_literal(e, out, field, indexing, name);
    if (indexing == HPACK__INDEX) {
        insert(e, field, hashes);
    }
}

/* field carries its token. rfc: 7541#6.1, 7541#6.2.2, 7541#6.2.3 */
static inline void put_field(hpack_encoder *e, const hpack_field *field, struct output *out,
                             int64_t plain_octets)
{
    enum hpack__indexing indexing = hpack__field_is_plain(field, plain_octets)
                                        ? HPACK__INDEX_BY_HISTORY
                                        : hpack__choose_indexing(&e->policy, field, e->table.limit);
    if (indexing != HPACK__NEVER_INDEX) {
        uint32_t index = hpack__static_find(field->token, field->value, field->value_length);
        if (index != 0) {
            if (indexing == HPACK__INDEX_BY_HISTORY) {
                hpack__history_hit(e->history, field->token, 0);
            }
            put_index(out, index);
            return;
        }
    }
    if (indexing == HPACK__INDEX || indexing == HPACK__INDEX_BY_HISTORY) {
        put_indexable(e, field, out, indexing);
        return;
    }
    uint32_t name = hpack__token_is_static(field->token)
                        ? field->token
                        : find_name(e, field, (uint32_t)(hpack__name_hash(field) >> 8));
    put_literal(e, out, field, indexing, name);
}

/* ---- Blocks ------------------------------------------------------------------------------- */

/* Whether a token that the caller gave may be that of the name. */
static inline int token_is_valid(const hpack_field *field)
{
    return field->token < HPACK_TOKEN_END &&
           hpack__static_row[field->token].token == field->token &&
           hpack__static_row[field->token].name_length == field->name_length;
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
    if (result == 0) {
        result = reserve(e, fields, count, size.octets);
    }
    if (result != 0 || size.most == 0) {
        return result;
    }
    uint8_t *begin = out->data + out->length;
    struct output to = {begin, begin + size.most};
    const int64_t plain_octets = hpack__plain_octets(&e->policy, e->table.limit);
    put_size_updates(e, &to);
    for (size_t i = 0; i < count; i++) {
        const hpack_field *field = &fields[i];
        hpack_field known;
        if (field->token == HPACK_TOKEN_NONE) {
            known = *field;
            known.token = hpack__token(field->name, field->name_length);
            field = &known;
        }
        put_field(e, field, &to, plain_octets);
    }
    assert(to.at <= to.end);
    out->length += (size_t)(to.at - begin);
    return 0;
}

/* ---- Inspection --------------------------------------------------------------------------- */

int hpack_encoder_table_info(const hpack_encoder *encoder, hpack_table_info *info)
{
    return hpack__table_info(&encoder->table, info);
}

int hpack_encoder_table_entry(const hpack_encoder *encoder, uint32_t position, hpack_field *out)
{
    return hpack__table_entry(&encoder->table, position, out);
}
