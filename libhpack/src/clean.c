/* SPDX-License-Identifier: MIT */
#include "clean.h"

#include "octets.h"

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))

/* Octets of a token without upper case (RFC 9110 5.6.2), a bit each. */
static const uint32_t IN_NAME[8] = {
    0x00000000, 0x03ff6cfa, /* ! # $ % & ' * + - . and digits */
    0xc0000000, 0x57ffffff, /* ^ _ ` a-z | ~ */
};

int hpack__is_clean_name(const char *name, uint32_t length)
{
    uint32_t all = length > 0;
    for (uint32_t i = 0; i < length; i++) {
        const uint8_t octet = (uint8_t)name[i];
        all &= IN_NAME[octet >> 5] >> (octet & 31);
    }
    return (int)(all & 1);
}

static int is_outer_space(char octet)
{
    return octet == ' ' || octet == '\t';
}

static int has_forbidden(const char *value, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (value[i] == '\0' || value[i] == '\r' || value[i] == '\n') {
            return 1;
        }
    }
    return 0;
}

/* Marks octets below 0x0e with their highest bit, and perhaps others; so are those above 0x8d. */
static inline uint64_t unusual(uint64_t word)
{
    return word - EACH(0x0e);
}

/* rfc: 9113#8.2.1 */
int hpack__is_clean_value(const char *value, uint32_t length)
{
    if (length == 0) {
        return 1;
    }
    if (is_outer_space(value[0]) || is_outer_space(value[length - 1])) {
        return 0;
    }
    if (length < 8) {
        return !has_forbidden(value, length);
    }
    uint64_t marks = unusual(hpack__load64(value + length - 8));
    for (uint32_t i = 0; i + 8 < length; i += 8) {
        marks |= unusual(hpack__load64(value + i));
    }
    return (marks & EACH(0x80)) == 0 || !has_forbidden(value, length);
}
