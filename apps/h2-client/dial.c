/* SPDX-License-Identifier: MIT */
#include "dial.h"

#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "escape.h"
#include "h1_text.h"
#include "redirect.h"
#include "tls_socket.h"
#include "upgrade.h"

/* ---- The log ------------------------------------------------------------------------------ */

/* A title, and the lines of a head of HTTP/1.1 as they are, but for a password. */
static void log_head(const struct fetch *fetch, const char *title, const char *head, size_t length)
{
    static const char secret[] = "Proxy-Authorization: Basic ";
    const struct trace *trace = fetch->trace;

    if (trace == NULL) {
        return;
    }
    trace_note(trace, loop_now_ns(), "%s", title);
    for (size_t at = 0; at < length;) {
        const char *end = memchr(head + at, '\n', length - at);
        size_t line = end == NULL ? length - at : (size_t)(end - head) - at;
        size_t shown = line > 0 && head[at + line - 1] == '\r' ? line - 1 : line;

        if (strncmp(head + at, secret, sizeof secret - 1) == 0) {
            shown = sizeof secret - 1;
        }
        if (trace->format == TRACE_TEXT) {
            escape_print(trace->out, head + at, shown);
            fputc('\n', trace->out);
        } else if (shown > 0) {
            trace_note(trace, loop_now_ns(), "%.*s", (int)shown, head + at);
        }
        at += line + 1;
    }
    fflush(trace->out);
}

static void on_greeted(struct h2_conn *c, enum h2_conn_greeting_kind kind,
                       const struct h1_reply *reply, void *user)
{
    struct fetch *fetch = user;
    int is_upgrade = kind == H2_CONN_UPGRADE;

    (void)c;
    if (reply == NULL) {
        const char *text = is_upgrade ? fetch->upgrade.text : fetch->tunnel_text;

        log_head(fetch, is_upgrade ? "HTTP Upgrade request" : "Proxy request", text, strlen(text));
        return;
    }
    log_head(fetch, is_upgrade ? "HTTP Upgrade response" : "Proxy response", reply->head,
             reply->length);
    if (is_upgrade && fetch->trace != NULL) {
        trace_note(fetch->trace, loop_now_ns(), "HTTP Upgrade %s",
                   reply->status == 101 && reply->is_h2c ? "success" : "failed");
    }
}

static void on_input(struct h2_conn *c, const uint8_t *data, size_t length, void *user)
{
    struct fetch *fetch = user;

    (void)c;
    trace_input(fetch->trace, loop_now_ns(), data, length);
}

/* ---- TLS ---------------------------------------------------------------------------------- */

/* --ktls: says once that the kernel does not do its part. */
static void tell_kernel(const struct fetch *fetch)
{
    int is_first = fetch->tls == NULL && fetch->tls_foreign == NULL;
    const char *lacks = fetch->options->ktls && is_first ? tls_socket_kernel_lacks() : NULL;

    if (lacks != NULL) {
        log_warning(fetch->log, "--ktls: %s", lacks);
    }
}

/* The context for an origin, made now if it was not yet. NULL: it cannot be, having told why. */
static struct tls_context *tls_for(struct fetch *fetch, int is_named)
{
    const struct client_options *options = fetch->options;
    struct tls_context **context = is_named ? &fetch->tls : &fetch->tls_foreign;
    char error[TLS_TEXT_SIZE];
    const char *keylog = getenv("SSLKEYLOGFILE");
    const struct tls_client_config config = {
        .insecure = options->insecure != 0,
        .ca_file = options->ca_file,
        .certificate_file = is_named ? options->cert_file : NULL,
        .key_file = is_named ? options->key_file : NULL,
        .keylog_file = keylog != NULL && keylog[0] ? keylog : NULL,
        .on_socket = options->ktls};

    tell_kernel(fetch);
    if (*context == NULL && tls_context_new_client(context, &config, error) != 0) {
        log_error(fetch->log, "%s", error);
        *context = NULL;
    }
    return *context;
}

int dial_prepare(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->list.count; i++) {
        if (fetch->list.items[i]->uri.is_https) {
            return tls_for(fetch, 1) == NULL ? -1 : 0;
        }
    }
    return 0;
}

/* ---- Connecting --------------------------------------------------------------------------- */

/* What is said in HTTP/1.1 on the way. 0, or -1: a request has failed or memory ran out. */
static int add_greetings(struct fetch *fetch, struct h2_conn_target *target,
                         struct h2_conn_greeting greetings[H2_CONN_GREETINGS],
                         const h2session_config *session)
{
    if (fetch->route.tunnel[0] != '\0') {
        char *credentials;
        int is_refused;

        if (route_credentials(fetch->options, &credentials) != 0) {
            return -1;
        }
        fetch->tunnel_text = h1_text_connect(fetch->route.tunnel, credentials, &is_refused);
        free(credentials);
        if (fetch->tunnel_text == NULL) {
            return -1;
        }
        greetings[target->greeting_count++] =
            (struct h2_conn_greeting){H2_CONN_TUNNEL, fetch->tunnel_text};
    }
    if (fetch->options->upgrade && !fetch->origin->is_https) {
        if (upgrade_prepare(fetch, session) != 0) {
            return -1;
        }
        greetings[target->greeting_count++] =
            (struct h2_conn_greeting){H2_CONN_UPGRADE, fetch->upgrade.text};
    }
    return 0;
}

static int connect_with(struct fetch *fetch, const struct h2_conn_config *config)
{
    struct h2_conn_greeting greetings[H2_CONN_GREETINGS];
    struct h2_conn_target target = {.host = fetch->origin->host,
                                    .port = fetch->origin->port,
                                    .connect_timeout_ms = fetch->options->timeout_ns / 1000000,
                                    .via_host = fetch->route.host,
                                    .via_port = fetch->route.port,
                                    .addresses = fetch->route.addresses,
                                    .greetings = greetings,
                                    .on_greeted = on_greeted};

    if (add_greetings(fetch, &target, greetings, config->session) != 0) {
        return UV_ENOMEM;
    }
    return h2_conn_connect(&fetch->conn, fetch->loop, &target, config);
}

int dial(struct fetch *fetch, const struct h2_conn_config *callbacks)
{
    h2session_config session;
    h2session_callbacks events;
    struct h2_conn_config config = *callbacks;

    if (session_setup(&session, fetch->options, &fetch->padding) != 0) {
        return UV_EINVAL;
    }
    if (fetch->peer_streams != 0 && fetch->peer_streams < session.assumed_peer_streams) {
        session.assumed_peer_streams = fetch->peer_streams;
    }
    answers_callbacks(&events);
    if (fetch->trace == NULL && !fetch->observes && !fetch->options->explain) {
        events.on_trace = NULL;
    }
    config.session = &session;
    config.callbacks = &events;
    config.user = fetch;
    config.on_input = fetch->trace != NULL && fetch->trace->hexdump ? on_input : NULL;
    if (fetch->origin->is_https) {
        int is_named = redirect_is_named(fetch, fetch->origin);

        config.tls = is_named < 0 ? NULL : tls_for(fetch, is_named);
        if (config.tls == NULL) {
            return UV_ENOMEM;
        }
    }
    if (route_find(&fetch->route, fetch->options, fetch->origin) != 0) {
        return UV_ENOMEM;
    }
    return connect_with(fetch, &config);
}

void dial_clear(struct fetch *fetch)
{
    upgrade_clear(fetch);
    free(fetch->tunnel_text);
    fetch->tunnel_text = NULL;
}
