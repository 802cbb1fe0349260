/* SPDX-License-Identifier: MIT */
/*
 * Character sets of HTTP, as bits of one table of 256 octets, and questions about whole strings.
 * Pure; works on (pointer, length), any octet may occur.
 */
#ifndef H2SESSION_SRC_HTTP_CHARS_H
#define H2SESSION_SRC_HTTP_CHARS_H

#include <stddef.h>
#include <stdint.h>

enum {
    CHAR_NAME = 0x01,   /* field name: tchar without upper case (RFC 9110 5.6.2, 9113 8.2) */
    CHAR_TOKEN = 0x02,  /* tchar (RFC 9110 5.6.2) */
    CHAR_SCHEME = 0x04, /* not the first octet, which is a letter (RFC 3986 3.1) */
    CHAR_PATH = 0x08,   /* all but 0x00-0x20, 0x7f and "#" */
    CHAR_HOST = 0x10,   /* unreserved and sub-delims of RFC 3986 but the comma */
    CHAR_DIGIT = 0x20,
    CHAR_HEX = 0x40,
    CHAR_VALUE = 0x80 /* all but NUL, CR and LF (RFC 9113 8.2.1) */
};

/* The sets of each octet. */
extern const uint8_t h2session__http_chars_sets[256];

/* What may stand around a value and is no part of it. */
static inline int is_outer_space(char c)
{
    return c == ' ' || c == '\t';
}

static inline int h2session__http_chars_is(char c, uint32_t class)
{
    return (h2session__http_chars_sets[(uint8_t)c] & class) != 0;
}

/* Not empty, and every octet in the set. class: one bit. */
int h2session__http_chars_all(const char *text, size_t length, uint32_t class);
/* As above with CHAR_PATH, but faster. */
int h2session__http_chars_path(const char *text, size_t length);
/* Every octet CHAR_VALUE, no SP or HTAB at either end; may be empty. */
int h2session__http_chars_value(const char *text, size_t length);
/* 1: surely nothing but letters, digits, dots and hyphens, as in most names of hosts; 0: perhaps. */
int h2session__http_chars_is_name(const char *text, size_t length);
/* Equal but for the case of ASCII letters. */
int h2session__http_chars_equal_nocase(const char *a, size_t a_length, const char *b,
                                       size_t b_length);

#endif
