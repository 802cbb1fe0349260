/* SPDX-License-Identifier: MIT */
#include "conditional.h"

#include "etag.h"
#include "http_date.h"

enum { NOT_MODIFIED = 304, PRECONDITION_FAILED = 412 };

/* Several lines of a list are one list (RFC 9110 5.3). Returns 1 when one of them has the tag. */
static int listed(const struct asked *asked, uint32_t token, const char *etag,
                  enum etag_comparison how)
{
    for (size_t i = 0; i < asked->field_count; i++) {
        const hpack_field *f = &asked->fields[i];
        if (f->token == token && etag_in_list(f->value, f->value_length, etag, how)) {
            return 1;
        }
    }
    return 0;
}

/* Returns 1 with the date of the field when there is one. */
static int date_of(const struct asked *asked, uint32_t token, time_t *date)
{
    const hpack_field *f = asked_only(asked, token);
    return f != NULL && http_date_parse(f->value, f->value_length, asked->now, date) == 0;
}

/* rfc: 9110#13.1.1, 9110#13.1.2, 9110#13.1.3, 9110#13.1.4, 9110#13.2.2 */
int conditional_status(const struct asked *asked, const struct validators *now)
{
    const int only_reads = asked->method == METHOD_GET || asked->method == METHOD_HEAD;
    time_t date = 0;
    if (asked_find(asked, HPACK_TOKEN_IF_MATCH) != NULL) {
        if (!listed(asked, HPACK_TOKEN_IF_MATCH, now->etag, ETAG_STRONG)) {
            return PRECONDITION_FAILED;
        }
    } else if (date_of(asked, HPACK_TOKEN_IF_UNMODIFIED_SINCE, &date) && now->modified > date) {
        return PRECONDITION_FAILED;
    }
    if (asked_find(asked, HPACK_TOKEN_IF_NONE_MATCH) != NULL) {
        if (listed(asked, HPACK_TOKEN_IF_NONE_MATCH, now->etag, ETAG_WEAK)) {
            return only_reads ? NOT_MODIFIED : PRECONDITION_FAILED;
        }
    } else if (only_reads && date_of(asked, HPACK_TOKEN_IF_MODIFIED_SINCE, &date) &&
               now->modified <= date) {
        return NOT_MODIFIED;
    }
    return 0;
}

/* rfc: 9110#13.1.5 */
int conditional_range(const struct asked *asked, const struct validators *now)
{
    if (asked_find(asked, HPACK_TOKEN_IF_RANGE) == NULL) {
        return 1;
    }
    const hpack_field *f = asked_only(asked, HPACK_TOKEN_IF_RANGE);
    time_t date = 0;
    if (f == NULL) {
        return 0;
    }
    if (http_date_parse(f->value, f->value_length, asked->now, &date) != 0) {
        return etag_is(f->value, f->value_length, now->etag);
    }
    /* What was changed within this second may be changed again before it is over, and would still
     * have the same date (RFC 9110 8.8.2.2). */
    return date == now->modified && now->modified < asked->now;
}
