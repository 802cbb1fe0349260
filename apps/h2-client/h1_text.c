/* SPDX-License-Identifier: MIT */
#include "h1_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field_find.h"

struct text {
    char *octets;
    size_t length;
    size_t capacity;
    int is_broken; /* out of memory */
    int is_refused;
};

static void add_octets(struct text *text, const char *octets, size_t length)
{
    if (text->is_broken) {
        return;
    }
    if (text->length + length + 1 > text->capacity) {
        size_t capacity = 2 * text->capacity + length + 256;
        char *grown = realloc(text->octets, capacity);

        if (grown == NULL) {
            text->is_broken = 1;
            return;
        }
        text->octets = grown;
        text->capacity = capacity;
    }
    if (length > 0) {
        memcpy(text->octets + text->length, octets, length);
    }
    text->length += length;
    text->octets[text->length] = '\0';
}

/* Octets that must stay on their line. */
static void add_value(struct text *text, const char *octets, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (octets[i] == '\r' || octets[i] == '\n' || octets[i] == '\0') {
            text->is_refused = 1;
        }
    }
    add_octets(text, octets, length);
}

static void add(struct text *text, const char *plain)
{
    add_octets(text, plain, strlen(plain));
}

static void add_pseudo(struct text *text, const struct fields *fields, const char *name)
{
    const hpack_field *field = field_find(fields->items, fields->count, name);

    if (field == NULL || field->value_length == 0) {
        text->is_refused = 1;
        return;
    }
    if (memchr(field->value, ' ', field->value_length) != NULL) {
        text->is_refused = 1;
    }
    add_value(text, field->value, field->value_length);
}

static char *finish(struct text *text, int *is_refused)
{
    *is_refused = text->is_refused;
    if (text->is_broken || text->is_refused) {
        free(text->octets);
        return NULL;
    }
    return text->octets;
}

char *h1_text_upgrade(const struct fields *fields, const char *settings, int *is_refused)
{
    struct text text = {0};

    add_pseudo(&text, fields, ":method");
    add(&text, " ");
    add_pseudo(&text, fields, ":path");
    add(&text, " HTTP/1.1\r\nHost: ");
    add_pseudo(&text, fields, ":authority");
    add(&text, "\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: ");
    add(&text, settings);
    add(&text, "\r\n");
    for (size_t i = 0; i < fields->count; i++) {
        const hpack_field *field = &fields->items[i];

        if (field->name_length == 0 || field->name[0] != ':') {
            add_value(&text, field->name, field->name_length);
            add(&text, ": ");
            add_value(&text, field->value, field->value_length);
            add(&text, "\r\n");
        }
    }
    add(&text, "\r\n");
    return finish(&text, is_refused);
}

static void add_base64(struct text *text, const char *octets)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = strlen(octets);

    for (size_t i = 0; i < length; i += 3) {
        unsigned bits = (unsigned)(unsigned char)octets[i] << 16;
        char four[4] = {0, 0, '=', '='};

        bits |= i + 1 < length ? (unsigned)(unsigned char)octets[i + 1] << 8 : 0;
        bits |= i + 2 < length ? (unsigned)(unsigned char)octets[i + 2] : 0;
        four[0] = digits[bits >> 18];
        four[1] = digits[bits >> 12 & 63];
        four[2] = i + 1 < length ? digits[bits >> 6 & 63] : '=';
        four[3] = i + 2 < length ? digits[bits & 63] : '=';
        add_octets(text, four, sizeof four);
    }
}

char *h1_text_connect(const char *authority, const char *credentials, int *is_refused)
{
    struct text text = {0};

    add(&text, "CONNECT ");
    add_value(&text, authority, strlen(authority));
    add(&text, " HTTP/1.1\r\nHost: ");
    add_value(&text, authority, strlen(authority));
    add(&text, "\r\n");
    if (credentials != NULL) {
        add(&text, "Proxy-Authorization: Basic ");
        add_base64(&text, credentials);
        add(&text, "\r\n");
    }
    add(&text, "\r\n");
    return finish(&text, is_refused);
}
