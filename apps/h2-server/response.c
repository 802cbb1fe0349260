/* SPDX-License-Identifier: MIT */
#include "response.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SERVER_NAME "h2-server/" H2SESSION_VERSION

void response_add(struct response *response, const char *name, const char *value)
{
    assert(response->count < RESPONSE_FIELDS);
    const size_t name_length = strlen(name);
    const hpack_field field = {
        .name = name,
        .value = value,
        .name_length = (uint32_t)name_length,
        .value_length = (uint32_t)strlen(value),
        .token = hpack_token(name, name_length),
    };
    response->fields[response->count++] = field;
}

void response_init(struct response *response, int status, const char *date)
{
    memset(response, 0, sizeof *response);
    (void)snprintf(response->status, sizeof response->status, "%d", status);
    response_add(response, ":status", response->status);
    response_add(response, "server", SERVER_NAME);
    response_add(response, "date", date);
}

void response_add_length(struct response *response, uint64_t length)
{
    (void)snprintf(response->length, sizeof response->length, "%" PRIu64, length);
    response_add(response, "content-length", response->length);
}
