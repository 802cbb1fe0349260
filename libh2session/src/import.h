/* SPDX-License-Identifier: MIT */
/*
 * Structs of the caller that begin with their size: of this version of the header, of an older one
 * (shorter: the rest keeps its default) or of a newer one (longer: what is not known here must be
 * zero, which means "as before the member existed"). The same for structs that the library fills.
 */
#ifndef H2SESSION_SRC_IMPORT_H
#define H2SESSION_SRC_IMPORT_H

#include <stddef.h>
#include <string.h>

/* Copies what both know. 0, or -1 when the caller asks for something unknown. */
static inline int import_struct(void *to, size_t to_size, const void *from, size_t from_size)
{
    const unsigned char *octets = from;
    for (size_t i = to_size; i < from_size; i++) {
        if (octets[i] != 0) {
            return -1;
        }
    }
    memcpy(to, from, from_size < to_size ? from_size : to_size);
    return 0;
}

/* The other way: `size` octets at `to` get what the library knows, and zeros behind it. `from`
 * carries that size as its first member. */
static inline void export_struct(void *to, const void *from, size_t from_size, size_t size)
{
    memset(to, 0, size);
    memcpy(to, from, size < from_size ? size : from_size);
}

#endif
