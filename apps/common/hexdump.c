/* SPDX-License-Identifier: MIT */
#include "hexdump.h"

#include <string.h>

enum { WIDTH = 16 };

static void print_line(FILE *out, size_t offset, const uint8_t *octets, size_t length)
{
    char shown[WIDTH + 1] = "";
    fprintf(out, "%08zx", offset);
    for (size_t i = 0; i < WIDTH; i++) {
        fputs(i % 8 == 0 ? "  " : " ", out);
        if (i < length) {
            fprintf(out, "%02x", octets[i]);
            shown[i] = octets[i] >= 0x20 && octets[i] < 0x7f ? (char)octets[i] : '.';
        } else {
            fputs("  ", out);
        }
    }
    fprintf(out, "  |%s|\n", shown);
}

void hexdump_print(FILE *out, const uint8_t *octets, size_t length)
{
    int repeats = 0;
    for (size_t at = 0; at < length; at += WIDTH) {
        const size_t left = length - at;
        const int same =
            at > 0 && left >= WIDTH && memcmp(octets + at, octets + at - WIDTH, WIDTH) == 0;
        if (!same) {
            print_line(out, at, octets + at, left < WIDTH ? left : WIDTH);
        } else if (!repeats) {
            fputs("*\n", out);
        }
        repeats = same;
    }
    fprintf(out, "%08zx\n", length);
}
