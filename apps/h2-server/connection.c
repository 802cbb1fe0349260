/* SPDX-License-Identifier: MIT */
#include "connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <h2session/h2session.h>

#include "answer.h"
#include "h2_conn.h"
#include "observer.h"
#include "request.h"
#include "response.h"
#include "server.h"

struct connection {
    struct server *server;
    struct h2_conn *transport;
    struct connection *next;
    struct connection *previous;
    struct request *request; /* of HTTP/1.1, the one that runs */
    struct request *refused; /* of HTTP/1.1, the one that is about to be refused */
    struct body refusal;     /* of HTTP/1.1, the answer to what is no request */
    char *peer;              /* for the access log; NULL: there is none */
    const char *tls;         /* version; NULL: cleartext */
    uint32_t is_open;        /* TLS is done */
    uint32_t last_stream;    /* the highest that was told, or told of */
    struct trace trace;      /* with our id */
    struct client_key client;
    uint64_t requests;
};

/* Counts a request. Returns 1 for the last one that a connection may bring. */
static int is_last_request(struct connection *c)
{
    c->requests++;
    return c->requests == c->server->options->limits.requests;
}

/* The end in order waits for an answer of the client, which may send requests until it has it, as
 * many as can be open; then it is the end without it. Returns 0 or a negative H2SESSION_ERR_. */
static int limit_requests(struct connection *c, h2session *session, uint32_t stream_id)
{
    const struct server_options *o = c->server->options;
    if (is_last_request(c)) {
        counter_add(&c->server->observer.counters.shutdowns, 1);
        return h2session_shutdown(session);
    }
    if (o->limits.requests == 0 || c->requests != o->limits.requests + o->max_concurrent_streams) {
        return 0;
    }
    return h2session_submit_goaway(session, stream_id, H2FRAME_CODE_NO_ERROR, NULL);
}

/* ---- The access log ------------------------------------------------------------------------ */

/* A request has ended, or what would have been one; request is NULL when nothing is known of it. */
static void tell_end(const struct connection *c, const struct request *request,
                     struct access_entry *entry)
{
    entry->connection_id = c->trace.connection_id;
    entry->peer = c->peer == NULL ? "?" : c->peer;
    entry->tls = c->tls;
    observer_tell(&c->server->observer, request_record(request), entry);
}

static void tell_stream_closed(const struct connection *c,
                               const h2session_stream_closed_event *event)
{
    struct access_entry entry = {
        .stream_id = event->stream_id,
        .protocol = "HTTP/2.0",
        .end = event->reason == H2SESSION_REASON_CONNECTION_ENDED ? ACCESS_LOST
               : event->code == H2FRAME_CODE_NO_ERROR             ? ACCESS_COMPLETE
                                                                  : ACCESS_RESET,
        .by_peer = event->remote,
        .code = event->code,
    };
    tell_end(c, event->stream_user, &entry);
}

/* A stream whose request was never told will not be told to be closed either. */
static void tell_refused(struct connection *c, const h2session_fault_event *event)
{
    if (event->scope != H2FRAME_SCOPE_STREAM || event->forgiven || event->stream_id % 2 == 0 ||
        event->stream_id <= c->last_stream) {
        return;
    }
    c->last_stream = event->stream_id;
    struct access_entry entry = {
        .stream_id = event->stream_id,
        .protocol = "HTTP/2.0",
        .end = ACCESS_RESET,
        .code = event->code,
        .refused = 1,
    };
    tell_end(c, NULL, &entry);
}

static void tell_http1_done(const struct connection *c, enum h1_done how)
{
    struct access_entry entry = {
        .end = how == H1_DONE_COMPLETE ? ACCESS_COMPLETE
               : how == H1_DONE_CUT    ? ACCESS_RESET
                                       : ACCESS_LOST,
        .code = H2FRAME_CODE_INTERNAL_ERROR,
    };
    tell_end(c, c->request, &entry);
}

static void tell_http1_refused(const struct connection *c, int status)
{
    struct access_entry entry = {
        .status = (uint32_t)status,
        .body_octets = c->refusal.read == NULL ? 0 : c->refusal.as.memory.length,
        .refused = 1,
        .end = ACCESS_COMPLETE,
    };
    tell_end(c, c->refused, &entry);
}

/* ---- Events of the session ----------------------------------------------------------------- */

static int on_headers(h2session *session, const h2session_headers_event *event, void *user)
{
    struct connection *c = user;
    if (event->kind != H2SESSION_HEADERS_REQUEST) {
        return 0; /* trailers: nobody here reads them */
    }
    if (limit_requests(c, session, event->stream_id) != 0) {
        return H2SESSION_ABORT;
    }
    const struct carrier carrier = {
        .session = session, .stream_id = event->stream_id, .transport = c->transport};
    c->last_stream = event->stream_id;
    struct request *request = request_new(c->server, &carrier);
    if (request == NULL) {
        return H2SESSION_REFUSE_STREAM;
    }
    if (h2session_set_stream_user(session, event->stream_id, request) != 0) {
        request_free(request);
        return H2SESSION_REFUSE_STREAM;
    }
    return request_begin(request, event);
}

static int on_data(h2session *session, const h2session_data_event *event, void *user)
{
    (void)user;
    (void)session;
    return event->stream_user == NULL
               ? 0
               : request_data(event->stream_user, event->data, event->length);
}

static int on_stream_end(h2session *session, const h2session_stream_end_event *event, void *user)
{
    (void)session;
    (void)user;
    return event->stream_user == NULL ? 0 : request_end(event->stream_user);
}

static int on_stream_closed(h2session *session, const h2session_stream_closed_event *event,
                            void *user)
{
    (void)session;
    const struct connection *c = user;
    if (c->trace.out != NULL) {
        trace_stream_closed(&c->trace, event, loop_now_ns());
    }
    if (c->server->observer.is_on) {
        tell_stream_closed(c, event);
    }
    request_free(event->stream_user);
    return 0;
}

static int on_trace(h2session *session, const h2session_trace_event *event, void *user)
{
    (void)session;
    const struct connection *c = user;
    trace_frame(&c->trace, event, loop_now_ns());
    return 0;
}

static int on_fault(h2session *session, const h2session_fault_event *event, void *user)
{
    (void)session;
    struct connection *c = user;
    if (c->trace.out != NULL) {
        trace_fault(&c->trace, event, loop_now_ns());
    }
    counters_fault(&c->server->observer.counters, event);
    if (c->server->observer.is_on) {
        tell_refused(c, event);
    }
    return 0;
}

static const h2session_callbacks CALLBACKS = {
    .size = sizeof(h2session_callbacks),
    .on_headers = on_headers,
    .on_data = on_data,
    .on_stream_end = on_stream_end,
    .on_stream_closed = on_stream_closed,
    .on_fault = on_fault,
};

static const h2session_callbacks CALLBACKS_VERBOSE = {
    .size = sizeof(h2session_callbacks),
    .on_headers = on_headers,
    .on_data = on_data,
    .on_stream_end = on_stream_end,
    .on_stream_closed = on_stream_closed,
    .on_fault = on_fault,
    .on_trace = on_trace,
};

/* ---- Events of HTTP/1.1 -------------------------------------------------------------------- */

static int on_http1_request(struct h1_conn *http1, const h2session_headers_event *event, void *user)
{
    struct connection *c = user;
    const struct carrier carrier = {
        .http1 = http1, .stream_id = event->stream_id, .transport = c->transport};
    if (c->trace.out != NULL) {
        trace_http1_request(&c->trace, loop_now_ns(), event->fields, event->field_count);
    }
    if (is_last_request(c)) {
        h1_conn_shutdown(http1);
    }
    c->request = request_new(c->server, &carrier);
    return c->request == NULL ? h1_conn_fail(http1) : request_begin(c->request, event);
}

static int on_http1_data(struct h1_conn *http1, const uint8_t *data, size_t length, void *user)
{
    (void)http1;
    const struct connection *c = user;
    return request_data(c->request, data, length);
}

static int on_http1_end(struct h1_conn *http1, void *user)
{
    (void)http1;
    const struct connection *c = user;
    return request_end(c->request);
}

static void on_http1_done(struct h1_conn *http1, enum h1_done how, void *user)
{
    (void)http1;
    struct connection *c = user;
    if (how == H1_DONE_REFUSED) {
        c->refused = c->request;
    } else {
        if (c->server->observer.is_on) {
            tell_http1_done(c, how);
        }
        request_free(c->request);
    }
    c->request = NULL;
}

static int on_http1_refused(struct h1_conn *http1, int status, void *user)
{
    struct connection *c = user;
    struct response response;
    const struct asked asked = {.method = METHOD_GET, .date = server_date(c->server)};
    const struct answer a = {&c->server->options->site.answer, &asked, &response, &c->refusal};
    if (c->trace.out != NULL) {
        trace_note(&c->trace, loop_now_ns(), "HTTP/1.1 request refused with %d", status);
    }
    answer_status(&a, status);
    const h2session_message message = {
        .size = sizeof message,
        .fields = response.fields,
        .field_count = response.count,
        .read = c->refusal.read,
        .read_user = &c->refusal.as,
    };
    const int result = h1_conn_submit_response(http1, &message);
    response_clear(&response);
    if (c->server->observer.is_on) {
        tell_http1_refused(c, status);
    }
    request_free(c->refused);
    c->refused = NULL;
    return result;
}

static const struct h1_callbacks HTTP1_CALLBACKS = {
    .on_request = on_http1_request,
    .on_data = on_http1_data,
    .on_end = on_http1_end,
    .on_done = on_http1_done,
    .on_refused = on_http1_refused,
};

/* ---- Life ---------------------------------------------------------------------------------- */

static void on_open(struct h2_conn *transport, h2session *session, void *user)
{
    (void)session;
    struct connection *c = user;
    c->is_open = 1;
    if (c->server->tls != NULL) {
        counters_handshake(&c->server->observer.counters, h2_conn_tls_info(transport));
    }
    if (c->server->observer.logs) {
        const struct tls_info *tls = h2_conn_tls_info(transport);
        c->peer = strdup(h2_conn_peer_text(transport));
        c->tls = tls == NULL ? NULL : tls->version;
    }
    if (c->trace.out != NULL) {
        trace_opened(&c->trace, loop_now_ns(), h2_conn_peer_text(transport),
                     h2_conn_tls_info(transport));
    }
}

static void on_end(struct h2_conn *transport, const struct conn_end *end, void *user)
{
    (void)transport;
    struct connection *c = user;
    struct counters *counters = &c->server->observer.counters;
    counter_add(&counters->closed[end->cause], 1);
    if (c->server->tls != NULL && !c->is_open) {
        counter_add(&counters->handshakes_failed, 1);
    }
    if (c->trace.out != NULL) {
        trace_ended(&c->trace, loop_now_ns(), end->message);
    }
    client_counts_leave(&c->server->shared->books->clients, &c->client);
    server__remove(c->server, c);
    body_clear(&c->refusal);
    free(c->peer);
    free(c);
}

static void on_input(struct h2_conn *transport, const uint8_t *data, size_t length, void *user)
{
    (void)transport;
    const struct connection *c = user;
    counter_add(&c->server->observer.counters.octets_in, length);
    if (c->trace.hexdump) {
        trace_input(&c->trace, loop_now_ns(), data, length);
    }
}

static void on_output(struct h2_conn *transport, size_t length, void *user)
{
    (void)transport;
    const struct connection *c = user;
    counter_add(&c->server->observer.counters.octets_out, length);
}

/* Returns 0, or -1 when the client has enough connections. */
static int enter_client(struct server *server, const uv_tcp_t *socket, struct client_key *key)
{
    struct sockaddr_storage address;
    int length = (int)sizeof address;
    if (server->shared->books->clients.limit == 0) {
        return 0;
    }
    memset(&address, 0, sizeof address);
    /* One that has gone already counts for nobody. */
    (void)uv_tcp_getpeername(socket, (struct sockaddr *)&address, &length);
    return client_counts_enter(&server->shared->books->clients, (const struct sockaddr *)&address,
                               key);
}

int connection_start(struct server *server, uv_tcp_t *socket)
{
    struct connection *c = calloc(1, sizeof *c);
    struct counters *counters = &server->observer.counters;
    const uint32_t counts = server->observer.counts;
    if (c == NULL || enter_client(server, socket, &c->client) != 0) {
        counter_add(&counters->refused[c == NULL ? COUNT_MEMORY : COUNT_CLIENT_CONNECTIONS], 1);
        tcp_socket_close(socket);
        free(c);
        return -1;
    }
    c->server = server;
    c->trace = server->options->trace;
    c->trace.connection_id = server__next_id(server);
    const struct h2_conn_config config = {
        .session = &server->shared->session,
        .callbacks = c->trace.out != NULL ? &CALLBACKS_VERBOSE : &CALLBACKS,
        .on_open = on_open,
        .on_end = on_end,
        .on_input = c->trace.hexdump || counts ? on_input : NULL,
        .on_output = counts ? on_output : NULL,
        .user = c,
        .tls = server->tls,
        .http1 = server->options->h2_only ? NULL : &HTTP1_CALLBACKS,
        .limits = &server->shared->conn_limits,
    };
    if (h2_conn_accept(&c->transport, server->loop, socket, &config) != 0) {
        counter_add(&counters->refused[COUNT_MEMORY], 1);
        client_counts_leave(&server->shared->books->clients, &c->client);
        free(c);
        return -1;
    }
    counter_add(&counters->accepted, 1);
    server__add(server, c);
    return 0;
}

void connection_shutdown(struct connection *c)
{
    if (h2_conn_session(c->transport) != NULL) {
        counter_add(&c->server->observer.counters.shutdowns, 1);
    }
    h2_conn_shutdown(c->transport);
}

void connection_abort(struct connection *c)
{
    h2_conn_abort(c->transport, CONN_CLEAN, "server stops");
}

struct connection *connection_next(const struct connection *c)
{
    return c->next;
}

void connection_link(struct connection *c, struct connection **first)
{
    c->previous = NULL;
    c->next = *first;
    if (*first != NULL) {
        (*first)->previous = c;
    }
    *first = c;
}

void connection_unlink(struct connection *c, struct connection **first)
{
    if (c->previous != NULL) {
        c->previous->next = c->next;
    } else {
        *first = c->next;
    }
    if (c->next != NULL) {
        c->next->previous = c->previous;
    }
}
