/* SPDX-License-Identifier: MIT */
#include "range.h"

#include <string.h>
#include <strings.h>

struct reader {
    const char *at;
    const char *end;
    size_t asked; /* ranges seen, also those that cannot be satisfied */
};

static void skip_space(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t')) {
        r->at++;
    }
}

/* Digits; a number that does not fit is as large as can be. Returns 1 when there were some. */
static int read_number(struct reader *r, uint64_t *number)
{
    const char *start = r->at;
    uint64_t sum = 0;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        const uint64_t digit = (uint64_t)(*r->at - '0');
        sum = sum > (UINT64_MAX - digit) / 10 ? UINT64_MAX : sum * 10 + digit;
    }
    *number = sum;
    return r->at > start;
}

/* One of "first-last", "first-" and "-length". Returns 0 with *range, of length 0 when it cannot be
 * satisfied, or -1 when malformed. */
static int read_range(struct reader *r, uint64_t size, struct byte_range *range)
{
    uint64_t first = 0;
    uint64_t last = 0;
    const int has_first = read_number(r, &first);
    if (r->at == r->end || *r->at != '-') {
        return -1;
    }
    r->at++;
    const int has_last = read_number(r, &last);
    if ((!has_first && !has_last) || (has_first && has_last && last < first)) {
        return -1;
    }
    if (!has_first) {
        range->length = last < size ? last : size;
        range->first = size - range->length;
        return 0;
    }
    range->first = first;
    range->length = 0;
    if (first < size) {
        range->length = has_last && last < size ? last - first + 1 : size - first;
    }
    return 0;
}

static int overlaps_one_before(const struct range_set *set, const struct byte_range *range)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct byte_range *other = &set->ranges[i];
        if (range->first < other->first + other->length &&
            other->first < range->first + range->length) {
            return 1;
        }
    }
    return 0;
}

/* Takes the ranges of the list; elements may be empty (RFC 9110 5.6.1). */
static enum range_why read_list(struct reader *r, uint64_t size, size_t most, struct range_set *out)
{
    size_t overlaps = 0;
    for (; r->at < r->end; skip_space(r)) {
        struct byte_range range;
        if (*r->at == ',') {
            r->at++;
            continue;
        }
        if (read_range(r, size, &range) != 0) {
            return RANGE_WHY_SYNTAX;
        }
        skip_space(r);
        if (r->at < r->end && *r->at != ',') {
            return RANGE_WHY_SYNTAX;
        }
        if (++r->asked > most) {
            return RANGE_WHY_COUNT;
        }
        if (range.length > 0) {
            overlaps += (size_t)overlaps_one_before(out, &range);
            out->ranges[out->count++] = range;
        }
    }
    if (r->asked == 0) {
        return RANGE_WHY_SYNTAX;
    }
    return overlaps > RANGE_OVERLAPS ? RANGE_WHY_OVERLAPS : RANGE_WHY_NONE;
}

static int longer_than(const struct range_set *set, uint64_t size)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ranges[i].length > size) {
            return 1;
        }
        size -= set->ranges[i].length;
    }
    return 0;
}

/* rfc: 9110#14.1.2, 9110#14.2 */
enum range_verdict range_parse(const char *text, size_t length, uint64_t size, size_t most,
                               struct range_set *out)
{
    static const char UNIT[] = "bytes=";
    const size_t unit = sizeof UNIT - 1;
    struct reader r = {text, text + length, 0};
    out->count = 0;
    if (length < unit || strncasecmp(text, UNIT, unit) != 0) {
        out->why = RANGE_WHY_UNIT;
        return RANGE_WHOLE;
    }
    r.at += unit;
    skip_space(&r);
    out->why = length > RANGE_TEXT
                   ? RANGE_WHY_SYNTAX
                   : read_list(&r, size, most < RANGE_MOST ? most : RANGE_MOST, out);
    if (out->why == RANGE_WHY_NONE && longer_than(out, size)) {
        out->why = RANGE_WHY_TOTAL;
    }
    if (out->why != RANGE_WHY_NONE) {
        return RANGE_WHOLE;
    }
    return out->count == 0 ? RANGE_UNSATISFIABLE : RANGE_PARTS;
}
