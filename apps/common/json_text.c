/* SPDX-License-Identifier: MIT */
#include "json_text.h"

#include <string.h>

#include "utf8.h"

static const char DIGITS[] = "0123456789abcdef";

/* Comma, key and what begins the value, in one piece. The octet before tells whether a value came
 * before: those end otherwise. */
static void add_key(struct text_buffer *text, const char *key, const char *ending,
                    const char *begin)
{
    const char last = text->length == 0 ? '[' : text->data[text->length - 1];
    const size_t comma = last != '{' && last != '[' && last != '\n';
    const size_t key_length = key == NULL ? 0 : strlen(key);
    const size_t ending_length = key == NULL ? 0 : strlen(ending);
    const size_t begin_length = strlen(begin);
    const size_t quotes = key == NULL ? 0 : 3;
    char *out = text_room(text, comma + quotes + key_length + ending_length + begin_length);
    if (out == NULL) {
        return;
    }
    if (comma) {
        *out++ = ',';
    }
    if (key != NULL) {
        *out++ = '"';
        memcpy(out, key, key_length);
        memcpy(out + key_length, ending, ending_length);
        out += key_length + ending_length;
        *out++ = '"';
        *out++ = ':';
    }
    memcpy(out, begin, begin_length);
}

void json_open_object(struct text_buffer *text, const char *key)
{
    add_key(text, key, "", "{");
}

void json_open_array(struct text_buffer *text, const char *key)
{
    add_key(text, key, "", "[");
}

void json_close_object(struct text_buffer *text)
{
    text_add(text, "}", 1);
}

void json_close_array(struct text_buffer *text)
{
    text_add(text, "]", 1);
}

void json_number(struct text_buffer *text, const char *key, uint64_t number)
{
    add_key(text, key, "", "");
    text_add_number(text, number, 1);
}

void json_boolean(struct text_buffer *text, const char *key, int value)
{
    add_key(text, key, "", value ? "true" : "false");
}

/* \u and four digits. */
static void add_unit(struct text_buffer *text, uint32_t unit)
{
    const char escaped[6] = {'\\',
                             'u',
                             DIGITS[unit >> 12 & 15],
                             DIGITS[unit >> 8 & 15],
                             DIGITS[unit >> 4 & 15],
                             DIGITS[unit & 15]};
    text_add(text, escaped, sizeof escaped);
}

static void add_character(struct text_buffer *text, uint32_t point)
{
    if (point == '"' || point == '\\') {
        const char escaped[2] = {'\\', (char)point};
        text_add(text, escaped, 2);
    } else if (point < 0x10000) {
        add_unit(text, point);
    } else {
        add_unit(text, 0xd800 + ((point - 0x10000) >> 10));
        add_unit(text, 0xdc00 + ((point - 0x10000) & 0x3ff));
    }
}

static int is_plain(char octet)
{
    return octet >= 0x20 && octet < 0x7f && octet != '"' && octet != '\\';
}

/* Valid UTF-8, behind the quote that begins it. */
static void add_string(struct text_buffer *text, const char *string, size_t length)
{
    struct utf8 utf8 = {0};
    size_t i = 0;
    while (i < length) {
        size_t plain = i;
        while (plain < length && is_plain(string[plain])) {
            plain++;
        }
        if (plain > i) {
            text_add(text, string + i, plain - i);
            i = plain;
        }
        while (i < length && !is_plain(string[i])) {
            if (utf8_step(&utf8, (uint8_t)string[i++]) == UTF8_DONE) {
                add_character(text, utf8.point);
            }
        }
    }
    text_add(text, "\"", 1);
}

void json_string(struct text_buffer *text, const char *key, const char *value)
{
    add_key(text, key, "", "\"");
    add_string(text, value, strlen(value));
}

static void add_hex(struct text_buffer *text, const uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char pair[2] = {DIGITS[octets[i] >> 4], DIGITS[octets[i] & 15]};
        text_add(text, pair, 2);
    }
    text_add(text, "\"", 1);
}

void json_hex(struct text_buffer *text, const char *key, const uint8_t *octets, size_t length)
{
    add_key(text, key, "", "\"");
    add_hex(text, octets, length);
}

void json_octets(struct text_buffer *text, const char *key, const void *octets, size_t length)
{
    if (utf8_is_valid(octets, length)) {
        add_key(text, key, "", "\"");
        add_string(text, octets, length);
    } else if (key == NULL) {
        json_open_object(text, NULL);
        json_hex(text, "hex", octets, length);
        json_close_object(text);
    } else {
        add_key(text, key, "_hex", "\"");
        add_hex(text, octets, length);
    }
}
