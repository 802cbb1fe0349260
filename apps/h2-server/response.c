/* SPDX-License-Identifier: MIT */
#include "response.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OK = 200, DATE_AT = 2 };

#define SERVER_NAME "h2-server/" H2SESSION_VERSION

#define NAME(text, id)                                                                             \
    {                                                                                              \
        .name = (text), .name_length = sizeof(text) - 1, .token = HPACK_TOKEN_##id                 \
    }

static const hpack_field NAMES[] = {
    [RESPONSE_ACCEPT_RANGES] = NAME("accept-ranges", ACCEPT_RANGES),
    [RESPONSE_CONTENT_LENGTH] = NAME("content-length", CONTENT_LENGTH),
    [RESPONSE_CONTENT_TYPE] = NAME("content-type", CONTENT_TYPE),
    [RESPONSE_DATE] = NAME("date", DATE),
    [RESPONSE_ETAG] = NAME("etag", ETAG),
    [RESPONSE_LAST_MODIFIED] = NAME("last-modified", LAST_MODIFIED),
    [RESPONSE_SERVER] = NAME("server", SERVER),
    [RESPONSE_STATUS] = NAME(":status", STATUS),
    [RESPONSE_VARY] = NAME("vary", VARY),
};

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

void response_put(struct response *response, enum response_name name, const char *value,
                  size_t length)
{
    assert(response->count < RESPONSE_FIELDS);
    hpack_field *field = &response->fields[response->count++];
    *field = NAMES[name];
    field->value = value;
    field->value_length = (uint32_t)length;
}

void response_keep(struct response *response, enum response_name name, const char *value,
                   size_t length)
{
    char *text = response->texts + response->used;
    if (length > RESPONSE_TEXTS - response->used) {
        return;
    }
    memcpy(text, value, length);
    response->used += length;
    response_put(response, name, text, length);
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
    assert(status >= 100 && status <= 999);
    if (status == OK) {
        response_put(response, RESPONSE_STATUS, "200", 3);
    } else {
        const char digits[] = {(char)('0' + status / 100), (char)('0' + status / 10 % 10),
                               (char)('0' + status % 10)};
        response_keep(response, RESPONSE_STATUS, digits, sizeof digits);
    }
    response_put(response, RESPONSE_SERVER, SERVER_NAME, sizeof SERVER_NAME - 1);
    response_put(response, RESPONSE_DATE, date, strlen(date));
}

void response_set(struct response *response, int status, const hpack_field *fields, size_t count,
                  const char *date)
{
    assert(count <= RESPONSE_FIELDS && fields[DATE_AT].token == HPACK_TOKEN_DATE);
    response->status = status;
    response->count = count;
    response->used = 0;
    response->owned = NULL;
    memcpy(response->fields, fields, count * sizeof fields[0]);
    response->fields[DATE_AT].value = date;
}

void response_add_length(struct response *response, uint64_t length)
{
    response_print(response, "content-length", "%" PRIu64, length);
}

void response_drop_length(struct response *response)
{
    size_t kept = 0;
    for (size_t i = 0; i < response->count; i++) {
        if (response->fields[i].token != HPACK_TOKEN_CONTENT_LENGTH) {
            response->fields[kept++] = response->fields[i];
        }
    }
    response->count = kept;
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
