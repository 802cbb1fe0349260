/* SPDX-License-Identifier: MIT */
/* What can be asked: states of streams, unsent octets, tables, how long a PING takes. */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };
static const uint8_t OPAQUE[8] = "12345678";

static void state_of_a_stream_is_that_of_the_rfc(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 5, .defer = 1};
    fixture_begin(&f, H2SESSION_SERVER);
    assert_int_equal(h2session_stream_state(f.s, 1), H2SESSION_STATE_IDLE);
    assert_int_equal(h2session_stream_state(f.s, 0), H2SESSION_STATE_IDLE);
    assert_int_equal(h2session_stream_state(NULL, 1), H2SESSION_STATE_IDLE);
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_headers(&f, 3, POST_FIELDS, 0);
    peer_headers(&f, 5, POST_FIELDS, 0);
    peer_headers(&f, 9, GET_FIELDS, END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_stream_state(f.s, 1), H2SESSION_STATE_OPEN);
    assert_int_equal(h2session_stream_state(f.s, 9), H2SESSION_STATE_HALF_CLOSED_REMOTE);
    assert_int_equal(h2session_stream_state(f.s, 7), H2SESSION_STATE_CLOSED); /* passed over */
    assert_int_equal(h2session_stream_state(f.s, 11), H2SESSION_STATE_IDLE);
    assert_int_equal(app_respond(&f, 1, ":status 200", NULL), 0);
    assert_int_equal(app_respond(&f, 9, ":status 200", &body), 0);
    assert_int_equal(h2session_stream_state(f.s, 1), H2SESSION_STATE_HALF_CLOSED_LOCAL);
    assert_int_equal(h2session_stream_state(f.s, 9), H2SESSION_STATE_HALF_CLOSED_REMOTE);
    assert_int_equal(h2session_submit_reset(f.s, 3, H2FRAME_CODE_CANCEL), 0);
    assert_int_equal(h2session_stream_state(f.s, 3), H2SESSION_STATE_CLOSED);
    peer_data(&f, 1, 1, END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_stream_state(f.s, 1), H2SESSION_STATE_CLOSED);
    fixture_end(&f);
}

static void unsent_octets_are_counted(void **state)
{
    (void)state;
    struct fixture f;
    h2frame_bytes piece;
    size_t count = 0;
    fixture_begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_output_octets(NULL), 0);
    assert_int_equal(h2session_output_octets(f.s), 0);
    assert_int_equal(h2session_submit_ping(f.s, OPAQUE), 0);
    assert_int_equal(h2session_submit_ping(f.s, OPAQUE), 0);
    assert_int_equal(h2session_output_octets(f.s), 34);
    assert_int_equal(h2session_output_frames(f.s), 2);
    assert_int_equal(h2session_peek(f.s, &piece, 1, &count), 0);
    assert_int_equal(h2session_sent(f.s, 20, 1), 0);
    assert_int_equal(h2session_output_octets(f.s), 14);
    fixture_drain(&f);
    assert_int_equal(h2session_output_frames(f.s), 0);
    assert_int_equal(h2session_output_frames(NULL), 0);
    fixture_end(&f);
}

static void tables_of_the_coders_can_be_looked_at(void **state)
{
    (void)state;
    struct fixture f;
    hpack_table_info info = {.size = sizeof info};
    fixture_begin(&f, H2SESSION_SERVER);
    assert_null(h2session_encoder(NULL));
    assert_null(h2session_decoder(NULL));
    assert_null(h2session_encoder(f.s));
    assert_null(h2session_decoder(f.s));
    peer_headers(&f, 1, GET_FIELDS "|x-name value", END);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_inform(&f, 1, ":status 103"), 0); /* the first block is not indexed */
    assert_int_equal(app_respond(&f, 1, ":status 200|x-other value", NULL), 0);
    assert_int_equal(hpack_decoder_table_info(h2session_decoder(f.s), &info), 0);
    assert_int_equal(info.count, 2); /* :authority as well */
    assert_int_equal(hpack_encoder_table_info(h2session_encoder(f.s), &info), 0);
    assert_int_equal(info.count, 1);
    fixture_end(&f);
}

static void role_is_what_was_asked_for(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    assert_int_equal(h2session_role(f.s), H2SESSION_SERVER);
    assert_int_equal(h2session_role(NULL), 0);
    fixture_end(&f);
}

/* ---- PING ---- */

static uint64_t round_trip_ns;

static int on_ping(h2session *s, const h2session_ping_event *event, void *user)
{
    (void)s;
    (void)user;
    round_trip_ns = event->ack ? event->round_trip_ns : UINT64_MAX;
    assert_true(event->ack || event->round_trip_ns == 0);
    return 0;
}

static void send_all(h2session *s, uint64_t now_ns)
{
    h2frame_bytes piece;
    size_t count = 0;
    while (h2session_peek(s, &piece, 1, &count) == 0 && count > 0) {
        assert_int_equal(h2session_sent(s, piece.length, now_ns), 0);
    }
}

static void feed(h2session *s, struct octets *in, uint64_t now_ns)
{
    size_t consumed = 0;
    assert_int_equal(h2session_recv(s, in->data, in->length, now_ns, &consumed), 0);
    in->length = 0;
}

static void ping_tells_its_round_trip(void **state)
{
    (void)state;
    h2session *s = NULL;
    h2session_config config;
    const h2session_callbacks callbacks = {.size = sizeof callbacks, .on_ping = on_ping};
    struct fixture f; /* builds what the peer sends */
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    assert_int_equal(h2session_config_init(&config, sizeof config, H2SESSION_CLIENT), 0);
    assert_int_equal(h2session_new(&s, &config, &callbacks, NULL), 0);
    peer_settings(&f, 0, 0);
    peer_ack(&f);
    peer_ping(&f, 0);
    feed(s, &f.in, 10);
    assert_int_equal(round_trip_ns, UINT64_MAX);
    assert_int_equal(h2session_submit_ping(s, OPAQUE), 0);
    send_all(s, 500);
    h2frame_frame ack = {.type = H2FRAME_TYPE_PING, .flags = H2FRAME_FLAG_ACK};
    memcpy(ack.opaque, OPAQUE, sizeof ack.opaque);
    peer_frame(&f, &ack);
    feed(s, &f.in, 1700);
    assert_int_equal(round_trip_ns, 1200);
    h2session_free(s);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_of_a_stream_is_that_of_the_rfc),
        cmocka_unit_test(unsent_octets_are_counted),
        cmocka_unit_test(tables_of_the_coders_can_be_looked_at),
        cmocka_unit_test(role_is_what_was_asked_for),
        cmocka_unit_test(ping_tells_its_round_trip),
    };
    return cmocka_run_group_tests_name("session_queries", tests, NULL, NULL);
}
