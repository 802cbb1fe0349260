/* SPDX-License-Identifier: MIT */
#include "decoder.h"

#include <string.h>

#include "check.h"
#include "clean.h"
#include "config.h"
#include "decoder_whole.h"
#include "index_space.h"

enum {
    FIRST_ROWS = 12,      /* for many requests */
    FIRST_INSERTIONS = 9, /* of a first request, or the ring would grow at once */
    OCTETS_A_FIELD = 32,  /* that it gives, about */
    MOST_EXPECTED = 1024, /* that rows and entries are made for */
    LARGE_ROWS = 128      /* rows up to this are never given back */
};

/* What comes next in the block. */
enum state {
    STATE_START,       /* a representation */
    STATE_INDEX,       /* more of its index or size */
    STATE_LENGTH,      /* the first octet of a string literal */
    STATE_LENGTH_MORE, /* more of its length */
    STATE_STRING       /* its octets */
};

/* ---- Life --------------------------------------------------------------------------------- */

int hpack_decoder_new(hpack_decoder **out, const hpack_decoder_config *config)
{
    if (out == NULL) {
        return HPACK_ERR_USAGE;
    }
    *out = NULL;
    hpack_decoder_config c;
    int result = hpack__import_decoder_config(&c, config);
    if (result != 0) {
        return result;
    }
    hpack_decoder *d = c.resize(c.resize_ctx, NULL, 0, sizeof *d);
    if (d == NULL) {
        return HPACK_ERR_NOMEM;
    }
    memset(d, 0, sizeof *d);
    d->memory = (struct hpack__memory){c.resize, c.resize_ctx};
    hpack__table_init(&d->table, c.table_size_limit);
    d->table_bound = c.table_size_limit;
    d->lowest_bound = c.table_size_limit;
    d->section_limit = c.section_limit_bytes;
    d->field_count_limit = c.field_count_limit;
    d->string_limit = c.string_limit_bytes;
    d->check_octets = c.check_octets;
    *out = d;
    return 0;
}

void hpack_decoder_free(hpack_decoder *decoder)
{
    if (decoder != NULL) {
        struct hpack__memory memory = decoder->memory;
        hpack__table_release(&decoder->table, &memory);
        hpack__free(&memory, decoder, sizeof *decoder);
    }
}

/* ---- Memory ------------------------------------------------------------------------------- */

/* What a first block that may give so many octets is likely to need besides: a field of a first
 * request gives about that many, and most become entries. */
static int first_sizes(const hpack_decoder *d, size_t expected, struct hpack__sizes *sizes)
{
    expected = expected < d->section_limit ? expected : d->section_limit;
    expected = expected > 0 ? expected : 1;
    const uint32_t likely =
        (uint32_t)((expected < MOST_EXPECTED ? expected : MOST_EXPECTED) / OCTETS_A_FIELD);
    const uint32_t most = d->field_count_limit;
    uint32_t rows = likely > FIRST_ROWS ? likely : FIRST_ROWS;
    rows = rows < most ? rows : most;
    sizes->rows = sizes->rows > rows ? sizes->rows : rows;
    hpack__table_more_entries(&d->table, likely > FIRST_INSERTIONS ? likely : FIRST_INSERTIONS,
                              sizes);
    return sizes->log > 0 ? 0 : hpack__table_more_log(&d->table, expected, sizes);
}

/* All moves when one grows, so what is nearly full grows with it. */
static void grow_together(const struct hpack__table *t, struct hpack__sizes *sizes)
{
    if (sizes->log > t->log_capacity && t->count > t->capacity / 4 * 3) {
        hpack__table_more_entries(t, t->capacity - t->count + 1, sizes);
    }
    if (sizes->entries > t->capacity && sizes->log < HPACK__LARGE_LOG &&
        t->log_used > t->log_capacity / 4 * 3) {
        sizes->log *= 2;
    }
}

static int resize(hpack_decoder *d, struct hpack__sizes *sizes, size_t expected)
{
    struct hpack__move move;
    int result = 0;
    if (d->table.rows == NULL) {
        result = first_sizes(d, expected, sizes);
    } else {
        grow_together(&d->table, sizes);
    }
    if (result == 0) {
        result = hpack__table_resize(&d->table, &d->memory, sizes, &move);
    }
    if (result == 0) {
        d->field.name = hpack__moved(&move, d->field.name);
        d->field.value = hpack__moved(&move, d->field.value);
        hpack__end_move(&d->memory, &move);
    }
    return result;
}

int hpack__decoder_reserve_log(hpack_decoder *d, size_t more)
{
    if (more <= d->table.log_capacity - d->table.log_used) {
        return 0;
    }
    struct hpack__sizes sizes = hpack__table_sizes(&d->table);
    int result = hpack__table_more_log(&d->table, more, &sizes);
    return result == 0 ? resize(d, &sizes, 0) : result;
}

int hpack__decoder_reserve_entry(hpack_decoder *d)
{
    struct hpack__sizes sizes = hpack__table_sizes(&d->table);
    hpack__table_more_entries(&d->table, 1, &sizes);
    return sizes.entries > d->table.capacity ? resize(d, &sizes, 0) : 0;
}

static int resize_rows(hpack_decoder *d, uint32_t capacity, size_t expected)
{
    struct hpack__sizes sizes = hpack__table_sizes(&d->table);
    sizes.rows = capacity;
    return resize(d, &sizes, expected);
}

int hpack__decoder_grow_rows(hpack_decoder *d, size_t expected)
{
    uint32_t capacity = d->table.rows_capacity > 0 ? d->table.rows_capacity * 2 : FIRST_ROWS;
    return resize_rows(d, capacity < d->field_count_limit ? capacity : d->field_count_limit,
                       expected);
}

/* ---- Fields ------------------------------------------------------------------------------- */

/* The first limit that a further field would exceed, or 0. */
static int exceeded_limit(const hpack_decoder *d, uint64_t name_length, uint64_t value_length)
{
    if (d->table.rows_count == d->field_count_limit) {
        return HPACK_ERR_FIELD_COUNT_LIMIT;
    }
    if (name_length > d->string_limit || value_length > d->string_limit) {
        return HPACK_ERR_STRING_LIMIT;
    }
    return d->section_size > d->section_limit ? HPACK_ERR_SECTION_LIMIT : 0;
}

/* Counts a field and says whether it is to be kept. */
static int count_field(hpack_decoder *d, uint64_t name_length, uint64_t value_length)
{
    d->section_size += hpack__entry_size(name_length, value_length);
    if (d->over != 0) {
        return 0;
    }
    d->over = exceeded_limit(d, name_length, value_length);
    if (d->over != 0) {
        d->frozen = d->field_start;
    }
    return d->over == 0;
}

static int reserve_row(hpack_decoder *d)
{
    return d->table.rows_count < d->table.rows_capacity ? 0 : hpack__decoder_grow_rows(d, 0);
}

/* rfc: 7541#6.1 */
static int apply_indexed(hpack_decoder *d, uint32_t index)
{
    const hpack_field *row = hpack__index_row(&d->table, index);
    if (row == NULL) {
        return HPACK_ERR_INDEX;
    }
    d->field_start = d->table.log_used;
    if (!count_field(d, row->name_length, row->value_length)) {
        return 0;
    }
    int result = reserve_row(d);
    if (result == 0) {
        /* Entries may have moved. */
        d->table.rows[d->table.rows_count++] = *hpack__index_row(&d->table, index);
        d->table.hits += index > HPACK__STATIC_COUNT;
    }
    return result;
}

/* Most octets of the next string that are of use, to the section or to the table. */
static uint64_t string_cap(const hpack_decoder *d)
{
    uint64_t before = HPACK__ENTRY_OVERHEAD + (d->in_value ? d->name_length : 0);
    uint64_t cap = 0;
    if (d->over == 0 && d->table.rows_count < d->field_count_limit &&
        d->section_size + before <= d->section_limit) {
        uint64_t left = d->section_limit - d->section_size - before;
        cap = left < d->string_limit ? left : d->string_limit;
    }
    if (d->kind == HPACK__INCREMENTAL && before <= d->table.limit &&
        cap < d->table.limit - before) {
        cap = d->table.limit - before;
    }
    return cap;
}

/* A literal with the name of an entry. A new entry gets a copy of it, because the one it comes from
 * may be evicted before (RFC 7541 4.4). rfc: 7541#4.4 */
static int take_indexed_name(hpack_decoder *d, uint32_t index)
{
    const hpack_field *row = hpack__index_row(&d->table, index);
    if (row == NULL) {
        return HPACK_ERR_INDEX;
    }
    d->field = (hpack_field){
        .name = row->name, .value = "", .name_length = row->name_length, .token = row->token};
    d->name_length = row->name_length;
    d->in_value = 1;
    d->state = STATE_LENGTH;
    if (d->kind != HPACK__INCREMENTAL || row->token != HPACK_TOKEN_NONE || row->name_length == 0 ||
        hpack__entry_size(row->name_length, 0) > d->table.limit) {
        return 0;
    }
    int result = hpack__decoder_reserve_log(d, d->field.name_length);
    if (result != 0) {
        return result;
    }
    char *copy = d->table.log + d->table.log_used;
    memcpy(copy, d->field.name, d->field.name_length);
    d->table.log_used += d->field.name_length;
    d->field.name = copy;
    return 0;
}

/* Once rows are not added any more, what literals leave in the log would only pile up. */
static void clear_log(hpack_decoder *d)
{
    if (d->over != 0 && d->table.log_used - d->frozen > (uint64_t)d->table.limit * 2) {
        hpack__table_compact(&d->table, d->frozen);
    }
}

static int begin_literal(hpack_decoder *d, uint32_t index)
{
    clear_log(d);
    d->field_start = d->table.log_used;
    if (index != 0) {
        return take_indexed_name(d, index);
    }
    d->field = (hpack_field){.name = "", .value = ""};
    d->name_length = 0;
    d->in_value = 0;
    d->state = STATE_LENGTH;
    return 0;
}

/* rfc: 7541#4.2, 7541#6.3 */
static int apply_size_update(hpack_decoder *d, uint32_t size)
{
    if (d->fields_begun) {
        return HPACK_ERR_SIZE_UPDATE_PLACE;
    }
    if (size > d->table_bound) {
        return HPACK_ERR_SIZE_UPDATE_LIMIT;
    }
    /* Two are all that an encoder ever needs: the lowest size and the final one. */
    if (d->size_updates == 2) {
        return HPACK_ERR_SIZE_UPDATE_COUNT;
    }
    if (d->size_updates == 0 && d->lowest_bound < d->table.limit && size > d->lowest_bound) {
        return HPACK_ERR_SIZE_UPDATE_MISSING;
    }
    d->size_updates++;
    d->lowest_bound = d->table_bound;
    hpack__table_set_limit(&d->table, size);
    d->state = STATE_START;
    return 0;
}

/* A reduction below the size in force has to be acknowledged before any field. rfc: 7541#4.2 */
static int check_size_update(const hpack_decoder *d)
{
    return d->size_updates == 0 && d->lowest_bound < d->table.limit ? HPACK_ERR_SIZE_UPDATE_MISSING
                                                                    : 0;
}

static int apply_integer(hpack_decoder *d)
{
    uint32_t value = (uint32_t)d->integer.value;
    if (d->kind == HPACK__SIZE_UPDATE) {
        return apply_size_update(d, value);
    }
    if (d->kind == HPACK__INDEXED) {
        d->state = STATE_START;
        return apply_indexed(d, value);
    }
    return begin_literal(d, value);
}

/* The name is complete: known names become static, so that they take no memory. */
static void finish_name(hpack_decoder *d)
{
    struct hpack__string *s = &d->string;
    d->name_length = s->length;
    d->in_value = 1;
    d->state = STATE_LENGTH;
    if (!s->kept) {
        d->field.name = NULL;
        return;
    }
    d->field.name = hpack__string_data(d);
    d->field.name_length = (uint32_t)s->length;
    d->field.token = hpack_token(d->field.name, d->field.name_length);
    if (d->field.token != HPACK_TOKEN_NONE) {
        d->field.name = hpack__static_row[d->field.token].name;
        d->table.log_used = s->start;
    }
}

/* rfc: 7541#6.2.1, 7541#4.4 */
static int insert_joined(hpack_decoder *d, uint64_t size)
{
    if (!hpack__table_make_room(&d->table, size)) {
        return 0;
    }
    int result = d->table.count < d->table.capacity ? 0 : hpack__decoder_reserve_entry(d);
    if (result == 0) {
        hpack__table_push(&d->table, &d->field);
    }
    return result;
}

static int finish_literal(hpack_decoder *d)
{
    const struct hpack__string *s = &d->string;
    uint64_t size = hpack__entry_size(d->name_length, s->length);
    int keep = count_field(d, d->name_length, s->length);
    /* What is within the limits is within the caps. */
    assert(!keep || (s->kept && d->field.name != NULL));
    d->state = STATE_START;
    if (s->kept) {
        d->field.value = hpack__string_data(d);
        d->field.value_length = (uint32_t)s->length;
    }
    int result = 0;
    /* rfc: 7541#6.2.3 */
    d->field.flags = d->kind == HPACK__NEVER_INDEXED ? HPACK_FIELD_NEVER_INDEXED : 0;
    if (d->check_octets && s->kept && d->field.name != NULL) {
        d->field.flags |= hpack__clean(&d->field, 0);
    }
    if (keep) {
        result = reserve_row(d);
    }
    if (keep && result == 0) {
        d->table.rows[d->table.rows_count++] = d->field;
    }
    if (result == 0 && d->kind == HPACK__INCREMENTAL) {
        result = insert_joined(d, size);
    }
    if (!keep && (d->kind != HPACK__INCREMENTAL || size > d->table.limit)) {
        d->table.log_used = d->field_start;
    }
    return result;
}

/* ---- States ------------------------------------------------------------------------------- */

static int begin_representation(hpack_decoder *d, uint8_t first)
{
    unsigned prefix = 4;
    d->kind = first & 0x10 ? HPACK__NEVER_INDEXED : HPACK__WITHOUT_INDEXING;
    if (first & 0x80) {
        d->kind = HPACK__INDEXED;
        prefix = 7;
    } else if (first & 0x40) {
        d->kind = HPACK__INCREMENTAL;
        prefix = 6;
    } else if (first & 0x20) {
        d->kind = HPACK__SIZE_UPDATE;
        prefix = 5;
    }
    if (d->kind != HPACK__SIZE_UPDATE && !d->fields_begun) {
        int result = check_size_update(d);
        if (result != 0) {
            return result;
        }
        d->fields_begun = 1;
    }
    if (hpack__integer_begin(&d->integer, first, prefix) == HPACK__MORE) {
        d->state = STATE_INDEX;
        return 0;
    }
    return apply_integer(d);
}

/* Whether the block begins with a field and may do so. */
static inline int starts_with_field(hpack_decoder *d, const struct hpack__input *in)
{
    if (in->at == in->end || (*in->at & 0xe0) == 0x20 || check_size_update(d) != 0) {
        return 0;
    }
    d->fields_begun = 1;
    return 1;
}

static inline int step_start(hpack_decoder *d, struct hpack__input *in)
{
    if (d->over != 0) {
        hpack__skip_whole(d, in);
    } else if (d->fields_begun || starts_with_field(d, in)) {
        int result = hpack__decode_whole(d, in);
        if (result != 0) {
            return result;
        }
    }
    return in->at < in->end ? begin_representation(d, *in->at++) : HPACK__MORE;
}

static int step_index(hpack_decoder *d, struct hpack__input *in)
{
    int result = hpack__integer_read(&d->integer, &in->at, in->end);
    return result == 0 ? apply_integer(d) : result;
}

static int apply_length(hpack_decoder *d)
{
    /* A name that is static memory later need not be copied now, but that is not known yet. */
    hpack__string_begin(d, (uint32_t)d->integer.value, string_cap(d),
                        d->kind == HPACK__INCREMENTAL);
    d->state = STATE_STRING;
    return 0;
}

static int step_length(hpack_decoder *d, struct hpack__input *in)
{
    if (in->at == in->end) {
        return HPACK__MORE;
    }
    uint8_t first = *in->at++;
    d->string.coded = (first & 0x80) != 0;
    if (hpack__integer_begin(&d->integer, first, 7) == HPACK__MORE) {
        d->state = STATE_LENGTH_MORE;
        return 0;
    }
    return apply_length(d);
}

static int step_length_more(hpack_decoder *d, struct hpack__input *in)
{
    int result = hpack__integer_read(&d->integer, &in->at, in->end);
    return result == 0 ? apply_length(d) : result;
}

static int step_string(hpack_decoder *d, struct hpack__input *in)
{
    int result = hpack__string_read(d, in);
    if (result != 0) {
        return result;
    }
    if (d->in_value) {
        return finish_literal(d);
    }
    finish_name(d);
    return 0;
}

/* Each step takes input as far as it can: 0 when the state is done, HPACK__MORE when the input
 * is, or an error. */
static int (*const STATE_STEPS[])(hpack_decoder *, struct hpack__input *) = {
    [STATE_START] = step_start,   [STATE_INDEX] = step_index,
    [STATE_LENGTH] = step_length, [STATE_LENGTH_MORE] = step_length_more,
    [STATE_STRING] = step_string,
};

/* ---- Blocks ------------------------------------------------------------------------------- */

static void begin_block(hpack_decoder *d)
{
    if (d->table.rows_capacity > LARGE_ROWS && d->table.rows_count < d->table.rows_capacity / 8) {
        /* Without memory for fewer rows the many stay. */
        (void)resize_rows(d, d->table.rows_capacity / 2, 0);
    }
    hpack__table_tidy(&d->table, &d->memory);
    d->section_size = 0;
    d->over = 0;
    d->fields_begun = 0;
    d->size_updates = 0;
    d->state = STATE_START;
    d->open = 1;
}

/* rfc: 7541#4.2, 7541#5.1, 7541#5.2 */
static int end_block(hpack_decoder *d)
{
    d->open = 0;
    if (d->state != STATE_START) {
        return HPACK_ERR_TRUNCATED;
    }
    return d->fields_begun ? 0 : check_size_update(d);
}

int hpack_decoder_feed(hpack_decoder *decoder, const uint8_t *data, size_t length, uint32_t flags)
{
    hpack_decoder *d = decoder;
    if ((data == NULL && length > 0) || (flags & ~(uint32_t)HPACK_FEED_LAST) != 0) {
        return HPACK_ERR_USAGE;
    }
    if (d->failed != 0) {
        return d->failed;
    }
    if (!d->open) {
        begin_block(d);
    }
    static const uint8_t none[1] = {0};
    const uint8_t *at = length > 0 ? data : none;
    struct hpack__input in = {at, at + length, (flags & HPACK_FEED_LAST) != 0};
    int result = d->state == STATE_START ? step_start(d, &in) : 0;
    while (result == 0) {
        result = STATE_STEPS[d->state](d, &in);
    }
    if (result == HPACK__MORE) {
        assert(in.at == in.end);
        result = in.last ? end_block(d) : 0;
    }
    if (result != 0) {
        d->failed = result;
        return result;
    }
    return in.last ? d->over : 0;
}

void hpack_decoder_trim(hpack_decoder *decoder)
{
    hpack_decoder *d = decoder;
    if (d->open || d->failed != 0) {
        return;
    }
    hpack__table_trim(&d->table, &d->memory);
}

const hpack_field *hpack_decoder_fields(const hpack_decoder *decoder, size_t *count)
{
    *count = decoder->table.rows_count;
    return decoder->table.rows;
}

uint64_t hpack_decoder_section_size(const hpack_decoder *decoder)
{
    return decoder->section_size;
}

/* rfc: 9113#4.3.1 */
int hpack_decoder_set_table_limit(hpack_decoder *decoder, uint32_t limit_bytes)
{
    if (decoder->failed != 0) {
        return decoder->failed;
    }
    if (decoder->open) {
        return HPACK_ERR_USAGE;
    }
    decoder->table_bound = limit_bytes;
    if (limit_bytes < decoder->lowest_bound) {
        decoder->lowest_bound = limit_bytes;
    }
    return 0;
}

/* ---- Inspection --------------------------------------------------------------------------- */

int hpack_decoder_table_info(const hpack_decoder *decoder, hpack_table_info *info)
{
    return hpack__table_info(&decoder->table, info);
}

int hpack_decoder_table_entry(const hpack_decoder *decoder, uint32_t position, hpack_field *out)
{
    return hpack__table_entry(&decoder->table, position, out);
}
