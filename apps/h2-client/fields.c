/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <h2session/version.h>

static const char authority_name[] = ":authority";

static int is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* The line's name in lower case; "host" says in HTTP/1 what :authority says here, and must not
 * differ from it (RFC 9113 8.3.1). */
static int set_name(struct field_line *line, const char *name, size_t length)
{
    if (length == 4 && (name[0] | 0x20) == 'h' && (name[1] | 0x20) == 'o' &&
        (name[2] | 0x20) == 's' && (name[3] | 0x20) == 't') {
        name = authority_name;
        length = sizeof authority_name - 1;
    }
    line->name = malloc(length + 1);
    if (line->name == NULL) {
        return -1;
    }
    for (size_t i = 0; i < length; i++) {
        char c = name[i];

        line->name[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    line->name[length] = '\0';
    line->name_length = length;
    return 0;
}

/* Returns what is wrong, or NULL. */
static const char *read_line(struct field_line *line, const char *text)
{
    const char *colon = text[0] == '\0' ? NULL : strchr(text + 1, ':');

    if (colon == NULL) {
        return "a field is written as \"name: value\"";
    }
    const char *value = colon + 1;
    size_t length = strlen(value);

    while (length > 0 && is_space(value[0])) {
        value++;
        length--;
    }
    while (length > 0 && is_space(value[length - 1])) {
        length--;
    }
    line->value = value;
    line->value_length = length;
    return set_name(line, text, (size_t)(colon - text)) == 0 ? NULL : "out of memory";
}

int field_lines_read(struct field_lines *out, const struct option_list *texts, const char **text,
                     const char **why)
{
    memset(out, 0, sizeof *out);
    if (texts->count == 0) {
        return 0;
    }
    out->items = calloc(texts->count, sizeof *out->items);
    *text = "";
    *why = out->items == NULL ? "out of memory" : NULL;
    for (size_t i = 0; i < texts->count && *why == NULL; i++) {
        *text = texts->items[i];
        *why = read_line(&out->items[i], *text);
        out->count++;
    }
    return *why == NULL ? 0 : -1;
}

void field_lines_clear(struct field_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        free(lines->items[i].name);
    }
    free(lines->items);
    memset(lines, 0, sizeof *lines);
}

static hpack_field make_field(const char *name, const char *value)
{
    return (hpack_field){.name = name,
                         .value = value,
                         .name_length = (uint32_t)strlen(name),
                         .value_length = (uint32_t)strlen(value)};
}

static void add_defaults(struct fields *out, const struct fields_wish *wish)
{
    hpack_field *items = out->items;
    size_t count = 0;

    items[count++] = make_field(":method", wish->content_length == FIELDS_NO_BODY ? "GET" : "POST");
    items[count++] = make_field(":scheme", wish->uri->scheme);
    items[count++] = make_field(authority_name, wish->uri->authority);
    items[count++] = make_field(":path", wish->uri->path);
    items[count++] = make_field("accept", "*/*");
    items[count++] = make_field("user-agent", "h2-client/" H2SESSION_VERSION);
    if (wish->content_length >= 0) {
        snprintf(out->length_text, sizeof out->length_text, "%" PRId64, wish->content_length);
        items[count++] = make_field("content-length", out->length_text);
    }
    if (wish->codings != NULL) {
        items[count++] = make_field("accept-encoding", wish->codings);
    }
    if (wish->priority != NULL) {
        items[count++] = make_field("priority", wish->priority);
    }
    if (wish->expects_continue) {
        items[count++] = make_field("expect", "100-continue");
    }
    out->count = count;
    out->default_count = count;
}

enum { LARGE_SIZE = 4096 };

/* More than a frame holds, also when the values are compressed by a quarter. */
static void add_large(struct fields *out)
{
    static const char *const names[FIELDS_LARGE] = {
        "x-continuation-1", "x-continuation-2", "x-continuation-3", "x-continuation-4",
        "x-continuation-5", "x-continuation-6", "x-continuation-7", "x-continuation-8"};

    memset(out->large_text, '-', LARGE_SIZE);
    for (size_t i = 0; i < FIELDS_LARGE; i++) {
        hpack_field field = make_field(names[i], "");

        field.value = out->large_text;
        field.value_length = LARGE_SIZE;
        out->items[out->count++] = field;
    }
}

/* Where a line goes: over the default of that name, unless a line has replaced it before, or over
 * any field that may stand only once. Returns count when there is none. */
static size_t find_place(const struct fields *fields, const struct field_line *line)
{
    int single = line->name[0] == ':' || strcmp(line->name, "content-length") == 0;
    size_t i = 0;

    for (; i < fields->count; i++) {
        const hpack_field *field = &fields->items[i];
        int is_default = i < fields->default_count && !fields->replaced[i];

        if ((single || is_default) && field->name_length == line->name_length &&
            memcmp(field->name, line->name, line->name_length) == 0) {
            break;
        }
    }
    return i;
}

static void put_line(struct fields *fields, const struct field_line *line)
{
    size_t at = find_place(fields, line);

    if (at < fields->default_count) {
        fields->replaced[at] = 1;
    }
    if (at == fields->count) {
        fields->count++;
    }
    fields->items[at] = (hpack_field){.name = line->name,
                                      .value = line->value,
                                      .name_length = (uint32_t)line->name_length,
                                      .value_length = (uint32_t)line->value_length};
}

/* Moves pseudo-fields that were added at the end before the others, keeping the order. */
static void pseudo_first(struct fields *fields)
{
    size_t pseudo = 0;

    for (size_t i = 0; i < fields->count; i++) {
        hpack_field field = fields->items[i];

        if (field.name[0] == ':') {
            memmove(&fields->items[pseudo + 1], &fields->items[pseudo],
                    (i - pseudo) * sizeof field);
            fields->items[pseudo++] = field;
        }
    }
}

static int is_among(const char *name, const char *const *names)
{
    while (*names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

/* Lines that are not meant for where a redirect has led. */
static int is_left_out(const struct fields_wish *wish, const struct field_line *line)
{
    static const char *const credentials[] = {"authorization", "cookie", "proxy-authorization",
                                              ":authority", NULL};
    static const char *const of_body[] = {":method", "content-length", "content-type",
                                          "content-encoding", NULL};

    return (wish->is_foreign && is_among(line->name, credentials)) ||
           (wish->as_get && is_among(line->name, of_body));
}

static int reserve(struct fields *out, size_t count)
{
    memset(out, 0, sizeof *out);
    out->items = calloc(count, sizeof *out->items);
    return out->items == NULL ? -1 : 0;
}

int fields_build(struct fields *out, const struct fields_wish *wish)
{
    if (reserve(out, FIELDS_DEFAULT + FIELDS_LARGE + wish->lines->count) != 0) {
        return -1;
    }
    add_defaults(out, wish);
    for (size_t i = 0; i < wish->lines->count; i++) {
        if (!is_left_out(wish, &wish->lines->items[i])) {
            put_line(out, &wish->lines->items[i]);
        }
    }
    pseudo_first(out);
    if (wish->is_large) {
        out->large_text = malloc(LARGE_SIZE);
        if (out->large_text == NULL) {
            fields_clear(out);
            return -1;
        }
        add_large(out);
    }
    return 0;
}

int fields_from_lines(struct fields *out, const struct field_lines *lines)
{
    if (reserve(out, lines->count + 1) != 0) {
        return -1;
    }
    for (size_t i = 0; i < lines->count; i++) {
        const struct field_line *line = &lines->items[i];

        out->items[out->count++] = (hpack_field){.name = line->name,
                                                 .value = line->value,
                                                 .name_length = (uint32_t)line->name_length,
                                                 .value_length = (uint32_t)line->value_length};
    }
    return 0;
}

void fields_clear(struct fields *fields)
{
    free(fields->items);
    free(fields->large_text);
    fields->items = NULL;
    fields->large_text = NULL;
    fields->count = 0;
}
