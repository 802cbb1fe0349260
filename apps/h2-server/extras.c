/* SPDX-License-Identifier: MIT */
#include "extras.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OK = 200 };

static hpack_field make_field(const char *name, size_t name_length, const char *value,
                              size_t length)
{
    const hpack_field field = {
        .name = name,
        .value = value,
        .name_length = (uint32_t)name_length,
        .value_length = (uint32_t)length,
        .token = hpack_token(name, name_length),
    };
    return field;
}

/* Length of a value without space at its end, or -1 when no field can have it. */
static int64_t value_length(const char *value)
{
    size_t length = strlen(value);
    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t')) {
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        if (((unsigned char)value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f) {
            return -1;
        }
    }
    return length > 0 && length < 8192 ? (int64_t)length : -1;
}

static int is_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char c = name[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL))) {
            return 0;
        }
    }
    return length > 0 && length < 256;
}

/* rfc: 9110#6.5.1 */
static int read_trailer(struct extras *extras, const char *line, char *name)
{
    const char *colon = strchr(line, ':');
    const size_t length = colon == NULL ? 0 : (size_t)(colon - line);
    for (size_t i = 0; i < length; i++) {
        name[i] = line[i] >= 'A' && line[i] <= 'Z' ? (char)(line[i] - 'A' + 'a') : line[i];
    }
    if (!is_name(name, length) || hpack_token(name, length) != HPACK_TOKEN_NONE) {
        return -1;
    }
    const char *value = colon + 1 + strspn(colon + 1, " \t");
    const int64_t size = value_length(value);
    if (size < 0) {
        return -1;
    }
    extras->trailers[extras->trailer_count++] = make_field(name, length, value, (size_t)size);
    return 0;
}

static int read_hint(struct extras *extras, const char *value)
{
    const int64_t size = value_length(value);
    if (size < 0) {
        return -1;
    }
    if (extras->hint_count == 0) {
        extras->hints[extras->hint_count++] = make_field(":status", 7, "103", 3);
    }
    extras->hints[extras->hint_count++] = make_field("link", 4, value, (size_t)size);
    return 0;
}

int extras_read(struct extras *extras, const struct option_list *hints,
                const struct option_list *trailers, char error[OPTIONS_ERROR_SIZE])
{
    size_t octets = 1;
    memset(extras, 0, sizeof *extras);
    if (hints->count > EXTRAS_MOST || trailers->count > EXTRAS_MOST) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "%s: at most %d times",
                       hints->count > EXTRAS_MOST ? "--early-hints" : "--trailer", EXTRAS_MOST);
        return -1;
    }
    for (size_t i = 0; i < hints->count; i++) {
        if (read_hint(extras, hints->items[i]) != 0) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "--early-hints: a link is one line");
            return -1;
        }
    }
    for (size_t i = 0; i < trailers->count; i++) {
        octets += strlen(trailers->items[i]);
    }
    char *name = malloc(octets);
    extras->names = name;
    if (name == NULL) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "out of memory");
        return -1;
    }
    for (size_t i = 0; i < trailers->count; i++) {
        if (read_trailer(extras, trailers->items[i], name) != 0) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE,
                           "--trailer: expected \"name: value\" with a name that means nothing "
                           "to HTTP itself");
            return -1;
        }
        name += strlen(trailers->items[i]);
    }
    return 0;
}

void extras_clear(struct extras *extras)
{
    free(extras->names);
    memset(extras, 0, sizeof *extras);
}

static int is_page(const struct response *response)
{
    static const char HTML[] = "text/html";
    for (size_t i = 0; i < response->count; i++) {
        const hpack_field *f = &response->fields[i];
        if (f->token == HPACK_TOKEN_CONTENT_TYPE) {
            return f->value_length >= sizeof HTML - 1 &&
                   memcmp(f->value, HTML, sizeof HTML - 1) == 0;
        }
    }
    return 0;
}

int extras_before(const struct extras *extras, const struct carrier *carrier,
                  const struct asked *asked, const struct response *response)
{
    if (extras->hint_count == 0 || asked->method != METHOD_GET || response->status != OK ||
        !is_page(response)) {
        return 0;
    }
    return carrier_inform(carrier, extras->hints, extras->hint_count);
}

int extras_respond(const struct extras *extras, const struct carrier *carrier,
                   const h2session_message *message)
{
    if (extras->trailer_count == 0 || message->read == NULL) {
        return carrier_respond(carrier, message);
    }
    return carrier_respond_trailed(carrier, message, extras->trailers, extras->trailer_count);
}
