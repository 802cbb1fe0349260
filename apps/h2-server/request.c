/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "body.h"
#include "endpoints.h"
#include "extras.h"
#include "paced_body.h"
#include "pause.h"
#include "push_rules.h"
#include "record.h"
#include "response.h"
#include "server.h"
#include "site.h"

enum { STATUS_OK = 200, PACE_MS = 100 };

struct request {
    struct server *server;
    struct carrier carrier;
    uint32_t echoes;
    uint32_t waits; /* an upload whose end has not come; asked is kept */
    struct asked asked;
    struct body body;
    struct record *record; /* NULL: nobody wants to know */
    struct pause *pause;   /* before the answer, or between parts of it */
};

/* ---- Life ---------------------------------------------------------------------------------- */

/* Says when the answer is made. */
static void stamp(const struct request *r, struct asked *asked)
{
    asked->date = server_date(r->server);
    asked->now = r->server->date_of;
    asked->turn = uv_now(&r->server->loop->uv);
}

struct request *request_new(struct server *server, const struct carrier *carrier)
{
    struct request *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    r->server = server;
    r->carrier = *carrier;
    return r;
}

void request_free(struct request *r)
{
    if (r == NULL) {
        return;
    }
    pause_end(r->pause);
    body_clear(&r->body);
    asked_clear(&r->asked);
    if (r->record != NULL) { /* as a rule there is none, and a call costs more than a look */
        free(r->record);
    }
    free(r);
}

const struct record *request_record(const struct request *r)
{
    return r == NULL ? NULL : r->record;
}

/* From the beginning of a request, when somebody wants to know. */
static void remember(struct request *r, const hpack_field *fields, size_t count)
{
    static const char *const HTTP1[] = {"HTTP/1.0", "HTTP/1.1"};
    r->record = record_new(fields, count, &r->body, r->server->observer.logs);
    if (r->record != NULL) {
        r->record->protocol =
            r->carrier.session != NULL ? "HTTP/2.0" : HTTP1[h1_conn_minor(r->carrier.http1) > 0];
    }
}

/* ---- Answers ------------------------------------------------------------------------------- */

/* Gives up on the exchange, or on the connection when not even that is possible. */
static int fail(struct request *r)
{
    return carrier_fail(&r->carrier) == 0 ? 0 : H2SESSION_ABORT;
}

static int send_response(struct request *r, const struct asked *asked, struct response *response)
{
    const struct extras *extras = &r->server->options->extras;
    if (r->server->options->no_content_length) {
        response_drop_length(response);
    }
    h2session_message message = {
        .size = sizeof message,
        .fields = response->fields,
        .field_count = response->count,
        .read = r->body.read,
        .read_user = &r->body.as,
    };
    if (r->record != NULL) {
        record_answer(r->record, response->status, &message);
    }
    int status = extras_before(extras, &r->carrier, asked, response);
    if (status == 0) {
        status = extras_respond(extras, &r->carrier, &message);
    }
    response_clear(response);
    return status == 0 ? 0 : fail(r);
}

/* The next line of a paced body. */
static void on_pace(void *user)
{
    struct request *r = user;
    if (paced_body_next(&r->body.as.paced) && carrier_resume(&r->carrier) == 0) {
        carrier_wake(&r->carrier);
    }
}

static int answer(struct request *r, const struct asked *asked)
{
    struct response response;
    const struct server_options *o = r->server->options;
    if (o->pages == NULL) {
        site_answer(&r->server->site, asked, &response, &r->body);
    } else {
        const struct answer a = {&o->site.answer, asked, &response, &r->body};
        admin_answer(o->pages, &a);
    }
    if (r->body.read == paced_body_read) {
        r->pause = pause_start(&r->server->loop->uv, PACE_MS, PACE_MS, on_pace, r);
        if (r->pause == NULL) {
            response_clear(&response);
            return fail(r);
        }
    }
    return send_response(r, asked, &response);
}

static void on_delayed(void *user)
{
    struct request *r = user;
    const struct carrier carrier = r->carrier;
    struct asked asked = r->asked;
    memset(&r->asked, 0, sizeof r->asked);
    pause_end(r->pause);
    r->pause = NULL;
    stamp(r, &asked);
    /* The request may be gone afterwards. */
    (void)answer(r, &asked);
    asked_clear(&asked);
    carrier_wake(&carrier);
}

/* Answers now, or when the time that the path names is over. */
static int answer_in_time(struct request *r, const struct asked *asked)
{
    const struct endpoint endpoint = r->server->options->site.test_endpoints && asked->path != NULL
                                         ? endpoint_of(asked->path, asked->path_length)
                                         : (struct endpoint){ENDPOINT_NONE, 0};
    if (endpoint.kind != ENDPOINT_DELAY) {
        return answer(r, asked);
    }
    if (asked_keep(&r->asked, asked) != 0) {
        return fail(r);
    }
    r->pause = pause_start(&r->server->loop->uv, endpoint.number, 0, on_delayed, r);
    return r->pause == NULL ? fail(r) : 0;
}

/* ---- Pushes -------------------------------------------------------------------------------- */

static hpack_field borrowed(const char *name, const char *value, size_t length)
{
    const hpack_field field = {
        .name = name,
        .value = value,
        .name_length = (uint32_t)strlen(name),
        .value_length = (uint32_t)length,
        .token = hpack_token(name, strlen(name)),
    };
    return field;
}

/* Promises one path and answers for it. Returns 0; 1: no more can be promised now; or what the
 * callback is to return. */
static int push(struct request *r, const struct asked *asked, const char *path, size_t length)
{
    const hpack_field *scheme = asked_find(asked, HPACK_TOKEN_SCHEME);
    const hpack_field *authority = asked_find(asked, HPACK_TOKEN_AUTHORITY);
    if (r->carrier.session == NULL || scheme == NULL || authority == NULL) {
        return 1;
    }
    const hpack_field fields[] = {
        borrowed(":method", "GET", 3),
        *scheme,
        *authority,
        borrowed(":path", path, length),
    };
    struct request *pushed = calloc(1, sizeof *pushed);
    if (pushed == NULL) {
        return 1;
    }
    pushed->server = r->server;
    pushed->carrier.session = r->carrier.session;
    pushed->carrier.transport = r->carrier.transport;
    const h2session_message message = {
        .size = sizeof message, .fields = fields, .field_count = 4, .stream_user = pushed};
    if (h2session_submit_push(r->carrier.session, r->carrier.stream_id, &message,
                              &pushed->carrier.stream_id) != 0) {
        /* Not wanted by the client, or too many at a time. */
        request_free(pushed);
        return 1;
    }
    if (r->server->observer.is_on) {
        remember(pushed, fields, 4);
    }
    struct asked promised = {.fields = NULL};
    asked_read(&promised, fields, 4);
    stamp(r, &promised);
    return answer_in_time(pushed, &promised);
}

/* Promises what goes with a request, before the answer that may make the client ask for it. */
static int push_all(struct request *r, const struct asked *asked)
{
    const struct option_list *rules = &r->server->options->pushes;
    struct push_walk walk = {0, NULL};
    int result = 0;
    if (rules->count == 0) {
        return 0;
    }
    while (asked->method == METHOD_GET && asked->path != NULL && result == 0) {
        size_t length = 0;
        const char *path = push_rules_next(rules, asked->path, asked->path_length, &walk, &length);
        if (path == NULL) {
            return 0;
        }
        result = push(r, asked, path, length);
    }
    return result == 1 ? 0 : result;
}

/* ---- Uploads ------------------------------------------------------------------------------- */

static void clear_echo(struct body *body)
{
    echo_body_clear(&body->as.echo);
}

static int begin_echo(struct request *r, const struct asked *asked,
                      const h2session_headers_event *event)
{
    struct response response;
    response_init(&response, STATUS_OK, asked->date);
    const hpack_field *type = asked_find(asked, HPACK_TOKEN_CONTENT_TYPE);
    if (type != NULL) {
        response_print(&response, "content-type", "%.*s", (int)type->value_length, type->value);
    }
    if (event->content_length >= 0) {
        response_add_length(&response, (uint64_t)event->content_length);
    }
    r->echoes = 1;
    r->body.as.echo.complete = event->end_stream;
    r->body.as.echo.carrier = &r->carrier;
    r->body.clear = clear_echo;
    r->body.read = event->end_stream ? NULL : echo_body_read;
    return send_response(r, asked, &response);
}

static int is_echoed(const struct request *r, const struct asked *asked)
{
    const struct server_options *o = r->server->options;
    return o->echo_upload || (o->site.test_endpoints &&
                              endpoint_of(asked->path, asked->path_length).kind == ENDPOINT_ECHO);
}

int request_begin(struct request *r, const h2session_headers_event *event)
{
    struct asked asked = {.fields = NULL};
    if (r->server->observer.is_on) {
        remember(r, event->fields, event->field_count);
    }
    asked_read(&asked, event->fields, event->field_count);
    stamp(r, &asked);
    const int is_upload = asked.method == METHOD_UPLOAD && asked.path != NULL;
    if (is_upload && is_echoed(r, &asked)) {
        return begin_echo(r, &asked, event);
    }
    if (is_upload && !event->end_stream && !r->server->options->early_response) {
        r->waits = 1;
        return asked_keep(&r->asked, &asked) == 0 ? 0 : fail(r);
    }
    const int pushed = push_all(r, &asked);
    return pushed != 0 ? pushed : answer_in_time(r, &asked);
}

/* The echo has something to read again. */
static int resume(struct request *r)
{
    struct echo_body *echo = &r->body.as.echo;
    if (!echo->deferred) {
        return 0;
    }
    echo->deferred = 0;
    return carrier_resume(&r->carrier) == 0 ? 0 : H2SESSION_ABORT;
}

int request_data(struct request *r, const uint8_t *data, size_t length)
{
    if (r->echoes) {
        return echo_body_add(&r->body.as.echo, data, length) == 0 ? resume(r) : fail(r);
    }
    if (!server_echoes(r->server->options)) {
        return 0;
    }
    return carrier_consume(&r->carrier, length) == 0 ? 0 : H2SESSION_ABORT;
}

int request_end(struct request *r)
{
    if (r->echoes) {
        r->body.as.echo.complete = 1;
        return resume(r);
    }
    if (!r->waits) {
        return 0;
    }
    r->waits = 0;
    struct asked asked = r->asked;
    memset(&r->asked, 0, sizeof r->asked);
    stamp(r, &asked);
    const int result = answer_in_time(r, &asked);
    asked_clear(&asked);
    return result;
}
