/* SPDX-License-Identifier: MIT */
/*
 * Deep copy of a field section into memory of the caller: the array of fields first, then the
 * octets of their names and values. The copy points into itself and stands as long as that memory.
 */
#ifndef H2SESSION_SRC_FIELD_COPY_H
#define H2SESSION_SRC_FIELD_COPY_H

#include <hpack/hpack.h>

/* Octets that the copy takes. */
size_t h2session__field_copy_size(const hpack_field *fields, size_t count);
/* `to` has room for that many and is aligned for hpack_field. */
void h2session__field_copy_write(hpack_field *to, const hpack_field *fields, size_t count);

#endif
