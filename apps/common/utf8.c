/* SPDX-License-Identifier: MIT */
#include "utf8.h"

/* Lengths and bounds of the second octet by the first: what forbids overlong forms, surrogates and
 * characters above U+10FFFF is in these bounds alone (RFC 3629 4). */
static const struct {
    uint8_t first, last, left, low, high;
} leads[] = {
    {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf}, {0xe1, 0xec, 2, 0x80, 0xbf},
    {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf}, {0xf0, 0xf0, 3, 0x90, 0xbf},
    {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

static int begin(struct utf8 *utf8, uint8_t octet)
{
    if (octet < 0x80) {
        utf8->point = octet;
        return UTF8_DONE;
    }
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        if (octet >= leads[i].first && octet <= leads[i].last) {
            utf8->left = leads[i].left;
            utf8->low = leads[i].low;
            utf8->high = leads[i].high;
            utf8->point = octet & (0x3fU >> leads[i].left);
            return UTF8_MORE;
        }
    }
    return UTF8_BAD;
}

int utf8_step(struct utf8 *utf8, uint8_t octet)
{
    if (utf8->left == 0) {
        return begin(utf8, octet);
    }
    if (octet < utf8->low || octet > utf8->high) {
        return UTF8_BAD;
    }
    utf8->point = utf8->point << 6 | (octet & 0x3fU);
    utf8->low = 0x80;
    utf8->high = 0xbf;
    return --utf8->left == 0 ? UTF8_DONE : UTF8_MORE;
}

int utf8_is_valid(const char *text, size_t length)
{
    struct utf8 utf8 = {0};

    for (size_t i = 0; i < length; i++) {
        const uint8_t octet = (uint8_t)text[i];

        if ((octet >= 0x80 || utf8.left > 0) && utf8_step(&utf8, octet) == UTF8_BAD) {
            return 0;
        }
    }
    return utf8.left == 0;
}
