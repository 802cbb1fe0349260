/* SPDX-License-Identifier: MIT */
/*
 * Octets taken eight at a time, without alignment and without reading beyond their end: the last
 * ones are loaded again together with some before them instead of being gathered.
 */
#ifndef HPACK_SRC_OCTETS_H
#define HPACK_SRC_OCTETS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hpack__load64(const void *octets)
{
    uint64_t word;
    memcpy(&word, octets, sizeof word);
    return word;
}

static inline uint64_t hpack__load32(const void *octets)
{
    uint32_t word;
    memcpy(&word, octets, sizeof word);
    return word;
}

enum { HPACK__LONG_COMPARE = 64 }; /* from here on a call costs less */

/* Are length octets the same? Both may be NULL when there are none. */
static inline int hpack__same_octets(const char *a, const char *b, size_t length)
{
    if (length >= HPACK__LONG_COMPARE) {
        return memcmp(a, b, length) == 0;
    }
    if (length >= 16) {
        const size_t last = length - 16;
        for (size_t i = 0; i < last; i += 16) {
            if (((hpack__load64(a + i) ^ hpack__load64(b + i)) |
                 (hpack__load64(a + i + 8) ^ hpack__load64(b + i + 8))) != 0) {
                return 0;
            }
        }
        return ((hpack__load64(a + last) ^ hpack__load64(b + last)) |
                (hpack__load64(a + last + 8) ^ hpack__load64(b + last + 8))) == 0;
    }
    if (length >= 8) {
        const size_t last = length - 8;
        return ((hpack__load64(a) ^ hpack__load64(b)) |
                (hpack__load64(a + last) ^ hpack__load64(b + last))) == 0;
    }
    if (length >= 4) {
        const size_t last = length - 4;
        return ((hpack__load32(a) ^ hpack__load32(b)) |
                (hpack__load32(a + last) ^ hpack__load32(b + last))) == 0;
    }
    return length == 0 ||
           (a[0] == b[0] && a[length / 2] == b[length / 2] && a[length - 1] == b[length - 1]);
}

#endif
