/* SPDX-License-Identifier: MIT */
#include "static_path.h"

#include <string.h>

enum { BAD_REQUEST = 400, NOT_FOUND = 404 };

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

/* The octet at *at, decoded, and *at moved on. Returns it, or -1 when malformed. */
static int next_octet(const char *path, size_t length, size_t *at)
{
    const char c = path[(*at)++];
    if (c != '%') {
        return (unsigned char)c;
    }
    if (length - *at < 2) {
        return -1;
    }
    const int high = hex_value(path[*at]);
    const int low = hex_value(path[*at + 1]);
    *at += 2;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Decodes one segment, up to "/" or the end. Returns 0 or a status. */
static int read_segment(const char *path, size_t length, size_t *at, struct static_path *out,
                        size_t *end)
{
    while (*at < length && path[*at] != '/') {
        const int octet = next_octet(path, length, at);
        if (octet < 0x20 || octet == 0x7f) {
            return BAD_REQUEST;
        }
        if (octet == '/' || *end >= STATIC_PATH_SIZE - 2) {
            return NOT_FOUND;
        }
        out->name[(*end)++] = (char)octet;
    }
    return 0;
}

int static_path_parse(const char *path, size_t length, struct static_path *out)
{
    const char *query = memchr(path, '?', length);
    if (query != NULL) {
        length = (size_t)(query - path);
    }
    if (length == 0 || path[0] != '/') {
        return BAD_REQUEST;
    }
    out->is_folder = path[length - 1] == '/';
    size_t end = 0;
    size_t at = 0;
    while (at < length) {
        at++; /* the "/" */
        const size_t before = end;
        if (end > 0) {
            out->name[end++] = '/';
        }
        const size_t start = end;
        const int status = read_segment(path, length, &at, out, &end);
        if (status != 0) {
            return status;
        }
        const char *segment = out->name + start;
        const size_t size = end - start;
        if (size == 2 && memcmp(segment, "..", 2) == 0) {
            return NOT_FOUND;
        }
        if (size == 0 || (size == 1 && segment[0] == '.')) {
            end = before;
            out->is_folder |= at >= length;
        }
    }
    if (end == 0) {
        out->name[end++] = '.';
    }
    out->name[end] = '\0';
    return 0;
}
