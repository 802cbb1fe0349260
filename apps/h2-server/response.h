/* SPDX-License-Identifier: MIT */
/*
 * The field section of a response, on the stack of whoever sends it.
 *
 * Invariants:
 * - Names and values are borrowed until the response is submitted, but for those of
 *   response_keep() and response_print(), which are kept inside, and one that was allocated
 *   (response_own()).
 * - There is room for every field the server ever sends; adding more is a fault of the program.
 *   A text that does not fit leaves its field out.
 */
#ifndef H2KIT_APPS_RESPONSE_H
#define H2KIT_APPS_RESPONSE_H

#include <stdint.h>

#include <h2session/h2session.h>

enum { RESPONSE_FIELDS = 16, RESPONSE_TEXTS = 512 };

/* Names that stand in most answers, for response_put() and response_keep(). */
enum response_name {
    RESPONSE_ACCEPT_RANGES,
    RESPONSE_CONTENT_LENGTH,
    RESPONSE_CONTENT_TYPE,
    RESPONSE_DATE,
    RESPONSE_ETAG,
    RESPONSE_LAST_MODIFIED,
    RESPONSE_SERVER,
    RESPONSE_STATUS,
    RESPONSE_VARY
};

struct response {
    int status;
    size_t count;
    hpack_field fields[RESPONSE_FIELDS];
    size_t used; /* of texts */
    char texts[RESPONSE_TEXTS];
    void *owned;
};

/* Begins with :status, server and date. */
void response_init(struct response *response, int status, const char *date);
/* The fields of another response, which began so, with this date, which is as long. */
void response_set(struct response *response, int status, const hpack_field *fields, size_t count,
                  const char *date);
void response_add(struct response *response, const char *name, const char *value);
/* As that, without looking anything up; response_keep() with a copy of the value. */
void response_put(struct response *response, enum response_name name, const char *value,
                  size_t length);
void response_keep(struct response *response, enum response_name name, const char *value,
                   size_t length);
void response_print(struct response *response, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void response_add_length(struct response *response, uint64_t length);
/* Takes the length away again, if there is one. */
void response_drop_length(struct response *response);
/* Takes memory, the one piece a response can have, that a field of it points to. */
void response_own(struct response *response, void *memory);
/* After it was submitted, or was not. */
void response_clear(struct response *response);

#endif
