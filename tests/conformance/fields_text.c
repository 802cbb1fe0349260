/* SPDX-License-Identifier: MIT */
#include "fields_text.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    const char *fields;
} SHORT[] = {
    {"GET", ":method GET|:scheme https|:authority a.example|:path /"},
    {"POST", ":method POST|:scheme https|:authority a.example|:path /"},
    {"HEAD", ":method HEAD|:scheme https|:authority a.example|:path /"},
    {"OPTIONS", ":method OPTIONS|:scheme https|:authority a.example|:path /"},
    {"OK", ":status 200"},
};

/* One unit of the %-notation at text; how many characters it has. */
static size_t percent(const char *text, struct octets *out)
{
    if (text[1] != '(') {
        char hex[3] = {text[1], text[1] != '\0' ? text[2] : '\0', '\0'};
        uint8_t octet = 0;
        assert_int_equal(test_hex(hex, &octet, 1), 1);
        octets_add(out, &octet, 1);
        return 3;
    }
    char *end = NULL;
    unsigned long times = strtoul(text + 2, &end, 10);
    assert_true(end[0] == '*' && end[1] != '\0' && end[2] == ')');
    for (unsigned long i = 0; i < times; i++) {
        octets_add(out, end + 1, 1);
    }
    return (size_t)(end + 3 - text);
}

void fields_text_octets(const char *text, size_t length, struct octets *out)
{
    for (size_t i = 0; i < length;) {
        if (text[i] == '%') {
            i += percent(text + i, out);
        } else {
            octets_add(out, text + i, 1);
            i++;
        }
    }
}

/* Pointers are set when the store does not move any more. */
static void add(struct field_list *out, const char *text, size_t length)
{
    size_t name = 0;
    while (name < length && text[name] != ' ') {
        name++;
    }
    size_t skip = name < length ? name + 1 : name;
    size_t start = out->store.length;
    fields_text_octets(text, name, &out->store);
    size_t middle = out->store.length;
    fields_text_octets(text + skip, length - skip, &out->store);
    out->fields = realloc(out->fields, (out->count + 1) * sizeof *out->fields);
    assert_non_null(out->fields);
    out->fields[out->count++] = (hpack_field){
        .name_length = (uint32_t)(middle - start),
        .value_length = (uint32_t)(out->store.length - middle),
    };
}

static const char *expansion(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof SHORT / sizeof SHORT[0]; i++) {
        if (strlen(SHORT[i].word) == length && memcmp(SHORT[i].word, text, length) == 0) {
            return SHORT[i].fields;
        }
    }
    return NULL;
}

static void add_all(struct field_list *out, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "|");
        char *end = NULL;
        unsigned long times = strtoul(text, &end, 10);
        size_t skip = times > 0 && *end == '*' ? (size_t)(end + 1 - text) : 0;
        for (unsigned long i = 0; i < (skip > 0 ? times : 1); i++) {
            add(out, text + skip, length - skip);
        }
        text += length + (text[length] == '|');
    }
}

void fields_text_parse(const char *text, struct field_list *out)
{
    *out = (struct field_list){.count = 0};
    octets_add(&out->store, "", 0);
    size_t first = strcspn(text, "|");
    const char *begin = expansion(text, first);
    if (begin != NULL) {
        add_all(out, begin);
        text += first + (text[first] == '|');
    }
    add_all(out, text);
    const char *at = (const char *)out->store.data;
    for (size_t i = 0; i < out->count; i++) {
        out->fields[i].name = at;
        out->fields[i].value = at + out->fields[i].name_length;
        at = out->fields[i].value + out->fields[i].value_length;
    }
}

void fields_text_free(struct field_list *list)
{
    free(list->fields);
    free(list->store.data);
}
