/* SPDX-License-Identifier: MIT */
/* The whole table, held against sentences of RFC 9113 5.1. rfc: 9113#5.1 */
#include "support.h"

#include <string.h>

#include "stream_states.h"

struct expected {
    uint32_t known;
    uint32_t next;
    struct verdict verdict;
};

static struct expected cells[STATE_COUNT][INPUT_COUNT];

static const uint32_t FRAMES_IN[] = {
    INPUT_RECV_HEADERS,       INPUT_RECV_DATA,     INPUT_RECV_END_STREAM,  INPUT_RECV_RST_STREAM,
    INPUT_RECV_WINDOW_UPDATE, INPUT_RECV_PRIORITY, INPUT_RECV_PUSH_PROMISE};
static const uint32_t FRAMES_OUT[] = {INPUT_SEND_HEADERS, INPUT_SEND_DATA, INPUT_SEND_END_STREAM,
                                      INPUT_SEND_RST_STREAM};

/* A cell is only said once; what an "only these" sentence leaves open is filled in afterwards. */
static void say(uint32_t state, uint32_t input, uint32_t next, struct verdict v)
{
    assert_false(cells[state][input].known);
    cells[state][input] = (struct expected){1, next, v};
}

static void goes(uint32_t state, uint32_t input, uint32_t next)
{
    say(state, input, next, verdict_ok());
}

static void other_frames_in(uint32_t state, struct verdict v)
{
    for (size_t i = 0; i < sizeof FRAMES_IN / sizeof FRAMES_IN[0]; i++) {
        if (!cells[state][FRAMES_IN[i]].known) {
            say(state, FRAMES_IN[i], state, v);
        }
    }
}

static void other_frames_out_are_forbidden(uint32_t state)
{
    for (size_t i = 0; i < sizeof FRAMES_OUT / sizeof FRAMES_OUT[0]; i++) {
        if (!cells[state][FRAMES_OUT[i]].known) {
            say(state, FRAMES_OUT[i], state, verdict_stream(H2FRAME_CODE_INTERNAL_ERROR, 0));
        }
    }
}

static void say_idle_and_reserved(void)
{
    /* "Sending a HEADERS frame as a client, or receiving a HEADERS frame as a server, causes the
     * stream to become open." "Receiving any frame other than HEADERS or PRIORITY on a stream in
     * this state MUST be treated as a connection error of type PROTOCOL_ERROR." */
    goes(STATE_IDLE, INPUT_RECV_HEADERS, STATE_OPEN);
    goes(STATE_IDLE, INPUT_SEND_HEADERS, STATE_OPEN);
    goes(STATE_IDLE, INPUT_RECV_PRIORITY, STATE_IDLE);
    other_frames_in(STATE_IDLE, verdict_connection(1, H2SESSION_REASON_STREAM_IDLE));

    /* Reserved (local): "The endpoint can send a HEADERS frame. This causes the stream to open in
     * a half-closed (remote) state." "Either endpoint can send a RST_STREAM frame." "Receiving any
     * type of frame other than RST_STREAM, PRIORITY, or WINDOW_UPDATE ... PROTOCOL_ERROR." */
    goes(STATE_RESERVED_LOCAL, INPUT_SEND_HEADERS, STATE_HALF_CLOSED_REMOTE);
    goes(STATE_RESERVED_LOCAL, INPUT_SEND_RST_STREAM, STATE_CLOSED_BY_RESET);
    goes(STATE_RESERVED_LOCAL, INPUT_RECV_RST_STREAM, STATE_CLOSED);
    goes(STATE_RESERVED_LOCAL, INPUT_RECV_PRIORITY, STATE_RESERVED_LOCAL);
    goes(STATE_RESERVED_LOCAL, INPUT_RECV_WINDOW_UPDATE, STATE_RESERVED_LOCAL);
    other_frames_in(STATE_RESERVED_LOCAL, verdict_connection(1, H2SESSION_REASON_STREAM_RESERVED));

    /* Reserved (remote): "Receiving a HEADERS frame causes the stream to transition to half-closed
     * (local)." "Receiving any type of frame other than HEADERS, RST_STREAM, or PRIORITY". */
    goes(STATE_RESERVED_REMOTE, INPUT_RECV_HEADERS, STATE_HALF_CLOSED_LOCAL);
    goes(STATE_RESERVED_REMOTE, INPUT_RECV_RST_STREAM, STATE_CLOSED);
    goes(STATE_RESERVED_REMOTE, INPUT_SEND_RST_STREAM, STATE_CLOSED_BY_RESET);
    goes(STATE_RESERVED_REMOTE, INPUT_RECV_PRIORITY, STATE_RESERVED_REMOTE);
    other_frames_in(STATE_RESERVED_REMOTE, verdict_connection(1, H2SESSION_REASON_STREAM_RESERVED));
}

static void say_open_and_half_closed(void)
{
    /* Open: "may be used by both peers to send frames of any type". */
    goes(STATE_OPEN, INPUT_RECV_END_STREAM, STATE_HALF_CLOSED_REMOTE);
    goes(STATE_OPEN, INPUT_SEND_END_STREAM, STATE_HALF_CLOSED_LOCAL);
    goes(STATE_OPEN, INPUT_RECV_RST_STREAM, STATE_CLOSED);
    goes(STATE_OPEN, INPUT_SEND_RST_STREAM, STATE_CLOSED_BY_RESET);
    goes(STATE_OPEN, INPUT_SEND_HEADERS, STATE_OPEN);
    goes(STATE_OPEN, INPUT_SEND_DATA, STATE_OPEN);
    other_frames_in(STATE_OPEN, verdict_ok());

    /* Half-closed (local): "cannot be used for sending frames other than WINDOW_UPDATE, PRIORITY,
     * and RST_STREAM." "An endpoint can receive any type of frame in this state." */
    goes(STATE_HALF_CLOSED_LOCAL, INPUT_RECV_END_STREAM, STATE_CLOSED);
    goes(STATE_HALF_CLOSED_LOCAL, INPUT_RECV_RST_STREAM, STATE_CLOSED);
    goes(STATE_HALF_CLOSED_LOCAL, INPUT_SEND_RST_STREAM, STATE_CLOSED_BY_RESET);
    other_frames_in(STATE_HALF_CLOSED_LOCAL, verdict_ok());

    /* Half-closed (remote): "If an endpoint receives additional frames, other than WINDOW_UPDATE,
     * PRIORITY, or RST_STREAM ... it MUST respond with a stream error of type STREAM_CLOSED."
     * "can be used by the endpoint to send frames of any type." */
    goes(STATE_HALF_CLOSED_REMOTE, INPUT_SEND_HEADERS, STATE_HALF_CLOSED_REMOTE);
    goes(STATE_HALF_CLOSED_REMOTE, INPUT_SEND_DATA, STATE_HALF_CLOSED_REMOTE);
    goes(STATE_HALF_CLOSED_REMOTE, INPUT_SEND_END_STREAM, STATE_CLOSED);
    goes(STATE_HALF_CLOSED_REMOTE, INPUT_SEND_RST_STREAM, STATE_CLOSED_BY_RESET);
    goes(STATE_HALF_CLOSED_REMOTE, INPUT_RECV_RST_STREAM, STATE_CLOSED);
    goes(STATE_HALF_CLOSED_REMOTE, INPUT_RECV_WINDOW_UPDATE, STATE_HALF_CLOSED_REMOTE);
    goes(STATE_HALF_CLOSED_REMOTE, INPUT_RECV_PRIORITY, STATE_HALF_CLOSED_REMOTE);
    other_frames_in(STATE_HALF_CLOSED_REMOTE,
                    verdict_stream(5, H2SESSION_REASON_STREAM_HALF_CLOSED));
}

static void say_closed(void)
{
    /* "An endpoint MAY treat the receipt of any other type of frame on a closed stream as a
     * connection error of type STREAM_CLOSED", but WINDOW_UPDATE and RST_STREAM may come late; DATA
     * may have been on its way when the stream was reset by the peer's other half. */
    say(STATE_CLOSED, INPUT_RECV_HEADERS, STATE_CLOSED,
        verdict_connection(5, H2SESSION_REASON_STREAM_CLOSED));
    say(STATE_CLOSED, INPUT_RECV_PUSH_PROMISE, STATE_CLOSED,
        verdict_connection(5, H2SESSION_REASON_STREAM_CLOSED));
    say(STATE_CLOSED, INPUT_RECV_DATA, STATE_CLOSED,
        verdict_stream(5, H2SESSION_REASON_STREAM_CLOSED));
    say(STATE_CLOSED, INPUT_RECV_END_STREAM, STATE_CLOSED,
        verdict_stream(5, H2SESSION_REASON_STREAM_CLOSED));
    other_frames_in(STATE_CLOSED, verdict_ignore());
    /* "An endpoint that sends a RST_STREAM frame ... MUST be prepared to receive any frames". */
    other_frames_in(STATE_CLOSED_BY_RESET, verdict_ignore());
}

static int say_all(void **state)
{
    (void)state;
    memset(cells, 0, sizeof cells);
    say_idle_and_reserved();
    say_open_and_half_closed();
    say_closed();
    for (uint32_t s = 0; s < STATE_COUNT; s++) {
        other_frames_out_are_forbidden(s);
    }
    return 0;
}

static void table_says_what_the_rfc_says_in_each_cell(void **state)
{
    (void)state;
    for (uint32_t s = 0; s < STATE_COUNT; s++) {
        for (uint32_t input = 0; input < INPUT_COUNT; input++) {
            const struct expected *e = &cells[s][input];
            assert_true(e->known);
            uint32_t next = s;
            struct verdict v = h2session__stream_states_apply(&next, input);
            if (next != e->next || v.scope != e->verdict.scope || v.code != e->verdict.code ||
                v.reason != e->verdict.reason) {
                fail_msg("%s, input %u: next %s, scope %u, code %u, reason %u",
                         h2session__stream_states_name(s), input,
                         h2session__stream_states_name(next), v.scope, v.code, v.reason);
            }
        }
    }
}

static void walk(const uint32_t *inputs, size_t count, uint32_t last)
{
    uint32_t state = STATE_IDLE;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(h2session__stream_states_apply(&state, inputs[i]).scope, VERDICT_OK);
    }
    assert_int_equal(state, last);
}

static void exchange_of_a_server_ends_closed(void **state)
{
    (void)state;
    const uint32_t inputs[] = {INPUT_RECV_HEADERS,   INPUT_RECV_DATA, INPUT_RECV_END_STREAM,
                               INPUT_SEND_HEADERS,   INPUT_SEND_DATA, INPUT_RECV_WINDOW_UPDATE,
                               INPUT_SEND_END_STREAM};
    walk(inputs, sizeof inputs / sizeof inputs[0], STATE_CLOSED);
}

static void exchange_of_a_client_ends_closed(void **state)
{
    (void)state;
    const uint32_t inputs[] = {INPUT_SEND_HEADERS, INPUT_SEND_END_STREAM, INPUT_RECV_HEADERS,
                               INPUT_RECV_DATA, INPUT_RECV_END_STREAM};
    walk(inputs, sizeof inputs / sizeof inputs[0], STATE_CLOSED);
}

static void openness_is_told_for_each_side(void **state)
{
    (void)state;
    static const struct {
        uint32_t state;
        int remote;
        int local;
    } CASES[STATE_COUNT] = {
        {STATE_IDLE, 0, 0},   {STATE_RESERVED_LOCAL, 0, 1},    {STATE_RESERVED_REMOTE, 1, 0},
        {STATE_OPEN, 1, 1},   {STATE_HALF_CLOSED_LOCAL, 1, 0}, {STATE_HALF_CLOSED_REMOTE, 0, 1},
        {STATE_CLOSED, 0, 0}, {STATE_CLOSED_BY_RESET, 0, 0},
    };
    for (size_t i = 0; i < STATE_COUNT; i++) {
        assert_int_equal(h2session__stream_states_remote_open(CASES[i].state), CASES[i].remote);
        assert_int_equal(h2session__stream_states_local_open(CASES[i].state), CASES[i].local);
    }
}

static void states_have_names(void **state)
{
    (void)state;
    assert_string_equal(h2session__stream_states_name(STATE_HALF_CLOSED_REMOTE),
                        "half-closed (remote)");
    for (uint32_t s = 0; s < STATE_COUNT; s++) {
        for (uint32_t k = 0; k < s; k++) {
            assert_string_not_equal(h2session__stream_states_name(s),
                                    h2session__stream_states_name(k));
        }
    }
    assert_string_equal(h2session__stream_states_name(STATE_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_says_what_the_rfc_says_in_each_cell),
        cmocka_unit_test(exchange_of_a_server_ends_closed),
        cmocka_unit_test(exchange_of_a_client_ends_closed),
        cmocka_unit_test(openness_is_told_for_each_side),
        cmocka_unit_test(states_have_names),
    };
    return cmocka_run_group_tests_name("stream_states", tests, say_all, NULL);
}
