/* SPDX-License-Identifier: MIT */
/*
 * Nothing but octets, time and the application decides what a session does: the trace of a busy
 * connection, with octets cut and taken at random and time that passes at random, gives the same
 * events and the same octets when it is played again, on either side.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "fixture_ports.h"

enum { STREAMS = 12, STEPS = 4000 };

struct side {
    struct fixture f;
    struct octets trace;
    struct body bodies[STREAMS];
    uint32_t requests;
};

/* A server answers when a request is complete, with a body that depends on the stream alone. */
static int answer(struct fixture *f, const char *event, uint32_t id)
{
    struct side *s = f->hook_data;
    if (f->role == H2SESSION_SERVER && strcmp(event, "end") == 0) {
        struct body *body = &s->bodies[id / 2 % STREAMS];
        *body = (struct body){.length = id * 777 % 40000, .late = id % 3 == 0, .lend = id % 4 == 1};
        (void)app_respond(f, id, ":status 200|x-a b", body);
    }
    return 0;
}

static void begin(struct side *s, uint32_t role, int traced)
{
    memset(s, 0, sizeof *s);
    octets_add(&s->trace, "", 0);
    fixture_init(&s->f, role, NULL);
    s->f.hook = answer;
    s->f.hook_data = s;
    assert_int_equal(fixture_start(&s->f), 0);
    s->f.trace_to = traced ? &s->trace : NULL;
}

static void end(struct side *s)
{
    for (size_t i = 0; i < STREAMS; i++) {
        body_free(&s->bodies[i]);
    }
    fixture_end(&s->f);
    free(s->trace.data);
}

/* What the application does from outside of callbacks: "request", "ping", "settings 5000". */
static void act(struct fixture *f, const char *text, void *arg)
{
    struct side *s = arg;
    if (strcmp(text, "request") == 0) {
        struct body *body = &s->bodies[s->requests % STREAMS];
        *body = (struct body){.length = s->requests * 1234 % 30000, .chunk = 5000};
        int result = app_request(f, POST_FIELDS, body, NULL);
        assert_int_equal(result, 0);
        s->requests++;
    } else if (strcmp(text, "ping") == 0) {
        int result = h2session_submit_ping(f->s, (const uint8_t *)"pingpong");
        assert_true(result == 0 || result == H2SESSION_ERR_OUTPUT_LIMIT);
    } else {
        const h2frame_setting setting = {H2FRAME_SETTING_INITIAL_WINDOW_SIZE,
                                         (uint32_t)strtoul(text + 9, NULL, 10)};
        int result = h2session_submit_settings(f->s, &setting, 1);
        assert_true(result == 0 || result == H2SESSION_ERR_OUTPUT_LIMIT);
    }
}

static void do_and_trace(struct side *s, const char *text)
{
    fixture_trace_app(&s->f, text);
    act(&s->f, text, s);
}

/* A part of what one side lends goes to the other, in one fragment. */
static void move(struct side *from, struct side *to, uint32_t *random)
{
    size_t lent = fixture_peek(&from->f, 1 + test_rand(random) % FIXTURE_PIECES);
    if (lent == 0) {
        return;
    }
    size_t n = 1 + test_rand(random) % 3000;
    n = n < lent ? n : lent;
    struct octets octets = {.length = 0};
    for (size_t i = 0; i < from->f.piece_count && octets.length < n; i++) {
        size_t left = n - octets.length;
        size_t length = from->f.pieces[i].length;
        octets_add(&octets, from->f.pieces[i].data, length < left ? length : left);
    }
    fixture_sent(&from->f, n);
    size_t consumed = 0;
    assert_int_equal(fixture_recv(&to->f, octets.data, n, &consumed), 0);
    free(octets.data);
}

static void talk(struct side *client, struct side *server, uint32_t seed)
{
    static const char *const calls[] = {"ping", "settings 70000", "settings 500"};
    uint32_t random = seed;
    for (int i = 0; i < STEPS; i++) {
        uint32_t what = test_rand(&random) % 100;
        if (what < 3 && client->requests < STREAMS) {
            do_and_trace(client, "request");
        } else if (what == 4) {
            do_and_trace(test_rand(&random) % 2 ? client : server, calls[test_rand(&random) % 3]);
        } else if (what == 5) {
            client->f.now_ns += test_rand(&random) % 1000000;
            server->f.now_ns += test_rand(&random) % 1000000;
            assert_int_equal(fixture_tick(&client->f), 0);
            assert_int_equal(fixture_tick(&server->f), 0);
        } else if (what % 2) {
            move(client, server, &random);
        } else {
            move(server, client, &random);
        }
    }
    (void)fixture_eof(&client->f);
    (void)fixture_eof(&server->f);
}

static void play_again(struct side *first)
{
    struct side again;
    begin(&again, first->f.role, 0);
    fixture_replay(&again.f, (const char *)first->trace.data, act, &again);
    assert_string_equal(fixture_text(&first->f), fixture_text(&again.f));
    assert_int_equal(first->f.output.length, again.f.output.length);
    assert_memory_equal(first->f.output.data, again.f.output.data, first->f.output.length);
    end(&again);
}

static void a_trace_that_is_played_again_gives_the_same(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 10; seed++) {
        static struct side client;
        static struct side server;
        begin(&client, H2SESSION_CLIENT, 1);
        begin(&server, H2SESSION_SERVER, 1);
        talk(&client, &server, seed * 7919);
        assert_true(server.f.opened > 0 && client.f.data_total > 0 && server.f.data_total > 0);
        play_again(&client);
        play_again(&server);
        end(&client);
        end(&server);
    }
}

/* One octet or one nanosecond more and the result is another: the comparison sees something. */
static void a_trace_that_is_changed_gives_something_else(void **state)
{
    (void)state;
    struct side first;
    struct side again;
    begin(&first, H2SESSION_SERVER, 1);
    peer_preface(&first.f);
    peer_settings(&first.f, 0, 0);
    peer_ping(&first.f, 0);
    (void)fixture_turn(&first.f);
    char *at = strstr((char *)first.trace.data, "0000080600"); /* the head of PING */
    assert_non_null(at);
    at[18] = '7'; /* the first digit of its payload */
    begin(&again, H2SESSION_SERVER, 0);
    fixture_replay(&again.f, (const char *)first.trace.data, act, &again);
    assert_int_equal(first.f.output.length, again.f.output.length);
    assert_memory_not_equal(first.f.output.data, again.f.output.data, first.f.output.length);
    end(&again);
    end(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trace_that_is_played_again_gives_the_same),
        cmocka_unit_test(a_trace_that_is_changed_gives_something_else),
    };
    return cmocka_run_group_tests_name("session_trace", tests, NULL, NULL);
}
