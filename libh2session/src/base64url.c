/* SPDX-License-Identifier: MIT */
#include "base64url.h"

enum { NOT_A_DIGIT = 64 };

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t h2session__base64url_text_length(size_t n)
{
    return n / 3 * 4 + (n % 3 > 0 ? n % 3 + 1 : 0);
}

size_t h2session__base64url_octet_length(size_t n)
{
    return n / 4 * 3 + (n % 4 > 0 ? n % 4 - 1 : 0);
}

/* Each group of up to three octets becomes one digit more than it has octets. */
void h2session__base64url_encode(const uint8_t *in, size_t n, char *out)
{
    for (size_t i = 0; i < n; i += 3) {
        uint32_t group = (uint32_t)in[i] << 16;
        group |= i + 1 < n ? (uint32_t)in[i + 1] << 8 : 0;
        group |= i + 2 < n ? in[i + 2] : 0;
        *out++ = DIGITS[group >> 18];
        *out++ = DIGITS[group >> 12 & 63];
        if (i + 1 < n) {
            *out++ = DIGITS[group >> 6 & 63];
        }
        if (i + 2 < n) {
            *out++ = DIGITS[group & 63];
        }
    }
}

static uint32_t value_of(char c)
{
    uint32_t value = 0;
    while (value < NOT_A_DIGIT && DIGITS[value] != c) {
        value++;
    }
    return value;
}

int h2session__base64url_decode(const char *text, size_t length, uint8_t *out, size_t *at)
{
    uint32_t bits = 0; /* read, not written yet: the low `have` ones */
    uint32_t have = 0;
    for (*at = 0; *at < length; ++*at) {
        uint32_t value = value_of(text[*at]);
        if (value == NOT_A_DIGIT) {
            return text[*at] == '=' ? BASE64URL_PADDING : BASE64URL_ALPHABET;
        }
        bits = bits << 6 | value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            *out++ = (uint8_t)(bits >> have);
            bits &= (1u << have) - 1;
        }
    }
    if (have == 6) {
        return BASE64URL_LENGTH;
    }
    return bits != 0 ? BASE64URL_BITS : BASE64URL_OK;
}
