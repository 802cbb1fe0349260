/* SPDX-License-Identifier: MIT */
/* The dependency tree of RFC 7540 on a whole session. */
#include "fixture_order.h"

#include <string.h>

enum {
    END = H2FRAME_FLAG_END_STREAM,
    SERVER = H2SESSION_SERVER,
    CLIENT = H2SESSION_CLIENT,
    LONG = 4 << 20
};

static void with_tree(struct fixture *f)
{
    f->config.priority_scheme = H2SESSION_PRIORITIES_RFC7540;
}

static void begin(struct order *o, uint32_t role)
{
    memset(o, 0, sizeof *o);
    fixture_init(&o->f, role, NULL);
    with_tree(&o->f);
    order_start(o);
}

/* HEADERS of a request with a priority part; weight 0: without. */
static void peer_depending(struct fixture *f, uint32_t id, uint32_t dependency, uint32_t weight,
                           uint32_t exclusive)
{
    const h2frame_frame head = {
        .stream_id = id,
        .flags = END | (weight > 0 ? H2FRAME_FLAG_PRIORITY : 0),
        .dependency = dependency,
        .weight = weight,
        .exclusive = exclusive,
    };
    peer_headers_like(f, &head, GET_FIELDS);
}

static void peer_priority(struct fixture *f, uint32_t id, uint32_t dependency, uint32_t weight,
                          uint32_t exclusive)
{
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_PRIORITY,
                                   .stream_id = id,
                                   .dependency = dependency,
                                   .weight = weight,
                                   .exclusive = exclusive});
}

/* Such a request, answered with a long body. */
static void request(struct order *o, uint32_t id, uint32_t dependency, uint32_t weight,
                    uint32_t exclusive)
{
    peer_depending(&o->f, id, dependency, weight, exclusive);
    assert_int_equal(fixture_feed(&o->f), 0);
    o->bodies[id / 2] = (struct body){.length = LONG};
    assert_int_equal(app_respond(&o->f, id, ":status 200", &o->bodies[id / 2]), 0);
    fixture_clear(&o->f);
}

static void say(struct order *o, uint32_t id, uint32_t dependency, uint32_t weight,
                uint32_t exclusive)
{
    peer_priority(&o->f, id, dependency, weight, exclusive);
    assert_int_equal(fixture_feed(&o->f), 0);
}

/* Within a hundredth of what passed. */
static void expect_share(const struct tally *t, uint32_t id, size_t part, size_t of)
{
    size_t sum = 0;
    for (uint32_t i = 0; i < ORDER_STREAMS; i++) {
        sum += t->octets[i];
    }
    size_t expected = sum * part / of;
    if (t->octets[id / 2] + sum / 100 < expected || t->octets[id / 2] > expected + sum / 100) {
        fail_msg("stream %u has %zu octets of %zu, not %zu/%zu", id, t->octets[id / 2], sum, part,
                 of);
    }
}

/* Stream 1 takes the window of the connection, so that nothing passes until the test lets it. */
static void close_window(struct order *o)
{
    order_close_window(o, 1, GET_FIELDS);
}

/* ---- Order and shares --------------------------------------------------------------------- */

/* rfc: 7540#5.3.2 */
static void siblings_share_by_weight(void **state)
{
    (void)state;
    struct order s;
    begin(&s, SERVER);
    close_window(&s);
    request(&s, 3, 0, 1, 0);
    request(&s, 5, 0, 4, 0);
    request(&s, 7, 0, 16, 0);
    s.bodies[1].lend = 1;
    s.bodies[2].chunk = 1000;
    struct tally t = order_octets(&s, 3 << 20);
    expect_share(&t, 3, 1, 21);
    expect_share(&t, 5, 4, 21);
    expect_share(&t, 7, 16, 21);
    /* A stream without a priority part has 16. */
    request(&s, 9, 0, 0, 0);
    t = order_octets(&s, 1 << 20);
    expect_share(&t, 7, 16, 37);
    expect_share(&t, 9, 16, 37);
    order_end(&s);
}

/* rfc: 7540#5.3.1 */
static void parents_are_sent_before_their_children(void **state)
{
    (void)state;
    struct order s;
    begin(&s, SERVER);
    close_window(&s);
    request(&s, 3, 0, 1, 0);
    request(&s, 5, 3, 256, 0);
    request(&s, 7, 5, 256, 0);
    struct tally t = order_octets(&s, 100000);
    assert_string_equal(t.turns, "3 ");
    /* A parent that is stalled by its window, or deferred, holds nobody up. */
    s.bodies[1].defer = 1;
    t = order_octets(&s, 100000);
    assert_string_equal(t.turns, "5 ");
    peer_settings(&s.f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 0);
    peer_window(&s.f, 7, ORDER_WIDE);
    t = order_octets(&s, 100000);
    assert_string_equal(t.turns, "7 ");
    peer_settings(&s.f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, ORDER_WIDE);
    assert_int_equal(h2session_resume(s.f.s, 3), 0);
    t = order_octets(&s, 100000);
    assert_string_equal(t.turns, "3 ");
    order_end(&s);
}

static void exclusive_dependency_comes_between(void **state)
{
    (void)state;
    struct order s;
    begin(&s, SERVER);
    close_window(&s);
    request(&s, 3, 0, 16, 0);
    request(&s, 5, 0, 48, 0);
    request(&s, 7, 0, 16, 1);
    struct tally t = order_octets(&s, 100000);
    assert_string_equal(t.turns, "7 ");
    assert_int_equal(h2session_submit_reset(s.f.s, 7, H2FRAME_CODE_CANCEL), 0);
    t = order_octets(&s, 1 << 20);
    expect_share(&t, 3, 1, 4);
    expect_share(&t, 5, 3, 4);
    order_end(&s);
}

/* rfc: 7540#5.3.3 */
static void streams_may_be_moved(void **state)
{
    (void)state;
    struct order s;
    begin(&s, SERVER);
    close_window(&s);
    request(&s, 3, 0, 16, 0);
    request(&s, 5, 3, 16, 0);
    say(&s, 3, 5, 16, 0); /* below what depended on it */
    struct tally t = order_octets(&s, 100000);
    assert_string_equal(t.turns, "5 ");
    say(&s, 3, 0, 48, 0);
    t = order_octets(&s, 1 << 20);
    expect_share(&t, 3, 3, 4);
    expect_share(&t, 5, 1, 4);
    order_end(&s);
}

/* Five anchors that never send, as browsers made them. */
static void idle_streams_group_others(void **state)
{
    (void)state;
    struct order s;
    begin(&s, SERVER);
    close_window(&s);
    say(&s, 101, 0, 201, 0);
    say(&s, 103, 0, 101, 0);
    say(&s, 105, 103, 1, 0);
    request(&s, 3, 101, 32, 0);
    request(&s, 5, 103, 32, 0);
    request(&s, 7, 105, 32, 0);
    request(&s, 9, 103, 31, 0);
    struct tally t = order_octets(&s, 3 << 20);
    expect_share(&t, 3, 201, 302);
    expect_share(&t, 5, 101 * 32, 302 * 64);
    expect_share(&t, 9, 101 * 31, 302 * 64);
    expect_share(&t, 7, 101 * 1, 302 * 64);
    order_end(&s);
}

/* rfc: 7540#5.3.4 */
static void weight_of_a_closed_stream_goes_to_its_children(void **state)
{
    (void)state;
    for (uint32_t kept = 0; kept <= 1; kept++) {
        struct order s;
        memset(&s, 0, sizeof s);
        fixture_init(&s.f, SERVER, NULL);
        with_tree(&s.f);
        s.f.config.priority_node_limit = kept;
        order_start(&s);
        close_window(&s);
        request(&s, 3, 0, 16, 0);
        request(&s, 5, 0, 48, 0);
        request(&s, 7, 3, 1, 0);
        request(&s, 9, 3, 3, 0);
        assert_int_equal(h2session_submit_reset(s.f.s, 3, H2FRAME_CODE_CANCEL), 0);
        struct tally t = order_octets(&s, 3 << 20);
        expect_share(&t, 5, 12, 16);
        expect_share(&t, 7, 1, 16);
        expect_share(&t, 9, 3, 16);
        /* A closed stream can still be depended on, as long as it is remembered. */
        request(&s, 11, 3, 4, 0);
        t = order_octets(&s, 1 << 20);
        expect_share(&t, 11, kept ? 2 : 16, kept ? 16 : 80);
        order_end(&s);
    }
}

static void trailers_may_move_their_stream(void **state)
{
    (void)state;
    struct order s;
    const h2frame_frame trailers = {
        .stream_id = 5, .flags = END | H2FRAME_FLAG_PRIORITY, .dependency = 0, .weight = 48};
    begin(&s, SERVER);
    close_window(&s);
    request(&s, 3, 0, 16, 0);
    peer_headers(&s.f, 5, POST_FIELDS, 0);
    assert_int_equal(fixture_feed(&s.f), 0);
    s.bodies[2] = (struct body){.length = LONG};
    assert_int_equal(app_respond(&s.f, 5, ":status 200", &s.bodies[2]), 0);
    peer_headers_like(&s.f, &trailers, "x-sum 1");
    struct tally t = order_octets(&s, 1 << 20);
    expect_share(&t, 5, 3, 4);
    order_end(&s);
}

/* rfc: 7540#5.3.5 */
static void pushed_streams_depend_on_their_parent(void **state)
{
    (void)state;
    struct order s;
    hpack_field fields[8];
    h2session_message message = {.size = sizeof message, .fields = fields};
    struct body pushed = {.length = 30000};
    uint32_t id = 0;
    begin(&s, SERVER);
    close_window(&s);
    request(&s, 3, 0, 16, 0);
    s.bodies[1] = (struct body){.length = 50000};
    message.field_count = parse_fields(GET_FIELDS, fields, 8);
    assert_int_equal(h2session_submit_push(s.f.s, 3, &message, &id), 0);
    s.f.opened++;
    assert_int_equal(app_respond(&s.f, id, ":status 200", &pushed), 0);
    struct tally t = order_octets(&s, 1 << 20);
    assert_string_equal(t.turns, "3 2 ");
    message.weight = 16;
    assert_int_equal(h2session_submit_push(s.f.s, 3, &message, &id), H2SESSION_ERR_USAGE);
    order_end(&s);
}

/* ---- What is wrong, or too much ----------------------------------------------------------- */

static void self_dependent_headers(struct fixture *f)
{
    peer_depending(f, 1, 1, 16, 0);
    peer_depending(f, 3, 1, 16, 0);
}

static void self_dependent_priority(struct fixture *f)
{
    peer_headers(f, 1, GET_FIELDS, 0);
    peer_priority(f, 1, 1, 16, 0);
    peer_priority(f, 5, 5, 16, 1); /* idle: nothing to reset */
    peer_priority(f, 1, 1, 16, 1); /* closed */
}

static void self_dependent_trailers(struct fixture *f)
{
    const h2frame_frame trailers = {
        .stream_id = 1, .flags = END | H2FRAME_FLAG_PRIORITY, .dependency = 1, .weight = 16};
    peer_headers(f, 1, POST_FIELDS, 0);
    peer_headers_like(f, &trailers, "x-sum 1");
}

static void many_signals(struct fixture *f)
{
    peer_priority(f, 3, 0, 200, 0);
    peer_depending(f, 1, 3, 1, 0);
    peer_depending(f, 3, 1, 256, 1);
    peer_priority(f, 1, 3, 77, 0);
    peer_priority(f, 9, 1, 16, 1);
    peer_priority(f, 2, 9, 16, 0);
    peer_priority_update(f, 1, "u=0");
    peer_reset(f, 1, H2FRAME_CODE_CANCEL);
    peer_depending(f, 11, 77, 5, 0);
}

#define GET_LOG ":method=GET :scheme=https :authority=a.example :path=/"
#define POST_LOG ":method=POST :scheme=https :authority=a.example :path=/"

/* rfc: 7540#5.3.1 */
static const struct scenario SCENARIOS[] = {
    {"HEADERS that depend on themselves", SERVER, with_tree, self_dependent_headers,
     "fault stream 1 PROTOCOL_ERROR PRIORITY_SELF\nrequest 3 end " GET_LOG "\nend 3\n"
     "> RST_STREAM 1 PROTOCOL_ERROR\n",
     NULL, 0},
    {"PRIORITY that depends on itself", SERVER, with_tree, self_dependent_priority,
     "request 1 " GET_LOG "\nfault stream 1 PROTOCOL_ERROR PRIORITY_SELF\n"
     "closed 1 PROTOCOL_ERROR PRIORITY_SELF\n> RST_STREAM 1 PROTOCOL_ERROR\n",
     NULL, 0},
    {"trailers that depend on themselves", SERVER, with_tree, self_dependent_trailers,
     "request 1 " POST_LOG "\nfault stream 1 PROTOCOL_ERROR PRIORITY_SELF\n"
     "closed 1 PROTOCOL_ERROR PRIORITY_SELF\n> RST_STREAM 1 PROTOCOL_ERROR\n",
     NULL, 0},
    {"signals of all kinds", SERVER, with_tree, many_signals,
     "request 1 end " GET_LOG "\nend 1\nrequest 3 end " GET_LOG "\nend 3\n"
     "closed 1 CANCEL RESET_BY_PEER remote\nrequest 11 end " GET_LOG "\nend 11\n",
     NULL, 0},
};

static void signals_make_these_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        scenario_run(&SCENARIOS[i]);
    }
}

/* Feeds what `send` makes, round by round, until the connection ends. Returns the rounds. */
static uint32_t flood(void (*send)(struct fixture *f, uint32_t i), const char *fault)
{
    struct fixture f;
    uint32_t rounds = 0;
    int result = 0;
    fixture_init(&f, SERVER, NULL);
    with_tree(&f);
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    while (result == 0 && rounds < 100000) {
        fixture_clear(&f);
        send(&f, rounds++);
        result = fixture_turn(&f);
    }
    assert_int_equal(result, H2SESSION_ERR_LIMIT);
    assert_true(fixture_has(&f, fault));
    assert_true(f.alloc->peak_bytes < 131072);
    fixture_end(&f);
    return rounds;
}

static void depend_on_itself(struct fixture *f, uint32_t i)
{
    peer_depending(f, 2 * i + 1, 2 * i + 1, 16, 0);
}

static void depend_on_itself_idle(struct fixture *f, uint32_t i)
{
    peer_priority(f, 2 * i + 1, 2 * i + 1, 16, 0);
}

static void name_idle_streams(struct fixture *f, uint32_t i)
{
    peer_priority(f, 2 * i + 1, i > 0 ? 2 * i - 1 : 0, 16, 1);
}

/* Attack: one idle stream of two is kept in front of the streams that are opened. */
static void shuffle(struct fixture *f, uint32_t i)
{
    static uint32_t seed;
    if (i < 50) {
        peer_headers(f, 2 * i + 1, GET_FIELDS, END);
        seed = 5;
    }
    uint32_t id = test_rand(&seed) % 80 * 2 + 1;
    uint32_t dependency = test_rand(&seed) % 80 * 2 + 1;
    peer_priority(f, id, dependency != id ? dependency : 0, test_rand(&seed) % 256 + 1,
                  test_rand(&seed) % 2);
}

static void floods_end_the_connection(void **state)
{
    (void)state;
    assert_int_equal(flood(depend_on_itself, "fault connection 0 ENHANCE_YOUR_CALM LIMIT_RESETS"),
                     201);
    assert_int_equal(
        flood(depend_on_itself_idle, "fault connection 0 ENHANCE_YOUR_CALM LIMIT_RESETS"), 201);
    assert_int_equal(
        flood(name_idle_streams, "fault connection 0 ENHANCE_YOUR_CALM LIMIT_PRIORITY_NODES"), 33);
    /* 100 are free and 10 a stream; then the glitches. */
    assert_int_equal(flood(shuffle, "fault connection 0 ENHANCE_YOUR_CALM LIMIT_GLITCHES"),
                     100 + 50 * 10 + 1000 + 1);
}

/* ---- The scheme --------------------------------------------------------------------------- */

/* rfc: 9218#2.1 */
static void tree_is_not_announced_away(void **state)
{
    (void)state;
    for (uint32_t role = CLIENT; role <= SERVER; role++) {
        struct fixture f;
        fixture_init(&f, role, NULL);
        with_tree(&f);
        assert_int_equal(fixture_start(&f), 0);
        fixture_drain(&f);
        assert_true(fixture_has(&f, "> SETTINGS 0 n=2"));
        fixture_end(&f);
        fixture_init(&f, role, NULL);
        f.config.priority_scheme = 2;
        assert_int_equal(fixture_start(&f), H2SESSION_ERR_CONFIG);
        f.s = NULL;
        fixture_end(&f);
    }
}

/* rfc: 9218#2.1 */
static void clients_without_dependencies_get_urgencies(void **state)
{
    (void)state;
    struct order s;
    memset(&s, 0, sizeof s);
    fixture_init(&s.f, SERVER, NULL);
    with_tree(&s.f);
    assert_int_equal(fixture_start(&s.f), 0);
    /* A stream from before the SETTINGS takes its body along. */
    hpack_field fields[8];
    h2session_message message = {.size = sizeof message, .fields = fields};
    message.field_count = parse_fields(GET_FIELDS, fields, 8);
    assert_int_equal(h2session_upgrade_server(s.f.s, "", 0, &message), 0);
    s.bodies[0] = (struct body){.length = 50000};
    assert_int_equal(app_respond(&s.f, 1, ":status 200", &s.bodies[0]), 0);
    uint32_t n = 0;
    assert_int_equal(h2session_stream_priority(s.f.s, 1, &n, &n), H2SESSION_ERR_PRIORITY_SCHEME);
    assert_int_equal(h2session_set_stream_priority(s.f.s, 1, 1, 1), H2SESSION_ERR_PRIORITY_SCHEME);
    peer_preface(&s.f);
    peer_settings(&s.f, H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 1);
    peer_ack(&s.f);
    assert_int_equal(fixture_feed(&s.f), 0);
    order_expect_priority(&s, 1, 3, 1);
    peer_priority(&s.f, 3, 3, 16, 0); /* ignored */
    order_request(&s, 1, GET_PRIORITY("u=1"), 50000);
    order_expect_priority(&s, 3, 1, 0);
    assert_int_equal(h2session_set_stream_priority(s.f.s, 1, 0, 0), 0);
    struct tally t = order_all(&s);
    assert_string_equal(t.turns, "1 3 ");
    order_end(&s);
}

static void client_with_a_tree_keeps_it(void **state)
{
    (void)state;
    struct order s;
    uint32_t n = 0;
    memset(&s, 0, sizeof s);
    fixture_init(&s.f, CLIENT, NULL);
    with_tree(&s.f);
    assert_int_equal(fixture_start(&s.f), 0);
    peer_settings(&s.f, H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 1);
    assert_int_equal(fixture_turn(&s.f), 0);
    assert_int_equal(app_request(&s.f, GET_FIELDS, NULL, NULL), 0);
    assert_int_equal(h2session_stream_priority(s.f.s, 1, &n, &n), H2SESSION_ERR_PRIORITY_SCHEME);
    assert_int_equal(h2session_submit_priority_update(s.f.s, 1, NULL, 0),
                     H2SESSION_ERR_PRIORITY_SCHEME);
    order_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siblings_share_by_weight),
        cmocka_unit_test(parents_are_sent_before_their_children),
        cmocka_unit_test(exclusive_dependency_comes_between),
        cmocka_unit_test(streams_may_be_moved),
        cmocka_unit_test(idle_streams_group_others),
        cmocka_unit_test(weight_of_a_closed_stream_goes_to_its_children),
        cmocka_unit_test(trailers_may_move_their_stream),
        cmocka_unit_test(pushed_streams_depend_on_their_parent),
        cmocka_unit_test(signals_make_these_events),
        cmocka_unit_test(floods_end_the_connection),
        cmocka_unit_test(tree_is_not_announced_away),
        cmocka_unit_test(clients_without_dependencies_get_urgencies),
        cmocka_unit_test(client_with_a_tree_keeps_it),
    };
    return cmocka_run_group_tests_name("session_dependencies", tests, NULL, NULL);
}
