/* SPDX-License-Identifier: MIT */
/*
 * The value of the priority field and of PRIORITY_UPDATE (RFC 9218 4, 5): a dictionary of
 * structured fields (RFC 8941), of which `u` and `i` are taken. Pure.
 *
 * The whole grammar is checked, so that what other recipients would refuse has no effect here
 * either; a value longer than PRIORITY_FIELD_MAX is refused unseen. Of a valid one, what is
 * unknown, out of range or of another type is ignored; of a name given twice the last counts.
 */
#ifndef H2SESSION_SRC_PRIORITY_FIELD_H
#define H2SESSION_SRC_PRIORITY_FIELD_H

#include <stddef.h>
#include <stdint.h>

enum { PRIORITY_FIELD_MAX = 64, PRIORITY_FIELD_URGENCY = 3 };

struct priority_field {
    uint32_t has_urgency;
    uint32_t urgency; /* 0 to 7; 3 when not given */
    uint32_t has_incremental;
    uint32_t incremental; /* 0 or 1; 0 when not given */
};

/* 0, or -1 when the value is malformed or too long, which *out treats as an empty one. */
int h2session__priority_field_parse(const char *value, size_t length, struct priority_field *out);

#endif
