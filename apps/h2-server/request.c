/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "body_file.h"
#include "echo_body.h"
#include "http_date.h"
#include "page.h"
#include "response.h"
#include "server.h"
#include "static_files.h"

enum method { METHOD_GET, METHOD_HEAD, METHOD_UPLOAD, METHOD_OTHER };

enum { STATUS_OK = 200, STATUS_MOVED = 301, STATUS_NOT_FOUND = 404, STATUS_NOT_ALLOWED = 405 };

struct request {
    struct server *server;
    h2session *session;
    uint32_t stream_id;
    enum method method;
    uint32_t echoes;
    char *path; /* of an upload that has not ended */
    size_t path_length;
    union {
        struct body_file file;
        struct body_memory memory;
        struct echo_body echo;
    } body;
    int fd; /* of body.file, -1: none */
};

/* ---- Life ---------------------------------------------------------------------------------- */

static const hpack_field *find(const h2session_headers_event *event, uint32_t token)
{
    for (size_t i = 0; i < event->field_count; i++) {
        if (event->fields[i].token == token) {
            return &event->fields[i];
        }
    }
    return NULL;
}

static enum method read_method(const h2session_headers_event *event)
{
    static const struct {
        const char *name;
        enum method method;
    } methods[] = {{"GET", METHOD_GET},
                   {"HEAD", METHOD_HEAD},
                   {"POST", METHOD_UPLOAD},
                   {"PUT", METHOD_UPLOAD}};
    const hpack_field *field = find(event, HPACK_TOKEN_METHOD);
    for (size_t i = 0; field != NULL && i < sizeof methods / sizeof methods[0]; i++) {
        if (field->value_length == strlen(methods[i].name) &&
            memcmp(field->value, methods[i].name, field->value_length) == 0) {
            return methods[i].method;
        }
    }
    return METHOD_OTHER;
}

struct request *request_new(struct server *server, h2session *session,
                            const h2session_headers_event *event)
{
    struct request *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    r->server = server;
    r->session = session;
    r->stream_id = event->stream_id;
    r->method = read_method(event);
    r->echoes = r->method == METHOD_UPLOAD && server->options->echo_upload;
    r->fd = -1;
    return r;
}

void request_free(struct request *r)
{
    if (r == NULL) {
        return;
    }
    if (r->fd >= 0) {
        (void)close(r->fd);
    }
    if (r->echoes) {
        echo_body_clear(&r->body.echo);
    }
    free(r->path);
    free(r);
}

/* ---- Answers ------------------------------------------------------------------------------- */

/* Gives up on the stream, or on the connection when not even that is possible. */
static int fail(struct request *r)
{
    const int status =
        h2session_submit_reset(r->session, r->stream_id, H2FRAME_CODE_INTERNAL_ERROR);
    return status == 0 ? 0 : H2SESSION_ABORT;
}

static int send_response(struct request *r, const struct response *response,
                         h2session_read_function read)
{
    const h2session_message message = {
        .size = sizeof message,
        .fields = response->fields,
        .field_count = response->count,
        .read = read,
        .read_user = &r->body,
    };
    const int status = h2session_submit_response(r->session, r->stream_id, &message);
    return status == 0 ? 0 : fail(r);
}

static void add_content(struct response *response, const char *type, uint64_t length)
{
    response_add(response, "content-type", type);
    response_add_length(response, length);
}

static int send_page(struct request *r, int status, const struct page *page, const char *location)
{
    struct response response;
    response_init(&response, status, server_date(r->server));
    if (location != NULL) {
        response_add(&response, "location", location);
    }
    if (status == STATUS_NOT_ALLOWED) {
        response_add(&response, "allow", "GET, HEAD, POST, PUT");
    }
    add_content(&response, "text/html; charset=utf-8", page->length);
    r->body.memory.data = (const uint8_t *)page->html;
    r->body.memory.length = page->length;
    return send_response(r, &response, r->method == METHOD_HEAD ? NULL : body_memory_read);
}

static int send_status(struct request *r, int status)
{
    const struct page page = page_of_status(status);
    return send_page(r, status, &page, NULL);
}

static int send_file(struct request *r, const struct static_file *file)
{
    struct response response;
    char modified[HTTP_DATE_SIZE];
    http_date_text(file->modified, modified);
    response_init(&response, STATUS_OK, server_date(r->server));
    add_content(&response, file->mime, file->size);
    response_add(&response, "last-modified", modified);
    r->fd = file->fd;
    r->body.file.fd = file->fd;
    r->body.file.left = file->size;
    return send_response(r, &response,
                         r->method == METHOD_HEAD || file->size == 0 ? NULL : body_file_read);
}

/* The folder's own path, made from its name: what the client wrote could, with two slashes at the
 * beginning, name another host. */
static int send_to_folder(struct request *r, const struct static_path *path)
{
    static const char HEX[] = "0123456789ABCDEF";
    char location[3 * STATIC_PATH_SIZE + 3];
    size_t end = 0;
    location[end++] = '/';
    for (const char *c = path->name; *c != '\0'; c++) {
        const unsigned char octet = (unsigned char)*c;
        const int plain = (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
                          (octet >= '0' && octet <= '9') || strchr("-._~/", octet) != NULL;
        if (plain) {
            location[end++] = (char)octet;
        } else {
            location[end++] = '%';
            location[end++] = HEX[octet >> 4];
            location[end++] = HEX[octet & 15];
        }
    }
    location[end++] = '/';
    location[end] = '\0';
    const struct page page = page_of_status(STATUS_MOVED);
    return send_page(r, STATUS_MOVED, &page, location);
}

static int answer_from_folder(struct request *r, const struct static_path *path)
{
    struct static_file file = {.fd = -1};
    const int status = static_files_find(&r->server->root, path, &file);
    if (status == STATUS_OK) {
        return send_file(r, &file);
    }
    return status == STATUS_MOVED ? send_to_folder(r, path) : send_status(r, status);
}

static int answer(struct request *r, const char *path, size_t length)
{
    struct static_path parsed;
    const int status = static_path_parse(path, length, &parsed);
    if (status != 0) {
        return send_status(r, status);
    }
    if (r->server->root.fd >= 0) {
        return answer_from_folder(r, &parsed);
    }
    if (strcmp(parsed.name, ".") == 0) {
        const struct page page = page_welcome();
        return send_page(r, STATUS_OK, &page, NULL);
    }
    return send_status(r, STATUS_NOT_FOUND);
}

/* ---- Uploads ------------------------------------------------------------------------------- */

static int begin_echo(struct request *r, const h2session_headers_event *event)
{
    struct response response;
    char type[256];
    response_init(&response, STATUS_OK, server_date(r->server));
    const hpack_field *field = find(event, HPACK_TOKEN_CONTENT_TYPE);
    if (field != NULL && field->value_length < sizeof type) {
        memcpy(type, field->value, field->value_length);
        type[field->value_length] = '\0';
        response_add(&response, "content-type", type);
    }
    if (event->content_length >= 0) {
        response_add_length(&response, (uint64_t)event->content_length);
    }
    memset(&r->body.echo, 0, sizeof r->body.echo);
    r->body.echo.complete = event->end_stream;
    return send_response(r, &response, event->end_stream ? NULL : echo_body_read);
}

static int begin_upload(struct request *r, const hpack_field *path)
{
    r->path = malloc(path->value_length + 1U);
    if (r->path == NULL) {
        return fail(r);
    }
    memcpy(r->path, path->value, path->value_length);
    r->path_length = path->value_length;
    return 0;
}

int request_begin(struct request *r, const h2session_headers_event *event)
{
    const hpack_field *path = find(event, HPACK_TOKEN_PATH);
    if (r->method == METHOD_OTHER || path == NULL) {
        return send_status(r, STATUS_NOT_ALLOWED);
    }
    if (r->echoes) {
        return begin_echo(r, event);
    }
    if (r->method == METHOD_UPLOAD && !event->end_stream) {
        return begin_upload(r, path);
    }
    return answer(r, path->value, path->value_length);
}

/* The echo has something to read again. */
static int resume(struct request *r)
{
    if (!r->body.echo.deferred) {
        return 0;
    }
    r->body.echo.deferred = 0;
    return h2session_resume(r->session, r->stream_id) == 0 ? 0 : H2SESSION_ABORT;
}

int request_data(struct request *r, const uint8_t *data, size_t length)
{
    if (r->echoes) {
        return echo_body_add(&r->body.echo, data, length) == 0 ? resume(r) : fail(r);
    }
    if (!r->server->options->echo_upload) {
        return 0;
    }
    return h2session_consume(r->session, r->stream_id, length) == 0 ? 0 : H2SESSION_ABORT;
}

int request_end(struct request *r)
{
    if (r->echoes) {
        r->body.echo.complete = 1;
        return resume(r);
    }
    return r->path == NULL ? 0 : answer(r, r->path, r->path_length);
}
