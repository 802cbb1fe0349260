/* SPDX-License-Identifier: MIT */
#include "text_reader.h"

#include <string.h>

void text_reader_init(struct text_reader *reader, size_t limit, struct case_input *input,
                      text_reader_receiver receiver, void *ctx)
{
    *reader = (struct text_reader){
        .receiver = receiver, .ctx = ctx, .limit = limit, .line = 1, .input = input};
    case_input_reset(input);
}

void text_reader_clear(struct text_reader *reader)
{
    bytes_clear(&reader->text);
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Where the name of a line ends; NULL when the line is no field. */
static const char *find_colon(const char *text, size_t length)
{
    return length < 2 ? NULL : memchr(text + 1, ':', length - 1);
}

static int add_line(struct text_reader *r, const char *text, size_t length)
{
    const char *colon = find_colon(text, length);

    if (colon == NULL) {
        (void)case_error_set(&r->input->error, CASE_ERR_SYNTAX, "line %llu is not \"name: value\"",
                             (unsigned long long)r->line);
        return TEXT_OK;
    }
    const char *value = colon + 1;
    const char *end = text + length;

    while (value < end && is_blank(*value)) {
        value++;
    }
    while (value < end && is_blank(end[-1])) {
        end--;
    }
    if (field_set_begin(&r->input->set, 0) != 0 ||
        field_set_name(&r->input->set, text, (size_t)(colon - text)) != 0 ||
        field_set_value(&r->input->set, value, (size_t)(end - value)) != 0) {
        return TEXT_NO_MEMORY;
    }
    return TEXT_OK;
}

static int end_set(struct text_reader *r)
{
    if (!r->is_open) {
        return TEXT_OK;
    }
    field_set_finish(&r->input->set);
    int result = r->receiver(r->ctx, r->input) == 0 ? TEXT_OK : TEXT_STOPPED;

    case_input_reset(r->input);
    r->is_open = 0;
    r->set_length = 0;
    return result;
}

static int end_line(struct text_reader *r)
{
    const char *text = (const char *)r->text.data;
    size_t length = r->text.length;
    int result = TEXT_OK;

    if (length > 0 && text[length - 1] == '\r') {
        length--;
    }
    if (length == 0) {
        result = end_set(r);
    } else if (r->input->error.name == NULL) {
        r->is_open = 1;
        result = add_line(r, text, length);
    }
    r->text.length = 0;
    r->line++;
    return result;
}

/* A piece of a line. */
static int add_piece(struct text_reader *r, const uint8_t *data, size_t length)
{
    if (length > r->limit - r->set_length) {
        (void)case_error_set(&r->input->error, CASE_ERR_TOO_LARGE,
                             "the set is longer than %zu octets", r->limit);
        r->is_open = 1;
    } else {
        r->set_length += length;
    }
    if (r->input->error.name != NULL && r->text.length > 1) {
        return TEXT_OK; /* only whether the line is empty matters */
    }
    if (r->input->error.name != NULL && length > 2) {
        length = 2;
    }
    return bytes_append(&r->text, data, length) == 0 ? TEXT_OK : TEXT_NO_MEMORY;
}

int text_reader_feed(struct text_reader *reader, const uint8_t *data, size_t length)
{
    int result = TEXT_OK;

    while (length > 0 && result == TEXT_OK) {
        const uint8_t *line_feed = memchr(data, '\n', length);
        size_t piece = line_feed != NULL ? (size_t)(line_feed - data) : length;

        result = add_piece(reader, data, piece);
        if (line_feed != NULL && result == TEXT_OK) {
            result = end_line(reader);
            piece++;
        }
        data += piece;
        length -= piece;
    }
    return result;
}

int text_reader_end(struct text_reader *reader)
{
    int result = reader->text.length > 0 ? end_line(reader) : TEXT_OK;

    return result == TEXT_OK ? end_set(reader) : result;
}

/* ---- Writing ------------------------------------------------------------------------------ */

static int line_can_hold(const hpack_field *field)
{
    const char *value = field->value;
    uint32_t length = field->value_length;

    if (field->name_length == 0 || memchr(field->name, '\n', field->name_length) != NULL ||
        memchr(field->name + 1, ':', field->name_length - 1) != NULL) {
        return 0;
    }
    return length == 0 || (memchr(value, '\n', length) == NULL && !is_blank(value[0]) &&
                           !is_blank(value[length - 1]) && value[length - 1] != '\r');
}

int text_can_hold(const hpack_field *fields, size_t count, size_t *position)
{
    for (*position = 0; *position < count; ++*position) {
        if (!line_can_hold(&fields[*position])) {
            return 0;
        }
    }
    return count > 0;
}

void text_write(FILE *out, const hpack_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fwrite(fields[i].name, 1, fields[i].name_length, out);
        fputs(": ", out);
        fwrite(fields[i].value, 1, fields[i].value_length, out);
        fputc('\n', out);
    }
}
