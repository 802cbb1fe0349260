/* SPDX-License-Identifier: MIT */
/*
 * What is let in: new streams, the work on them, and the frames that answer. rfc: 9113#5.1.2
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

static void begin(struct fixture *f)
{
    fixture_init(f, H2SESSION_SERVER, NULL);
    f->config.max_concurrent_streams = 10;
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
}

static void assert_fault(const struct fixture *f, uint32_t reason, uint64_t value, uint64_t limit)
{
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(f->s, &fault), 0);
    assert_string_equal(h2session_reason_name(fault.reason), h2session_reason_name(reason));
    assert_int_equal(fault.value, value);
    assert_int_equal(fault.limit, limit);
}

/* Pairs of HEADERS and RST_STREAM stay below the limit on open streams, so what is opened at once
 * has a limit of its own: twice as many. The rest of the burst is refused. */
static void burst_of_streams_is_refused_beyond_the_double(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    for (uint32_t id = 1; id < 100; id += 2) {
        peer_headers(&f, id, GET_FIELDS, END);
        peer_reset(&f, id, H2FRAME_CODE_CANCEL);
    }
    const size_t cuts[] = {f.in.length / 2, f.in.length / 2 + 5, f.in.length};
    assert_int_equal(fixture_feed_cut(&f, cuts, 3), 0);
    assert_int_equal(f.opened, 20);
    assert_int_equal(h2session_rule_count(f.s, H2SESSION_REASON_LIMIT_NEW_STREAMS), 30);
    assert_fault(&f, H2SESSION_REASON_LIMIT_NEW_STREAMS, 21, 20);
    fixture_drain(&f);
    assert_true(fixture_has(&f, "> RST_STREAM 41 REFUSED_STREAM"));
    peer_headers(&f, 101, GET_FIELDS, END); /* the next turn */
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(f.opened, 21);
    fixture_end(&f);
}

static void turn_of_later_time_is_another(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    for (uint32_t id = 1; id < 100; id += 2) {
        peer_headers(&f, id, GET_FIELDS, END);
        peer_reset(&f, id, H2FRAME_CODE_CANCEL);
        assert_int_equal(fixture_feed(&f), 0);
        f.now_ns++;
    }
    assert_int_equal(f.opened, 50);
    fixture_end(&f);
}

static int closed_but_running(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)f;
    (void)stream_id;
    return strcmp(event, "closed") == 0 ? H2SESSION_STILL_RUNNING : 0;
}

/* A server whose work on a request cannot be stopped is asked for no more than
 * max_concurrent_streams at a time, however many streams come and go. */
static void handlers_that_still_run_count_as_streams(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    f.hook = closed_but_running;
    uint32_t id = 1;
    for (int i = 0; i < 7; i++, id += 2) {
        peer_headers(&f, id, GET_FIELDS, END);
        peer_reset(&f, id, H2FRAME_CODE_CANCEL);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_stream_count(f.s), 0);
    for (int i = 0; i < 3; i++, id += 2) {
        peer_headers(&f, id, POST_FIELDS, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_stream_count(f.s), 3);
    peer_headers(&f, id, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(f.opened, 10);
    assert_fault(&f, H2SESSION_REASON_LIMIT_HANDLERS, 11, 10);
    assert_true(fixture_has(&f, "> RST_STREAM 21 REFUSED_STREAM"));
    assert_int_equal(h2session_handler_done(f.s), 0);
    peer_headers(&f, id + 2, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(f.opened, 11);
    f.hook = NULL;
    fixture_end(&f);
}

static void handlers_are_counted_down_to_zero_only(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    assert_int_equal(h2session_handler_done(f.s), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_handler_done(NULL), H2SESSION_ERR_USAGE);
    f.hook = closed_but_running;
    peer_headers(&f, 1, GET_FIELDS, END);
    peer_reset(&f, 1, H2FRAME_CODE_CANCEL);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_handler_done(f.s), 0);
    assert_int_equal(h2session_handler_done(f.s), H2SESSION_ERR_USAGE);
    fixture_end(&f);
}

/* What keeps on refusing ends: the peer knows the limit. */
static void refused_for_handlers_ends_the_connection(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    f.config.max_concurrent_streams = 10;
    f.hook = closed_but_running;
    int result = 0;
    uint32_t i = 0;
    for (; result == 0 && i < 1000; i++) {
        peer_headers(&f, 1 + 2 * i, GET_FIELDS, END);
        peer_reset(&f, 1 + 2 * i, H2FRAME_CODE_CANCEL);
        result = fixture_turn(&f);
        f.now_ns += UINT64_C(1000000000);
    }
    assert_int_equal(result, H2SESSION_ERR_LIMIT);
    assert_int_equal(f.opened, 10);
    assert_int_equal(i, 10 + 101);
    assert_fault(&f, H2SESSION_REASON_LIMIT_REFUSED, 101, 100);
    fixture_end(&f);
}

static uint32_t pings_until_refused(struct fixture *f)
{
    uint32_t n = 0;
    while (n < 5000 && h2session_submit_ping(f->s, (const uint8_t *)"12345678") == 0) {
        n++;
    }
    return n;
}

/* Small frames that wait have a limit in number, as all have in octets. */
static void unsent_frames_stop_input_and_submits(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    assert_int_equal(pings_until_refused(&f), 1000);
    assert_int_equal(h2session_submit_ping(f.s, (const uint8_t *)"12345678"),
                     H2SESSION_ERR_OUTPUT_LIMIT);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_WRITE);
    fixture_drain(&f);
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_READ);
    assert_int_equal(pings_until_refused(&f), 1000);
    fixture_end(&f);
}

/* A peer that is read from all the same may cause as many again, then the connection ends. */
static void unsent_frames_of_the_peer_end_the_connection(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.output_frame_limit = 50;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    assert_int_equal(pings_until_refused(&f), 50);
    int result = 0;
    int pings = 0;
    for (; result == 0 && pings < 200; pings++) {
        peer_ping(&f, 0);
        result = fixture_feed(&f);
    }
    assert_int_equal(result, H2SESSION_ERR_LIMIT);
    assert_int_equal(pings, 51);
    assert_fault(&f, H2SESSION_REASON_LIMIT_OUTPUT_FRAMES, 101, 100);
    fixture_end(&f);
}

/* Frames count as unsent until the places in the output where they end have been passed. */
static void frames_that_were_sent_are_not_counted(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.output_frame_limit = 100;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    for (int i = 0; i < 10000; i++) {
        h2frame_bytes piece;
        size_t count = 0;
        assert_int_equal(h2session_submit_ping(f.s, (const uint8_t *)"12345678"), 0);
        if (i > 40) { /* one behind the other, and always a few of them unsent */
            assert_int_equal(h2session_peek(f.s, &piece, 1, &count), 0);
            assert_int_equal(h2session_sent(f.s, 17, 1), 0);
        }
    }
    assert_true(h2session_wants(f.s) & H2SESSION_WANT_READ);
    fixture_end(&f);
}

static size_t peek_all(struct fixture *f)
{
    h2frame_bytes pieces[64];
    size_t count = 0;
    size_t total = 0;
    assert_int_equal(h2session_peek(f->s, pieces, 64, &count), 0);
    for (size_t k = 0; k < count; k++) {
        total += pieces[k].length;
    }
    return total;
}

/* DATA of many small bodies waits for its turn as well. */
static void data_frames_keep_to_the_limit(void **state)
{
    (void)state;
    struct fixture f;
    enum { STREAMS = 300, FRAME = H2FRAME_HEAD_LENGTH + 1 };
    static struct body bodies[STREAMS];
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.output_frame_limit = 100;
    f.config.max_concurrent_streams = STREAMS;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    for (uint32_t i = 0; i < STREAMS; i++) {
        bodies[i] = (struct body){.length = 2, .chunk = 1, .defer = 1};
        peer_headers(&f, 1 + 2 * i, GET_FIELDS, END);
        assert_int_equal(fixture_feed(&f), 0);
        assert_int_equal(app_respond(&f, 1 + 2 * i, ":status 200", &bodies[i]), 0);
        fixture_drain(&f); /* the head */
    }
    for (uint32_t i = 0; i < STREAMS; i++) {
        assert_int_equal(h2session_resume(f.s, 1 + 2 * i), 0);
    }
    assert_int_equal(peek_all(&f), 100 * FRAME);
    assert_int_equal(peek_all(&f), 100 * FRAME);
    assert_int_equal(h2session_sent(f.s, 100 * FRAME, 1), 0);
    assert_int_equal(peek_all(&f), 100 * FRAME);
    fixture_drain(&f);
    assert_int_equal(f.closed, STREAMS);
    fixture_end(&f);
}

static void many_cookies(char *to, size_t capacity, int count)
{
    int length = snprintf(to, capacity, "%s", GET_FIELDS);
    for (int i = 0; i < count; i++) {
        length += snprintf(to + length, capacity - (size_t)length, "|cookie a=%d", i % 3);
    }
    assert_true((size_t)length < capacity);
}

/* Cookies come in crumbs, one field line each; they count like others, however small. */
static void cookie_crumbs_count_as_fields(void **state)
{
    (void)state;
    struct fixture f;
    static char fields[8192];
    begin(&f);
    many_cookies(fields, sizeof fields, 128 - 4);
    peer_headers(&f, 1, fields, END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(f.opened, 1);
    many_cookies(fields, sizeof fields, 128 - 3);
    peer_headers(&f, 3, fields, END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(f.opened, 1);
    assert_fault(&f, H2SESSION_REASON_LIMIT_FIELD_COUNT, 129, 128);
    assert_true(fixture_has(&f, "> RST_STREAM 3 ENHANCE_YOUR_CALM"));
    fixture_end(&f);
}

/* The budgets go on after the end was announced, by either side. */
static void resets_are_charged_after_goaway(void **state)
{
    (void)state;
    for (int by_peer = 0; by_peer < 2; by_peer++) {
        struct fixture f;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        assert_int_equal(fixture_start(&f), 0);
        fixture_greet(&f);
        if (by_peer) {
            peer_goaway(&f, 0, 0);
        } else {
            assert_int_equal(h2session_shutdown(f.s), 0);
        }
        assert_int_equal(fixture_turn(&f), 0);
        int result = 0;
        uint32_t i = 0;
        for (; result == 0 && i < 1000; i++) {
            peer_headers(&f, 1 + 2 * i, POST_FIELDS, 0);
            peer_window(&f, 1 + 2 * i, 0x7fffffff);
            result = fixture_turn(&f);
        }
        assert_int_equal(result, H2SESSION_ERR_LIMIT);
        assert_int_equal(i, 201);
        assert_fault(&f, H2SESSION_REASON_LIMIT_RESETS, 201, 200);
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(burst_of_streams_is_refused_beyond_the_double),
        cmocka_unit_test(turn_of_later_time_is_another),
        cmocka_unit_test(handlers_that_still_run_count_as_streams),
        cmocka_unit_test(handlers_are_counted_down_to_zero_only),
        cmocka_unit_test(refused_for_handlers_ends_the_connection),
        cmocka_unit_test(unsent_frames_stop_input_and_submits),
        cmocka_unit_test(unsent_frames_of_the_peer_end_the_connection),
        cmocka_unit_test(frames_that_were_sent_are_not_counted),
        cmocka_unit_test(data_frames_keep_to_the_limit),
        cmocka_unit_test(cookie_crumbs_count_as_fields),
        cmocka_unit_test(resets_are_charged_after_goaway),
    };
    return cmocka_run_group_tests_name("session_admission", tests, NULL, NULL);
}
