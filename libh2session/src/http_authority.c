/* SPDX-License-Identifier: MIT */
#include "http_authority.h"

#include <string.h>

#include "http_chars.h"

enum { PORT_MAX = 65535 };

/* Length of the reg-name at the beginning of the text. */
static size_t name_length(const char *text, size_t length)
{
    if (h2session__http_chars_is_name(text, length)) {
        return length;
    }
    const uint8_t *sets = h2session__http_chars_sets;
    size_t i = 0;
    while (length - i >= 4 &&
           (sets[(uint8_t)text[i]] & sets[(uint8_t)text[i + 1]] & sets[(uint8_t)text[i + 2]] &
            sets[(uint8_t)text[i + 3]] & CHAR_HOST)) {
        i += 4;
    }
    while (i < length) {
        if (h2session__http_chars_is(text[i], CHAR_HOST)) {
            i++;
        } else if (text[i] == '%' && length - i > 2 &&
                   h2session__http_chars_all(text + i + 1, 2, CHAR_HEX)) {
            i += 3;
        } else {
            break;
        }
    }
    return i;
}

/* What may stand in the brackets of an IPvFuture: "v" 1*HEXDIG "." 1*(HOST / ":"). */
static int is_future_literal(const char *text, size_t length)
{
    size_t i = 1;
    while (i < length && h2session__http_chars_is(text[i], CHAR_HEX)) {
        i++;
    }
    if (i == 1 || length - i < 2 || text[i] != '.') {
        return 0;
    }
    for (i++; i < length; i++) {
        if (!h2session__http_chars_is(text[i], CHAR_HOST) && text[i] != ':') {
            return 0;
        }
    }
    return 1;
}

/* Only the characters of an IPv6 address are looked at: whether it exists, the resolver tells. */
static int is_ipv6_literal(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!h2session__http_chars_is(text[i], CHAR_HEX) && text[i] != ':' && text[i] != '.') {
            return 0;
        }
    }
    return length >= 2;
}

/* Length of the bracketed literal at the beginning of the text, 0 when it is malformed. */
static size_t literal_length(const char *text, size_t length)
{
    size_t end = 1;
    while (end < length && text[end] != ']') {
        end++;
    }
    if (end == length || end == 1) {
        return 0;
    }
    int future = text[1] == 'v' || text[1] == 'V';
    int good = future ? is_future_literal(text + 1, end - 1) : is_ipv6_literal(text + 1, end - 1);
    return good ? end + 1 : 0;
}

static int parse_port(const char *text, size_t length, uint32_t *port)
{
    uint32_t value = 0;
    for (size_t i = 0; i < length; i++) {
        if (!h2session__http_chars_is(text[i], CHAR_DIGIT)) {
            return -1;
        }
        value = value * 10 + (uint32_t)(text[i] - '0');
        if (value > PORT_MAX) {
            return -1;
        }
    }
    *port = length > 0 ? value : HTTP_PORT_NONE;
    return 0;
}

int h2session__http_authority_parse(const char *text, size_t length, struct http_authority *out)
{
    int literal = length > 0 && text[0] == '[';
    size_t end = literal ? literal_length(text, length) : name_length(text, length);
    *out = (struct http_authority){.host = text, .host_length = end, .port = HTTP_PORT_NONE};
    if (literal && end == 0) {
        return -1;
    }
    if (end == length) {
        return 0;
    }
    if (text[end] != ':') {
        return -1;
    }
    return parse_port(text + end + 1, length - end - 1, &out->port);
}

int h2session__http_authority_equal(const struct http_authority *a, const struct http_authority *b,
                                    uint32_t default_port)
{
    uint32_t a_port = a->port != HTTP_PORT_NONE ? a->port : default_port;
    uint32_t b_port = b->port != HTTP_PORT_NONE ? b->port : default_port;
    return a_port == b_port &&
           h2session__http_chars_equal_nocase(a->host, a->host_length, b->host, b->host_length);
}

int h2session__http_authority_is_origin(const char *text, size_t length)
{
    size_t scheme = 0;
    while (scheme < length && h2session__http_chars_is(text[scheme], CHAR_SCHEME)) {
        scheme++;
    }
    /* A scheme begins with a letter. */
    if (scheme == 0 || text[0] < 'A' || length - scheme < 3 ||
        memcmp(text + scheme, "://", 3) != 0) {
        return 0;
    }
    struct http_authority authority;
    const char *rest = text + scheme + 3;
    return h2session__http_authority_parse(rest, length - scheme - 3, &authority) == 0 &&
           authority.host_length > 0;
}
