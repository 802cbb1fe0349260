/* SPDX-License-Identifier: MIT */
/*
 * The head of an HTTP/1.1 request: where it ends, and what it means. Pure functions over octets.
 *
 * Invariants:
 * - What two readers could understand in two ways is refused, not repaired: a bare CR or LF, folded
 *   lines, controls, several Host, both Content-Length and Transfer-Encoding.
 *   rfc: 9112#2.2 rfc: 9112#3.2 rfc: 9112#5.2 rfc: 9112#6.1
 * - The result is a field section of HTTP/2: pseudo-fields first, names in lower case, nothing
 *   about the connection. Names and values are views of the text, which is changed for that.
 * - Functions that judge return 0 or the status to refuse the request with.
 */
#ifndef H2KIT_APPS_H1_HEAD_H
#define H2KIT_APPS_H1_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include <hpack/hpack.h>

struct h1_limits {
    size_t head;   /* octets: 431 */
    size_t line;   /* octets of the request line: 414 */
    size_t fields; /* lines: 431 */
};

/* All zero at the beginning of a head. */
struct h1_scan {
    size_t at;
    size_t line_start;
    size_t lines; /* complete ones; the first is the request line */
    size_t end;   /* length of the whole head, once it is there */
};

enum { H1_PSEUDO_FIELDS = 4 };

struct h1_head {
    hpack_field *fields; /* the caller's array: first filled with the raw fields, from
                            H1_PSEUDO_FIELDS on */
    size_t count;
    int64_t content_length; /* -1: none */
    uint32_t minor;         /* HTTP/1.minor */
    char *path;
    size_t path_length;
    char *authority; /* of the request line; NULL: not there */
    size_t authority_length;
    uint32_t chunked;
    uint32_t expects; /* 100-continue */
    uint32_t takes_trailers;
    uint32_t wants_h2c;   /* Upgrade: h2c, in order, with settings */
    hpack_field host;     /* raw, as is the next */
    hpack_field settings; /* HTTP2-Settings */
};

/* Goes on to look for the end of the head in text, which has all of it from its beginning. */
int h1_head_scan(struct h1_scan *scan, const char *text, size_t length,
                 const struct h1_limits *limits);
/* Reads the request line at the beginning of text. */
int h1_head_line(struct h1_head *head, char *text, size_t length);
/* After the line: judges the raw fields, and makes all of it a field section. */
int h1_head_fields(struct h1_head *head, const char *scheme);

#endif
