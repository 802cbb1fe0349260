/* SPDX-License-Identifier: MIT */
/* The memory of a connection: what the books say, and the budget. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, KIB = 1024 };

static void begin(struct fixture *f, uint64_t limit)
{
    fixture_init(f, H2SESSION_SERVER, NULL);
    f->config.memory_limit_bytes = limit;
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
}

static h2session_memory_info books(const struct fixture *f)
{
    h2session_memory_info info = {.size = sizeof info};
    assert_int_equal(h2session_memory(f->s, &info), 0);
    assert_int_equal(info.live,
                     info.fields + info.streams + info.output + info.other + info.application);
    assert_true(info.live <= info.peak);
    assert_int_equal(info.live - info.application, f->alloc->live_bytes);
    return info;
}

static void books_agree_with_the_allocator(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 0);
    h2session_memory_info idle = books(&f);
    assert_int_equal(idle.streams, 0);
    assert_int_equal(idle.output, 0);
    peer_headers(&f, 1, GET_FIELDS "|x-long aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0);
    peer_ping(&f, 0);
    assert_int_equal(fixture_feed(&f), 0);
    h2session_memory_info busy = books(&f);
    assert_true(busy.streams > 0);
    assert_true(busy.output > 0);
    assert_true(busy.fields > idle.fields);
    fixture_drain(&f);
    peer_reset(&f, 1, H2FRAME_CODE_CANCEL);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(books(&f).output <= 3 * KIB); /* kept for the next */
    assert_int_equal(h2session_trim(f.s), 0);
    h2session_memory_info after = books(&f);
    assert_int_equal(after.streams, 0);
    assert_int_equal(after.output, 0);
    assert_int_equal(after.peak, f.alloc->peak_bytes);
    fixture_end(&f);
}

/* What a connection that waits need not hold: the parser that read the preface is gone, the coders are
 * still to come. A frame that comes in pieces brings the parser back, a trim takes it again. */
static void waiting_session_holds_little(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 0);
    const uint64_t waiting = books(&f).other;
    assert_true(books(&f).live <= 2 * KIB);
    assert_int_equal(books(&f).fields, 0);
    for (int round = 0; round < 2; round++) {
        peer_ping(&f, 0);
        const uint8_t *octets = f.in.data;
        const size_t length = f.in.length;
        size_t consumed = 0;
        assert_int_equal(h2session_recv(f.s, octets, length - 1, 0, &consumed), 0);
        assert_true(books(&f).other > waiting);
        assert_int_equal(h2session_trim(f.s), 0);
        assert_true(books(&f).other > waiting); /* in the middle of a frame */
        assert_int_equal(h2session_recv(f.s, octets + length - 1, 1, 0, &consumed), 0);
        f.in.length = 0;
        fixture_drain(&f);
        assert_true(books(&f).other > waiting);
        assert_int_equal(h2session_trim(f.s), 0);
        assert_int_equal(books(&f).other, waiting);
    }
    fixture_end(&f);
}

/* A response that the peer understands. Returns the entries of its table. */
static size_t respond(struct fixture *f, uint32_t stream_id, const char *server)
{
    char line[80];
    hpack_table_info table = {.size = sizeof table};
    peer_headers(f, stream_id, GET_FIELDS, END);
    assert_int_equal(fixture_feed(f), 0);
    (void)snprintf(line, sizeof line, ":status 200|server %s", server);
    assert_int_equal(app_respond(f, stream_id, line, NULL), 0);
    fixture_drain(f);
    (void)snprintf(line, sizeof line, "> HEADERS %u END_STREAM|END_HEADERS :status=200 server=%s",
                   (unsigned)stream_id, server);
    assert_true(fixture_has(f, line));
    assert_int_equal(hpack_decoder_table_info(f->out_decoder, &table), 0);
    return table.count;
}

static void first_response_takes_no_table(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 0);
    assert_int_equal(respond(&f, 1, "a"), 0);
    const uint64_t first = books(&f).fields;
    assert_int_equal(respond(&f, 3, "a"), 1);
    assert_true(books(&f).fields > first);
    assert_int_equal(respond(&f, 5, "a"), 1);
    fixture_end(&f);
}

/* rfc: 7541#4.2 */
static void dropped_encoder_lets_the_peer_begin_anew(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 0);
    assert_int_equal(h2session_drop_encoder(f.s), 0); /* there is none */
    assert_int_equal(respond(&f, 1, "a"), 0);
    assert_int_equal(respond(&f, 3, "b"), 1);
    assert_int_equal(respond(&f, 5, "c"), 2);
    const uint64_t with = books(&f).fields;
    assert_int_equal(h2session_drop_encoder(f.s), 0);
    assert_true(books(&f).fields < with);
    assert_null(h2session_encoder(f.s));
    assert_int_equal(respond(&f, 7, "d"), 0);
    assert_int_equal(respond(&f, 9, "d"), 1);
    /* The size that the peer allows has changed meanwhile. */
    assert_int_equal(h2session_drop_encoder(f.s), 0);
    peer_settings(&f, H2FRAME_SETTING_HEADER_TABLE_SIZE, 60);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(respond(&f, 11, "e"), 0);
    assert_int_equal(respond(&f, 13, "f"), 1);
    assert_int_equal(respond(&f, 15, "g"), 1);
    fixture_end(&f);
}

static void budget_is_one_mebibyte_and_64_kib_a_stream(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 0);
    assert_int_equal(books(&f).limit, 1024 * KIB);
    peer_headers(&f, 1, POST_FIELDS, 0);
    peer_headers(&f, 3, POST_FIELDS, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(books(&f).limit, 1024 * KIB + 2 * 64 * KIB);
    fixture_end(&f);

    fixture_init(&f, H2SESSION_CLIENT, NULL);
    assert_int_equal(fixture_start(&f), 0);
    assert_int_equal(books(&f).limit, 1024 * KIB);
    fixture_end(&f);

    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.output_limit_bytes = 4096 * KIB;
    assert_int_equal(fixture_start(&f), 0);
    assert_true(books(&f).limit > 4096 * KIB);
    fixture_end(&f);
}

static int keep_octets(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)stream_id;
    return strcmp(event, "request") == 0 && h2session_charge(f->s, 10 * KIB) != 0;
}

static void application_over_the_budget_ends_the_connection(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 40 * KIB);
    f.hook = keep_octets;
    for (uint32_t id = 1; id <= 7; id += 2) {
        peer_headers(&f, id, POST_FIELDS, 0);
    }
    peer_ping(&f, 0); /* is not looked at any more */
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_LIMIT);
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(f.s, &fault), 0);
    assert_int_equal(fault.reason, H2SESSION_REASON_LIMIT_MEMORY);
    assert_int_equal(fault.code, H2FRAME_CODE_ENHANCE_YOUR_CALM);
    assert_int_equal(fault.limit, 40 * KIB);
    assert_true(fault.value > 40 * KIB && fault.value < 60 * KIB);
    assert_true(fixture_has(&f, "> GOAWAY 0 last=7 ENHANCE_YOUR_CALM"));
    assert_false(fixture_has(&f, "ping"));
    assert_int_equal(h2session_charge(f.s, 1), H2SESSION_ERR_LIMIT);
    fixture_end(&f);
}

static void what_is_released_can_be_charged_again(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 100 * KIB);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(h2session_charge(f.s, 50 * KIB), 0);
        assert_int_equal(books(&f).application, 50 * KIB);
        assert_int_equal(h2session_release(f.s, 50 * KIB), 0);
    }
    assert_int_equal(h2session_release(f.s, 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_charge(f.s, UINT64_MAX), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_charge(f.s, 100 * KIB), H2SESSION_ERR_LIMIT);
    fixture_drain(&f);
    assert_true(fixture_has(&f, "fault connection 0 ENHANCE_YOUR_CALM LIMIT_MEMORY"));
    assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
    fixture_end(&f);
}

/* Memory that the session takes by itself counts as well: here unsent answers of a peer that does
 * not read, with the limits on output out of the way. */
static void session_over_the_budget_ends_the_connection(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.memory_limit_bytes = 64 * KIB;
    f.config.ack_queue_limit = UINT32_MAX;
    f.config.output_frame_limit = 0;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    int result = 0;
    for (int i = 0; i < 10000 && result == 0; i++) {
        peer_ping(&f, 0);
        result = fixture_feed(&f);
    }
    assert_int_equal(result, H2SESSION_ERR_LIMIT);
    assert_true(fixture_has(&f, "fault connection 0 ENHANCE_YOUR_CALM LIMIT_MEMORY"));
    assert_true(f.alloc->peak_bytes < 70 * KIB);
    fixture_end(&f);
}

static void query_answers_callers_of_every_size(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 0);
    h2session_memory_info info = {.size = offsetof(h2session_memory_info, peak), .peak = 77};
    assert_int_equal(h2session_memory(f.s, &info), 0);
    assert_true(info.live > 0);
    assert_int_equal(info.peak, 77);
    info.size = 0;
    assert_int_equal(h2session_memory(f.s, &info), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_memory(f.s, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_memory(NULL, &info), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_charge(NULL, 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_release(NULL, 1), H2SESSION_ERR_USAGE);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_agree_with_the_allocator),
        cmocka_unit_test(waiting_session_holds_little),
        cmocka_unit_test(first_response_takes_no_table),
        cmocka_unit_test(dropped_encoder_lets_the_peer_begin_anew),
        cmocka_unit_test(budget_is_one_mebibyte_and_64_kib_a_stream),
        cmocka_unit_test(application_over_the_budget_ends_the_connection),
        cmocka_unit_test(what_is_released_can_be_charged_again),
        cmocka_unit_test(session_over_the_budget_ends_the_connection),
        cmocka_unit_test(query_answers_callers_of_every_size),
    };
    return cmocka_run_group_tests_name("session_memory", tests, NULL, NULL);
}
