/* SPDX-License-Identifier: MIT */
#include "json_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most that an octet becomes: a backslash, "u00" and two digits. */
enum { WIDTH = 6 };

static char *write_octet(char *at, unsigned char octet)
{
    if (octet == '"' || octet == '\\') {
        *at++ = '\\';
        *at++ = (char)octet;
        return at;
    }
    if (octet >= 0x20 && octet < 0x7f) {
        *at++ = (char)octet;
        return at;
    }
    snprintf(at, WIDTH + 1, "\\u%04x", (unsigned)octet);
    return at + WIDTH;
}

/* The text is written here and not by cJSON, which would pass what is not UTF-8 on as it is. */
cJSON *json_text(const char *text, size_t length)
{
    char *quoted = length > ((size_t)-1 - 3) / WIDTH ? NULL : malloc(WIDTH * length + 3);

    if (quoted == NULL) {
        return NULL;
    }
    char *at = quoted;

    *at++ = '"';
    for (size_t i = 0; i < length; i++) {
        at = write_octet(at, (unsigned char)text[i]);
    }
    *at++ = '"';
    *at = '\0';
    cJSON *raw = cJSON_CreateRaw(quoted);

    free(quoted);
    return raw;
}

int json_add_octets(cJSON *object, const char *name, const char *text, size_t length)
{
    cJSON *item = json_text(text, length);

    if (item == NULL) {
        return 0;
    }
    if (!cJSON_AddItemToObject(object, name, item)) {
        cJSON_Delete(item);
        return 0;
    }
    return 1;
}

int json_add_text(cJSON *object, const char *name, const char *text)
{
    return json_add_octets(object, name, text, strlen(text));
}
