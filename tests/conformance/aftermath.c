/* SPDX-License-Identifier: MIT */
#include "aftermath.h"

#include <string.h>

enum { ROUNDS = 100 };

/* What is not a valid frame of its type, or needs a state that is not there. */
static const char *const WRONG[] = {
    "000001 00 00 00000000 64",              /* DATA on stream 0 */
    "000002 00 08 00000001 0264",            /* padding too long */
    "000001 01 05 00000001 80",              /* a block that cannot be decoded */
    "000000 01 00 00000001",                 /* a block that is not finished */
    "000001 09 04 00000003 82",              /* CONTINUATION of another stream */
    "000004 02 00 00000001 00000000",        /* PRIORITY too short */
    "000003 03 00 00000001 000000",          /* RST_STREAM too short */
    "000006 04 01 00000000 000100000000",    /* ACK with payload */
    "000005 04 00 00000000 0001000000",      /* SETTINGS cut short */
    "000006 04 00 00000000 000480000000",    /* window out of range */
    "000007 06 00 00000000 01020304050607",  /* PING too short */
    "000001 07 00 00000000 00",              /* GOAWAY too short */
    "000004 08 00 00000000 00000000",        /* increment 0 */
    "000004 08 00 00000000 7fffffff",        /* window overflows */
    "000005 05 04 00000001 00000002 82",     /* PUSH_PROMISE */
    "000004 0a 00 00000000 00016162",        /* ALTSVC */
    "000004 0c 00 00000000 00026162",        /* ORIGIN */
    "000007 10 00 00000000 00000003 753d31", /* PRIORITY_UPDATE */
    "000003 10 00 00000000 000000",          /* and too short */
    "000002 ee ff 00000007 0102",            /* unknown type */
};

void aftermath_junk(struct fixture *f)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t id = 20001 + 2 * i;
        peer_headers(f, id, f->role == H2SESSION_SERVER ? GET_FIELDS : ":status 200", 0);
        peer_data(f, id, 10, H2FRAME_FLAG_END_STREAM);
        peer_raw(f, "000005 02 00 00000003 0000000110");
        peer_reset(f, id, H2FRAME_CODE_CANCEL);
        peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 70000);
        peer_ack(f);
        peer_ping(f, 0);
        peer_ping(f, H2FRAME_FLAG_ACK);
        peer_goaway(f, 0, H2FRAME_CODE_NO_ERROR);
        peer_window(f, 0, 1);
        for (size_t k = 0; k < sizeof WRONG / sizeof WRONG[0]; k++) {
            peer_raw(f, WRONG[k]);
        }
    }
    /* The last one promises more octets than come. */
    peer_raw(f, "ffffff 00 00 00000001 646464");
}

void aftermath_alive(struct fixture *f, uint32_t peer_next_id)
{
    fixture_clear(f);
    f->answer = ":status 200";
    f->body = NULL;
    if (f->role == H2SESSION_SERVER) {
        peer_headers(f, peer_next_id, GET_FIELDS, H2FRAME_FLAG_END_STREAM);
    } else {
        uint32_t id = 0;
        assert_int_equal(app_request(f, GET_FIELDS, NULL, &id), 0);
        peer_headers(f, id, ":status 200", H2FRAME_FLAG_END_STREAM);
    }
    int result = fixture_turn(f);
    int ended = strstr(fixture_text(f), " NO_ERROR NONE") != NULL;
    int reads = (h2session_wants(f->s) & H2SESSION_WANT_READ) != 0;
    if (result != 0 || !ended || !reads || strstr(fixture_text(f), "fault ") != NULL) {
        print_error("the connection should go on, but:\n%s", fixture_text(f));
        fail();
    }
}

/* The code that a failed session answers every call with; 0 for one that ended without blame. */
static void check_calls(struct fixture *f, int failed)
{
    static const uint8_t opaque[8] = {0};
    h2session_fault_event fault = {.size = sizeof fault};
    int refused = failed != 0 ? failed : H2SESSION_ERR_CLOSED;
    assert_int_equal(h2session_submit_ping(f->s, opaque), refused);
    if (f->role == H2SESSION_CLIENT) {
        assert_int_equal(app_request(f, GET_FIELDS, NULL, NULL), refused);
    }
    assert_int_equal(h2session_tick(f->s, f->now_ns + UINT64_C(3600000000000)), failed);
    assert_int_equal(h2session_last_fault(f->s, &fault), 0);
    assert_int_equal(h2session_stream_count(f->s), 0);
    assert_true(h2session_deadline_ns(f->s) == UINT64_MAX);
    assert_int_equal(h2session_wants(f->s), H2SESSION_WANT_CLOSE);
}

void aftermath_dead(struct fixture *f)
{
    fixture_clear(f);
    struct test_alloc before = *f->alloc;
    size_t output = f->output.length;
    int failed = h2session_tick(f->s, f->now_ns);
    assert_int_equal(h2session_wants(f->s), H2SESSION_WANT_CLOSE);
    aftermath_junk(f);
    assert_int_equal(fixture_feed(f), failed);
    fixture_drain(f);
    assert_int_equal(f->output.length, output);
    const char *text = fixture_text(f);
    if (strncmp(text, "recv ", 5) == 0) {
        text = strchr(text, '\n') + 1;
    }
    if (*text != '\0') {
        print_error("a dead connection does something:\n%s", text);
        fail();
    }
    check_calls(f, failed);
    assert_int_equal(f->alloc->calls, before.calls);
    assert_int_equal(f->alloc->live_blocks, before.live_blocks);
    assert_int_equal(f->alloc->live_bytes, before.live_bytes);
}
