/* SPDX-License-Identifier: MIT */
/* PRIORITY_UPDATE of a client (RFC 9218 7), for streams that are open or not yet. */
#include "fixture_order.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

/* rfc: 9218#7, 9218#7.1 */
static void update_moves_an_open_stream(void **state)
{
    (void)state;
    const char *const priorities[] = {"u=3", "u=3", "u=3, i"};
    struct order s;
    order_requests(&s, priorities, 3, 50000);
    peer_priority_update(&s.f, 5, "u=1");
    peer_priority_update(&s.f, 1, "");
    peer_priority_update(&s.f, 3, "i;q, u=2, a");
    peer_priority_update(&s.f, 3, "u=1,"); /* malformed: no effect */
    peer_priority_update(&s.f, 3,
                         "u=1, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_int_equal(fixture_feed(&s.f), 0);
    fixture_expect(&s.f, "priority 5 u=1 i=0\npriority 1 u=3 i=0\npriority 3 u=2 i=1\n");
    assert_string_equal(order_all(&s).turns, "5 3 1 ");
    /* Closed now. */
    fixture_clear(&s.f);
    peer_priority_update(&s.f, 5, "u=1");
    assert_int_equal(fixture_feed(&s.f), 0);
    fixture_expect(&s.f, "");
    order_end(&s);
}

static void update_of_an_idle_stream_is_kept(void **state)
{
    (void)state;
    struct order s;
    order_begin(&s, H2SESSION_SERVER);
    peer_priority_update(&s.f, 3, "u=6, i");
    peer_priority_update(&s.f, 3, "u=1");
    peer_priority_update(&s.f, 5, "u=2");
    peer_priority_update(&s.f, 9, "u=4");
    peer_headers(&s.f, 3, GET_PRIORITY("u=5, i"), END);
    peer_headers(&s.f, 7, GET_FIELDS, END);
    peer_headers(&s.f, 9, GET_FIELDS, END);
    assert_int_equal(fixture_feed(&s.f), 0);
    assert_true(fixture_has(&s.f, "priority idle 3 u=6 i=1"));
    order_expect_priority(&s, 3, 1, 0);
    order_expect_priority(&s, 7, 3, 0); /* 5 was passed over and its entry dropped */
    order_expect_priority(&s, 9, 4, 0);
    order_end(&s);
}

static void idle_updates(struct fixture *f)
{
    for (uint32_t id = 1; id < 11; id += 2) {
        peer_headers(f, id, GET_FIELDS, END);
    }
    for (uint32_t id = 11; id < 22; id += 2) {
        peer_priority_update(f, id, "u=1");
        peer_priority_update(f, id, "u=2");
    }
}

static void few_streams(struct fixture *f)
{
    f->config.max_concurrent_streams = 10;
}

static void push_update(struct fixture *f)
{
    peer_priority_update(f, 2, "u=1");
}

static void zero_update(struct fixture *f)
{
    peer_raw(f, "000004 10 00 00000000 00000000");
}

static void update_on_a_stream(struct fixture *f)
{
    peer_raw(f, "000004 10 00 00000001 00000001");
}

static void plain_updates(struct fixture *f)
{
    peer_headers(f, 1, GET_PRIORITY("u=2"), 0);
    peer_priority_update(f, 1, "u=5, i");
    peer_priority_update(f, 3, "i");
    peer_headers(f, 3, GET_PRIORITY("u=2"), END);
}

/* Longer than what the parser keeps: no effect, however it is cut. */
static void long_update(struct fixture *f)
{
    char value[5000];
    memset(value, ' ', sizeof value);
    value[sizeof value - 1] = '\0';
    peer_headers(f, 1, GET_FIELDS, 0);
    peer_priority_update(f, 1, value);
    peer_reset(f, 1, H2FRAME_CODE_CANCEL);
}

#define GET_LOG " end :method=GET :scheme=https :authority=a.example :path=/"

/* rfc: 9218#7.1 */
static const struct scenario SCENARIOS[] = {
    {"updates", H2SESSION_SERVER, NULL, plain_updates,
     "request 1 :method=GET :scheme=https :authority=a.example :path=/ priority=u=2\n"
     "priority 1 u=5 i=1\npriority idle 3 u=3 i=1\n"
     "request 3" GET_LOG " priority=u=2\nend 3\n",
     NULL, 0},
    {"long update", H2SESSION_SERVER, NULL, long_update,
     "request 1 :method=GET :scheme=https :authority=a.example :path=/\n"
     "closed 1 CANCEL RESET_BY_PEER remote\n",
     NULL, 0},
    {"update of a push not promised", H2SESSION_SERVER, NULL, push_update,
     "fault connection 0 PROTOCOL_ERROR PRIORITY_UPDATE_PUSH\nrecv H2SESSION_ERR_PEER\n"
     "> GOAWAY 0 last=0 PROTOCOL_ERROR\n",
     NULL, 0},
    {"update of stream 0", H2SESSION_SERVER, NULL, zero_update,
     "fault connection 0 PROTOCOL_ERROR PRIORITY_UPDATE_ID\nrecv H2SESSION_ERR_PEER\n"
     "> GOAWAY 0 last=0 PROTOCOL_ERROR\n",
     NULL, 0},
    {"update on a stream", H2SESSION_SERVER, NULL, update_on_a_stream,
     "fault connection 0 PROTOCOL_ERROR STREAM_ID_NOT_ZERO\nrecv H2SESSION_ERR_PEER\n"
     "> GOAWAY 0 last=0 PROTOCOL_ERROR\n",
     NULL, 0},
    {"update of a server", H2SESSION_CLIENT, NULL, push_update,
     "fault connection 0 PROTOCOL_ERROR PRIORITY_UPDATE_FROM_SERVER\nrecv H2SESSION_ERR_PEER\n"
     "> GOAWAY 0 last=0 PROTOCOL_ERROR\n",
     NULL, 0},
    {"idle updates", H2SESSION_SERVER, few_streams, idle_updates, NULL, NULL, 0},
};

static void signals_make_these_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        scenario_run(&SCENARIOS[i]);
    }
}

/* rfc: 9218#7.1 */
static void idle_updates_beyond_the_limit_end_the_connection(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    few_streams(&f);
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    idle_updates(&f);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_PEER);
    assert_true(fixture_has(&f, "priority idle 19 u=2 i=0"));
    assert_false(fixture_has(&f, "priority idle 21 u=1 i=0"));
    assert_true(fixture_has(&f, "fault connection 0 PROTOCOL_ERROR PRIORITY_UPDATE_IDLE"));
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(f.s, &fault), 0);
    assert_int_equal(fault.value, 11);
    assert_int_equal(fault.limit, 10);
    fixture_end(&f);
}

/* The client cannot know the limit before it has read our SETTINGS. */
static void idle_updates_before_the_ack_are_dropped(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    few_streams(&f);
    assert_int_equal(fixture_start(&f), 0);
    peer_preface(&f);
    peer_settings(&f, 0, 0);
    for (uint32_t id = 1; id < 2000; id += 2) {
        peer_priority_update(&f, id, "u=1");
    }
    assert_int_equal(fixture_feed(&f), 0);
    assert_true(fixture_has(&f, "priority idle 19 u=1 i=0"));
    assert_false(fixture_has(&f, "priority idle 21 u=1 i=0"));
    fixture_end(&f);
}

/* Attack: a flood of updates, each for another stream. */
static void flood_of_idle_updates_is_cut_short(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t id = 1;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.max_concurrent_streams = 100000;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    size_t before = f.alloc->live_bytes;
    int result = 0;
    for (; result == 0 && id < 200000; id += 2) {
        peer_priority_update(&f, id, "u=1");
        result = fixture_feed(&f);
        fixture_clear(&f);
    }
    assert_int_equal(result, H2SESSION_ERR_LIMIT);
    assert_int_equal(id, 1 + 2 * 1101);
    assert_true(f.alloc->peak_bytes - before < 32768);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(update_moves_an_open_stream),
        cmocka_unit_test(update_of_an_idle_stream_is_kept),
        cmocka_unit_test(signals_make_these_events),
        cmocka_unit_test(idle_updates_beyond_the_limit_end_the_connection),
        cmocka_unit_test(idle_updates_before_the_ack_are_dropped),
        cmocka_unit_test(flood_of_idle_updates_is_cut_short),
    };
    return cmocka_run_group_tests_name("session_priority_update", tests, NULL, NULL);
}
