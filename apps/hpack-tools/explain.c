/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include <inttypes.h>
#include <string.h>

#include "escape.h"

enum {
    HEX_SHOWN = 8,      /* octets of hex in a line */
    NAME_SHOWN = 48,    /* characters of an escaped name */
    VALUE_SHOWN = 64,   /* and of a value */
    STATIC_ENTRIES = 61 /* RFC 7541 Appendix A */
};

/* What stands left of the text in a line that has no offset. */
#define NO_OFFSET "                                      "

void explain_init(struct explain *explain, FILE *out)
{
    *explain = (struct explain){.out = out};
}

void explain_clear(struct explain *explain)
{
    bytes_clear(&explain->scratch);
}

static hpack_table_info table_now(const struct explain *explain)
{
    hpack_table_info info = {.size = sizeof info};

    (void)hpack_decoder_table_info(explain->decoder, &info);
    return info;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- Parts of a line ---------------------------------------------------------------------- */

/* Offset, number of octets, and the first of them. */
static void print_range(struct explain *e, const uint8_t *block, size_t start, size_t end)
{
    size_t length = end - start;
    size_t shown = length <= HEX_SHOWN ? length : HEX_SHOWN - 1;

    if (!e->has_heading) {
        fputs("  offset  octets  hex                 meaning\n", e->out);
        e->has_heading = 1;
    }
    fprintf(e->out, "%8zu  %6zu  ", start, length);
    for (size_t i = 0; i < shown; i++) {
        fprintf(e->out, "%02x", block[start + i]);
    }
    fprintf(e->out, "%s%*s  ", shown < length ? ".." : "",
            (int)(2 * (HEX_SHOWN - shown) + (shown < length ? 0 : 2)), "");
}

/* Escaped, and cut when the octets at the end no longer fit. */
static void print_text(FILE *out, const char *text, size_t length, size_t shown)
{
    char one[8];
    size_t used = 0;
    size_t i = 0;

    for (; i < length; i++) {
        used += escape_copy(one, sizeof one, text + i, 1);
        if (used > shown) {
            break;
        }
        fputs(one, out);
    }
    fputs(i < length ? ".." : "", out);
}

/* ---- Before ------------------------------------------------------------------------------- */

void explain_begin_case(struct explain *explain, uint64_t seq, const struct bytes *wire)
{
    hpack_table_info table = table_now(explain);

    explain->seq = seq;
    explain->wire_length = wire->length;
    explain->added = explain->evicted = 0;
    explain->has_heading = 0;
    fprintf(explain->out, "%scase %" PRIu64 ": %zu octet%s\n", seq > 0 ? "\n" : "", seq,
            wire->length, plural(wire->length));
    fprintf(explain->out, "  table before: %lu entr%s, %lu of %lu octets\n",
            (unsigned long)table.count, table.count == 1 ? "y" : "ies",
            (unsigned long)table.size_bytes, (unsigned long)table.limit_bytes);
}

int explain_before(struct explain *explain, const struct representation *r)
{
    size_t longest = r->name.length > r->value.length ? r->name.length : r->value.length;

    /* The shortest Huffman code has 5 bits. */
    explain->scratch.length = 0;
    if (longest > SIZE_MAX / 2 || bytes_reserve(&explain->scratch, longest / 5 * 8 + 8) != 0) {
        return -1;
    }
    explain->table = table_now(explain);
    explain->field_count = 0;
    if (r->start > 0) {
        (void)hpack_decoder_fields(explain->decoder, &explain->field_count);
    }
    explain->entry = (hpack_field){0};
    if (r->kind == REPRESENTATION_SIZE_UPDATE || r->number == 0) {
        return 0;
    }
    /* An index beyond the tables is for the decoder to refuse. */
    if (r->number <= STATIC_ENTRIES) {
        (void)hpack_static_table_entry(r->number, &explain->entry);
    } else {
        (void)hpack_decoder_table_entry(explain->decoder, r->number - STATIC_ENTRIES - 1,
                                        &explain->entry);
    }
    return 0;
}

/* ---- After -------------------------------------------------------------------------------- */

static enum explain_row row_of(const struct representation *r)
{
    switch (r->kind) {
    case REPRESENTATION_INDEXED:
        return r->number <= STATIC_ENTRIES ? EXPLAIN_INDEXED_STATIC : EXPLAIN_INDEXED_DYNAMIC;
    case REPRESENTATION_INCREMENTAL:
        return EXPLAIN_INCREMENTAL;
    case REPRESENTATION_WITHOUT_INDEXING:
        return EXPLAIN_WITHOUT_INDEXING;
    case REPRESENTATION_NEVER_INDEXED:
        return EXPLAIN_NEVER_INDEXED;
    default:
        return EXPLAIN_SIZE_UPDATE;
    }
}

static const char *const row_names[EXPLAIN_ROWS] = {
    [EXPLAIN_INDEXED_STATIC] = "indexed, static",
    [EXPLAIN_INDEXED_DYNAMIC] = "indexed, dynamic",
    [EXPLAIN_INCREMENTAL] = "literal with indexing",
    [EXPLAIN_WITHOUT_INDEXING] = "literal without indexing",
    [EXPLAIN_NEVER_INDEXED] = "literal never indexed",
    [EXPLAIN_SIZE_UPDATE] = "table size update",
    [EXPLAIN_HUFFMAN] = "Huffman strings",
};

static void print_head(struct explain *e, const uint8_t *block, const struct representation *r)
{
    const char *name = row_names[row_of(r)];
    unsigned long number = r->number;

    print_range(e, block, r->start, r->head_end);
    if (r->kind == REPRESENTATION_INDEXED) {
        fprintf(e->out, "%s entry %lu\n", name, number);
    } else if (r->kind == REPRESENTATION_SIZE_UPDATE) {
        fprintf(e->out, "%s to %lu octets\n", name, number);
    } else if (r->has_name) {
        fprintf(e->out, "%s, new name\n", name);
    } else {
        fprintf(e->out, "%s, name of %s entry %lu\n", name,
                number <= STATIC_ENTRIES ? "static" : "dynamic", number);
    }
}

static size_t decoded_length(struct explain *e, const uint8_t *block,
                             const struct representation_string *s)
{
    hpack_buffer buffer = {e->scratch.data, e->scratch.capacity, 0};

    if (!s->is_huffman) {
        return s->length;
    }
    /* The decoder took it, so it is right. */
    return hpack_huffman_decode(block + s->data, s->length, &buffer) == 0 ? buffer.length : 0;
}

/* Returns the length of the string when it is decoded. */
static size_t print_string(struct explain *e, const uint8_t *block, const char *what,
                           const struct representation_string *s)
{
    size_t raw = decoded_length(e, block, s);

    print_range(e, block, s->start, s->data);
    fprintf(e->out, "length of the %s: %zu%s\n", what, s->length, s->is_huffman ? ", Huffman" : "");
    if (s->length > 0) {
        print_range(e, block, s->data, s->data + s->length);
        fprintf(e->out, "%s", what);
        if (s->is_huffman) {
            fprintf(e->out, ", %zu octet%s without Huffman", raw, plural(raw));
        }
        fputc('\n', e->out);
    }
    if (s->is_huffman) {
        struct explain_sum *sum = &e->sums[EXPLAIN_HUFFMAN];

        sum->count++;
        sum->wire_octets += s->length;
        sum->raw_octets += raw;
    }
    return raw;
}

static void print_field(const struct explain *e, const struct representation *r, uint64_t raw)
{
    size_t count;
    const hpack_field *fields = hpack_decoder_fields(e->decoder, &count);
    size_t cost = r->end - r->start;

    fputs(NO_OFFSET "=> ", e->out);
    if (count > e->field_count) {
        const hpack_field *field = &fields[count - 1];

        print_text(e->out, field->name, field->name_length, NAME_SHOWN);
        fputs(": ", e->out);
        print_text(e->out, field->value, field->value_length, VALUE_SHOWN);
    } else {
        fputs("(beyond a limit of the decoder, not kept)", e->out);
    }
    fprintf(e->out, " (%zu octet%s for %" PRIu64 ")\n", cost, plural(cost), raw);
}

static void print_table_change(struct explain *e, const struct representation *r, uint64_t raw)
{
    hpack_table_info now = table_now(e);
    uint64_t size = raw + 32; /* RFC 7541 4.1 */
    uint64_t added = r->kind == REPRESENTATION_INCREMENTAL && size <= now.limit_bytes;
    uint64_t evicted = e->table.count + added - now.count;

    e->added += added;
    e->evicted += evicted;
    if (r->kind == REPRESENTATION_INCREMENTAL && !added) {
        fprintf(e->out, NO_OFFSET "   an entry of %" PRIu64 " octets is too large for the table\n",
                size);
    }
    if (added) {
        fprintf(e->out, NO_OFFSET "   + entry 62, %" PRIu64 " octets\n", size);
    }
    if (evicted > 0) {
        fprintf(e->out, NO_OFFSET "   - %" PRIu64 " entr%s evicted\n", evicted,
                evicted == 1 ? "y" : "ies");
    }
}

void explain_after(struct explain *explain, const uint8_t *block, const struct representation *r)
{
    struct explain_sum *sum = &explain->sums[row_of(r)];
    uint64_t raw = explain->entry.name_length;

    if (r->kind == REPRESENTATION_INDEXED) {
        raw += explain->entry.value_length;
    }
    print_head(explain, block, r);
    if (r->has_name) {
        raw += print_string(explain, block, "name", &r->name);
    }
    if (r->has_value) {
        raw += print_string(explain, block, "value", &r->value);
    }
    if (r->kind != REPRESENTATION_SIZE_UPDATE) {
        print_field(explain, r, raw);
    }
    print_table_change(explain, r, raw);
    sum->count++;
    sum->wire_octets += r->end - r->start;
    sum->raw_octets += raw;
}

/* ---- Ends --------------------------------------------------------------------------------- */

static void print_table_after(struct explain *e)
{
    hpack_table_info table = table_now(e);

    fprintf(
        e->out,
        "  table after: %lu entr%s, %lu of %lu octets (%" PRIu64 " added, %" PRIu64 " evicted)\n",
        (unsigned long)table.count, table.count == 1 ? "y" : "ies", (unsigned long)table.size_bytes,
        (unsigned long)table.limit_bytes, e->added, e->evicted);
    e->all_added += e->added;
    e->all_evicted += e->evicted;
}

void explain_end_case(struct explain *explain)
{
    size_t count;
    const hpack_field *fields = hpack_decoder_fields(explain->decoder, &count);
    uint64_t section = hpack_decoder_section_size(explain->decoder);
    uint64_t raw = fields_length(fields, count);
    double wire = explain->wire_length > 0 ? (double)explain->wire_length : 1;
    double ratio = (double)section / wire;

    print_table_after(explain);
    fprintf(explain->out,
            "  %zu field%s, %" PRIu64 " octets of names and values in %zu (%.1f %%), section of "
            "%" PRIu64 " (%.1f times)\n",
            count, plural(count), raw, explain->wire_length,
            raw > 0 ? (double)explain->wire_length * 100 / (double)raw : 0, section, ratio);
    explain->blocks++;
    explain->section_octets += section;
    explain->block_wire_octets += explain->wire_length;
    if (ratio > explain->highest_ratio) {
        explain->highest_ratio = ratio;
        explain->highest_seq = explain->seq;
    }
}

void explain_error(struct explain *explain, const struct case_error *error,
                   const struct bytes *wire)
{
    if (error->has_offset && error->offset < wire->length) {
        print_range(explain, wire->data, (size_t)error->offset, wire->length);
        fputs("not decoded\n", explain->out);
    }
    fprintf(explain->out, "  error: %s: %s\n", error->name, error->text);
    explain->all_added += explain->added;
    explain->all_evicted += explain->evicted;
}

void explain_print_totals(const struct explain *explain)
{
    const struct explain_sum *sums = explain->sums;
    uint64_t wire = explain->block_wire_octets;

    fprintf(explain->out, "\ntotals                          count        wire         raw\n");
    for (size_t i = 0; i < EXPLAIN_ROWS; i++) {
        fprintf(explain->out, "  %-24s %10" PRIu64 "  %10" PRIu64 "  %10" PRIu64 "\n", row_names[i],
                sums[i].count, sums[i].wire_octets, sums[i].raw_octets);
    }
    fprintf(explain->out, "  entries: %" PRIu64 " added, %" PRIu64 " evicted\n", explain->all_added,
            explain->all_evicted);
    fprintf(explain->out,
            "  sections: %" PRIu64 " octets from %" PRIu64 " in %" PRIu64
            " block%s (%.1f times; at most %.1f, case %" PRIu64 ")\n",
            explain->section_octets, wire, explain->blocks, plural(explain->blocks),
            wire > 0 ? (double)explain->section_octets / (double)wire : 0, explain->highest_ratio,
            explain->highest_seq);
}
