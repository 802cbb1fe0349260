/* SPDX-License-Identifier: MIT */
/*
 * Structs of the caller that begin with their size: of this version of the header, of an older one
 * (shorter: the rest keeps its default) or of a newer one (longer: what is not known here must be
 * zero, which means "as before the member existed").
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

#endif
