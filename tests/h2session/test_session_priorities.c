/* SPDX-License-Identifier: MIT */
/* Priorities of RFC 9218 on a whole session: the order of DATA, and what the application can do. */
#include "fixture_order.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

/* ---- The order ---------------------------------------------------------------------------- */

/* rfc: 9218#10 */
static void urgency_is_strict(void **state)
{
    (void)state;
    const char *const priorities[] = {"u=7", "u=2, i", "u=0", "u=2, i", "i;x=1"};
    struct order s;
    order_requests(&s, priorities, 5, 50000);
    assert_string_equal(order_all(&s).turns, "5 3 7 3 7 3 7 3 7 9 1 ");
    order_end(&s);
}

static void serial_streams_come_in_the_order_of_ids(void **state)
{
    (void)state;
    const char *const priorities[] = {"u=3", "", "x", "i=?0", "u=9"};
    struct order s;
    order_requests(&s, priorities, 5, 50000);
    assert_string_equal(order_all(&s).turns, "1 3 5 7 9 ");
    order_end(&s);
}

static void incremental_streams_share_by_octets(void **state)
{
    (void)state;
    const char *const priorities[] = {"i", "i", "i"};
    struct order s;
    order_requests(&s, priorities, 3, 4 << 20);
    order_close_window(&s, 2 * ORDER_STREAMS + 1, GET_PRIORITY("u=0"));
    s.bodies[0].chunk = 1000;
    s.bodies[1].lend = 1;
    struct tally t = order_octets(&s, 30 * 16384);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(t.octets[i], 10 * 16384);
    }
    order_end(&s);
}

static void both_kinds_get_half(void **state)
{
    (void)state;
    const char *const priorities[] = {"u=3", "i", "u=3", "i"};
    struct order s;
    order_requests(&s, priorities, 4, 4 << 20);
    order_close_window(&s, 2 * ORDER_STREAMS + 1, GET_PRIORITY("u=0"));
    struct tally t = order_octets(&s, 40 * 16384);
    assert_int_equal(t.octets[0], 20 * 16384);
    assert_int_equal(t.octets[1], 10 * 16384);
    assert_int_equal(t.octets[2], 0);
    assert_int_equal(t.octets[3], 10 * 16384);
    order_end(&s);
}

/* A client that does not know of priorities gets equal shares for all its streams. */
static void streams_without_signals_share(void **state)
{
    (void)state;
    const char *const none[] = {NULL, NULL};
    const char *const malformed[] = {"u=", "1"};
    const char *const late[] = {NULL, NULL, "u=3", NULL};
    struct order s;
    order_requests(&s, none, 2, 50000);
    assert_string_equal(order_all(&s).turns, "1 3 1 3 1 3 1 3 ");
    order_end(&s);
    order_requests(&s, malformed, 2, 50000);
    assert_string_equal(order_all(&s).turns, "1 3 1 3 1 3 1 3 ");
    order_end(&s);
    /* Once it gave a signal, its silence means the defaults. rfc: 9218#4 */
    order_requests(&s, late, 4, 20000);
    uint32_t urgency = 0;
    uint32_t incremental = 0;
    assert_int_equal(h2session_stream_priority(s.f.s, 3, &urgency, &incremental), 0);
    assert_int_equal(incremental, 1);
    assert_int_equal(h2session_stream_priority(s.f.s, 7, &urgency, &incremental), 0);
    assert_int_equal(incremental, 0);
    assert_int_equal(urgency, 3);
    order_end(&s);
}

static void upgraded_request_has_its_priority(void **state)
{
    (void)state;
    struct order s;
    hpack_field fields[8];
    h2session_message message = {.size = sizeof message, .fields = fields};
    message.field_count = parse_fields(GET_PRIORITY("u=6, i"), fields, 8);
    memset(&s, 0, sizeof s);
    fixture_init(&s.f, H2SESSION_SERVER, NULL);
    assert_int_equal(fixture_start(&s.f), 0);
    assert_int_equal(h2session_upgrade_server(s.f.s, "", 0, &message), 0);
    order_expect_priority(&s, 1, 6, 1);
    peer_preface(&s.f);
    peer_settings(&s.f, H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 1);
    assert_int_equal(fixture_feed(&s.f), 0);
    order_expect_priority(&s, 1, 6, 1);
    order_end(&s);
}

static void stalled_streams_hold_nobody_up(void **state)
{
    (void)state;
    const char *const priorities[] = {"u=0", "u=1", "u=5", "u=7"};
    struct order s;
    order_requests(&s, priorities, 4, 100000);
    s.bodies[0].defer = 1;
    peer_settings(&s.f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 0);
    peer_window(&s.f, 5, 20000);
    peer_window(&s.f, 7, ORDER_WIDE);
    peer_window(&s.f, 1, ORDER_WIDE);
    assert_int_equal(fixture_feed(&s.f), 0);
    /* 1 waits for its source, 3 for its window, 5 has some: 7 gets the rest. */
    struct tally t = order_all(&s);
    assert_string_equal(t.turns, "5 7 ");
    assert_int_equal(t.octets[2], 20000);
    assert_int_equal(t.octets[3], 100000);
    peer_window(&s.f, 3, ORDER_WIDE);
    assert_int_equal(fixture_feed(&s.f), 0);
    assert_int_equal(h2session_resume(s.f.s, 1), 0);
    assert_string_equal(order_all(&s).turns, "1 3 ");
    order_end(&s);
}

static void several_lines_are_one_value(void **state)
{
    (void)state;
    struct order s;
    uint32_t urgency = 0;
    uint32_t incremental = 0;
    order_begin(&s, H2SESSION_SERVER);
    peer_headers(&s.f, 1, GET_PRIORITY("u=5") "|priority i", END);
    peer_headers(&s.f, 3, GET_PRIORITY("u=5") "|priority ", END);
    const char *sixty_four = GET_PRIORITY(
        "u=5, a=\"34567890123456789012345678901234567\"") "|priority b=\"90123456789012\"";
    const char *sixty_five = GET_PRIORITY(
        "u=5, a=\"34567890123456789012345678901234567\"") "|priority b=\"901234567890123\"";
    peer_headers(&s.f, 5, sixty_four, END);
    peer_headers(&s.f, 7, sixty_five, END);
    assert_int_equal(fixture_feed(&s.f), 0);
    assert_int_equal(h2session_stream_priority(s.f.s, 1, &urgency, &incremental), 0);
    assert_int_equal(urgency * 10 + incremental, 51);
    assert_int_equal(h2session_stream_priority(s.f.s, 3, &urgency, &incremental), 0);
    assert_int_equal(urgency * 10 + incremental, 30);
    assert_int_equal(h2session_stream_priority(s.f.s, 5, &urgency, &incremental), 0);
    assert_int_equal(urgency * 10 + incremental, 50);
    assert_int_equal(h2session_stream_priority(s.f.s, 7, &urgency, &incremental), 0);
    assert_int_equal(urgency * 10 + incremental, 30);
    order_end(&s);
}

/* ---- The application ---------------------------------------------------------------------- */

static void application_overrides_the_client(void **state)
{
    (void)state;
    const char *const priorities[] = {"u=3", "u=3"};
    struct order s;
    order_requests(&s, priorities, 2, 50000);
    assert_int_equal(h2session_set_stream_priority(s.f.s, 3, 2, 0), 0);
    peer_priority_update(&s.f, 3, "u=7");
    assert_int_equal(fixture_feed(&s.f), 0);
    fixture_expect(&s.f, "priority 3 u=7 i=0\n");
    order_expect_priority(&s, 3, 2, 0);
    assert_string_equal(order_all(&s).turns, "3 1 ");
    assert_int_equal(h2session_set_stream_priority(s.f.s, 1, 2, 0), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(h2session_set_stream_priority(s.f.s, 1, 8, 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_set_stream_priority(s.f.s, 1, 1, 2), H2SESSION_ERR_USAGE);
    uint32_t n = 0;
    assert_int_equal(h2session_stream_priority(s.f.s, 1, &n, &n), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(h2session_stream_priority(s.f.s, 1, NULL, &n), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_stream_priority(NULL, 1, &n, &n), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_set_stream_priority(NULL, 1, 1, 1), H2SESSION_ERR_USAGE);
    order_end(&s);
}

static int abort_on_update(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)f;
    (void)stream_id;
    return strcmp(event, "priority") == 0 ? H2SESSION_ABORT : 0;
}

static int reset_on_update(struct fixture *f, const char *event, uint32_t stream_id)
{
    if (strcmp(event, "priority") == 0) {
        assert_int_equal(h2session_submit_reset(f->s, stream_id, H2FRAME_CODE_CANCEL), 0);
    }
    return 0;
}

static void event_may_end_stream_or_session(void **state)
{
    (void)state;
    const char *const priorities[] = {"u=3"};
    struct order s;
    order_requests(&s, priorities, 1, 50000);
    s.f.hook = reset_on_update;
    peer_priority_update(&s.f, 1, "u=1");
    assert_int_equal(fixture_turn(&s.f), 0);
    assert_true(fixture_has(&s.f, "closed 1 CANCEL APPLICATION"));
    s.f.hook = abort_on_update;
    peer_priority_update(&s.f, 3, "u=1");
    assert_int_equal(fixture_turn(&s.f), H2SESSION_ERR_CALLBACK);
    order_end(&s);
}

/* A response's field changes what it names (RFC 9218 8). */
static void parsing_keeps_what_is_not_given(void **state)
{
    (void)state;
    uint32_t urgency = 5;
    uint32_t incremental = 1;
    const uint8_t *value = (const uint8_t *)"u=1,i=?0";
    assert_int_equal(h2session_parse_priority(value, 3, &urgency, &incremental), 0);
    assert_int_equal(urgency * 10 + incremental, 11);
    assert_int_equal(h2session_parse_priority(value, 8, &urgency, &incremental), 0);
    assert_int_equal(urgency * 10 + incremental, 10);
    urgency = 6;
    assert_int_equal(h2session_parse_priority(value, 4, &urgency, &incremental),
                     H2SESSION_ERR_USAGE);
    assert_int_equal(urgency, 6);
    assert_int_equal(h2session_parse_priority(NULL, 0, &urgency, &incremental), 0);
    assert_int_equal(urgency, 6);
    assert_int_equal(h2session_parse_priority(NULL, 1, &urgency, &incremental),
                     H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_parse_priority(value, 3, NULL, &incremental), H2SESSION_ERR_USAGE);
}

/* ---- Client ------------------------------------------------------------------------------- */

static int update(struct order *s, uint32_t id, const char *value)
{
    return h2session_submit_priority_update(s->f.s, id, (const uint8_t *)value, strlen(value));
}

/* rfc: 9218#7.1, 9218#2.1.1 */
static void client_sends_updates(void **state)
{
    (void)state;
    struct order s;
    order_begin(&s, H2SESSION_CLIENT);
    assert_int_equal(app_request(&s.f, GET_FIELDS, NULL, NULL), 0);
    fixture_drain(&s.f);
    fixture_clear(&s.f);
    /* The server's SETTINGS did not say that it looks at them. */
    assert_int_equal(update(&s, 1, "u=1"), H2SESSION_ERR_PRIORITY_SCHEME);
    fixture_end(&s.f);

    memset(&s, 0, sizeof s);
    fixture_init(&s.f, H2SESSION_CLIENT, NULL);
    assert_int_equal(fixture_start(&s.f), 0);
    peer_settings(&s.f, H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 1);
    peer_settings(&s.f, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS, 3);
    assert_int_equal(fixture_turn(&s.f), 0);
    assert_int_equal(app_request(&s.f, GET_FIELDS, NULL, NULL), 0);
    fixture_drain(&s.f);
    fixture_clear(&s.f);
    assert_int_equal(update(&s, 1, "u=1, i"), 0);
    assert_int_equal(update(&s, 5, ""), 0);
    assert_int_equal(update(&s, 3, "u=6"), 0);
    assert_int_equal(update(&s, 3, "u=7"), 0);
    assert_int_equal(update(&s, 7, "u=1"), H2SESSION_ERR_STREAM_LIMIT);
    fixture_drain(&s.f);
    fixture_expect(&s.f, "> PRIORITY_UPDATE 0 1 u=1, i\n> PRIORITY_UPDATE 0 5 \n"
                         "> PRIORITY_UPDATE 0 3 u=6\n> PRIORITY_UPDATE 0 3 u=7\n");
    order_expect_priority(&s, 1, 1, 1);
    assert_int_equal(app_request(&s.f, GET_FIELDS, NULL, NULL), 0);
    order_expect_priority(&s, 3, 7, 0);
    assert_int_equal(update(&s, 2, "u=1"), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(update(&s, 0, "u=1"), H2SESSION_ERR_USAGE);
    assert_int_equal(update(&s, 0x80000001, "u=1"), H2SESSION_ERR_USAGE);
    assert_int_equal(update(&s, 1, "u=1,"), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_priority_update(s.f.s, 1, NULL, 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_priority_update(NULL, 1, NULL, 0), H2SESSION_ERR_USAGE);
    peer_headers(&s.f, 1, ":status 200", END);
    assert_int_equal(fixture_turn(&s.f), 0);
    assert_int_equal(update(&s, 1, "u=1"), H2SESSION_ERR_STREAM_UNKNOWN);
    order_end(&s);
}

/* Before the server's SETTINGS nobody knows: both kinds of signals may be sent. */
static void client_may_send_updates_before_settings(void **state)
{
    (void)state;
    struct order s;
    memset(&s, 0, sizeof s);
    fixture_init(&s.f, H2SESSION_CLIENT, NULL);
    assert_int_equal(fixture_start(&s.f), 0);
    fixture_drain(&s.f);
    fixture_clear(&s.f);
    assert_int_equal(update(&s, 1, "u=1"), 0);
    fixture_drain(&s.f);
    fixture_expect(&s.f, "> PRIORITY_UPDATE 0 1 u=1\n");
    assert_int_equal(h2session_terminate(s.f.s, H2FRAME_CODE_NO_ERROR), 0);
    assert_int_equal(update(&s, 1, "u=1"), H2SESSION_ERR_CLOSED);
    order_end(&s);

    order_begin(&s, H2SESSION_SERVER);
    assert_int_equal(update(&s, 1, "u=1"), H2SESSION_ERR_USAGE);
    order_end(&s);
}

/* RFC 9218 9 */
static void client_orders_its_own_bodies(void **state)
{
    (void)state;
    const char *const fields[] = {POST_FIELDS "|priority u=4", POST_FIELDS, POST_FIELDS,
                                  POST_FIELDS "|priority u=1"};
    struct order s;
    order_begin(&s, H2SESSION_CLIENT);
    for (uint32_t i = 0; i < 4; i++) {
        s.bodies[i] = (struct body){.length = 40000};
        assert_int_equal(app_request(&s.f, fields[i], &s.bodies[i], NULL), 0);
    }
    assert_string_equal(order_all(&s).turns, "7 3 5 3 5 3 5 1 ");
    order_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urgency_is_strict),
        cmocka_unit_test(serial_streams_come_in_the_order_of_ids),
        cmocka_unit_test(incremental_streams_share_by_octets),
        cmocka_unit_test(both_kinds_get_half),
        cmocka_unit_test(streams_without_signals_share),
        cmocka_unit_test(upgraded_request_has_its_priority),
        cmocka_unit_test(stalled_streams_hold_nobody_up),
        cmocka_unit_test(several_lines_are_one_value),
        cmocka_unit_test(application_overrides_the_client),
        cmocka_unit_test(event_may_end_stream_or_session),
        cmocka_unit_test(parsing_keeps_what_is_not_given),
        cmocka_unit_test(client_sends_updates),
        cmocka_unit_test(client_may_send_updates_before_settings),
        cmocka_unit_test(client_orders_its_own_bodies),
    };
    return cmocka_run_group_tests_name("session_priorities", tests, NULL, NULL);
}
