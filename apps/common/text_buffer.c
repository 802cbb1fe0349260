/* SPDX-License-Identifier: MIT */
#include "text_buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 256, PRINT_SIZE = 256, NUMBER_SIZE = 20 };

static int make_room(struct text_buffer *text, size_t length)
{
    const size_t limit = text->limit == 0 ? SIZE_MAX / 2 : text->limit;
    if (text->failed || length > limit || text->length > limit - length) {
        return -1;
    }
    /* One more for the NUL. */
    const size_t needed = text->length + length + 1;
    if (needed <= text->capacity) {
        return 0;
    }
    size_t capacity = text->capacity == 0 ? SMALLEST : text->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    char *data = realloc(text->data, capacity);
    if (data == NULL) {
        return -1;
    }
    text->data = data;
    text->capacity = capacity;
    return 0;
}

char *text_room(struct text_buffer *text, size_t length)
{
    if (make_room(text, length) != 0) {
        text->failed = 1;
        return NULL;
    }
    char *room = text->data + text->length;
    text->length += length;
    text->data[text->length] = '\0';
    return room;
}

void text_add(struct text_buffer *text, const char *more, size_t length)
{
    char *room = text_room(text, length);
    if (room != NULL) {
        memcpy(room, more, length);
    }
}

void text_add_number(struct text_buffer *text, uint64_t number, unsigned digits)
{
    char out[NUMBER_SIZE];
    size_t at = sizeof out;
    do {
        out[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 && at > 0);
    while (sizeof out - at < digits && at > 0) {
        out[--at] = '0';
    }
    text_add(text, out + at, sizeof out - at);
}

void text_add_string(struct text_buffer *text, const char *more)
{
    text_add(text, more, strlen(more));
}

void text_printf(struct text_buffer *text, const char *format, ...)
{
    char line[PRINT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= PRINT_SIZE) {
        text->failed = 1;
        return;
    }
    text_add(text, line, (size_t)length);
}

void text_add_html(struct text_buffer *text, const char *more)
{
    static const struct {
        char octet;
        const char *reference;
    } REFERENCES[] = {
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    for (; *more != '\0'; more++) {
        const char *reference = NULL;
        for (size_t i = 0; i < sizeof REFERENCES / sizeof REFERENCES[0]; i++) {
            reference = *more == REFERENCES[i].octet ? REFERENCES[i].reference : reference;
        }
        if (reference != NULL) {
            text_add_string(text, reference);
        } else if ((unsigned char)*more < 0x20 || *more == 0x7f) {
            text_add(text, "?", 1);
        } else {
            text_add(text, more, 1);
        }
    }
}

void text_add_path(struct text_buffer *text, const char *more)
{
    static const char HEX[] = "0123456789ABCDEF";
    for (; *more != '\0'; more++) {
        const unsigned char octet = (unsigned char)*more;
        if ((octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
            (octet >= '0' && octet <= '9') || strchr("-._~/", octet) != NULL) {
            text_add(text, more, 1);
        } else {
            const char encoded[3] = {'%', HEX[octet >> 4], HEX[octet & 15]};
            text_add(text, encoded, 3);
        }
    }
}

char *text_take(struct text_buffer *text, size_t *length)
{
    text_add(text, "", 0); /* so that there is memory also for an empty text */
    char *data = text->data;
    if (text->failed) {
        text_clear(text);
        return NULL;
    }
    *length = text->length;
    memset(text, 0, sizeof *text);
    return data;
}

void text_clear(struct text_buffer *text)
{
    free(text->data);
    memset(text, 0, sizeof *text);
}
