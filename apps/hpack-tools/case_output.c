/* SPDX-License-Identifier: MIT */
#include "case_output.h"

#include <inttypes.h>
#include <string.h>

#include "utf8.h"

/* ---- Tables ------------------------------------------------------------------------------- */

static int encoder_info(const void *coder, hpack_table_info *info)
{
    return hpack_encoder_table_info(coder, info);
}

static int encoder_entry(const void *coder, uint32_t position, hpack_field *out)
{
    return hpack_encoder_table_entry(coder, position, out);
}

static int decoder_info(const void *coder, hpack_table_info *info)
{
    return hpack_decoder_table_info(coder, info);
}

static int decoder_entry(const void *coder, uint32_t position, hpack_field *out)
{
    return hpack_decoder_table_entry(coder, position, out);
}

struct table_view table_view_of_encoder(const hpack_encoder *encoder)
{
    return (struct table_view){encoder, encoder_info, encoder_entry};
}

struct table_view table_view_of_decoder(const hpack_decoder *decoder)
{
    return (struct table_view){decoder, decoder_info, decoder_entry};
}

/* ---- Strings ------------------------------------------------------------------------------ */

/* How many octets from here on are to be written as an escape: 0, 1, or the 2 of a control
 * character U+0080 to U+009F, which a terminal might obey like the others. */
static size_t escaped_octets(const char *text, size_t length, int as_octets)
{
    uint8_t octet = (uint8_t)text[0];

    if (octet < 0x20 || octet == '"' || octet == '\\' || octet == 0x7f ||
        (as_octets && octet >= 0x80)) {
        return 1;
    }
    return octet == 0xc2 && length > 1 && (uint8_t)text[1] < 0xa0 ? 2 : 0;
}

/* as_octets: each octet is a character; otherwise the text is UTF-8. */
static void write_string(FILE *out, const char *text, size_t length, int as_octets)
{
    size_t run = 0;

    fputc('"', out);
    for (size_t i = 0; i < length;) {
        size_t escaped = escaped_octets(text + i, length - i, as_octets);

        if (escaped == 0) {
            i++;
            continue;
        }
        fwrite(text + run, 1, i - run, out);
        i += escaped;
        run = i;
        uint8_t octet = (uint8_t)text[i - 1];

        if (octet == '"' || octet == '\\') {
            fprintf(out, "\\%c", octet);
        } else {
            fprintf(out, "\\u%04x", octet);
        }
    }
    fwrite(text + run, 1, length - run, out);
    fputc('"', out);
}

static int needs_octets(const hpack_field *field)
{
    return !utf8_is_valid(field->name, field->name_length) ||
           !utf8_is_valid(field->value, field->value_length);
}

static int is_never_indexed(const hpack_field *field)
{
    return (field->flags & HPACK_FIELD_NEVER_INDEXED) != 0;
}

static void write_hex(FILE *out, const struct bytes *bytes)
{
    static const char digits[] = "0123456789abcdef";

    fputc('"', out);
    for (size_t i = 0; i < bytes->length; i++) {
        fputc(digits[bytes->data[i] >> 4], out);
        fputc(digits[bytes->data[i] & 0xf], out);
    }
    fputc('"', out);
}

/* ---- Members ------------------------------------------------------------------------------ */

static void write_headers(FILE *out, const hpack_field *fields, size_t count)
{
    fputs(",\n      \"headers\": [", out);
    for (size_t i = 0; i < count; i++) {
        int as_octets = needs_octets(&fields[i]);

        fputs(i > 0 ? ",\n        { " : "\n        { ", out);
        write_string(out, fields[i].name, fields[i].name_length, as_octets);
        fputs(": ", out);
        write_string(out, fields[i].value, fields[i].value_length, as_octets);
        fputs(" }", out);
    }
    fputs(count > 0 ? "\n      ]" : "]", out);
}

/* A member with the positions of some fields, when there are any. */
static void write_positions(FILE *out, const char *member, const struct case_result *result,
                            int (*wanted)(const hpack_field *field))
{
    size_t found = 0;

    for (size_t i = 0; i < result->field_count; i++) {
        if (!wanted(&result->fields[i])) {
            continue;
        }
        if (found++ == 0) {
            fprintf(out, ",\n      \"%s\": [%zu", member, i);
        } else {
            fprintf(out, ", %zu", i);
        }
    }
    if (found > 0) {
        fputc(']', out);
    }
}

static void write_entry(FILE *out, uint32_t position, const hpack_field *entry)
{
    int as_octets = needs_octets(entry);

    fprintf(out, "%s\n          { \"index\": %lu, \"name\": ", position > 0 ? "," : "",
            62 + (unsigned long)position);
    write_string(out, entry->name, entry->name_length, as_octets);
    fputs(", \"value\": ", out);
    write_string(out, entry->value, entry->value_length, as_octets);
    fprintf(out, ", \"size\": %" PRIu64 "%s }",
            (uint64_t)entry->name_length + entry->value_length + 32,
            as_octets ? ", \"octets\": true" : "");
}

static void write_table(FILE *out, const struct table_view *table)
{
    hpack_table_info info = {.size = sizeof info};
    hpack_field entry;

    (void)table->info(table->coder, &info);
    fputs(",\n      \"header_table\": {\n        \"entries\": [", out);
    for (uint32_t i = 0; i < info.count && table->entry(table->coder, i, &entry) == 0; i++) {
        write_entry(out, i, &entry);
    }
    fprintf(out, "%s],\n        \"size\": %lu,\n        \"max_size\": %lu\n      }",
            info.count > 0 ? "\n        " : "", (unsigned long)info.size_bytes,
            (unsigned long)info.limit_bytes);
}

/* ---- Cases -------------------------------------------------------------------------------- */

void case_output_open(struct case_output *output, FILE *out)
{
    *output = (struct case_output){.out = out};
    fputs("{\n  \"cases\": [", out);
}

void case_output_close(struct case_output *output)
{
    fputs(output->written > 0 ? "\n  ]\n}\n" : "]\n}\n", output->out);
}

static void begin_case(struct case_output *output, uint64_t seq)
{
    fprintf(output->out, "%s\n    {\n      \"seq\": %" PRIu64, output->written++ > 0 ? "," : "",
            seq);
}

void case_output_result(struct case_output *output, const struct case_result *result)
{
    FILE *out = output->out;
    uint64_t raw = fields_length(result->fields, result->field_count);
    double percent = raw > 0 ? (double)result->wire->length * 100 / (double)raw : 0;

    begin_case(output, result->seq);
    fprintf(out,
            ",\n      \"input_length\": %" PRIu64 ",\n      \"output_length\": %zu,\n"
            "      \"percentage_of_original_size\": %.15g,\n      \"wire\": ",
            raw, result->wire->length, percent);
    write_hex(out, result->wire);
    write_headers(out, result->fields, result->field_count);
    write_positions(out, "never_indexed", result, is_never_indexed);
    write_positions(out, "octets", result, needs_octets);
    fprintf(out, ",\n      \"header_table_size\": %lu", (unsigned long)result->table_size);
    if (result->table != NULL) {
        write_table(out, result->table);
    }
    fputs("\n    }", out);
}

void case_output_error(struct case_output *output, uint64_t seq, const struct case_error *error,
                       const struct bytes *wire)
{
    FILE *out = output->out;

    begin_case(output, seq);
    if (wire->length > 0) {
        fputs(",\n      \"wire\": ", out);
        write_hex(out, wire);
    }
    fprintf(out, ",\n      \"error\": { \"name\": \"%s\", \"text\": ", error->name);
    write_string(out, error->text, strlen(error->text), 0);
    if (error->has_offset) {
        fprintf(out, ", \"offset\": %" PRIu64, error->offset);
    }
    fputs(" }\n    }", out);
}
