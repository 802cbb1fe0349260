/* SPDX-License-Identifier: MIT */
/*
 * What to do with a field: add it to the dynamic table, send it as a literal, or send it as a
 * literal that nobody on the way may ever index.
 *
 * Pure: it looks at the token, the lengths, the flags and the limit of the table, never at the
 * values. The flags of the caller only ever forbid more than the policy does.
 */
#ifndef HPACK_SRC_ENCODER_POLICY_H
#define HPACK_SRC_ENCODER_POLICY_H

#include <hpack/hpack.h>

enum hpack__indexing { HPACK__INDEX, HPACK__DO_NOT_INDEX, HPACK__NEVER_INDEX };

/* token: of the name, known or NONE. */
enum hpack__indexing hpack__choose_indexing(const hpack_field *field, uint32_t token,
                                            uint32_t table_limit);

#endif
