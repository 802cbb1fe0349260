/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "h1_internal.h"

enum { BAD_REQUEST = 400, TOO_LARGE = 413, NOT_IMPLEMENTED = 501 };

/* ---- llhttp -------------------------------------------------------------------------------- */

static int on_field(llhttp_t *parser, const char *text, size_t length)
{
    struct h1_conn *c = parser->data;
    if (c->parsed_head) {
        return 0; /* trailers are dropped */
    }
    if (c->head.count == c->field_capacity || length > UINT32_MAX) {
        return HPE_USER;
    }
    hpack_field *field = &c->head.fields[c->head.count++];
    memset(field, 0, sizeof *field);
    field->name = text;
    field->name_length = (uint32_t)length;
    field->value = text;
    return 0;
}

static int on_value(llhttp_t *parser, const char *text, size_t length)
{
    struct h1_conn *c = parser->data;
    if (c->parsed_head || c->head.count == H1_PSEUDO_FIELDS || length > UINT32_MAX) {
        return c->parsed_head ? 0 : HPE_USER;
    }
    hpack_field *field = &c->head.fields[c->head.count - 1];
    /* A value in two pieces is none that a whole head can have. */
    if (field->value_length > 0) {
        return length == 0 ? 0 : HPE_USER;
    }
    field->value = text;
    field->value_length = (uint32_t)length;
    return 0;
}

static int on_head(llhttp_t *parser)
{
    struct h1_conn *c = parser->data;
    c->parsed_head = 1;
    c->keep = llhttp_should_keep_alive(parser) && !c->stopping;
    /* Upgrades are decided on here, not there. */
    parser->upgrade = 0;
    return 0;
}

static int on_body(llhttp_t *parser, const char *text, size_t length)
{
    struct h1_conn *c = parser->data;
    c->body += length;
    if (c->config.body_limit > 0 && c->body > c->config.body_limit) {
        c->body_status = TOO_LARGE;
        return HPE_USER;
    }
    if (c->config.manual_consume) {
        c->held += length;
    }
    const int status = c->callbacks.on_data(c, (const uint8_t *)text, length, c->user);
    return status == 0 && c->x.told && c->state == H1_STATE_EXCHANGE ? 0 : HPE_USER;
}

static int on_message_end(llhttp_t *parser)
{
    struct h1_conn *c = parser->data;
    c->message_ended = 1;
    return HPE_PAUSED;
}

static const llhttp_settings_t SETTINGS = {
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_headers_complete = on_head,
    .on_body = on_body,
    .on_message_complete = on_message_end,
};

/* ---- The head ------------------------------------------------------------------------------ */

void h1__free_fields(struct h1_conn *c)
{
    if (c->head.fields != NULL) {
        (void)c->in.memory.resize(c->in.memory.ctx, c->head.fields,
                                  c->field_capacity * sizeof(hpack_field), 0);
    }
    memset(&c->head, 0, sizeof c->head);
    c->field_capacity = 0;
}

static int make_fields(struct h1_conn *c)
{
    const size_t capacity = H1_PSEUDO_FIELDS + c->scan.lines;
    memset(&c->head, 0, sizeof c->head);
    c->head.fields = c->in.memory.resize(c->in.memory.ctx, NULL, 0, capacity * sizeof(hpack_field));
    if (c->head.fields == NULL) {
        return -1;
    }
    c->field_capacity = capacity;
    c->head.count = H1_PSEUDO_FIELDS;
    return 0;
}

int h1__parse_head(struct h1_conn *c, char *text, size_t length)
{
    if (make_fields(c) != 0) {
        return -1;
    }
    c->parsed_head = 0;
    c->message_ended = 0;
    llhttp_init(&c->parser, HTTP_REQUEST, &SETTINGS);
    c->parser.data = c;
    const llhttp_errno_t error = llhttp_execute(&c->parser, text, length);
    int status = h1_head_line(&c->head, text, length);
    if (status != 0) {
        return status;
    }
    if (!c->parsed_head || (error != HPE_OK && error != HPE_PAUSED)) {
        return error == HPE_INVALID_METHOD ? NOT_IMPLEMENTED : BAD_REQUEST;
    }
    status = h1_head_fields(&c->head, c->config.is_https ? "https" : "http");
    if (status == 0 && c->config.body_limit > 0 && c->head.content_length > 0 &&
        (uint64_t)c->head.content_length > c->config.body_limit) {
        status = TOO_LARGE;
    }
    /* Two readers of the same octets have to agree on whether a body follows. */
    const int has_body = c->head.chunked || c->head.content_length > 0;
    return status == 0 && has_body == (int)c->message_ended ? BAD_REQUEST : status;
}
