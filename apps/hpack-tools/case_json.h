/* SPDX-License-Identifier: MIT */
/*
 * The text of a case, as case_scanner.h hands it on, made a case_input.
 *
 * A case is an object with the members "headers" (an array of objects of one name and one value
 * each), "wire" (hex), "header_table_size" (a number), "never_indexed" and "octets" (arrays of
 * positions in "headers", from 0). Others are passed over. Of "headers" and "wire" only the one
 * asked for is read; it has to be there.
 *
 * Fields that "never_indexed" names get HPACK_FIELD_NEVER_INDEXED. In those that "octets" names,
 * each character, U+0000 to U+00FF, stands for one octet; in all others the octets are those of the
 * UTF-8 text.
 *
 * Invariants: whatever the text, the result is a case or a case_error; memory is in proportion to
 * the text. The table size is read first, so that it counts even when the rest is wrong.
 */
#ifndef H2KIT_HPACK_TOOLS_CASE_JSON_H
#define H2KIT_HPACK_TOOLS_CASE_JSON_H

#include "case_input.h"

enum case_kind { CASE_HEADERS, CASE_WIRE };

/* Fills an input that was reset. table_size_max bounds "header_table_size". Returns 0, also when
 * the input has an error, or -1 without memory. */
int case_json_read(struct case_input *input, enum case_kind kind, uint32_t table_size_max,
                   const char *text, size_t length);

#endif
