/* SPDX-License-Identifier: MIT */
/*
 * The field section of a response, on the stack of whoever sends it.
 *
 * Invariants:
 * - Names and values are borrowed until the response is submitted, but for numbers, which are
 *   kept inside.
 * - There is room for every field the server ever sends; adding more is a fault of the program.
 */
#ifndef H2KIT_APPS_RESPONSE_H
#define H2KIT_APPS_RESPONSE_H

#include <stdint.h>

#include <h2session/h2session.h>

enum { RESPONSE_FIELDS = 10 };

struct response {
    hpack_field fields[RESPONSE_FIELDS];
    size_t count;
    char status[16];
    char length[24];
};

/* Begins with :status, server and date. */
void response_init(struct response *response, int status, const char *date);
void response_add(struct response *response, const char *name, const char *value);
void response_add_length(struct response *response, uint64_t length);

#endif
