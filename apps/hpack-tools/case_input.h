/* SPDX-License-Identifier: MIT */
/*
 * One case as it was read: a set of fields to encode, or a field block to decode, or what is wrong
 * with it. Readers of both input formats fill one; the programs work on it.
 *
 * Invariants:
 * - error.name is NULL, or the rest is not to be used, except the table size when it was read.
 * - Names and values stand in octets one behind the other, in order: field_set_finish() makes the
 *   pointers, after the last addition.
 * - Memory is kept from case to case; case_input_reset() only empties.
 */
#ifndef H2KIT_HPACK_TOOLS_CASE_INPUT_H
#define H2KIT_HPACK_TOOLS_CASE_INPUT_H

#include <hpack/hpack.h>

#include "bytes.h"

/* What can be wrong with a case, beside the HPACK_ERR_ codes of the library. */
#define CASE_ERR_JSON "CASE_ERR_JSON"                 /* a text that no string can hold */
#define CASE_ERR_TYPE "CASE_ERR_TYPE"                 /* a member of the wrong type */
#define CASE_ERR_MISSING "CASE_ERR_MISSING"           /* a member that has to be there */
#define CASE_ERR_HEX "CASE_ERR_HEX"                   /* "wire" is not hex */
#define CASE_ERR_RANGE "CASE_ERR_RANGE"               /* a number out of its range */
#define CASE_ERR_SYNTAX "CASE_ERR_SYNTAX"             /* a line that is no field */
#define CASE_ERR_TOO_LARGE "CASE_ERR_TOO_LARGE"       /* longer than --max-case-size */
#define CASE_ERR_CONTEXT_LOST "CASE_ERR_CONTEXT_LOST" /* an earlier block broke the context */
#define CASE_ERR_TEXT "CASE_ERR_TEXT"                 /* fields that a line of text cannot hold */

enum { CASE_ERROR_SIZE = 192 };

struct case_error {
    const char *name; /* NULL: none */
    char text[CASE_ERROR_SIZE];
    uint32_t has_offset;
    uint64_t offset; /* in the field block, or in the text of "wire" */
};

struct field_set {
    hpack_field *fields;
    size_t count;
    size_t capacity;
    struct bytes octets;
};

struct case_input {
    struct field_set set;
    struct bytes wire;
    uint32_t has_table_size;
    uint32_t table_size;
    struct case_error error;
};

void case_input_reset(struct case_input *input);
void case_input_clear(struct case_input *input);

#if defined(__GNUC__)
#define CASE_ERROR_FORMAT __attribute__((format(printf, 3, 4)))
#else
#define CASE_ERROR_FORMAT
#endif

/* Notes what is wrong. Returns -1, for the caller to pass on. */
int case_error_set(struct case_error *error, const char *name, const char *format,
                   ...) CASE_ERROR_FORMAT;

/* Adds a field; adds to its name, then to its value. They return -1 without memory. */
int field_set_begin(struct field_set *set, uint32_t flags);
int field_set_name(struct field_set *set, const void *data, size_t length);
int field_set_value(struct field_set *set, const void *data, size_t length);
void field_set_finish(struct field_set *set);

/* Octets of all names and values. */
uint64_t fields_length(const hpack_field *fields, size_t count);

#endif
