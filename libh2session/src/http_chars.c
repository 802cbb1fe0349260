/* SPDX-License-Identifier: MIT */
#include "http_chars.h"

#include <string.h>

/* The sets of http_chars.h, one bit each, by octet. The test of this unit holds every cell against
 * the grammars of the RFCs. */
/* clang-format off */
const uint8_t h2session__http_chars_sets[256] = {
    0x00, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x80, 0x80, 0x00, 0x80, 0x80, /* 00 */
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, /* 10 */
    0x80, 0x9b, 0x88, 0x83, 0x9b, 0x8b, 0x9b, 0x9b, 0x98, 0x98, 0x9b, 0x9f, 0x88, 0x9f, 0x9f, 0x88, /* 20 */
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x88, 0x98, 0x88, 0x98, 0x88, 0x88, /* 30 */
    0x88, 0xde, 0xde, 0xde, 0xde, 0xde, 0xde, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, /* 40 */
    0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x9e, 0x88, 0x88, 0x88, 0x8b, 0x9b, /* 50 */
    0x8b, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, /* 60 */
    0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x88, 0x8b, 0x88, 0x9b, 0x80, /* 70 */
    0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, /* 80 */
    0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, /* 90 */
    0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, /* a0 */
    0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, /* b0 */
    0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, /* c0 */
    0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, /* d0 */
    0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, /* e0 */
    0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, /* f0 */
};
/* clang-format on */

int h2session__http_chars_all(const char *text, size_t length, uint32_t class)
{
    const uint8_t *sets = h2session__http_chars_sets;
    uint32_t common = length > 0 ? class : 0;
    size_t i = 0;
    for (; length - i >= 4; i += 4) {
        common &= (uint32_t)sets[(uint8_t)text[i]] & sets[(uint8_t)text[i + 1]] &
                  sets[(uint8_t)text[i + 2]] & sets[(uint8_t)text[i + 3]];
    }
    for (; i < length; i++) {
        common &= sets[(uint8_t)text[i]];
    }
    return common == class;
}

/* ---- Eight octets at a time ----
 * A word has the octets of the text in any order. The results mark octets with their highest bit.
 * Borrows may mark more of them than they should, but leave none out: who sees a mark looks at each
 * octet. */

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))

static inline uint64_t load_word(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

/* All of a text of 1 to 7 octets, some of them more than once. */
static inline uint64_t load_short(const char *text, size_t length)
{
    if (length < 4) {
        return EACH(0x61) ^ ((uint64_t)(uint8_t)text[0] ^ 0x61) ^
               ((uint64_t)(uint8_t)text[length / 2] ^ 0x61) << 8 ^
               ((uint64_t)(uint8_t)text[length - 1] ^ 0x61) << 16;
    }
    uint32_t first;
    uint32_t last;
    memcpy(&first, text, sizeof first);
    memcpy(&last, text + length - sizeof last, sizeof last);
    return (uint64_t)first << 32 | last;
}

static inline int is_marked(uint64_t marks)
{
    return (marks & EACH(0x80)) != 0;
}

/* Octets that no path has: up to SP, DEL and "#"; and what is legal but rare, above 0x7f. */
static inline uint64_t not_in_path(uint64_t word)
{
    return (word - EACH(0x21)) | (word + EACH(1)) | ((word ^ EACH('#')) - EACH(1)) | word;
}

int h2session__http_chars_path(const char *text, size_t length)
{
    if (length == 0) {
        return 0;
    }
    uint64_t marks;
    if (length < 8) {
        marks = not_in_path(load_short(text, length));
    } else {
        marks = not_in_path(load_word(text + length - 8));
        for (size_t i = 0; i + 8 < length; i += 8) {
            marks |= not_in_path(load_word(text + i));
        }
    }
    return !is_marked(marks) || h2session__http_chars_all(text, length, CHAR_PATH);
}

/* NUL, LF and CR are below 0x0e and so leave a mark. HTAB does as well, and octets above 0x8d:
 * they are legal, but rare, so that looking at each octet then is no loss. rfc: 9113#8.2.1 */
int h2session__http_chars_value(const char *text, size_t length)
{
    if (length == 0) {
        return 1;
    }
    if (((uint8_t)text[0] <= ' ' && is_outer_space(text[0])) ||
        ((uint8_t)text[length - 1] <= ' ' && is_outer_space(text[length - 1]))) {
        return 0;
    }
    uint64_t marks;
    if (length < 8) {
        marks = load_short(text, length) - EACH(0x0e);
    } else {
        marks = load_word(text + length - 8) - EACH(0x0e);
        size_t i = 0;
        for (; i + 16 < length; i += 16) {
            marks |= load_word(text + i) - EACH(0x0e);
            marks |= load_word(text + i + 8) - EACH(0x0e);
        }
        if (i + 8 < length) {
            marks |= load_word(text + i) - EACH(0x0e);
        }
    }
    return !is_marked(marks) || h2session__http_chars_all(text, length, CHAR_VALUE);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int h2session__http_chars_equal_nocase(const char *a, size_t a_length, const char *b,
                                       size_t b_length)
{
    if (a_length != b_length) {
        return 0;
    }
    for (size_t i = 0; i < a_length; i++) {
        if (lower(a[i]) != lower(b[i])) {
            return 0;
        }
    }
    return 1;
}
