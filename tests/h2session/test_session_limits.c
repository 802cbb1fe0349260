/* SPDX-License-Identifier: MIT */
/*
 * What a peer may cause is bounded: floods end the connection with ENHANCE_YOUR_CALM and the name
 * of the limit, and memory stays small however long they last. rfc: 9113#10.5
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, MEMORY_BOUND = 512 * 1024, ENDLESS = 20000 };

struct flood {
    const char *name;
    void (*send)(struct fixture *f, uint32_t i);
    uint32_t role;
    uint32_t reads;  /* the peer reads what we send */
    uint32_t atmost; /* rounds until the end */
    const char *reason;
    uint32_t counted; /* what is counted each round, 0: nothing beside the reason */
    uint32_t count;
};

static void rapid_reset(struct fixture *f, uint32_t i)
{
    peer_headers(f, 1 + 2 * i, GET_FIELDS, END);
    peer_reset(f, 1 + 2 * i, H2FRAME_CODE_CANCEL);
}

static void made_you_reset_window(struct fixture *f, uint32_t i)
{
    peer_headers(f, 1 + 2 * i, POST_FIELDS, 0);
    peer_window(f, 1 + 2 * i, 0x7fffffff);
}

static void made_you_reset_zero(struct fixture *f, uint32_t i)
{
    peer_headers(f, 1 + 2 * i, POST_FIELDS, 0);
    octets_add(&f->in, "\0\0\4\x8\0\0\0", 7);
    const uint8_t rest[6] = {(uint8_t)((1 + 2 * i) >> 8), (uint8_t)(1 + 2 * i)};
    octets_add(&f->in, rest, sizeof rest);
}

static void malformed_requests(struct fixture *f, uint32_t i)
{
    peer_headers(f, 1 + 2 * i, GET_FIELDS "|X-Upper a", END);
}

static void data_after_end(struct fixture *f, uint32_t i)
{
    peer_headers(f, 1 + 2 * i, GET_FIELDS, END);
    peer_data(f, 1 + 2 * i, 1, 0);
}

static void pings(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_ping(f, 0);
}

static void ping_answers(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_ping(f, H2FRAME_FLAG_ACK);
}

static void settings(struct fixture *f, uint32_t i)
{
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, i % 2 ? 0 : 65535);
}

static void empty_data(struct fixture *f, uint32_t i)
{
    if (i == 0) {
        peer_headers(f, 1, POST_FIELDS, 0);
    }
    peer_data(f, 1, 0, 0);
}

static void empty_data_on_reset(struct fixture *f, uint32_t i)
{
    if (i == 0) {
        peer_headers(f, 1, POST_FIELDS "|X-Upper a", 0);
    }
    peer_data(f, 1, 0, 0);
}

static void empty_data_between(struct fixture *f, uint32_t i)
{
    empty_data(f, i);
    peer_data(f, 1, 1, 0);
}

/* An END_STREAM on a stream that is gone is drained, as often as it comes. */
static void end_on_reset(struct fixture *f, uint32_t i)
{
    if (i == 0) {
        peer_headers(f, 1, POST_FIELDS "|X-Upper a", 0);
    }
    peer_data(f, 1, 0, END);
}

static void continuations(struct fixture *f, uint32_t i)
{
    peer_raw(f, i == 0 ? "000001 01 01 00000001 82" : "000001 09 00 00000001 84");
}

static void empty_continuations(struct fixture *f, uint32_t i)
{
    peer_raw(f, i == 0 ? "000000 01 01 00000001" : "000000 09 00 00000001");
}

/* A block of 65536 octets is let through, one more is not; whatever is in it. */
static void long_continuations(struct fixture *f, uint32_t i)
{
    static const uint8_t fields[16384];
    uint8_t head[H2FRAME_HEAD_LENGTH];
    uint32_t length = i < 4 ? sizeof fields : 1;
    uint32_t type = i == 0 ? H2FRAME_TYPE_HEADERS : H2FRAME_TYPE_CONTINUATION;
    h2frame_write_head(head, length, type, 0, 1);
    octets_add(&f->in, head, sizeof head);
    for (uint32_t at = 0; at + 4 <= length; at += 4) {
        octets_add(&f->in,
                   "\x00\x01"
                   "a",
                   3); /* a field "a" without a value */
        octets_add(&f->in, "", 1);
    }
    octets_add(&f->in, fields, length % 4);
}

static void refused_streams(struct fixture *f, uint32_t i)
{
    peer_headers(f, 1 + 2 * i, POST_FIELDS, 0);
}

static void priorities(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_raw(f, "000005 02 00 00000003 0000000110");
}

static void priority_updates(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_raw(f, "000007 10 00 00000000 00000003 753d31");
}

/* rfc: 9113#4.1 */
static void unknown_frames(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_raw(f, "000003 ee 00 00000000 010203");
}

static void window_updates(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_window(f, 0, 1);
}

/* 5, and 2 for each stream. */
static void window_updates_of_streams(struct fixture *f, uint32_t i)
{
    for (uint32_t id = 1; i == 0 && id < 20; id += 2) {
        peer_headers(f, id, POST_FIELDS, 0);
    }
    for (uint32_t k = 0; k < (i == 0 ? 25 : 1); k++) {
        peer_window(f, 1 + 2 * (k % 10), 1);
    }
}

static void goaways(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_goaway(f, 0, 0);
}

static void headers_on_reset(struct fixture *f, uint32_t i)
{
    peer_headers(f, 1, i == 0 ? POST_FIELDS "|X-Upper a" : "x-a b", END);
}

static const struct flood FLOODS[] = {
    {"rapid reset", rapid_reset, H2SESSION_SERVER, 1, 201, "LIMIT_RESETS",
     H2SESSION_REASON_RESET_BY_PEER, 201},
    {"resets by window", made_you_reset_window, H2SESSION_SERVER, 1, 201, "LIMIT_RESETS",
     H2SESSION_REASON_WINDOW_OVERFLOW, 201},
    {"resets by zero", made_you_reset_zero, H2SESSION_SERVER, 1, 201, "LIMIT_RESETS",
     H2SESSION_REASON_NONE, 0},
    {"resets by malformed", malformed_requests, H2SESSION_SERVER, 0, 201, "LIMIT_RESETS",
     H2SESSION_REASON_FIELD_NAME, 201},
    {"resets by late DATA", data_after_end, H2SESSION_SERVER, 1, 201, "LIMIT_RESETS",
     H2SESSION_REASON_STREAM_HALF_CLOSED, 201},
    {"the same, not read", data_after_end, H2SESSION_SERVER, 0, 301, "LIMIT_REFUSED",
     H2SESSION_REASON_LIMIT_NEW_STREAMS, 101},
    {"pings", pings, H2SESSION_SERVER, 0, 101, "LIMIT_ACKS", H2SESSION_REASON_NONE, 0},
    {"pings at a client", pings, H2SESSION_CLIENT, 0, 101, "LIMIT_ACKS", H2SESSION_REASON_NONE, 0},
    {"ping answers", ping_answers, H2SESSION_SERVER, 1, 1001, "LIMIT_GLITCHES",
     H2SESSION_REASON_GLITCH_PING_ACK, 1001},
    {"settings", settings, H2SESSION_SERVER, 0, 101, "LIMIT_ACKS", H2SESSION_REASON_GLITCH_SETTINGS,
     101},
    {"settings that are read", settings, H2SESSION_SERVER, 1, 1001, "LIMIT_GLITCHES",
     H2SESSION_REASON_GLITCH_SETTINGS, 1001},
    {"empty DATA", empty_data, H2SESSION_SERVER, 1, 5, "LIMIT_EMPTY_FRAMES",
     H2SESSION_REASON_GLITCH_EMPTY_FRAME, 4},
    {"empty DATA between other", empty_data_between, H2SESSION_SERVER, 1, 1001, "LIMIT_GLITCHES",
     H2SESSION_REASON_GLITCH_EMPTY_FRAME, 1001},
    {"empty DATA on reset", empty_data_on_reset, H2SESSION_SERVER, 1, 5, "LIMIT_EMPTY_FRAMES",
     H2SESSION_REASON_GLITCH_EMPTY_FRAME, 4},
    {"END_STREAM on reset", end_on_reset, H2SESSION_SERVER, 1, 1001, "LIMIT_GLITCHES",
     H2SESSION_REASON_GLITCH_LATE_FRAME, 1001},
    {"CONTINUATION", continuations, H2SESSION_SERVER, 1, 10, "LIMIT_CONTINUATIONS",
     H2SESSION_REASON_NONE, 0},
    {"empty CONTINUATION", empty_continuations, H2SESSION_SERVER, 1, 5, "LIMIT_EMPTY_FRAMES",
     H2SESSION_REASON_GLITCH_EMPTY_FRAME, 4},
    {"long CONTINUATION", long_continuations, H2SESSION_SERVER, 1, 5, "LIMIT_FIELD_BLOCK",
     H2SESSION_REASON_LIMIT_FIELD_BLOCK, 1},
    {"refused streams", refused_streams, H2SESSION_SERVER, 1, 201, "LIMIT_REFUSED",
     H2SESSION_REASON_CONCURRENT_STREAMS, 101},
    {"PRIORITY", priorities, H2SESSION_SERVER, 1, 1101, "LIMIT_GLITCHES",
     H2SESSION_REASON_GLITCH_PRIORITY, 1001},
    {"PRIORITY_UPDATE", priority_updates, H2SESSION_SERVER, 1, 1101, "LIMIT_GLITCHES",
     H2SESSION_REASON_GLITCH_PRIORITY, 1001},
    {"unknown", unknown_frames, H2SESSION_SERVER, 1, 1101, "LIMIT_GLITCHES",
     H2SESSION_REASON_GLITCH_EXTENSION, 1001},
    {"WINDOW_UPDATE", window_updates, H2SESSION_SERVER, 1, 6, "LIMIT_WINDOW_UPDATES",
     H2SESSION_REASON_LIMIT_WINDOW_UPDATES, 1},
    {"WINDOW_UPDATE of streams", window_updates_of_streams, H2SESSION_SERVER, 1, 2,
     "LIMIT_WINDOW_UPDATES", H2SESSION_REASON_LIMIT_WINDOW_UPDATES, 1},
    {"GOAWAY", goaways, H2SESSION_CLIENT, 1, 1002, "LIMIT_GLITCHES", H2SESSION_REASON_GLITCH_GOAWAY,
     1001},
    {"HEADERS on reset", headers_on_reset, H2SESSION_SERVER, 1, 1002, "LIMIT_GLITCHES",
     H2SESSION_REASON_GLITCH_LATE_FRAME, 1001},
};

static void run_flood(const struct flood *flood)
{
    struct fixture f;
    char line[120];
    fixture_init(&f, flood->role, NULL);
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    uint32_t i = 0;
    int result = 0;
    while (result == 0 && i < ENDLESS) {
        flood->send(&f, i++);
        result = fixture_feed(&f);
        if (flood->reads) {
            fixture_drain(&f);
        }
    }
    (void)snprintf(line, sizeof line, "fault connection 0 ENHANCE_YOUR_CALM %s", flood->reason);
    uint32_t counted = h2session_rule_count(f.s, flood->counted);
    if (result != H2SESSION_ERR_LIMIT || i != flood->atmost || !fixture_has(&f, line) ||
        f.alloc->peak_bytes > MEMORY_BOUND || counted != flood->count) {
        print_error("%s: %d after %u rounds, %zu octets of memory, %u counted, last:\n%s",
                    flood->name, result, i, f.alloc->peak_bytes, counted,
                    fixture_text(&f) + (f.log.length > 300 ? f.log.length - 300 : 0));
        fail();
    }
    fixture_drain(&f);
    assert_non_null(strstr(fixture_text(&f), "> GOAWAY"));
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

static void floods_end_the_connection(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FLOODS / sizeof FLOODS[0]; i++) {
        run_flood(&FLOODS[i]);
    }
}

/* In a second 20 resets are given back. */
static void slow_resets_are_tolerated(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    for (uint32_t i = 0; i < 2000; i++) {
        rapid_reset(&f, i);
        f.now_ns += 50000000;
        assert_int_equal(fixture_turn(&f), 0);
    }
    assert_int_equal(f.closed, 2000);
    assert_true(f.alloc->live_bytes < 32768);
    fixture_end(&f);
}

/* A peer that reads, slowly, is not blamed for answers that wait behind a body. */
static void pings_beside_a_long_body_are_tolerated(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 4000000, .lend = 1};
    fixture_begin(&f, H2SESSION_SERVER);
    peer_settings(&f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 0x7fffffff);
    peer_window(&f, 0, 0x7fff0000 - 65535);
    peer_headers(&f, 1, GET_FIELDS, END);
    assert_int_equal(fixture_feed(&f), 0);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    for (int i = 0; i < 300; i++) {
        h2frame_bytes piece;
        size_t count = 0;
        peer_ping(&f, 0);
        assert_int_equal(fixture_feed(&f), 0);
        assert_int_equal(h2session_peek(f.s, &piece, 1, &count), 0);
        assert_int_equal(h2session_sent(f.s, piece.length < 9000 ? piece.length : 9000, 1), 0);
    }
    fixture_end(&f);
    body_free(&body);
}

/* Small answers that wait to be sent take about what they weigh. */
static void waiting_answers_do_not_pile_up_memory(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 5};
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.output_frame_limit = 0;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    f.answer = ":status 200|x-filler 0123456789012345678901234567890123456789";
    f.body = &body;
    uint32_t id = 1;
    while (h2session_stream_count(f.s) < 100 && (h2session_wants(f.s) & H2SESSION_WANT_READ)) {
        h2frame_bytes piece;
        size_t count = 0;
        body.offset = 0;
        peer_headers(&f, id, GET_FIELDS, END);
        assert_int_equal(fixture_feed(&f), 0);
        assert_int_equal(h2session_peek(f.s, &piece, 1, &count), 0);
        id += 2;
    }
    assert_true(id > 2000);
    assert_true(f.alloc->peak_bytes < 2 * 131072);
    fixture_drain(&f);
    fixture_end(&f);
}

static void output_that_nobody_reads_stops_input(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.output_frame_limit = 0;
    f.config.new_stream_factor = 0;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    f.answer = ":status 200|x-filler 0123456789012345678901234567890123456789";
    for (uint32_t id = 1; h2session_wants(f.s) & H2SESSION_WANT_READ; id += 2) {
        assert_true(id < 200000);
        peer_headers(&f, id, GET_FIELDS, END);
        assert_int_equal(fixture_feed(&f), 0);
    }
    assert_true(f.alloc->peak_bytes < 2 * 262144);
    assert_int_equal(h2session_submit_ping(f.s, (const uint8_t *)"12345678"),
                     H2SESSION_ERR_OUTPUT_LIMIT);
    fixture_end(&f);
}

/* A server ends all its uploads at once while the peer's octets and trailers are on their way: each
 * of them is drained, however many streams there were. rfc: 9113#5.1 */
static void late_frames_of_many_resets_are_drained(void **state)
{
    (void)state;
    struct fixture f;
    enum { STREAMS = 500 };
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.max_concurrent_streams = STREAMS;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    for (uint32_t i = 0; i < STREAMS; i++) {
        peer_headers(&f, 1 + 2 * i, POST_FIELDS, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    for (uint32_t i = 0; i < STREAMS; i++) {
        assert_int_equal(h2session_submit_reset(f.s, 1 + 2 * i, H2FRAME_CODE_CANCEL), 0);
    }
    fixture_drain(&f);
    fixture_clear(&f);
    for (uint32_t i = 0; i < STREAMS; i++) {
        peer_data(&f, 1 + 2 * i, 1000, 0);
        peer_headers(&f, 1 + 2 * i, "x-trailer a", END);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_null(strstr(fixture_text(&f), "fault"));
    assert_null(strstr(fixture_text(&f), "RST_STREAM"));
    assert_true(h2session_recv_window(f.s, 0) >= 1048576 / 2);
    fixture_end(&f);
}

/* rfc: 9113#5.1.2 */
static void more_streams_than_offered_are_refused(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.max_concurrent_streams = 2;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    for (uint32_t id = 1; id <= 5; id += 2) {
        peer_headers(&f, id, POST_FIELDS, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "fault stream 5 REFUSED_STREAM CONCURRENT_STREAMS"));
    assert_true(fixture_has(&f, "> RST_STREAM 5 REFUSED_STREAM"));
    assert_int_equal(h2session_stream_count(f.s), 2);
    peer_data(&f, 5, 10, END); /* drained */
    peer_reset(&f, 1, H2FRAME_CODE_CANCEL);
    peer_headers(&f, 7, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_stream_count(f.s), 2);
    fixture_end(&f);
}

static void interim_responses_have_a_limit(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_CLIENT);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    for (int i = 0; i < 33; i++) {
        peer_headers(&f, 1, ":status 103", 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "fault stream 1 ENHANCE_YOUR_CALM LIMIT_INFORMATIONAL"));
    fixture_end(&f);
}

/* An idle session holds no output memory. */
static void idle_session_is_small(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    size_t before = f.alloc->live_bytes;
    f.answer = ":status 200";
    for (uint32_t id = 1; id < 200; id += 2) {
        peer_headers(&f, id, GET_FIELDS, END);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(before < 8192);
    assert_true(f.alloc->live_bytes < before + 24576); /* tables of HPACK */
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floods_end_the_connection),
        cmocka_unit_test(slow_resets_are_tolerated),
        cmocka_unit_test(pings_beside_a_long_body_are_tolerated),
        cmocka_unit_test(waiting_answers_do_not_pile_up_memory),
        cmocka_unit_test(output_that_nobody_reads_stops_input),
        cmocka_unit_test(late_frames_of_many_resets_are_drained),
        cmocka_unit_test(more_streams_than_offered_are_refused),
        cmocka_unit_test(interim_responses_have_a_limit),
        cmocka_unit_test(idle_session_is_small),
    };
    return cmocka_run_group_tests_name("session_limits", tests, NULL, NULL);
}
