/* SPDX-License-Identifier: MIT */
/* Attacks on the state of a connection: order, cuts, ends and times that nobody expects. */
#include <fixture.h>

#include <stdlib.h>
#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, KIB = 1024 };

/* ---- Streams that are reset at once ---- */

static int answer_later(struct fixture *f, const char *event, uint32_t id)
{
    if (strcmp(event, "closed") == 0) {
        assert_int_equal(app_respond(f, id, ":status 200", NULL), H2SESSION_ERR_STREAM_UNKNOWN);
    }
    return 0;
}

static int reset_at_once(struct fixture *f, const char *event, uint32_t id)
{
    if (strcmp(event, "request") == 0) {
        assert_int_equal(h2session_submit_reset(f->s, id, H2FRAME_CODE_CANCEL), 0);
    }
    return 0;
}

/* Whatever the code, and whoever is first: a stream is closed once, and nothing is left of it. */
static void early_reset_closes_a_stream_once(void **state)
{
    (void)state;
    static const fixture_hook hooks[] = {NULL, answer_later, reset_at_once};
    for (size_t way = 0; way < 4; way++) {
        struct fixture f;
        fixture_begin(&f, H2SESSION_SERVER);
        f.hook = way < 3 ? hooks[way] : NULL;
        f.answer = way == 3 ? ":status 200" : NULL;
        for (uint32_t code = 0; code <= 20; code++) {
            peer_headers(&f, 1 + 2 * code, code % 2 ? GET_FIELDS : POST_FIELDS, code % 2 ? END : 0);
            peer_reset(&f, 1 + 2 * code, code);
        }
        assert_int_equal(fixture_turn(&f), 0);
        assert_int_equal(f.opened, 21);
        assert_int_equal(f.closed, 21);
        assert_int_equal(h2session_stream_count(f.s), 0);
        fixture_end(&f);
    }
}

/* ---- Frames of any size with any flags ---- */

static void feed_alone(uint32_t role, const uint8_t *frame, size_t length)
{
    struct fixture f;
    fixture_begin(&f, role);
    f.quiet = 1;
    if (role == H2SESSION_SERVER) {
        peer_headers(&f, 1, POST_FIELDS, 0);
    } else {
        assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    }
    octets_add(&f.in, frame, length);
    int result = fixture_turn(&f);
    assert_true(result == 0 || result == H2SESSION_ERR_PEER || result == H2SESSION_ERR_LIMIT);
    assert_true(f.alloc->peak_bytes < 64 * KIB);
    fixture_end(&f);
}

/* Padding and priority members that are missing or too long: each type, each mix of flags, payloads
 * of 0 to 12 octets, with small and large pad lengths. The input ends at a guarded page. */
static void short_frames_are_never_read_beyond(void **state)
{
    (void)state;
    static const uint8_t leads[] = {0, 1, 2, 3, 5, 6, 7, 255};
    uint8_t frame[H2FRAME_HEAD_LENGTH + 12];
    for (uint32_t type = 0; type <= H2FRAME_TYPE_PRIORITY_UPDATE; type++) {
        for (uint32_t flags = 0; flags < 64; flags++) {
            for (uint32_t length = 0; length <= 12; length++) {
                uint32_t pick = type * 7 + flags * 3 + length;
                memset(frame, 0, sizeof frame);
                h2frame_write_head(frame, length, type, flags, pick % 3 == 0 ? 0 : 1);
                frame[H2FRAME_HEAD_LENGTH] = leads[pick % sizeof leads];
                feed_alone(pick % 2 ? H2SESSION_SERVER : H2SESSION_CLIENT, frame,
                           H2FRAME_HEAD_LENGTH + length);
            }
        }
    }
}

/* ---- Connections that end anywhere ---- */

static void talk(struct fixture *f)
{
    peer_preface(f);
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 100);
    peer_ack(f);
    peer_headers_cut(f, 1, POST_FIELDS "|content-length 10", 0, 3);
    peer_padded(f, 1, 10, 5);
    peer_headers(f, 1, "x-sum 1", END);
    peer_ping(f, 0);
    peer_window(f, 0, 100);
    peer_raw(f, "000003 ee 00 00000000 010203");
    peer_goaway(f, 0, H2FRAME_CODE_NO_ERROR);
}

static void connection_may_end_after_each_octet(void **state)
{
    (void)state;
    size_t length = 1;
    for (size_t at = 0; at <= length; at++) {
        struct fixture f;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        assert_int_equal(fixture_start(&f), 0);
        f.answer = ":status 200";
        talk(&f);
        length = f.in.length;
        f.in.length = at;
        assert_int_equal(fixture_turn(&f), 0);
        assert_int_equal(h2session_recv_eof(f.s, f.now_ns), 0);
        fixture_drain(&f);
        assert_int_equal(h2session_stream_count(f.s), 0);
        assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
        fixture_end(&f);
    }
}

/* A peer that says nothing, or little, is not waited for without end, and takes little memory. */
static void silent_peers_have_a_deadline(void **state)
{
    (void)state;
    for (size_t octets = 0; octets < H2FRAME_PREFACE_LENGTH; octets++) {
        struct fixture f;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        assert_int_equal(fixture_start(&f), 0);
        fixture_drain(&f);
        octets_add(&f.in, h2frame_preface(), octets);
        assert_int_equal(fixture_turn(&f), 0);
        assert_true(f.alloc->live_bytes < 16 * KIB);
        f.now_ns = h2session_deadline_ns(f.s);
        assert_true(f.now_ns < UINT64_C(61000000000));
        int result = h2session_tick(f.s, f.now_ns);
        assert_true(result == 0 || result == H2SESSION_ERR_TIMEOUT);
        fixture_drain(&f);
        assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
        fixture_end(&f);
    }
}

/* ---- Time ---- */

/* A clock that stands, runs backwards or jumps to its end changes no verdict. */
static void time_may_do_anything(void **state)
{
    (void)state;
    static const uint64_t times[] = {5, 1, 0, UINT64_MAX / 2, 7, UINT64_MAX / 2, 3};
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    f.answer = ":status 200";
    peer_headers(&f, 1, POST_FIELDS, 0); /* open: the connection is not idle */
    assert_int_equal(fixture_turn(&f), 0);
    for (uint32_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        f.now_ns = times[i];
        peer_headers(&f, 3 + 2 * i, GET_FIELDS, END);
        assert_int_equal(fixture_turn(&f), 0);
        assert_true(h2session_deadline_ns(f.s) > 0);
    }
    assert_int_equal(f.closed, sizeof times / sizeof times[0]);
    fixture_end(&f);
}

/* ---- Windows ---- */

/* However often they are moved, the windows are exact in the end. rfc: 9113#6.9.2 */
static void windows_are_exact_after_churn(void **state)
{
    (void)state;
    struct fixture f;
    struct body bodies[20];
    int64_t extra[20] = {0};
    fixture_begin(&f, H2SESSION_SERVER);
    f.quiet = 1;
    for (uint32_t i = 0; i < 20; i++) {
        bodies[i] = (struct body){.length = 5, .defer = UINT32_MAX};
        peer_headers(&f, 1 + 2 * i, GET_FIELDS, END);
        assert_int_equal(fixture_turn(&f), 0);
        assert_int_equal(app_respond(&f, 1 + 2 * i, ":status 200", &bodies[i]), 0);
    }
    for (uint32_t i = 0; i < 300; i++) {
        uint32_t initial = i % 3 == 0 ? 0 : i * 1000;
        peer_settings(&f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, initial);
        if (i % 10 == 0) {
            peer_window(&f, 1 + 2 * (i / 10 % 20), 7);
            extra[i / 10 % 20] += 7;
        }
        size_t cuts[64];
        for (size_t k = 0; k < f.in.length; k++) {
            cuts[k] = k + 1; /* octet by octet */
        }
        assert_int_equal(fixture_feed_cut(&f, cuts, f.in.length), 0);
        fixture_drain(&f);
        for (uint32_t k = 0; k < 20; k++) {
            assert_true(h2session_send_window(f.s, 1 + 2 * k) == initial + extra[k]);
        }
    }
    fixture_end(&f);
}

/* Padding, and DATA of streams that are gone, are given back to the window of the connection. */
static void unwanted_octets_do_not_shrink_the_window(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    f.quiet = 1;
    fixture_upload(&f);
    assert_int_equal(h2session_submit_reset(f.s, 1, H2FRAME_CODE_CANCEL), 0);
    for (int i = 0; i < 20000; i++) {
        peer_padded(&f, 1, 100, 200);
        if (i % 50 == 49) {
            assert_int_equal(fixture_turn(&f), 0);
        }
    }
    /* Less than half may be owed without an update. */
    assert_true(h2session_recv_window(f.s, 0) >= 1048576 / 2);
    fixture_end(&f);
}

/* A stream whose octets nobody takes holds its own window, not that of the others. */
static void one_stalled_stream_does_not_starve_the_others(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.flags = H2SESSION_MANUAL_CONSUME;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    f.quiet = 1;
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_headers(&f, 3, POST_FIELDS, 0);
    for (int i = 0; i < 3; i++) {
        peer_data(&f, 1, 16384, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    for (int i = 0; i < 1000; i++) {
        assert_true(h2session_recv_window(f.s, 3) >= 16384);
        assert_true(h2session_recv_window(f.s, 0) >= 16384);
        peer_data(&f, 3, 16384, 0);
        assert_int_equal(fixture_turn(&f), 0);
        assert_int_equal(h2session_consume(f.s, 3, 16384), 0);
        fixture_drain(&f);
    }
    fixture_end(&f);
}

/* ---- Secrets ---- */

/* Fields that are worth guessing go out as literals that no table remembers. rfc: 7541#7.1.3 */
static void secrets_are_never_indexed(void **state)
{
    (void)state;
    struct fixture f;
    size_t lengths[3];
    fixture_begin(&f, H2SESSION_CLIENT);
    for (int i = 0; i < 3; i++) {
        f.output.length = 0;
        assert_int_equal(
            app_request(&f, GET_FIELDS "|authorization Basic abcdefgh|cookie id=12345", NULL, NULL),
            0);
        fixture_drain(&f);
        lengths[i] = f.output.length;
    }
    assert_true(lengths[0] > lengths[1]); /* the authority went to the table */
    assert_int_equal(lengths[1], lengths[2]);
    assert_true(lengths[1] > H2FRAME_HEAD_LENGTH + 4 + 20);
    size_t count = 0;
    const hpack_field *fields = hpack_decoder_fields(f.out_decoder, &count);
    assert_int_equal(count, 6);
    assert_true(fields[4].flags & HPACK_FIELD_NEVER_INDEXED);
    assert_true(fields[5].flags & HPACK_FIELD_NEVER_INDEXED);
    fixture_end(&f);
}

/* ---- After the end ---- */

static uint32_t random_octets(struct fixture *f, uint32_t seed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t octet = (uint8_t)test_rand(&seed);
        octets_add(&f->in, &octet, 1);
    }
    return seed;
}

/* Each kind of fault, then 64 frames of random type, flags and payload. */
static void nothing_follows_the_end_of_a_connection(void **state)
{
    (void)state;
    static const char *const faults[] = {
        "000000 04 00 00000001",          "000001 00 00 00000000 64",
        "000003 03 00 00000001 000000",   "000001 01 05 00000001 80",
        "000004 08 00 00000000 7fffffff", "000006 04 00 00000000 000480000000",
        "ffffff 04 00 00000000",          "000004 08 00 00000009 00000001",
    };
    uint32_t seed = 4711;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct fixture f;
        fixture_begin(&f, i % 2 ? H2SESSION_CLIENT : H2SESSION_SERVER);
        peer_raw(&f, faults[i]);
        assert_int_equal(fixture_feed(&f), H2SESSION_ERR_PEER);
        size_t calls = f.alloc->calls;
        size_t events = f.events;
        for (int k = 0; k < 64; k++) {
            uint8_t head[H2FRAME_HEAD_LENGTH];
            uint32_t length = test_rand(&seed) % 40;
            h2frame_write_head(head, length, test_rand(&seed) % 20, test_rand(&seed),
                               test_rand(&seed) % 9);
            octets_add(&f.in, head, sizeof head);
            seed = random_octets(&f, seed, length);
        }
        assert_int_equal(fixture_feed(&f), H2SESSION_ERR_PEER);
        assert_int_equal(f.alloc->calls, calls);
        assert_int_equal(f.events, events);
        fixture_drain(&f);
        assert_int_equal(f.sent[H2FRAME_TYPE_GOAWAY], 1);
        assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_reset_closes_a_stream_once),
        cmocka_unit_test(short_frames_are_never_read_beyond),
        cmocka_unit_test(connection_may_end_after_each_octet),
        cmocka_unit_test(silent_peers_have_a_deadline),
        cmocka_unit_test(time_may_do_anything),
        cmocka_unit_test(windows_are_exact_after_churn),
        cmocka_unit_test(unwanted_octets_do_not_shrink_the_window),
        cmocka_unit_test(one_stalled_stream_does_not_starve_the_others),
        cmocka_unit_test(secrets_are_never_indexed),
        cmocka_unit_test(nothing_follows_the_end_of_a_connection),
    };
    return cmocka_run_group_tests_name("attacks on states", tests, NULL, NULL);
}
