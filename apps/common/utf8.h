/* SPDX-License-Identifier: MIT */
/*
 * UTF-8, an octet at a time, as strict as RFC 3629: no overlong forms, no surrogates, nothing above
 * U+10FFFF.
 *
 * Invariants:
 * - A struct utf8 of zeros stands between two characters; so does one after UTF8_DONE.
 * - After UTF8_BAD it is not to be used any more.
 */
#ifndef H2KIT_APPS_UTF8_H
#define H2KIT_APPS_UTF8_H

#include <stddef.h>
#include <stdint.h>

struct utf8 {
    uint32_t point; /* the character, after UTF8_DONE */
    uint32_t left;  /* octets that are still to come */
    uint8_t low;    /* bounds of the next one */
    uint8_t high;
};

enum { UTF8_MORE = 0, UTF8_DONE = 1, UTF8_BAD = -1 };

int utf8_step(struct utf8 *utf8, uint8_t octet);

/* Whether the octets are a whole number of characters. */
int utf8_is_valid(const char *text, size_t length);

#endif
