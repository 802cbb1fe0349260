/* SPDX-License-Identifier: MIT */
/*
 * A text that grows at its end, with what a page needs: octets escaped for HTML or for a URL.
 *
 * Invariants:
 * - One that is all zero is empty. It never grows beyond its limit (0: none but memory). With a limit
 *   below the capacity of memory that is given to it, it stays in that memory.
 * - After a call that failed it stays `failed` and later calls do nothing, so that only the end has
 *   to be looked at; text_buffer_take() then gives NULL.
 */
#ifndef H2KIT_APPS_TEXT_BUFFER_H
#define H2KIT_APPS_TEXT_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct text_buffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t limit;
    uint32_t failed;
};

void text_add(struct text_buffer *text, const char *more, size_t length);
void text_add_string(struct text_buffer *text, const char *more);
/* Room for exactly so many octets, which are part of the text already and are to be written before the
 * next call; NULL when it failed. */
char *text_room(struct text_buffer *text, size_t length);
/* In decimal, with zeros in front up to a number of digits (20 at most). */
void text_add_number(struct text_buffer *text, uint64_t number, unsigned digits);
void text_printf(struct text_buffer *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* For element content and quoted attributes: & < > " ' as references. Octets that are control
 * characters become "?". */
void text_add_html(struct text_buffer *text, const char *more);
/* Percent-encoded but for unreserved octets (RFC 3986 2.3) and "/". */
void text_add_path(struct text_buffer *text, const char *more);

/* The text with a NUL behind it, which is the caller's to free(); the buffer is empty again. NULL
 * when something failed. */
char *text_take(struct text_buffer *text, size_t *length);
void text_clear(struct text_buffer *text);

#endif
