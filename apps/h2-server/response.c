/* SPDX-License-Identifier: MIT */
#include "response.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVER_NAME "h2-server/" H2SESSION_VERSION

static void add(struct response *response, const char *name, const char *value, size_t length)
{
    assert(response->count < RESPONSE_FIELDS);
    const size_t name_length = strlen(name);
    const hpack_field field = {
        .name = name,
        .value = value,
        .name_length = (uint32_t)name_length,
        .value_length = (uint32_t)length,
        .token = hpack_token(name, name_length),
    };
    response->fields[response->count++] = field;
}

void response_add(struct response *response, const char *name, const char *value)
{
    add(response, name, value, strlen(value));
}

void response_copy(struct response *response, const char *name, const char *value)
{
    char *text = response->texts + response->used;
    const size_t length = strlen(value);
    if (length >= RESPONSE_TEXTS - response->used) {
        return;
    }
    memcpy(text, value, length + 1);
    response->used += length + 1;
    add(response, name, text, length);
}

void response_print(struct response *response, const char *name, const char *format, ...)
{
    char *text = response->texts + response->used;
    const size_t room = RESPONSE_TEXTS - response->used;
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, room, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= room) {
        return;
    }
    response->used += (size_t)length + 1;
    add(response, name, text, (size_t)length);
}

void response_init(struct response *response, int status, const char *date)
{
    response->status = status;
    response->count = 0;
    response->used = 0;
    response->owned = NULL;
    response_print(response, ":status", "%03d", status);
    response_add(response, "server", SERVER_NAME);
    response_add(response, "date", date);
}

void response_add_length(struct response *response, uint64_t length)
{
    response_print(response, "content-length", "%" PRIu64, length);
}

void response_own(struct response *response, void *memory)
{
    assert(response->owned == NULL);
    response->owned = memory;
}

void response_clear(struct response *response)
{
    free(response->owned);
    response->owned = NULL;
}
