/* SPDX-License-Identifier: MIT */
#include "escape.h"

#include <string.h>

enum { ESCAPE_MAX = 4 };

/* Writes one octet as it is to be shown; returns 1 or 4. */
static size_t escape_octet(char out[ESCAPE_MAX], char octet)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char value = (unsigned char)octet;

    if (value >= 0x20 && value < 0x7f) {
        out[0] = octet;
        return 1;
    }
    out[0] = '\\';
    out[1] = 'x';
    out[2] = digits[value >> 4];
    out[3] = digits[value & 0xf];
    return ESCAPE_MAX;
}

void escape_print(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char shown[ESCAPE_MAX];
        size_t size = escape_octet(shown, text[i]);

        fwrite(shown, 1, size, out);
    }
}

size_t escape_copy(char *out, size_t capacity, const char *text, size_t length)
{
    size_t written = 0;

    for (size_t i = 0; i < length; i++) {
        char shown[ESCAPE_MAX];
        size_t size = escape_octet(shown, text[i]);

        if (size >= capacity - written) {
            break;
        }
        memcpy(out + written, shown, size);
        written += size;
    }
    out[written] = '\0';
    return written;
}
