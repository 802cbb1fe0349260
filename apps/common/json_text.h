/* SPDX-License-Identifier: MIT */
/*
 * JSON (RFC 8259) written to the end of a text, member by member, without a tree in between.
 *
 * Invariants:
 * - What comes out is printable ASCII on one line, whatever went in: other characters are written
 *   as \u001b, those above U+FFFF as two of them.
 * - Octets that are not UTF-8 are no string of JSON: json_octets() writes them in hexadecimal, under
 *   the name of the member with "_hex" behind it. No two inputs give the same output.
 * - The caller opens and closes in the right order; commas are seen to here.
 */
#ifndef H2KIT_APPS_JSON_TEXT_H
#define H2KIT_APPS_JSON_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "text_buffer.h"

/* key is plain ASCII; NULL in an array, and for the value that is the whole text. */
void json_open_object(struct text_buffer *text, const char *key);
void json_open_array(struct text_buffer *text, const char *key);
void json_close_object(struct text_buffer *text);
void json_close_array(struct text_buffer *text);

void json_number(struct text_buffer *text, const char *key, uint64_t number);
void json_boolean(struct text_buffer *text, const char *key, int value);
/* Text of the program's own, in UTF-8. */
void json_string(struct text_buffer *text, const char *key, const char *value);
/* Octets of a peer. In an array those that are not UTF-8 become {"hex":"..."}. */
void json_octets(struct text_buffer *text, const char *key, const void *octets, size_t length);
void json_hex(struct text_buffer *text, const char *key, const uint8_t *octets, size_t length);

#endif
