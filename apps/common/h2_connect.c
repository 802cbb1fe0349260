/* SPDX-License-Identifier: MIT */
/* The client's way to an open h2_conn: from a name to a socket, perhaps past a proxy, perhaps by an
 * upgrade. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h2_conn_internal.h"

static void open_socket(struct h2_conn *c)
{
    uv_tcp_t *socket = c->way->socket;
    c->way->socket = NULL;
    const int status = h2_conn__open(c, socket);
    if (status != 0) {
        h2_conn__end_early(c, CONN_MEMORY, uv_strerror(status));
    }
}

static void fail_greeting(struct h2_conn *c, enum conn_cause cause, const char *message)
{
    tcp_socket_close(c->way->socket);
    c->way->socket = NULL;
    h2_conn__end_early(c, cause, message);
}

static int is_welcome(enum h2_conn_greeting_kind kind, const struct h1_reply *reply)
{
    return kind == H2_CONN_UPGRADE ? reply->status == 101 && reply->is_h2c
                                   : reply->status >= 200 && reply->status < 300;
}

static void next_greeting(struct h2_conn *c);

static void on_reply(const struct h1_reply *reply, void *user)
{
    struct h2_conn *c = user;
    const enum h2_conn_greeting_kind kind = c->way->greeting_kinds[c->way->greeting_at];
    const char *who = kind == H2_CONN_UPGRADE ? "upgrade to h2c" : "proxy";
    const enum conn_cause cause = kind == H2_CONN_UPGRADE ? CONN_PROTOCOL : CONN_CONNECT;
    char message[TCP_TEXT_SIZE];
    c->way->asking = NULL;
    if (reply->error != NULL) {
        (void)snprintf(message, sizeof message, "%s: %s", who, reply->error);
        fail_greeting(c, cause, message);
        return;
    }
    if (c->way->on_greeted != NULL) {
        c->way->on_greeted(c, kind, reply, c->config.user);
    }
    if (!is_welcome(kind, reply)) {
        (void)snprintf(message, sizeof message, "%s: refused with status %u", who,
                       (unsigned)reply->status);
        fail_greeting(c, cause, message);
        return;
    }
    c->way->greeting_at++;
    next_greeting(c);
}

static void next_greeting(struct h2_conn *c)
{
    if (c->way->greeting_at == c->way->greeting_count) {
        open_socket(c);
        return;
    }
    if (c->way->on_greeted != NULL) {
        c->way->on_greeted(c, c->way->greeting_kinds[c->way->greeting_at], NULL, c->config.user);
    }
    const int status = h1_ask(&c->way->asking, c->loop, c->way->socket,
                              c->way->greetings[c->way->greeting_at], c->open_timeout_ms);
    if (status != 0) {
        c->way->asking = NULL;
        fail_greeting(c, status == UV_ENOMEM ? CONN_MEMORY : CONN_CONNECT, uv_strerror(status));
        return;
    }
    h1_ask_on_reply(c->way->asking, on_reply, c);
}

static void on_connected(const struct tcp_result *result, void *user)
{
    struct h2_conn *c = user;
    c->connecting = NULL;
    c->times.resolved_ns = result->resolved_ns;
    c->times.connected_ns = result->connected_ns;
    if (result->socket == NULL) {
        h2_conn__end_early(c, CONN_CONNECT, result->error);
        return;
    }
    c->way->socket = result->socket;
    next_greeting(c);
}

void h2_conn__stop_connecting(struct h2_conn *c)
{
    if (c->connecting != NULL) {
        tcp_connect_cancel(c->connecting);
        c->connecting = NULL;
    }
    if (c->way != NULL && c->way->asking != NULL) {
        h1_ask_cancel(c->way->asking);
        c->way->asking = NULL;
    }
    if (c->way != NULL) {
        tcp_socket_close(c->way->socket);
        c->way->socket = NULL;
    }
}

void h2_conn__forget_target(struct h2_conn *c)
{
    for (size_t i = 0; c->way != NULL && i < H2_CONN_GREETINGS; i++) {
        free(c->way->greetings[i]);
    }
    free(c->way);
    free(c->host);
}

/* What the config points to need not stand while a name is looked up, nor need the target. */
static int keep_target(struct h2_conn *c, const struct h2_conn_target *target)
{
    c->open_timeout_ms = target->connect_timeout_ms;
    c->host = strdup(target->host);
    c->way = calloc(1, sizeof *c->way);
    if (c->way == NULL || c->host == NULL || target->greeting_count > H2_CONN_GREETINGS) {
        return UV_ENOMEM;
    }
    c->way->session = *c->config.session;
    c->way->callbacks = *c->config.callbacks;
    c->config.session = &c->way->session;
    c->config.callbacks = &c->way->callbacks;
    c->way->on_greeted = target->on_greeted;
    for (size_t i = 0; i < target->greeting_count; i++) {
        c->way->greetings[i] = strdup(target->greetings[i].text);
        if (c->way->greetings[i] == NULL) {
            return UV_ENOMEM;
        }
        c->way->greeting_kinds[i] = target->greetings[i].kind;
        c->way->greeting_count++;
    }
    return 0;
}

int h2_conn_connect(struct h2_conn **out, struct loop *loop, const struct h2_conn_target *target,
                    const struct h2_conn_config *config)
{
    struct h2_conn *c = h2_conn__new(loop, config);
    if (c == NULL) {
        return UV_ENOMEM;
    }
    c->times.start_ns = loop_now_ns();
    int status = keep_target(c, target);
    if (status == 0) {
        const int is_via = target->via_host != NULL;
        const struct tcp_target tcp = {.host = is_via ? target->via_host : target->host,
                                       .port = is_via ? target->via_port : target->port,
                                       .timeout_ms = target->connect_timeout_ms,
                                       .addresses = target->addresses};
        status = tcp_connect(&c->connecting, loop, &tcp, on_connected, c);
    }
    if (status != 0) {
        h2_conn__forget_target(c);
        free(c);
        return status;
    }
    *out = c;
    return 0;
}
