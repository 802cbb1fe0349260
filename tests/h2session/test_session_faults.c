/* SPDX-License-Identifier: MIT */
/*
 * What a peer does wrong, one row a rule: scope, code and reason, exactly. After a stream error
 * another stream works; after a connection error one GOAWAY goes out and whatever follows changes
 * nothing and takes no memory. Rows named with a section carry it as rfc: tag beside them.
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

enum {
    END = H2FRAME_FLAG_END_STREAM,
    SERVER = H2SESSION_SERVER,
    CLIENT = H2SESSION_CLIENT,
    AFTER = 101 /* stream that must still work */
};

struct fault_case {
    const char *name;
    void (*input)(struct fixture *f);
    uint32_t role;
    uint32_t raw;      /* not greeted */
    const char *fault; /* "stream 1 PROTOCOL_ERROR PATH" */
};

static void open_post(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS, 0);
}

static void open_get(struct fixture *f)
{
    peer_headers(f, 1, GET_FIELDS, END);
}

/* A request that ended both ways: the fixture answers at once. */
static void closed_stream(struct fixture *f)
{
    f->answer = ":status 200";
    open_get(f);
}

static void client_asks(struct fixture *f)
{
    (void)app_request(f, GET_FIELDS, NULL, NULL);
}

/* rfc: 9113#3.4 */
static void bad_preface(struct fixture *f)
{
    octets_add(&f->in, "GET / HTTP/1.1\r\n\r\n", 18);
}

static void first_is_ping(struct fixture *f)
{
    peer_preface(f);
    peer_ping(f, 0);
}

static void first_is_ack(struct fixture *f)
{
    peer_preface(f);
    peer_ack(f);
}

/* rfc: 9113#4.2 */
static void large_data(struct fixture *f)
{
    open_post(f);
    peer_data(f, 1, 16385, 0);
}

static void large_headers(struct fixture *f)
{
    peer_raw(f, "004001 01 04 00000001");
}

/* rfc: 9113#4.3 */
static void block_interrupted_by_data(struct fixture *f)
{
    peer_raw(f, "000001 01 00 00000001 82");
    peer_data(f, 1, 1, 0);
}

static void block_interrupted_by_unknown(struct fixture *f) /* rfc: 9113#5.5 */
{
    peer_raw(f, "000001 01 00 00000001 82  000000 ee 00 00000000");
}

static void block_continued_elsewhere(struct fixture *f) /* rfc: 9113#6.10 */
{
    peer_raw(f, "000001 01 00 00000001 82  000001 09 04 00000003 84");
}

static void block_interrupted_by_bad_frame(struct fixture *f)
{
    peer_raw(f, "000001 01 00 00000001 82  000004 08 00 00000001 00000000");
}

static void continuation_alone(struct fixture *f)
{
    open_post(f);
    peer_raw(f, "000001 09 04 00000001 84");
}

static void bad_compression(struct fixture *f)
{
    peer_raw(f, "000001 01 05 00000001 80");
}

static void bad_compression_in_refused(struct fixture *f)
{
    open_get(f);
    peer_raw(f, "000001 01 05 00000001 80");
}

/* rfc: 9113#5.1 */
static void data_on_idle(struct fixture *f)
{
    peer_data(f, 1, 1, 0);
}

static void window_on_idle(struct fixture *f)
{
    peer_window(f, 1, 1);
}

static void reset_on_idle(struct fixture *f) /* rfc: 9113#6.4 */
{
    peer_reset(f, 1, 0);
}

static void window_on_own_idle(struct fixture *f)
{
    peer_window(f, 2, 1);
}

static void data_after_end(struct fixture *f)
{
    open_get(f);
    peer_data(f, 1, 1, 0);
}

static void headers_after_end(struct fixture *f)
{
    open_get(f);
    peer_headers(f, 1, "x-a b", END);
}

static void headers_on_closed(struct fixture *f)
{
    closed_stream(f);
    peer_headers(f, 1, GET_FIELDS, END);
}

static void data_on_closed(struct fixture *f)
{
    closed_stream(f);
    peer_data(f, 1, 1, 0);
}

static void data_after_peer_reset(struct fixture *f)
{
    open_post(f);
    peer_reset(f, 1, H2FRAME_CODE_CANCEL);
    peer_data(f, 1, 1, 0);
}

/* rfc: 9113#5.1.1 */
static void even_stream(struct fixture *f)
{
    peer_headers(f, 2, GET_FIELDS, END);
}

static void lower_stream(struct fixture *f)
{
    peer_headers(f, 5, GET_FIELDS, END);
    peer_headers(f, 3, GET_FIELDS, END);
}

static void response_nobody_asked_for(struct fixture *f)
{
    peer_headers(f, 1, ":status 200", END);
}

static void server_opens_stream(struct fixture *f)
{
    client_asks(f);
    peer_headers(f, 2, ":status 200", END);
}

/* rfc: 9113#6.1 */
static void data_on_zero(struct fixture *f)
{
    peer_raw(f, "000001 00 00 00000000 64");
}

static void padding_too_long(struct fixture *f)
{
    open_post(f);
    peer_raw(f, "000002 00 08 00000001 0264");
}

static void headers_on_zero(struct fixture *f) /* rfc: 9113#6.2 */
{
    peer_raw(f, "000001 01 05 00000000 82");
}

static void short_priority(struct fixture *f) /* rfc: 9113#6.3 */
{
    open_post(f);
    peer_raw(f, "000004 02 00 00000001 00000000");
}

static void short_reset(struct fixture *f)
{
    open_post(f);
    peer_raw(f, "000003 03 00 00000001 000000");
}

/* rfc: 9113#6.5 */
static void ack_with_payload(struct fixture *f)
{
    peer_raw(f, "000006 04 01 00000000 000100000000");
}

static void settings_on_stream(struct fixture *f)
{
    peer_raw(f, "000000 04 00 00000001");
}

static void settings_of_five(struct fixture *f)
{
    peer_raw(f, "000005 04 00 00000000 0001000000");
}

static void ack_unexpected(struct fixture *f) /* rfc: 9113#6.5.3 */
{
    peer_ack(f);
}

static void push_two(struct fixture *f) /* rfc: 9113#6.5.2 */
{
    peer_settings(f, H2FRAME_SETTING_ENABLE_PUSH, 2);
}

static void push_from_server(struct fixture *f)
{
    peer_settings(f, H2FRAME_SETTING_ENABLE_PUSH, 1);
}

static void window_setting_too_large(struct fixture *f)
{
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, UINT32_C(0x80000000));
}

static void frame_size_too_small(struct fixture *f)
{
    peer_settings(f, H2FRAME_SETTING_MAX_FRAME_SIZE, 16383);
}

static void connect_withdrawn(struct fixture *f) /* rfc: 8441#3 */
{
    peer_settings(f, H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL, 1);
    peer_settings(f, H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL, 0);
}

static void priorities_changed(struct fixture *f) /* rfc: 9218#2.1 */
{
    peer_settings(f, H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 1);
}

/* rfc: 9113#6.6 rfc: 9113#8.4 */
static void push_to_server(struct fixture *f)
{
    open_post(f);
    peer_raw(f, "000005 05 04 00000001 00000002 82");
}

static void push_disabled(struct fixture *f)
{
    client_asks(f);
    peer_raw(f, "000005 05 04 00000001 00000002 82");
}

static void priority_update_to_client(struct fixture *f) /* rfc: 9218#7.1 */
{
    peer_raw(f, "000007 10 00 00000000 00000003 753d31");
}

/* rfc: 9113#6.7 */
static void ping_of_seven(struct fixture *f)
{
    peer_raw(f, "000007 06 00 00000000 00000000000000");
}

static void ping_on_stream(struct fixture *f)
{
    peer_raw(f, "000008 06 00 00000001 0000000000000000");
}

/* rfc: 9113#6.8 */
static void goaway_on_stream(struct fixture *f)
{
    peer_raw(f, "000008 07 00 00000001 0000000000000000");
}

static void goaway_short(struct fixture *f)
{
    peer_raw(f, "000007 07 00 00000000 00000000000000");
}

static void goaway_grows(struct fixture *f)
{
    peer_goaway(f, 1, 0);
    peer_goaway(f, 3, 0);
}

/* rfc: 9113#6.9 */
static void window_update_zero(struct fixture *f)
{
    open_post(f);
    peer_raw(f, "000004 08 00 00000001 00000000");
}

static void window_update_zero_connection(struct fixture *f)
{
    peer_raw(f, "000004 08 00 00000000 80000000");
}

static void window_update_short(struct fixture *f)
{
    peer_raw(f, "000003 08 00 00000000 000001");
}

/* rfc: 9113#6.9.1 */
static void window_overflow_stream(struct fixture *f)
{
    open_post(f);
    peer_window(f, 1, 0x7fffffff);
}

static void window_overflow_connection(struct fixture *f)
{
    peer_window(f, 0, 0x7fffffff);
}

static void window_overflow_settings(struct fixture *f) /* rfc: 9113#6.9.2 */
{
    open_post(f);
    peer_window(f, 1, 100);
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 0x7fffffff);
}

static const struct fault_case FRAME_CASES[] = {
    {"preface", bad_preface, SERVER, 1, "connection 0 PROTOCOL_ERROR PREFACE"},
    {"first frame", first_is_ping, SERVER, 1, "connection 0 PROTOCOL_ERROR FIRST_FRAME"},
    {"first frame is ACK", first_is_ack, SERVER, 1, "connection 0 PROTOCOL_ERROR FIRST_FRAME"},
    {"DATA too large", large_data, SERVER, 0, "stream 1 FRAME_SIZE_ERROR FRAME_TOO_LARGE"},
    {"HEADERS too large", large_headers, SERVER, 0,
     "connection 0 FRAME_SIZE_ERROR FRAME_TOO_LARGE"},
    {"block interrupted", block_interrupted_by_data, SERVER, 0,
     "connection 0 PROTOCOL_ERROR BLOCK_INTERRUPTED"},
    {"block and extension", block_interrupted_by_unknown, SERVER, 0,
     "connection 0 PROTOCOL_ERROR BLOCK_INTERRUPTED"},
    {"block on two streams", block_continued_elsewhere, SERVER, 0,
     "connection 0 PROTOCOL_ERROR BLOCK_INTERRUPTED"},
    {"block and bad frame", block_interrupted_by_bad_frame, SERVER, 0,
     "connection 0 PROTOCOL_ERROR BLOCK_INTERRUPTED"},
    {"CONTINUATION alone", continuation_alone, SERVER, 0,
     "connection 0 PROTOCOL_ERROR CONTINUATION_UNEXPECTED"},
    {"compression", bad_compression, SERVER, 0, "connection 0 COMPRESSION_ERROR COMPRESSION"},
    {"compression, unwanted block", bad_compression_in_refused, SERVER, 0,
     "connection 0 COMPRESSION_ERROR COMPRESSION"},
    {"DATA on idle", data_on_idle, SERVER, 0, "connection 0 PROTOCOL_ERROR STREAM_IDLE"},
    {"WINDOW_UPDATE on idle", window_on_idle, SERVER, 0, "connection 0 PROTOCOL_ERROR STREAM_IDLE"},
    {"RST_STREAM on idle", reset_on_idle, SERVER, 0, "connection 0 PROTOCOL_ERROR STREAM_IDLE"},
    {"WINDOW_UPDATE on own idle", window_on_own_idle, SERVER, 0,
     "connection 0 PROTOCOL_ERROR STREAM_IDLE"},
    {"DATA after END_STREAM", data_after_end, SERVER, 0,
     "stream 1 STREAM_CLOSED STREAM_HALF_CLOSED"},
    {"HEADERS after END_STREAM", headers_after_end, SERVER, 0,
     "stream 1 STREAM_CLOSED STREAM_HALF_CLOSED"},
    {"HEADERS on closed", headers_on_closed, SERVER, 0, "connection 0 STREAM_CLOSED STREAM_CLOSED"},
    {"DATA on closed", data_on_closed, SERVER, 0, "stream 1 STREAM_CLOSED STREAM_CLOSED"},
    {"DATA after RST_STREAM", data_after_peer_reset, SERVER, 0,
     "stream 1 STREAM_CLOSED STREAM_CLOSED"},
    {"even stream", even_stream, SERVER, 0, "connection 0 PROTOCOL_ERROR STREAM_ID_PARITY"},
    {"lower stream", lower_stream, SERVER, 0, "connection 0 PROTOCOL_ERROR STREAM_ID_ORDER"},
    {"response without request", response_nobody_asked_for, CLIENT, 0,
     "connection 0 PROTOCOL_ERROR STREAM_IDLE"},
    {"stream of a server", server_opens_stream, CLIENT, 0,
     "connection 0 PROTOCOL_ERROR STREAM_ID_PARITY"},
    {"DATA on 0", data_on_zero, SERVER, 0, "connection 0 PROTOCOL_ERROR STREAM_ID_ZERO"},
    {"padding", padding_too_long, SERVER, 0, "connection 0 PROTOCOL_ERROR PADDING"},
    {"HEADERS on 0", headers_on_zero, SERVER, 0, "connection 0 PROTOCOL_ERROR STREAM_ID_ZERO"},
    {"PRIORITY of 4", short_priority, SERVER, 0, "stream 1 FRAME_SIZE_ERROR PRIORITY_LENGTH"},
    {"RST_STREAM of 3", short_reset, SERVER, 0, "connection 0 FRAME_SIZE_ERROR RST_STREAM_LENGTH"},
    {"ACK with payload", ack_with_payload, SERVER, 0,
     "connection 0 FRAME_SIZE_ERROR SETTINGS_ACK_LENGTH"},
    {"SETTINGS on stream", settings_on_stream, SERVER, 0,
     "connection 0 PROTOCOL_ERROR STREAM_ID_NOT_ZERO"},
    {"SETTINGS of 5", settings_of_five, SERVER, 0, "connection 0 FRAME_SIZE_ERROR SETTINGS_LENGTH"},
    {"ACK of nothing", ack_unexpected, SERVER, 0,
     "connection 0 PROTOCOL_ERROR SETTINGS_ACK_UNEXPECTED"},
    {"ENABLE_PUSH 2", push_two, SERVER, 0, "connection 0 PROTOCOL_ERROR SETTING_ENABLE_PUSH"},
    {"ENABLE_PUSH of a server", push_from_server, CLIENT, 0,
     "connection 0 PROTOCOL_ERROR SETTING_PUSH_FROM_SERVER"},
    {"INITIAL_WINDOW_SIZE", window_setting_too_large, SERVER, 0,
     "connection 0 FLOW_CONTROL_ERROR SETTING_WINDOW"},
    {"MAX_FRAME_SIZE", frame_size_too_small, SERVER, 0,
     "connection 0 PROTOCOL_ERROR SETTING_FRAME_SIZE"},
    {"ENABLE_CONNECT_PROTOCOL withdrawn", connect_withdrawn, CLIENT, 0,
     "connection 0 PROTOCOL_ERROR SETTING_CONNECT_WITHDRAWN"},
    {"NO_RFC7540_PRIORITIES later", priorities_changed, SERVER, 0,
     "connection 0 PROTOCOL_ERROR SETTING_PRIORITIES_CHANGED"},
    {"push to a server", push_to_server, SERVER, 0, "connection 0 PROTOCOL_ERROR PUSH_TO_SERVER"},
    {"push that is disabled", push_disabled, CLIENT, 0,
     "connection 0 PROTOCOL_ERROR PUSH_DISABLED"},
    {"PRIORITY_UPDATE of a server", priority_update_to_client, CLIENT, 0,
     "connection 0 PROTOCOL_ERROR PRIORITY_UPDATE_FROM_SERVER"},
    {"PING of 7", ping_of_seven, SERVER, 0, "connection 0 FRAME_SIZE_ERROR PING_LENGTH"},
    {"PING on stream", ping_on_stream, SERVER, 0, "connection 0 PROTOCOL_ERROR STREAM_ID_NOT_ZERO"},
    {"GOAWAY on stream", goaway_on_stream, SERVER, 0,
     "connection 0 PROTOCOL_ERROR STREAM_ID_NOT_ZERO"},
    {"GOAWAY of 7", goaway_short, SERVER, 0, "connection 0 FRAME_SIZE_ERROR GOAWAY_LENGTH"},
    {"GOAWAY grows", goaway_grows, CLIENT, 0, "connection 0 PROTOCOL_ERROR GOAWAY_LAST_ID_GREW"},
    {"WINDOW_UPDATE 0", window_update_zero, SERVER, 0,
     "stream 1 PROTOCOL_ERROR WINDOW_UPDATE_ZERO"},
    {"WINDOW_UPDATE 0 on connection", window_update_zero_connection, SERVER, 0,
     "connection 0 PROTOCOL_ERROR WINDOW_UPDATE_ZERO"},
    {"WINDOW_UPDATE of 3", window_update_short, SERVER, 0,
     "connection 0 FRAME_SIZE_ERROR WINDOW_UPDATE_LENGTH"},
    {"stream window", window_overflow_stream, SERVER, 0,
     "stream 1 FLOW_CONTROL_ERROR WINDOW_OVERFLOW"},
    {"connection window", window_overflow_connection, SERVER, 0,
     "connection 0 FLOW_CONTROL_ERROR WINDOW_OVERFLOW"},
    {"windows by SETTINGS", window_overflow_settings, SERVER, 0,
     "connection 0 FLOW_CONTROL_ERROR WINDOW_OVERFLOW"},
};

/* ---- One row ---- */

static void check_dead(struct fixture *f)
{
    size_t calls = f->alloc->calls;
    int failed = H2SESSION_ERR_PEER;
    fixture_clear(f);
    for (int i = 0; i < 100; i++) {
        peer_ping(f, 0);
        peer_raw(f, "000004 08 00 00000000 00000001");
        peer_headers(f, 201 + 2 * (uint32_t)i, GET_FIELDS, END);
    }
    assert_int_equal(fixture_feed(f), failed);
    fixture_drain(f);
    fixture_expect(f, "recv H2SESSION_ERR_PEER\n");
    assert_int_equal(f->alloc->calls, calls);
    assert_int_equal(h2session_submit_ping(f->s, (const uint8_t *)"12345678"), failed);
    assert_int_equal(h2session_tick(f->s, f->now_ns), failed);
    assert_int_equal(h2session_wants(f->s), H2SESSION_WANT_CLOSE);
}

static void check_alive(struct fixture *f)
{
    fixture_clear(f);
    f->answer = ":status 200";
    if (f->role == SERVER) {
        peer_headers(f, AFTER, GET_FIELDS, END);
    } else {
        uint32_t id = 0;
        assert_int_equal(app_request(f, GET_FIELDS, NULL, &id), 0);
        peer_headers(f, id, ":status 200", END);
    }
    assert_int_equal(fixture_turn(f), 0);
    assert_non_null(strstr(fixture_text(f), " NO_ERROR NONE"));
    assert_true((h2session_wants(f->s) & H2SESSION_WANT_READ) != 0);
}

static int count_lines(const char *text, const char *start)
{
    int count = 0;
    for (const char *at = strstr(text, start); at != NULL; at = strstr(at + 1, start)) {
        count++;
    }
    return count;
}

static void check_case(const struct fault_case *c)
{
    struct fixture f;
    char line[160];
    fixture_init(&f, c->role, NULL);
    assert_int_equal(fixture_start(&f), 0);
    if (!c->raw) {
        fixture_greet(&f);
    }
    c->input(&f);
    int connection = strncmp(c->fault, "connection", 10) == 0;
    int result = fixture_turn(&f);
    (void)snprintf(line, sizeof line, "fault %s", c->fault);
    if (!fixture_has(&f, line) || result != (connection ? H2SESSION_ERR_PEER : 0)) {
        print_error("%s, expected: %s\ngot:\n%s", c->name, line, fixture_text(&f));
        fail();
    }
    assert_int_equal(count_lines(fixture_text(&f), "> GOAWAY"), connection);
    assert_int_equal(count_lines(fixture_text(&f), "> RST_STREAM"), !connection);
    if (connection) {
        check_dead(&f);
    } else {
        check_alive(&f);
    }
    fixture_end(&f);
}

static void frames_against_the_rules_are_told_exactly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FRAME_CASES / sizeof FRAME_CASES[0]; i++) {
        check_case(&FRAME_CASES[i]);
        const struct scenario sc = {.name = FRAME_CASES[i].name,
                                    .role = FRAME_CASES[i].role,
                                    .input = FRAME_CASES[i].input,
                                    .raw = FRAME_CASES[i].raw};
        scenario_run(&sc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_against_the_rules_are_told_exactly),
    };
    return cmocka_run_group_tests_name("session_faults", tests, NULL, NULL);
}
