/* SPDX-License-Identifier: MIT */
#include "dial.h"

#include <string.h>

#include "answers.h"
#include "escape.h"
#include "upgrade.h"

/* ---- The log ------------------------------------------------------------------------------ */

/* A title, and the lines of a head of HTTP/1.1 as they are. */
static void log_head(const struct fetch *fetch, const char *title, const char *head, size_t length)
{
    const struct trace *trace = fetch->trace;

    if (trace == NULL) {
        return;
    }
    trace_note(trace, loop_now_ns(), "%s", title);
    for (size_t at = 0; at < length;) {
        const char *end = memchr(head + at, '\n', length - at);
        size_t line = end == NULL ? length - at : (size_t)(end - head) - at;
        size_t shown = line > 0 && head[at + line - 1] == '\r' ? line - 1 : line;

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

/* ---- Connecting --------------------------------------------------------------------------- */

int dial(struct fetch *fetch, const struct h2_conn_config *callbacks)
{
    const struct uri *uri = fetch->origin;
    h2session_config session;
    h2session_callbacks events;

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
    struct h2_conn_config config = *callbacks;

    config.session = &session;
    config.callbacks = &events;
    config.user = fetch;
    config.tls = uri->is_https ? fetch->tls : NULL;
    config.on_input = fetch->trace != NULL && fetch->trace->hexdump ? on_input : NULL;
    struct h2_conn_greeting greetings[H2_CONN_GREETINGS];
    struct h2_conn_target target = {.host = uri->host,
                                    .port = uri->port,
                                    .connect_timeout_ms = fetch->options->timeout_ns / 1000000,
                                    .greetings = greetings,
                                    .on_greeted = on_greeted};

    if (fetch->options->upgrade && !uri->is_https) {
        if (upgrade_prepare(fetch, &session) != 0) {
            return UV_ENOMEM;
        }
        greetings[target.greeting_count++] =
            (struct h2_conn_greeting){H2_CONN_UPGRADE, fetch->upgrade.text};
    }
    return h2_conn_connect(&fetch->conn, fetch->loop, &target, &config);
}

void dial_clear(struct fetch *fetch)
{
    upgrade_clear(fetch);
}
