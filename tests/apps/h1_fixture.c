/* SPDX-License-Identifier: MIT */
#include "h1_fixture.h"

#include <stdio.h>
#include <string.h>

static void say(char *text, const char *format, const char *more, size_t length)
{
    const size_t used = strlen(text);
    (void)snprintf(text + used, TEXT - used, format, (int)length, more);
}

static int give(h2session *session, h2session_read_event *event, void *user)
{
    struct fixture *f = user;
    assert_null(session);
    assert_int_equal(f->running, 1);
    if (f->given == 1 && !f->upload) {
        event->lend = (const uint8_t *)"ello";
        event->length = 4;
        event->flags = H2SESSION_BODY_END;
        return 0;
    }
    event->buffer[0] = 'h';
    event->length = 1;
    f->given = 1;
    return 0;
}

/* "/length" gets five octets with, "/chunks" without their length, "/status/nnn" that status without
 * a body, "/extras" as "/length" with a hint before it and a trailer behind it, "/fail" gives
 * up, "/never" waits. */
static int add_extras(struct fixture *f)
{
    static const hpack_field hint[] = {{":status", "103", 7, 3, HPACK_TOKEN_STATUS, 0},
                                       {"link", "</a>", 4, 4, HPACK_TOKEN_LINK, 0}};
    static const hpack_field trailers[] = {{"x-sum", "12", 5, 2, 0, 0}, {"x-b", "", 3, 0, 0, 0}};
    const int status = h1_conn_submit_informational(f->conn, hint, 2);
    return status != 0 ? status : h1_conn_set_trailers(f->conn, trailers, 2);
}

static int answer(struct fixture *f, const hpack_field *path)
{
    static const hpack_field ok[] = {{":status", "200", 7, 3, HPACK_TOKEN_STATUS, 0},
                                     {"content-length", "5", 14, 1, 0, 0}};
    hpack_field other = ok[0];
    h2session_message message = {.size = sizeof message, .fields = ok, .field_count = 1};
    f->given = 0;
    message.read = give;
    message.read_user = f;
    if (path->value_length == 6 && memcmp(path->value, "/never", 6) == 0) {
        return 0;
    }
    const int has_extras = path->value_length == 7 && memcmp(path->value, "/extras", 7) == 0;
    if (has_extras && add_extras(f) != 0) {
        return H2SESSION_ERR_NOMEM;
    }
    if (has_extras) {
        message.field_count = 2;
    } else if (path->value_length == 7 && memcmp(path->value, "/length", 7) == 0) {
        message.field_count = 2;
    } else if (path->value_length == 11 && memcmp(path->value, "/status/", 8) == 0) {
        other.value = path->value + 8;
        message.fields = &other;
        message.read = NULL;
    } else if (path->value_length == 5 && memcmp(path->value, "/fail", 5) == 0) {
        return h1_conn_fail(f->conn);
    }
    return h1_conn_submit_response(f->conn, &message);
}

static int on_request(struct h1_conn *c, const h2session_headers_event *event, void *user)
{
    struct fixture *f = user;
    (void)c;
    assert_int_equal(f->running, 0);
    f->running = 1;
    f->octets = 0;
    for (size_t i = 0; i < event->field_count; i++) {
        const hpack_field *field = &event->fields[i];
        assert_int_equal(field->token, hpack_token(field->name, field->name_length));
        say(f->told, i == 0 ? "%.*s=" : " %.*s=", field->name, field->name_length);
        say(f->told, "%.*s", field->value, field->value_length);
    }
    say(f->told, event->end_stream ? "%.*s" : "%.*s +", "", 0);
    f->upload = !event->end_stream && event->fields[0].value_length == 4;
    const int status = f->upload ? 0 : answer(f, &event->fields[2]);
    return status == H2SESSION_ERR_NOMEM ? status : 0;
}

static int on_data(struct h1_conn *c, const uint8_t *data, size_t length, void *user)
{
    struct fixture *f = user;
    (void)data;
    assert_int_equal(f->running, 1);
    f->octets += length;
    if (f->config.manual_consume && !f->holds) {
        assert_int_equal(h1_conn_consume(c, length), 0);
    }
    return 0;
}

static int on_end(struct h1_conn *c, void *user)
{
    struct fixture *f = user;
    (void)c;
    char count[32];
    assert_int_equal(f->running, 1);
    (void)snprintf(count, sizeof count, "%zu", f->octets);
    say(f->told, " end %.*s\n", count, strlen(count));
    if (f->upload) {
        f->upload = 0;
        static const hpack_field path = {":path", "/length", 5, 7, HPACK_TOKEN_PATH, 0};
        const int status = answer(f, &path);
        return status == H2SESSION_ERR_NOMEM ? status : 0;
    }
    return 0;
}

static void on_done(struct h1_conn *c, enum h1_done how, void *user)
{
    struct fixture *f = user;
    (void)c;
    assert_int_equal(f->running, 1);
    f->running = 0;
    f->how = how;
}

static int on_refused(struct h1_conn *c, int status, void *user)
{
    char text[4];
    (void)user;
    (void)snprintf(text, sizeof text, "%03d", status);
    const hpack_field field = {":status", text, 7, 3, HPACK_TOKEN_STATUS, 0};
    const h2session_message message = {.size = sizeof message, .fields = &field, .field_count = 1};
    return h1_conn_submit_response(c, &message);
}

static int on_upgrade(struct h1_conn *c, const hpack_field *settings,
                      const h2session_headers_event *event, void *user)
{
    struct fixture *f = user;
    (void)c;
    assert_int_equal(event->end_stream, 1);
    say(f->told, "upgrade %.*s\n", settings->value, settings->value_length);
    return f->takes_upgrade;
}

const struct h1_callbacks CALLBACKS = {
    .on_request = on_request,
    .on_data = on_data,
    .on_end = on_end,
    .on_done = on_done,
    .on_refused = on_refused,
    .on_upgrade = on_upgrade,
};

int open_fixture(struct fixture *f)
{
    h2session_config session;
    assert_int_equal(h2session_config_init(&session, sizeof session, H2SESSION_SERVER), 0);
    h1_config_init(&f->config, &session);
    f->config.limits.head = 300;
    f->config.limits.line = 100;
    f->config.limits.fields = 10;
    f->config.resize = test_alloc_resize;
    f->config.resize_ctx = &f->alloc;
    f->now = 1;
    struct h1_callbacks callbacks = CALLBACKS;
    callbacks.upgrade_user = f;
    return h1_conn_new(&f->conn, &f->config, &callbacks, f, f->now);
}

/* Takes what there is to send, in pieces of seven octets. */
void drain(struct fixture *f)
{
    for (;;) {
        const uint8_t *data = NULL;
        size_t length = 0;
        h1_conn_peek(f->conn, &data, &length);
        if (length == 0) {
            return;
        }
        length = length > 7 ? 7 : length;
        say(f->sent, "%.*s", (const char *)data, length);
        h1_conn_sent(f->conn, length, f->now);
    }
}

void feed(struct fixture *f, const char *text, size_t length)
{
    h1_conn_recv(f->conn, (const uint8_t *)text, length, f->now);
    drain(f);
}

void close_fixture(struct fixture *f)
{
    h1_conn_free(f->conn);
    f->conn = NULL;
    assert_int_equal(f->running, 0);
    assert_int_equal(f->alloc.live_blocks, 0);
}

/* ---- Every cut of an input gives the same -------------------------------------------------- */

void run_cuts(const size_t *cuts, size_t count, void *arg)
{
    const struct script *s = arg;
    struct fixture f = {.given = 0};
    assert_int_equal(open_fixture(&f), 0);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        feed(&f, s->in + at, cuts[i] - at);
        at = cuts[i];
    }
    assert_string_equal(f.told, s->told);
    assert_string_equal(f.sent, s->sent);
    assert_int_equal((h1_conn_wants(f.conn) & H1_WANT_CLOSE) != 0, s->closes);
    close_fixture(&f);
}

/* Memory that runs out ends the connection; it never makes another answer. */
static int run_failing(struct test_alloc *alloc, void *arg)
{
    const struct script *s = arg;
    struct fixture f = {.alloc = *alloc};
    int status = open_fixture(&f);
    if (status == 0) {
        feed(&f, s->in, strlen(s->in));
        status = h1_conn_error(f.conn) == H1_NOMEM;
        if (!status) {
            assert_string_equal(f.sent, s->sent);
        }
        h1_conn_free(f.conn);
    }
    assert_int_equal(f.running, 0);
    *alloc = f.alloc;
    return status;
}

void run(const char *in, const char *told, const char *sent, uint32_t closes)
{
    struct script s = {in, told, sent, closes};
    test_each_split(strlen(in), run_cuts, &s);
    test_each_failing_alloc(run_failing, &s);
}
