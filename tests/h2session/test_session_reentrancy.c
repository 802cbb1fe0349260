/* SPDX-License-Identifier: MIT */
/*
 * From inside each callback each function of the library is called: those that are allowed do their
 * work, those that are not say REENTRANT and change nothing, and h2session_free() takes effect when
 * the outer call returns. Whatever it was, the conversation goes on to its end.
 *
 * usage: test_session_reentrancy MAP: the list of exported symbols, all of which are looked after.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reentrancy_calls.h"

enum { END = H2FRAME_FLAG_END_STREAM };

/* ---- A conversation with all events ---- */

struct plan {
    const char *event; /* the callback that calls */
    struct reentrancy_call *call;
    uint32_t done;
    struct body body;
};

static int act(struct fixture *f, const char *event, uint32_t id)
{
    struct plan *plan = f->hook_data;
    if (plan->done || f->s == NULL || strcmp(event, plan->event) != 0) {
        return 0;
    }
    plan->done = 1;
    int result = plan->call->call(f, id);
    if (plan->call->kind == CALL_REFUSED) {
        assert_int_equal(result, H2SESSION_ERR_REENTRANT);
    } else {
        assert_int_not_equal(result, H2SESSION_ERR_INTERNAL);
        assert_int_not_equal(result, H2SESSION_ERR_NOMEM);
        plan->call->successes += result == 0;
    }
    return 0;
}

/* A body of two pieces, so that the source is called while streams are open. */
static int read_two(h2session *s, h2session_read_event *event, void *user)
{
    struct fixture *f = user;
    struct plan *plan = f->hook_data;
    (void)s;
    if (event->capacity < 3) {
        return H2SESSION_DEFER;
    }
    memcpy(event->buffer, "abc", 3);
    event->length = 3;
    plan->body.offset++;
    event->flags = plan->body.offset > 1 ? H2SESSION_BODY_END : 0;
    return act(f, "read", event->stream_id);
}

static void begin(struct fixture *f, struct plan *plan, uint32_t role)
{
    fixture_init(f, role, NULL);
    f->hook = act;
    f->hook_data = plan;
    f->config.flags = H2SESSION_MANUAL_CONSUME;
    f->config.enable_push = role == H2SESSION_CLIENT;
    f->trace = strcmp(plan->event, "trace") == 0;
    f->quiet = 1;
    plan->done = 1; /* not yet */
    /* What one scheme of priorities allows the other does not. */
    int has_tree = role == H2SESSION_CLIENT && strcmp(plan->call->name, "submit_priority") == 0;
    f->config.priority_scheme =
        has_tree ? H2SESSION_PRIORITIES_RFC7540 : H2SESSION_PRIORITIES_RFC9218;
    assert_int_equal(fixture_start(f), 0);
    if (role == H2SESSION_SERVER) {
        peer_preface(f);
    }
    peer_settings(f, H2FRAME_SETTING_NO_RFC7540_PRIORITIES, has_tree ? 0 : 1);
    peer_ack(f);
    assert_int_equal(fixture_turn(f), 0);
    assert_int_equal(h2session_accept_extension(f->s, 0xee), 0);
    plan->done = 0;
}

static void send_body(struct fixture *f, uint32_t id)
{
    hpack_field fields[4];
    uint32_t opened = 0;
    const char *text = id == 0 ? POST_FIELDS : ":status 200";
    const h2session_message m = {.size = sizeof m,
                                 .fields = fields,
                                 .field_count = parse_fields(text, fields, 4),
                                 .read = read_two,
                                 .read_user = f};
    if (f->freed) {
        return;
    }
    if (id == 0) {
        f->opened += h2session_submit_request(f->s, &m, &opened) == 0;
    } else {
        (void)!h2session_submit_response(f->s, id, &m);
    }
}

static void serve(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS "|content-length 6", 0);
    peer_headers(f, 3, GET_FIELDS "|X-Bad a", END);
    peer_data(f, 1, 6, 0);
    peer_ping(f, 0);
    peer_raw(f, "000003 ee 00 00000000 010203");
    peer_raw(f, "000007 10 00 00000000 00000001 753d31");
    peer_headers(f, 1, "x-a b", END);
    (void)fixture_turn(f);
    send_body(f, 1);
    peer_headers(f, 5, POST_FIELDS, 0);
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 5);
    peer_goaway(f, 0, 0);
    peer_headers(f, 7, POST_FIELDS, 0);
    peer_reset(f, 7, H2FRAME_CODE_CANCEL);
}

static void ask(struct fixture *f)
{
    send_body(f, 0);
    fixture_drain(f);
    if (f->freed) {
        return;
    }
    (void)app_request(f, GET_FIELDS, NULL, NULL);
    peer_headers(f, 1, ":status 103", 0);
    peer_promise(f, 1, 2, GET_FIELDS, 1);
    peer_headers(f, 1, ":status 200", 0);
    peer_data(f, 1, 6, 0);
    peer_ping(f, 0);
    peer_raw(f, "000003 ee 00 00000000 010203");
    peer_raw(f, "00000c 0a 00 00000000 0003 612e62 68323d22 3a3122");
    peer_raw(f, "00000d 0c 00 00000000 000b 68747470733a2f2f612e62");
    peer_headers(f, 1, "x-a b", END);
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 5);
    peer_headers(f, 3, ":status 20", END); /* a fault */
    (void)fixture_turn(f);
    if (f->freed) {
        return;
    }
    (void)app_request(f, GET_FIELDS, NULL, NULL);
    peer_goaway(f, 1, 0);
}

static void run(const char *event, struct reentrancy_call *call, uint32_t role)
{
    struct plan plan = {.event = event, .call = call};
    struct fixture f;
    begin(&f, &plan, role);
    if (role == H2SESSION_SERVER) {
        serve(&f);
    } else {
        ask(&f);
    }
    if (!f.freed) {
        (void)fixture_turn(&f);
    }
    if (!plan.done) {
        fail_msg("%s did not happen", event);
    }
    fixture_end(&f);
}

static void run_all(const char *const *events, uint32_t role)
{
    for (size_t i = 0; reentrancy_calls[i].name != NULL; i++) {
        reentrancy_calls[i].successes = 0;
        for (size_t k = 0; events[k] != NULL; k++) {
            run(events[k], &reentrancy_calls[i], role);
        }
        if ((reentrancy_calls[i].roles & role) && reentrancy_calls[i].successes == 0) {
            fail_msg("h2session_%s() never worked inside a callback", reentrancy_calls[i].name);
        }
    }
}

static void server_calls_back(void **state)
{
    static const char *const events[] = {"request", "data",     "trailers",  "end",   "closed",
                                         "ping",    "goaway",   "fault",     "trace", "settings",
                                         "read",    "priority", "extension", NULL};
    (void)state;
    run_all(events, H2SESSION_SERVER);
}

static void client_calls_back(void **state)
{
    static const char *const events[] = {
        "response", "informational", "data",      "trailers", "push",  "end",
        "closed",   "ping",          "goaway",    "fault",    "trace", "altsvc",
        "origin",   "read",          "extension", "settings", NULL};
    (void)state;
    run_all(events, H2SESSION_CLIENT);
}

/* ---- All functions ---- */

/* What takes no session, makes one, only looks, or works on a batch, which has tests of its own. */
static const char *const ELSEWHERE[] = {"error_",
                                        "reason_",
                                        "version",
                                        "config_init",
                                        "new",
                                        "batch_",
                                        "parse_priority",
                                        "wants",
                                        "deadline_ns",
                                        "remote_setting",
                                        "local_setting",
                                        "role",
                                        "stream_state",
                                        "output_octets",
                                        "output_frames",
                                        "encoder",
                                        "decoder",
                                        "stream_room",
                                        "stream_count",
                                        "last_peer_stream_id",
                                        "goaway_sent_id",
                                        "goaway_received_id",
                                        "send_window",
                                        "recv_window",
                                        "window_size",
                                        "next_stream_id",
                                        "stream_user",
                                        "rule_count",
                                        "memory",
                                        "last_fault",
                                        "stream_priority",
                                        "stats",
                                        "limit",
                                        NULL};

static int is_looked_after(const char *name)
{
    for (size_t i = 0; reentrancy_calls[i].name != NULL; i++) {
        if (strcmp(reentrancy_calls[i].name, name) == 0) {
            return 1;
        }
    }
    for (size_t i = 0; ELSEWHERE[i] != NULL; i++) {
        size_t length = strlen(ELSEWHERE[i]);
        if (strcmp(ELSEWHERE[i], name) == 0 ||
            (ELSEWHERE[i][length - 1] == '_' && strncmp(ELSEWHERE[i], name, length) == 0)) {
            return 1;
        }
    }
    return 0;
}

static const char *map_path;

static void each_exported_function_is_looked_after(void **state)
{
    (void)state;
    char line[200];
    size_t found = 0;
    FILE *map = fopen(map_path, "r");
    assert_non_null(map);
    while (fgets(line, sizeof line, map) != NULL) {
        char *name = strstr(line, "h2session_");
        if (name == NULL) {
            continue;
        }
        name += strlen("h2session_");
        name[strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789")] = '\0';
        if (!is_looked_after(name)) {
            fail_msg("h2session_%s() is in no list of this test", name);
        }
        found++;
    }
    assert_int_equal(fclose(map), 0);
    assert_true(found > 30);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_calls_back),
        cmocka_unit_test(client_calls_back),
        cmocka_unit_test(each_exported_function_is_looked_after),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: %s MAP\n", argv[0]);
        return 2;
    }
    map_path = argv[1];
    return cmocka_run_group_tests_name("session_reentrancy", tests, NULL, NULL);
}
