/* SPDX-License-Identifier: MIT */
#include "endpoints.h"

#include <string.h>

#include "text_buffer.h"

enum { OK = 200, LAST_STATUS = 599, BAD_REQUEST = 400, UNAVAILABLE = 503 };
enum { NO_CONTENT = 204, RESET_CONTENT = 205, NOT_MODIFIED = 304 };

static const struct {
    const char *path;
    enum endpoint_kind kind;
    uint32_t least; /* of the number behind it; most 0: there is none */
    uint32_t most;
} ENDPOINTS[] = {
    {"/bytes/", ENDPOINT_BYTES, 0, ENDPOINT_BYTES_MOST},
    {"/status/", ENDPOINT_STATUS, OK, LAST_STATUS},
    {"/delay/", ENDPOINT_DELAY, 0, ENDPOINT_DELAY_MOST},
    {"/stream/", ENDPOINT_STREAM, 1, ENDPOINT_LINES_MOST},
    {"/stream", ENDPOINT_STREAM, 0, 0},
    {"/echo", ENDPOINT_ECHO, 0, 0},
};

/* Returns 0, or -1 when the text is no number up to most. */
static int read_number(const char *text, size_t length, uint32_t most, uint32_t *number)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || sum > most) {
            return -1;
        }
        sum = sum * 10 + (uint64_t)(text[i] - '0');
    }
    *number = (uint32_t)sum;
    return length > 0 && sum <= most ? 0 : -1;
}

struct endpoint endpoint_of(const char *path, size_t length)
{
    struct endpoint endpoint = {ENDPOINT_NONE, 0};
    const char *query = memchr(path, '?', length);
    if (query != NULL) {
        length = (size_t)(query - path);
    }
    for (size_t i = 0; i < sizeof ENDPOINTS / sizeof ENDPOINTS[0]; i++) {
        const size_t beginning = strlen(ENDPOINTS[i].path);
        if (length < beginning || memcmp(path, ENDPOINTS[i].path, beginning) != 0) {
            continue;
        }
        if (ENDPOINTS[i].most == 0) {
            endpoint.kind = length == beginning ? ENDPOINTS[i].kind : ENDPOINT_NONE;
            return endpoint;
        }
        const int status =
            read_number(path + beginning, length - beginning, ENDPOINTS[i].most, &endpoint.number);
        endpoint.kind =
            status == 0 && endpoint.number >= ENDPOINTS[i].least ? ENDPOINTS[i].kind : ENDPOINT_BAD;
        return endpoint;
    }
    return endpoint;
}

/* h2session_read_function over a struct body_file whose octets are the pattern. */
static int read_pattern(h2session *session, h2session_read_event *event, void *read_user)
{
    static const char PATTERN[] = "0123456789abcdef";
    (void)session;
    struct body_file *body = read_user;
    size_t length = event->capacity < body->left ? event->capacity : (size_t)body->left;
    for (size_t i = 0; i < length; i++) {
        event->buffer[i] = (uint8_t)PATTERN[(body->offset + i) % 16];
    }
    body->offset += length;
    body->left -= length;
    event->length = length;
    event->flags = body->left == 0 ? H2SESSION_BODY_END : 0;
    return 0;
}

static void answer_bytes(const struct answer *a, uint32_t count)
{
    response_init(a->response, OK, a->asked->date);
    response_add(a->response, "content-type", "application/octet-stream");
    response_add_length(a->response, count);
    if (a->asked->method != METHOD_HEAD && count > 0) {
        a->body->as.file.left = count;
        a->body->read = read_pattern;
    }
}

static void answer_number(const struct answer *a, int status)
{
    if (status != NO_CONTENT && status != RESET_CONTENT && status != NOT_MODIFIED) {
        answer_status(a, status);
        return;
    }
    response_init(a->response, status, a->asked->date);
}

static void answer_fields(const struct answer *a)
{
    struct text_buffer text = {.limit = ENDPOINT_ECHO_MOST};
    size_t length = 0;
    for (size_t i = 0; i < a->asked->field_count; i++) {
        const hpack_field *f = &a->asked->fields[i];
        text_add(&text, f->name, f->name_length);
        text_add_string(&text, ": ");
        text_add(&text, f->value, f->value_length);
        text_add_string(&text, "\n");
    }
    char *fields = text_take(&text, &length);
    if (fields == NULL) {
        answer_status(a, UNAVAILABLE);
        return;
    }
    response_init(a->response, OK, a->asked->date);
    response_add(a->response, "content-type", "text/plain; charset=utf-8");
    response_add(a->response, "x-content-type-options", "nosniff");
    response_add_length(a->response, length);
    body_set_memory(a->body, fields, length);
    if (a->asked->method == METHOD_HEAD) {
        a->body->read = NULL;
    }
}

static void answer_delayed(const struct answer *a)
{
    static const char TEXT[] = "done\n";
    response_init(a->response, OK, a->asked->date);
    response_add(a->response, "content-type", "text/plain; charset=utf-8");
    response_add_length(a->response, sizeof TEXT - 1);
    if (a->asked->method != METHOD_HEAD) {
        body_set_text(a->body, TEXT, sizeof TEXT - 1);
    }
}

static void answer_stream(const struct answer *a, uint32_t lines)
{
    response_init(a->response, OK, a->asked->date);
    response_add(a->response, "content-type", "text/plain; charset=utf-8");
    if (a->asked->method != METHOD_HEAD) {
        a->body->as.paced.lines = lines;
        a->body->read = paced_body_read;
    }
}

int answer_endpoint(const struct answer *a)
{
    const struct endpoint endpoint = endpoint_of(a->asked->path, a->asked->path_length);
    switch (endpoint.kind) {
    case ENDPOINT_NONE:
        return 0;
    case ENDPOINT_BYTES:
        answer_bytes(a, endpoint.number);
        break;
    case ENDPOINT_STATUS:
        answer_number(a, (int)endpoint.number);
        break;
    case ENDPOINT_DELAY:
        answer_delayed(a);
        break;
    case ENDPOINT_STREAM:
        answer_stream(a, endpoint.number);
        break;
    case ENDPOINT_ECHO:
        answer_fields(a);
        break;
    case ENDPOINT_BAD:
        answer_status(a, BAD_REQUEST);
        break;
    }
    return 1;
}
