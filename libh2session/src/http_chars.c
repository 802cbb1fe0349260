/* SPDX-License-Identifier: MIT */
#include "http_chars.h"

#include <string.h>

#include "cold.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

/* ---- Many octets at a time ----
 * Both ways find texts that are surely right: no octet is one of those that are wrong, or of some
 * that are legal but rare. For others each octet is looked at, which is no loss then. */

/* Octets that no path has are up to SP, DEL and "#"; rare ones are above 0x7f. NUL, LF and CR, which
 * no value has, are below 0x0e; HTAB is, too. rfc: 9113#8.2.1 */
enum { PATH_LOWEST = 0x21, VALUE_LOWEST = 0x0e, DEL = 0x7f };

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))

/* All of a text of 1 to 7 octets in any order, some of them more than once. */
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

static inline uint64_t load_word(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

#if defined(__SSE2__)

typedef __m128i wide;

static inline wide load_octets(const char *text)
{
    return _mm_loadu_si128((const void *)text);
}

/* All of a text of 1 to 15 octets, some of them more than once. */
static inline wide load_few(const char *text, size_t length)
{
    if (length < 8) {
        return _mm_set1_epi64x((int64_t)load_short(text, length));
    }
    return _mm_set_epi64x((int64_t)load_word(text), (int64_t)load_word(text + length - 8));
}

static inline int is_any(wide marks)
{
    return _mm_movemask_epi8(marks) != 0;
}

static inline wide below(wide o, uint8_t bound)
{
    return _mm_cmpeq_epi8(_mm_min_epu8(o, _mm_set1_epi8((char)(bound - 1))), o);
}

static inline wide not_in_path(wide o)
{
    /* Signed, octets above 0x7f are below all others. */
    wide low = _mm_cmplt_epi8(o, _mm_set1_epi8(PATH_LOWEST));
    wide hash = _mm_cmpeq_epi8(o, _mm_set1_epi8('#'));
    return _mm_or_si128(_mm_or_si128(low, hash), _mm_cmpeq_epi8(o, _mm_set1_epi8(DEL)));
}

static inline wide either(wide a, wide b)
{
    return _mm_or_si128(a, b);
}

static inline wide above(wide o, uint8_t bound)
{
    return _mm_cmpeq_epi8(_mm_max_epu8(o, _mm_set1_epi8((char)(bound + 1))), o);
}

/* Marks octets that are no letters, digits, dots or hyphens. */
static inline wide not_in_name(wide o)
{
    wide letter = _mm_sub_epi8(_mm_or_si128(o, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    wide other = _mm_sub_epi8(o, _mm_set1_epi8('-')); /* hyphen, dot, slash, digits */
    wide slash = _mm_cmpeq_epi8(o, _mm_set1_epi8('/'));
    return _mm_and_si128(above(letter, 'z' - 'a'), either(above(other, '9' - '-'), slash));
}

int h2session__http_chars_is_name(const char *text, size_t length)
{
    if (length < sizeof(wide)) {
        return length > 0 && !is_any(not_in_name(load_few(text, length)));
    }
    wide marks = not_in_name(load_octets(text + length - sizeof(wide)));
    for (size_t i = 0; i + sizeof(wide) < length; i += sizeof(wide)) {
        marks = either(marks, not_in_name(load_octets(text + i)));
    }
    return !is_any(marks);
}

#else

int h2session__http_chars_is_name(const char *text, size_t length)
{
    (void)text;
    (void)length;
    return 0;
}

typedef uint64_t wide;

static inline wide load_octets(const char *text)
{
    return load_word(text);
}

/* All of a text of 1 to 7 octets, some of them more than once. */
static inline wide load_few(const char *text, size_t length)
{
    return load_short(text, length);
}

/* Marks are the highest bit of an octet. Borrows may mark more octets than they should, but leave
 * none out. */
static inline int is_any(wide marks)
{
    return (marks & EACH(0x80)) != 0;
}

static inline wide below(wide o, uint8_t bound)
{
    return o - EACH(bound);
}

static inline wide not_in_path(wide o)
{
    return (o - EACH(PATH_LOWEST)) | (o + EACH(0x80 - DEL)) | ((o ^ EACH('#')) - EACH(1)) | o;
}

static inline wide either(wide a, wide b)
{
    return a | b;
}

#endif

int h2session__http_chars_path(const char *text, size_t length)
{
    if (length == 0) {
        return 0;
    }
    wide marks;
    if (length < sizeof(wide)) {
        marks = not_in_path(load_few(text, length));
    } else {
        marks = not_in_path(load_octets(text + length - sizeof(wide)));
        for (size_t i = 0; i + sizeof(wide) < length; i += sizeof(wide)) {
            marks = either(marks, not_in_path(load_octets(text + i)));
        }
    }
    return !is_any(marks) || h2session__http_chars_all(text, length, CHAR_PATH);
}

INLINED int h2session__http_chars_value(const char *text, size_t length)
{
    if (length == 0) {
        return 1;
    }
    if (((uint8_t)text[0] <= ' ' && is_outer_space(text[0])) ||
        ((uint8_t)text[length - 1] <= ' ' && is_outer_space(text[length - 1]))) {
        return 0;
    }
    wide marks;
    if (length < sizeof(wide)) {
        marks = below(load_few(text, length), VALUE_LOWEST);
    } else {
        marks = below(load_octets(text + length - sizeof(wide)), VALUE_LOWEST);
        for (size_t i = 0; i + sizeof(wide) < length; i += sizeof(wide)) {
            marks = either(marks, below(load_octets(text + i), VALUE_LOWEST));
        }
    }
    return !is_any(marks) || h2session__http_chars_all(text, length, CHAR_VALUE);
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
