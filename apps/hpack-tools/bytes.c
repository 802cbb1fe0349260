/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

int bytes_reserve(struct bytes *bytes, size_t more)
{
    if (more <= bytes->capacity - bytes->length) {
        return 0;
    }
    if (more > SIZE_MAX / 2 - bytes->length) {
        return -1;
    }
    size_t wanted = bytes->length + more;
    size_t capacity = bytes->capacity > 0 ? bytes->capacity : FIRST_CAPACITY;

    while (capacity < wanted) {
        capacity *= 2;
    }
    uint8_t *grown = realloc(bytes->data, capacity);

    if (grown == NULL) {
        return -1;
    }
    bytes->data = grown;
    bytes->capacity = capacity;
    return 0;
}

int bytes_append(struct bytes *bytes, const void *data, size_t length)
{
    if (length == 0) {
        return 0;
    }
    if (bytes_reserve(bytes, length) != 0) {
        return -1;
    }
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
    return 0;
}

int bytes_push(struct bytes *bytes, uint8_t octet)
{
    if (bytes_reserve(bytes, 1) != 0) {
        return -1;
    }
    bytes->data[bytes->length++] = octet;
    return 0;
}

void bytes_clear(struct bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct bytes){0};
}

/* The value of a digit, or -1. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int bytes_append_hex(struct bytes *bytes, const char *text, size_t length, size_t *bad)
{
    for (size_t i = 0; i < length; i++) {
        if (hex_digit(text[i]) < 0) {
            *bad = i;
            return HEX_BAD_DIGIT;
        }
    }
    if (length % 2 != 0) {
        return HEX_ODD;
    }
    if (bytes_reserve(bytes, length / 2) != 0) {
        return HEX_NO_MEMORY;
    }
    for (size_t i = 0; i < length; i += 2) {
        int octet = hex_digit(text[i]) * 16 + hex_digit(text[i + 1]);

        bytes->data[bytes->length++] = (uint8_t)octet;
    }
    return HEX_OK;
}
