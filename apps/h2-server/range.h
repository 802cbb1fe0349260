/* SPDX-License-Identifier: MIT */
/*
 * The field Range (RFC 9110 14.1.2, 14.2) against the length of what it cuts: a pure function.
 *
 * Invariants:
 * - Ranges that are answered lie inside the whole, none is empty, they stand in the order they were
 *   asked for, and together they are never longer than the whole: asking for ranges cannot make an
 *   answer larger than asking for nothing, but for the heads of its parts.
 * - What is malformed, in another unit than octets, or over a limit is as if the field were not
 *   there; RANGE_WHOLE then says which of these it was.
 */
#ifndef H2KIT_APPS_RANGE_H
#define H2KIT_APPS_RANGE_H

#include <stddef.h>
#include <stdint.h>

enum {
    RANGE_MOST = 64,    /* ranges that one field can ask for, whatever the options say */
    RANGE_OVERLAPS = 2, /* of them that may overlap one before (RFC 9110 14.2) */
    RANGE_TEXT = 4096   /* octets of the field that are looked at */
};

enum range_verdict {
    RANGE_WHOLE,        /* send all of it, 200 */
    RANGE_PARTS,        /* 206 */
    RANGE_UNSATISFIABLE /* 416 */
};

enum range_why {
    RANGE_WHY_NONE,
    RANGE_WHY_UNIT,     /* not "bytes" */
    RANGE_WHY_SYNTAX,   /* or longer than RANGE_TEXT */
    RANGE_WHY_COUNT,    /* more ranges than the limit */
    RANGE_WHY_OVERLAPS, /* more than RANGE_OVERLAPS of them */
    RANGE_WHY_TOTAL     /* together longer than the whole */
};

struct byte_range {
    uint64_t first;
    uint64_t length;
};

struct range_set {
    enum range_why why;
    size_t count;
    struct byte_range ranges[RANGE_MOST];
};

/* size: octets of the whole. most: how many ranges are answered, up to RANGE_MOST; 0: none. */
enum range_verdict range_parse(const char *text, size_t length, uint64_t size, size_t most,
                               struct range_set *out);

#endif
