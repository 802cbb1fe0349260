/* SPDX-License-Identifier: MIT */
/*
 * Text of a peer in JSON. Fields may hold any octet: what is not printable ASCII becomes the
 * character of that number (ISO 8859-1), written as \u00XX, so that no octet is lost and what comes
 * out is valid JSON in ASCII.
 */
#ifndef H2KIT_CLIENT_JSON_VALUE_H
#define H2KIT_CLIENT_JSON_VALUE_H

#include <stddef.h>

#include <cjson/cJSON.h>

/* A string with these octets. NULL when out of memory. */
cJSON *json_text(const char *text, size_t length);
/* Add a member. 1, or 0 when out of memory. */
int json_add_text(cJSON *object, const char *name, const char *text);
int json_add_octets(cJSON *object, const char *name, const char *text, size_t length);

#endif
