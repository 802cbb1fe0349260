/* SPDX-License-Identifier: MIT */
/*
 * What a client says in HTTP/1.1 through the server's machine: requests, bodies and answers do not depend
 * on how it is cut, and all that was begun ends.
 *
 * Input: an octet, which says how large the pieces are, then what the client sends.
 */
#include <stdio.h>
#include <string.h>

#include "h1_conn.h"
#include "input.h"
#include "require.h"

struct run {
    struct h1_conn *conn;
    uint64_t told; /* a sum of requests and bodies, */
    uint64_t sent; /* and of what was answered */
    size_t begun;
    size_t done;
};

static void add(uint64_t *sum, const void *octets, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        *sum = (*sum ^ ((const uint8_t *)octets)[i]) * UINT64_C(1099511628211);
    }
}

static int answer(struct h1_conn *c, const char *status)
{
    const hpack_field field = {":status", status, 7, 3, HPACK_TOKEN_STATUS, 0};
    const h2session_message message = {.size = sizeof message, .fields = &field, .field_count = 1};

    return h1_conn_submit_response(c, &message);
}

static int on_request(struct h1_conn *c, const h2session_headers_event *event, void *user)
{
    struct run *run = user;

    (void)c;
    require(run->begun++ == run->done);
    require(event->field_count >= H1_PSEUDO_FIELDS && event->fields[0].name[0] == ':');
    for (size_t i = 0; i < event->field_count; i++) {
        const hpack_field *field = &event->fields[i];

        require(memchr(field->value, '\n', field->value_length) == NULL);
        require(memchr(field->value, '\0', field->value_length) == NULL);
        add(&run->told, field->name, field->name_length);
        add(&run->told, "=", 1);
        add(&run->told, field->value, field->value_length);
    }
    return 0;
}

static int on_data(struct h1_conn *c, const uint8_t *data, size_t length, void *user)
{
    struct run *run = user;

    (void)c;
    require(run->begun == run->done + 1);
    add(&run->told, data, length);
    return 0;
}

static int on_end(struct h1_conn *c, void *user)
{
    struct run *run = user;

    add(&run->told, ".", 1);
    return answer(c, "204");
}

static void on_done(struct h1_conn *c, enum h1_done how, void *user)
{
    struct run *run = user;

    (void)c;
    (void)how;
    require(++run->done == run->begun);
}

static int on_refused(struct h1_conn *c, int status, void *user)
{
    char text[4];

    (void)user;
    require(status >= 400 && status <= 599);
    (void)snprintf(text, sizeof text, "%d", status);
    return answer(c, text);
}

static void drain(struct run *run)
{
    for (;;) {
        const uint8_t *data = NULL;
        size_t length = 0;

        h1_conn_peek(run->conn, &data, &length);
        if (length == 0) {
            return;
        }
        add(&run->sent, data, length);
        h1_conn_sent(run->conn, length, 1);
    }
}

static struct run talk(const uint8_t *text, size_t length, size_t piece)
{
    static const struct h1_callbacks callbacks = {.on_request = on_request,
                                                  .on_data = on_data,
                                                  .on_end = on_end,
                                                  .on_done = on_done,
                                                  .on_refused = on_refused};
    struct run run = {0};
    struct h1_config config;
    h2session_config session;

    require(h2session_config_init(&session, sizeof session, H2SESSION_SERVER) == 0);
    h1_config_init(&config, &session);
    config.limits = (struct h1_limits){.head = 300, .line = 100, .fields = 10};
    config.body_limit = 1000;
    require(h1_conn_new(&run.conn, &config, &callbacks, &run, 1) == 0);
    for (size_t at = 0; at < length && (h1_conn_wants(run.conn) & H1_WANT_READ); at += piece) {
        h1_conn_recv(run.conn, text + at, length - at < piece ? length - at : piece, 1);
        drain(&run);
    }
    h1_conn_recv_eof(run.conn, 1);
    drain(&run);
    h1_conn_free(run.conn);
    require(run.begun == run.done);
    return run;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size, 0};
    size_t piece = 1 + input_octet(&in);
    size_t length = size;
    const uint8_t *text = input_octets(&in, &length);
    struct run whole = talk(text, length, length + 1);
    struct run cut = talk(text, length, piece);

    require(whole.told == cut.told && whole.sent == cut.sent && whole.begun == cut.begun);
    return 0;
}
