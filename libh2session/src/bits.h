/* SPDX-License-Identifier: MIT */
/*
 * Bits of words. Pure.
 */
#ifndef H2SESSION_SRC_BITS_H
#define H2SESSION_SRC_BITS_H

#include <stdint.h>

/* Position of the lowest bit that is set. word != 0. */
static inline uint32_t lowest_bit(uint32_t word)
{
#if defined(__GNUC__)
    return (uint32_t)__builtin_ctz(word);
#else
    uint32_t i = 0;
    while ((word >> i & 1) == 0) {
        i++;
    }
    return i;
#endif
}

#endif
