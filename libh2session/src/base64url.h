/* SPDX-License-Identifier: MIT */
/*
 * base64url without padding (RFC 4648 5, as RFC 7540 3.2.1 uses it). Pure. The decoder is strict:
 * each octet string has exactly one text, everything else is refused with what is wrong about it.
 */
#ifndef H2SESSION_SRC_BASE64URL_H
#define H2SESSION_SRC_BASE64URL_H

#include <stddef.h>
#include <stdint.h>

enum {
    BASE64URL_OK = 0,
    BASE64URL_ALPHABET = 1, /* a character outside A-Z a-z 0-9 - _ */
    BASE64URL_PADDING = 2,  /* "=" */
    BASE64URL_LENGTH = 3,   /* one character left over, which holds no octet */
    BASE64URL_BITS = 4      /* the bits of the last character that hold no octet are not zero */
};

/* Characters for n octets, and octets in so many characters. */
size_t h2session__base64url_text_length(size_t n);
size_t h2session__base64url_octet_length(size_t n);

/* out has room for the text; no NUL is written. */
void h2session__base64url_encode(const uint8_t *in, size_t n, char *out);

/* out has room for the octets. Returns BASE64URL_; *at is the place of the fault. */
int h2session__base64url_decode(const char *text, size_t length, uint8_t *out, size_t *at);

#endif
