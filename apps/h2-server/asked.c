/* SPDX-License-Identifier: MIT */
#include "asked.h"

#include <stdlib.h>
#include <string.h>

static enum method method_of(const hpack_field *field)
{
    static const struct {
        const char *name;
        enum method method;
    } methods[] = {{"GET", METHOD_GET},
                   {"HEAD", METHOD_HEAD},
                   {"POST", METHOD_UPLOAD},
                   {"PUT", METHOD_UPLOAD}};
    for (size_t i = 0; field != NULL && i < sizeof methods / sizeof methods[0]; i++) {
        if (field->value_length == strlen(methods[i].name) &&
            memcmp(field->value, methods[i].name, field->value_length) == 0) {
            return methods[i].method;
        }
    }
    return METHOD_OTHER;
}

/* Most of what is looked for is not there. 0: look at the fields. */
static uint64_t bit_of(uint32_t token)
{
    return token < 64 ? UINT64_C(1) << token : 0;
}

void asked_read(struct asked *asked, const hpack_field *fields, size_t count)
{
    asked->fields = fields;
    asked->field_count = count;
    asked->tokens = 0;
    const hpack_field *method = NULL;
    const hpack_field *path = NULL;
    for (size_t i = 0; i < count; i++) {
        const uint32_t token = fields[i].token;
        asked->tokens |= bit_of(token);
        method = token == HPACK_TOKEN_METHOD && method == NULL ? &fields[i] : method;
        path = token == HPACK_TOKEN_PATH && path == NULL ? &fields[i] : path;
    }
    asked->method = method_of(method);
    asked->path = path == NULL ? NULL : path->value;
    asked->path_length = path == NULL ? 0 : path->value_length;
}

const hpack_field *asked_find(const struct asked *asked, uint32_t token)
{
    const uint64_t bit = bit_of(token);
    if (bit != 0 && (asked->tokens & bit) == 0) {
        return NULL;
    }
    for (size_t i = 0; i < asked->field_count; i++) {
        if (asked->fields[i].token == token) {
            return &asked->fields[i];
        }
    }
    return NULL;
}

const hpack_field *asked_only(const struct asked *asked, uint32_t token)
{
    const hpack_field *found = asked_find(asked, token);
    const hpack_field *end = asked->fields + asked->field_count;
    for (const hpack_field *f = found; f != NULL && ++f < end;) {
        if (f->token == token) {
            return NULL;
        }
    }
    return found;
}

static int content_looks_at(uint32_t token)
{
    static const uint32_t TOKENS[] = {
        HPACK_TOKEN_METHOD,   HPACK_TOKEN_PATH,          HPACK_TOKEN_ACCEPT_ENCODING,
        HPACK_TOKEN_IF_MATCH, HPACK_TOKEN_IF_NONE_MATCH, HPACK_TOKEN_IF_UNMODIFIED_SINCE,
    };
    for (size_t i = 0; i < sizeof TOKENS / sizeof TOKENS[0]; i++) {
        if (TOKENS[i] == token) {
            return 1;
        }
    }
    return 0;
}

int asked_keep(struct asked *copy, const struct asked *asked)
{
    size_t count = 0;
    size_t octets = 0;
    for (size_t i = 0; i < asked->field_count; i++) {
        if (content_looks_at(asked->fields[i].token)) {
            count++;
            octets += asked->fields[i].value_length;
        }
    }
    hpack_field *fields = malloc((count + 1) * sizeof *fields + octets);
    if (fields == NULL) {
        return -1;
    }
    char *end = (char *)(fields + count);
    size_t kept = 0;
    for (size_t i = 0; i < asked->field_count; i++) {
        if (!content_looks_at(asked->fields[i].token)) {
            continue;
        }
        fields[kept] = asked->fields[i];
        /* The token says the name. */
        fields[kept].name = "";
        fields[kept].name_length = 0;
        memcpy(end, asked->fields[i].value, asked->fields[i].value_length);
        fields[kept].value = end;
        end += asked->fields[i].value_length;
        kept++;
    }
    *copy = *asked;
    copy->storage = fields;
    asked_read(copy, fields, count);
    return 0;
}

void asked_clear(struct asked *asked)
{
    free(asked->storage);
    asked->storage = NULL;
}
