/* SPDX-License-Identifier: MIT */
#include "case_json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

/* Results inside this file: the case is wrong, or there is no memory for it. */
enum { READ_OK = 0, READ_BAD = -1, READ_NO_MEMORY = -2 };

/* A number as a whole one up to max, or -1. */
static int64_t whole_number(const cJSON *item, uint64_t max)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || item->valuedouble > (double)max) {
        return -1;
    }
    int64_t number = (int64_t)item->valuedouble;

    return (double)number == item->valuedouble ? number : -1;
}

static int read_table_size(struct case_input *input, const cJSON *root, uint32_t max)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, "header_table_size");

    if (item == NULL) {
        return READ_OK;
    }
    int64_t size = whole_number(item, max);

    if (size < 0) {
        return case_error_set(&input->error, cJSON_IsNumber(item) ? CASE_ERR_RANGE : CASE_ERR_TYPE,
                              "\"header_table_size\" must be a whole number from 0 to %lu",
                              (unsigned long)max);
    }
    input->has_table_size = 1;
    input->table_size = (uint32_t)size;
    return READ_OK;
}

/* ---- Field block -------------------------------------------------------------------------- */

static int read_wire(struct case_input *input, const cJSON *root)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, "wire");
    size_t bad = 0;

    if (item == NULL) {
        return case_error_set(&input->error, CASE_ERR_MISSING, "the case has no member \"wire\"");
    }
    if (!cJSON_IsString(item)) {
        return case_error_set(&input->error, CASE_ERR_TYPE, "\"wire\" must be a string");
    }
    size_t length = strlen(item->valuestring);

    switch (bytes_append_hex(&input->wire, item->valuestring, length, &bad)) {
    case HEX_NO_MEMORY:
        return READ_NO_MEMORY;
    case HEX_ODD:
        return case_error_set(&input->error, CASE_ERR_HEX,
                              "\"wire\" has an odd number of hex digits (%zu)", length);
    case HEX_BAD_DIGIT:
        (void)case_error_set(&input->error, CASE_ERR_HEX,
                             "\"wire\" has a character that is no hex digit");
        input->error.has_offset = 1;
        input->error.offset = bad;
        return READ_BAD;
    default:
        return READ_OK;
    }
}

/* ---- Fields ------------------------------------------------------------------------------- */

/* Marks the fields whose positions a member of the case lists. */
static int read_positions(struct case_input *input, const cJSON *root, const char *member,
                          struct bytes *marks, uint8_t mark)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, member);

    if (list != NULL && !cJSON_IsArray(list)) {
        return case_error_set(&input->error, CASE_ERR_TYPE, "\"%s\" must be an array", member);
    }
    for (const cJSON *item = list != NULL ? list->child : NULL; item != NULL; item = item->next) {
        int64_t position = marks->length > 0 ? whole_number(item, marks->length - 1) : -1;

        if (position < 0) {
            return case_error_set(
                &input->error, cJSON_IsNumber(item) ? CASE_ERR_RANGE : CASE_ERR_TYPE,
                "\"%s\" must hold positions in \"headers\", which has %zu", member, marks->length);
        }
        marks->data[position] |= mark;
    }
    return READ_OK;
}

enum { MARK_NEVER_INDEXED = 1, MARK_OCTETS = 2 };

/* NUL stands in the text as c0 80, see case_scanner.h. */
static int is_nul(const char *text)
{
    return (uint8_t)text[0] == 0xc0 && (uint8_t)text[1] == 0x80;
}

typedef int (*field_part)(struct field_set *set, const void *data, size_t length);

static int add_text(struct field_set *set, field_part part, const char *text)
{
    const char *at = text;
    const char *run = text;

    while (*at != '\0') {
        if (!is_nul(at)) {
            at++;
            continue;
        }
        if (part(set, run, (size_t)(at - run)) != 0 || part(set, "", 1) != 0) {
            return READ_NO_MEMORY;
        }
        at += 2;
        run = at;
    }
    return part(set, run, (size_t)(at - run)) == 0 ? READ_OK : READ_NO_MEMORY;
}

static int add_octets(struct case_input *input, field_part part, const char *text)
{
    struct utf8 utf8 = {0};

    for (const char *at = text; *at != '\0'; at++) {
        if (is_nul(at)) {
            at++;
            utf8.point = 0;
        } else if (utf8_step(&utf8, (uint8_t)*at) == UTF8_MORE) {
            continue;
        }
        uint8_t octet = (uint8_t)utf8.point;

        if (utf8.point > 0xff) {
            return case_error_set(&input->error, CASE_ERR_RANGE,
                                  "a field named in \"octets\" has a character above U+00FF");
        }
        if (part(&input->set, &octet, 1) != 0) {
            return READ_NO_MEMORY;
        }
    }
    return READ_OK;
}

static int read_field(struct case_input *input, const cJSON *item, uint8_t marks)
{
    const cJSON *pair = item->child;
    uint32_t flags = (marks & MARK_NEVER_INDEXED) != 0 ? HPACK_FIELD_NEVER_INDEXED : 0;

    if (!cJSON_IsObject(item) || pair == NULL || pair->next != NULL || !cJSON_IsString(pair)) {
        return case_error_set(&input->error, CASE_ERR_TYPE,
                              "\"headers\" must hold objects of one name and one string each, "
                              "unlike the one at position %zu",
                              input->set.count);
    }
    if (field_set_begin(&input->set, flags) != 0) {
        return READ_NO_MEMORY;
    }
    if ((marks & MARK_OCTETS) != 0) {
        int result = add_octets(input, field_set_name, pair->string);

        return result == READ_OK ? add_octets(input, field_set_value, pair->valuestring) : result;
    }
    int result = add_text(&input->set, field_set_name, pair->string);

    return result == READ_OK ? add_text(&input->set, field_set_value, pair->valuestring) : result;
}

static int read_marks(struct case_input *input, const cJSON *root, const cJSON *headers,
                      struct bytes *marks)
{
    for (const cJSON *item = headers->child; item != NULL; item = item->next) {
        if (bytes_push(marks, 0) != 0) {
            return READ_NO_MEMORY;
        }
    }
    int result = read_positions(input, root, "never_indexed", marks, MARK_NEVER_INDEXED);

    return result == READ_OK ? read_positions(input, root, "octets", marks, MARK_OCTETS) : result;
}

static int read_headers(struct case_input *input, const cJSON *root)
{
    const cJSON *headers = cJSON_GetObjectItemCaseSensitive(root, "headers");
    struct bytes marks = {0};

    if (headers == NULL) {
        return case_error_set(&input->error, CASE_ERR_MISSING,
                              "the case has no member \"headers\"");
    }
    if (!cJSON_IsArray(headers)) {
        return case_error_set(&input->error, CASE_ERR_TYPE, "\"headers\" must be an array");
    }
    int result = read_marks(input, root, headers, &marks);

    for (const cJSON *item = headers->child; item != NULL && result == READ_OK; item = item->next) {
        result = read_field(input, item, marks.data[input->set.count]);
    }
    field_set_finish(&input->set);
    bytes_clear(&marks);
    return result;
}

/* cJSON does not say whether a text was wrong or memory short. */
static int memory_ran_out;

static void *noting_malloc(size_t size)
{
    void *memory = malloc(size);

    memory_ran_out |= memory == NULL;
    return memory;
}

static cJSON *parse(const char *text, size_t length)
{
    cJSON_Hooks hooks = {noting_malloc, free};

    cJSON_InitHooks(&hooks);
    memory_ran_out = 0;
    return cJSON_ParseWithLength(text, length);
}

int case_json_read(struct case_input *input, enum case_kind kind, uint32_t table_size_max,
                   const char *text, size_t length)
{
    cJSON *root = parse(text, length);

    if (root == NULL) {
        /* The grammar was checked before, so nothing else can be wrong. */
        (void)case_error_set(&input->error, CASE_ERR_JSON, "a string has half a surrogate pair");
        return memory_ran_out ? -1 : 0;
    }
    int result = READ_OK;

    if (!cJSON_IsObject(root)) {
        result = case_error_set(&input->error, CASE_ERR_TYPE, "a case must be an object");
    }
    if (result == READ_OK) {
        result = read_table_size(input, root, table_size_max);
    }
    if (result == READ_OK) {
        result = kind == CASE_WIRE ? read_wire(input, root) : read_headers(input, root);
    }
    cJSON_Delete(root);
    return result == READ_NO_MEMORY ? -1 : 0;
}
