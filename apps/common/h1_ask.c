/* SPDX-License-Identifier: MIT */
#include "h1_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llhttp.h>

enum { ERROR_SIZE = 128, SWITCHING_PROTOCOLS = 101, SUCCESSFUL = 200 };

struct h1_ask {
    uv_tcp_t *socket; /* NULL: not ours any more */
    uv_write_t write;
    uv_timer_t timer;
    uint32_t holders; /* callbacks of libuv that are still to come: timer and write */
    uint32_t interim;
    h1_ask_function done;
    void *user;
    char *text;
    const char *error;
    size_t length; /* of the head so far */
    char head[H1_ASK_HEAD];
    char octet;
    uint8_t is_upgrade_field; /* for the parser */
    uint8_t is_h2c;
    char error_text[ERROR_SIZE];
};

static void release(struct h1_ask *ask)
{
    if (--ask->holders == 0) {
        free(ask->text);
        free(ask);
    }
}

static void on_timer_closed(uv_handle_t *handle)
{
    release(handle->data);
}

static void detach(struct h1_ask *ask)
{
    if (ask->socket != NULL) {
        (void)uv_read_stop((uv_stream_t *)ask->socket);
        ask->socket = NULL;
        uv_close((uv_handle_t *)&ask->timer, on_timer_closed);
    }
}

void h1_ask_cancel(struct h1_ask *ask)
{
    ask->done = NULL;
    detach(ask);
}

static void finish(struct h1_ask *ask, const struct h1_reply *reply)
{
    h1_ask_function done = ask->done;

    /* Its memory stands until the timer has closed, which is after this. */
    detach(ask);
    if (done != NULL) {
        done(reply, ask->user);
    }
}

static void fail(struct h1_ask *ask, const char *why)
{
    const struct h1_reply reply = {.error = why};

    finish(ask, &reply);
}

/* ---- The response --------------------------------------------------------------------------- */

static int on_field(llhttp_t *parser, const char *text, size_t length)
{
    struct h1_ask *ask = parser->data;

    ask->is_upgrade_field = length == 7;
    for (size_t i = 0; i < length && ask->is_upgrade_field; i++) {
        ask->is_upgrade_field = (text[i] | 0x20) == "upgrade"[i];
    }
    return 0;
}

static int on_value(llhttp_t *parser, const char *text, size_t length)
{
    struct h1_ask *ask = parser->data;

    if (ask->is_upgrade_field && length == 3 && memcmp(text, "h2c", 3) == 0) {
        ask->is_h2c = 1;
    }
    return 0;
}

static int on_head(llhttp_t *parser)
{
    (void)parser;
    return HPE_PAUSED;
}

/* Reads a whole head. Returns its status, 0 when it is none of HTTP/1.1. */
static uint32_t parse_head(struct h1_ask *ask)
{
    llhttp_settings_t settings;
    llhttp_t parser;

    llhttp_settings_init(&settings);
    settings.on_header_field = on_field;
    settings.on_header_value = on_value;
    settings.on_headers_complete = on_head;
    llhttp_init(&parser, HTTP_RESPONSE, &settings);
    parser.data = ask;
    ask->is_h2c = 0;
    llhttp_errno_t result = llhttp_execute(&parser, ask->head, ask->length);

    return result == HPE_PAUSED || result == HPE_OK || result == HPE_PAUSED_UPGRADE
               ? (uint32_t)parser.status_code
               : 0;
}

static void take_head(struct h1_ask *ask)
{
    uint32_t status = parse_head(ask);

    if (status == 0) {
        fail(ask, "what came back is no response of HTTP/1.1");
        return;
    }
    if (status < SUCCESSFUL && status != SWITCHING_PROTOCOLS) {
        if (++ask->interim > H1_ASK_INTERIM) {
            fail(ask, "too many interim responses");
        }
        ask->length = 0;
        return;
    }
    const struct h1_reply reply = {
        .head = ask->head, .length = ask->length, .status = status, .is_h2c = ask->is_h2c};

    finish(ask, &reply);
}

static int is_whole(const struct h1_ask *ask)
{
    return ask->length >= 4 && memcmp(ask->head + ask->length - 4, "\r\n\r\n", 4) == 0;
}

/* ---- The socket ----------------------------------------------------------------------------- */

/* One octet at a time, so that what follows the head is left where it is. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct h1_ask *ask = handle->data;

    (void)suggested;
    *buffer = uv_buf_init(&ask->octet, 1);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
    struct h1_ask *ask = stream->data;

    (void)buffer;
    if (got == 0) {
        return;
    }
    if (got < 0) {
        (void)snprintf(ask->error_text, sizeof ask->error_text, "%s",
                       got == UV_EOF ? "the connection was ended without a response"
                                     : uv_strerror((int)got));
        fail(ask, ask->error_text);
        return;
    }
    if (ask->length == sizeof ask->head) {
        fail(ask, "the head of the response is too large");
        return;
    }
    ask->head[ask->length++] = ask->octet;
    if (is_whole(ask)) {
        take_head(ask);
    }
}

static void on_write(uv_write_t *write, int status)
{
    struct h1_ask *ask = write->data;

    if (status != 0 && ask->socket != NULL) {
        fail(ask, uv_strerror(status));
    }
    release(ask);
}

static void on_timer(uv_timer_t *timer)
{
    fail(timer->data, "no response in time");
}

void h1_ask_on_reply(struct h1_ask *ask, h1_ask_function done, void *user)
{
    ask->done = done;
    ask->user = user;
}

int h1_ask(struct h1_ask **out, struct loop *loop, uv_tcp_t *socket, const char *text,
           uint64_t timeout_ms)
{
    struct h1_ask *ask = calloc(1, sizeof *ask);

    if (ask == NULL) {
        return UV_ENOMEM;
    }
    ask->text = strdup(text);
    if (ask->text == NULL) {
        free(ask);
        return UV_ENOMEM;
    }
    ask->socket = socket;
    ask->holders = 1;
    (void)uv_timer_init(&loop->uv, &ask->timer);
    ask->timer.data = ask;
    ask->write.data = ask;
    socket->data = ask;
    uv_buf_t piece = uv_buf_init(ask->text, (unsigned)strlen(ask->text));
    int status = uv_write(&ask->write, (uv_stream_t *)socket, &piece, 1, on_write);

    if (status == 0) {
        ask->holders++;
        status = uv_read_start((uv_stream_t *)socket, on_alloc, on_read);
    }
    if (status != 0) {
        detach(ask);
        return status;
    }
    if (timeout_ms > 0) {
        uv_update_time(&loop->uv);
        (void)uv_timer_start(&ask->timer, on_timer, timeout_ms, 0);
    }
    *out = ask;
    return 0;
}
