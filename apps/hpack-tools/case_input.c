/* SPDX-License-Identifier: MIT */
#include "case_input.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_FIELDS = 16 };

void case_input_reset(struct case_input *input)
{
    input->set.count = 0;
    input->set.octets.length = 0;
    input->wire.length = 0;
    input->has_table_size = 0;
    input->error.name = NULL;
    input->error.has_offset = 0;
}

void case_input_clear(struct case_input *input)
{
    free(input->set.fields);
    bytes_clear(&input->set.octets);
    bytes_clear(&input->wire);
    *input = (struct case_input){0};
}

int case_error_set(struct case_error *error, const char *name, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    error->name = name;
    error->has_offset = 0;
    return -1;
}

int field_set_begin(struct field_set *set, uint32_t flags)
{
    if (set->count == set->capacity) {
        size_t capacity = set->capacity > 0 ? 2 * set->capacity : FIRST_FIELDS;
        hpack_field *grown = realloc(set->fields, capacity * sizeof *grown);

        if (grown == NULL) {
            return -1;
        }
        set->fields = grown;
        set->capacity = capacity;
    }
    set->fields[set->count++] = (hpack_field){.flags = flags};
    return 0;
}

int field_set_name(struct field_set *set, const void *data, size_t length)
{
    set->fields[set->count - 1].name_length += (uint32_t)length;
    return bytes_append(&set->octets, data, length);
}

int field_set_value(struct field_set *set, const void *data, size_t length)
{
    set->fields[set->count - 1].value_length += (uint32_t)length;
    return bytes_append(&set->octets, data, length);
}

void field_set_finish(struct field_set *set)
{
    const char *at = set->octets.data != NULL ? (const char *)set->octets.data : "";

    for (size_t i = 0; i < set->count; i++) {
        set->fields[i].name = at;
        at += set->fields[i].name_length;
        set->fields[i].value = at;
        at += set->fields[i].value_length;
    }
}

uint64_t fields_length(const hpack_field *fields, size_t count)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += (uint64_t)fields[i].name_length + fields[i].value_length;
    }
    return sum;
}
