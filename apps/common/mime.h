/* SPDX-License-Identifier: MIT */
/*
 * Media type of a file by the ending of its name: from a file of such types, as /etc/mime.types,
 * and else from a small built-in table.
 *
 * Invariants:
 * - An ending that is nowhere is application/octet-stream, which browsers store and do not run.
 * - Text is said to be UTF-8, unless the file of types says another charset.
 * - Answers are strings that live as long as the types they came from.
 */
#ifndef H2KIT_APPS_MIME_H
#define H2KIT_APPS_MIME_H

#include <stddef.h>

enum { MIME_FILE_LIMIT = 1048576 };

struct mime_types;

/* From the built-in table. */
const char *mime_type(const char *file_name);

/* Reads a file with lines "type/subtype ending ending...", "#" begins a comment; of an ending that
 * stands twice the last counts. Returns 0, or -1 with one line in error: it cannot be read, is longer
 * than MIME_FILE_LIMIT, or has a type that is none. */
int mime_types_load(struct mime_types **out, const char *path, char *error, size_t error_size);
/* The same from text. Returns 0, -1 when out of memory, or the number of a line that is wrong. */
int mime_types_parse(struct mime_types **out, const char *text, size_t length);
void mime_types_free(struct mime_types *types);
/* types NULL: from the built-in table alone. */
const char *mime_types_find(const struct mime_types *types, const char *file_name);

/* What stands behind the last dot of the name; NULL: nothing. */
const char *mime__ending(const char *file_name);

#endif
