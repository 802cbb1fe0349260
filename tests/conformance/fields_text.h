/* SPDX-License-Identifier: MIT */
/*
 * Fields as text: "name value|name value". GET, POST, HEAD, OPTIONS and OK stand for the fields
 * that such a message needs at least; "200*x-a b" is 200 lines; %41 is an octet in hex and
 * %(5000*a) 5000 times an octet.
 */
#ifndef H2KIT_TESTS_CONFORMANCE_FIELDS_TEXT_H
#define H2KIT_TESTS_CONFORMANCE_FIELDS_TEXT_H

#include <fixture.h>

struct field_list {
    hpack_field *fields;
    size_t count;
    struct octets store;
};

/* Bad text fails the test. */
void fields_text_parse(const char *text, struct field_list *out);
void fields_text_free(struct field_list *list);

/* The octets of a text with %-notation, appended. */
void fields_text_octets(const char *text, size_t length, struct octets *out);

#endif
