/* SPDX-License-Identifier: MIT */
/* The client's way to an open h2_conn: from a name to a socket. */
#include <stdlib.h>
#include <string.h>

#include "h2_conn_internal.h"

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
    const int status = h2_conn__open(c, result->socket);
    if (status != 0) {
        h2_conn__end_early(c, CONN_MEMORY, uv_strerror(status));
    }
}

/* What the config points to need not stand while a name is looked up. Returns 0 or -1. */
static int copy_config(struct h2_conn *c)
{
    c->copies = malloc(sizeof *c->copies);
    if (c->copies == NULL) {
        return -1;
    }
    c->copies->session = *c->config.session;
    c->copies->callbacks = *c->config.callbacks;
    c->config.session = &c->copies->session;
    c->config.callbacks = &c->copies->callbacks;
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
    c->open_timeout_ms = target->connect_timeout_ms;
    c->host = strdup(target->host);
    int status = UV_ENOMEM;
    if (c->host != NULL && copy_config(c) == 0) {
        const struct tcp_target tcp = {target->host, target->port, target->connect_timeout_ms};
        status = tcp_connect(&c->connecting, loop, &tcp, on_connected, c);
    }
    if (status != 0) {
        free(c->copies);
        free(c->host);
        free(c);
        return status;
    }
    *out = c;
    return 0;
}
