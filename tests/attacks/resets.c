/* SPDX-License-Identifier: MIT */
/* Streams that come and go: reset by the peer, by this side because of the peer, refused. */
#include "attack.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, SERVER = H2SESSION_SERVER, CLIENT = H2SESSION_CLIENT };

static void goaway(struct fixture *f)
{
    peer_goaway(f, 0, H2FRAME_CODE_NO_ERROR);
}

static void raw(struct fixture *f, uint32_t type, uint32_t id, const char *payload, size_t length)
{
    uint8_t octets[H2FRAME_HEAD_LENGTH];
    h2frame_write_head(octets, (uint32_t)length, type, 0, id);
    octets_add(&f->in, octets, sizeof octets);
    octets_add(&f->in, payload, length);
}

static void rapid_reset(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), GET_FIELDS, END);
    peer_reset(f, attack_id(i), H2FRAME_CODE_CANCEL);
}

static void invalid(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), GET_FIELDS "|X-Upper a", END);
}

static void window_zero(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), POST_FIELDS, 0);
    raw(f, H2FRAME_TYPE_WINDOW_UPDATE, attack_id(i), "\0\0\0\0", 4);
}

static void window_overflow(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), POST_FIELDS, 0);
    peer_window(f, attack_id(i), 0x7fffffff);
}

static void priority_length(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), POST_FIELDS, 0);
    raw(f, H2FRAME_TYPE_PRIORITY, attack_id(i), "\0\0\0\0", 4);
}

/* Not a fault in RFC 9113, so that it costs a PRIORITY frame and nothing else. */
static void priority_self(struct fixture *f, uint32_t i)
{
    uint32_t id = attack_id(i);
    const char payload[5] = {(char)(id >> 24), (char)(id >> 16), (char)(id >> 8), (char)id, 0};
    raw(f, H2FRAME_TYPE_PRIORITY, id, payload, 5);
}

static void data_after_end(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), GET_FIELDS, END);
    peer_data(f, attack_id(i), 1, 0);
}

static void headers_after_end(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), GET_FIELDS, END);
    peer_headers(f, attack_id(i), "x-a b", END);
}

static void data_too_large(struct fixture *f, uint32_t i)
{
    static const char zeros[16385];
    peer_headers(f, attack_id(i), POST_FIELDS, 0);
    raw(f, H2FRAME_TYPE_DATA, attack_id(i), zeros, sizeof zeros);
}

static void body_too_long(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), POST_FIELDS "|content-length 0", 0);
    peer_data(f, attack_id(i), 1, 0);
}

static void over_limit(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), POST_FIELDS, 0);
}

static void headers_on_reset(struct fixture *f, uint32_t i)
{
    peer_headers(f, 1, i == 0 ? POST_FIELDS "|X-Upper a" : "x-a b", END);
}

static void data_on_reset(struct fixture *f, uint32_t i)
{
    if (i == 0) {
        peer_headers(f, 1, POST_FIELDS "|X-Upper a", 0);
    }
    peer_padded(f, 1, 1000, 200);
}

static void reset_on_closed(struct fixture *f, uint32_t i)
{
    if (i == 0) {
        peer_headers(f, 1, POST_FIELDS, 0);
    }
    peer_reset(f, 1, H2FRAME_CODE_CANCEL);
}

static void answered(struct fixture *f)
{
    f->answer = ":status 200";
}

static void ask_many(struct fixture *f)
{
    for (uint32_t i = 0; i < 100; i++) {
        assert_int_equal(app_request(f, GET_FIELDS, NULL, NULL), 0);
    }
}

/* What resets of its own requests cost a client is the application's to limit. */
static void requests_are_reset(struct fixture *f, uint32_t i)
{
    if (i < f->opened) {
        peer_reset(f, attack_id(i), H2FRAME_CODE_REFUSED_STREAM);
    }
    int result = app_request(f, GET_FIELDS, NULL, NULL);
    assert_true(result == 0 || result == H2SESSION_ERR_OUTPUT_LIMIT);
}

#define RESET_BOUNDS                                                                               \
    .reason = "LIMIT_RESETS", .end_by = 201, .heap = 96 * KIB, .events = 1000, .frames = 450

const struct attack RESETS[] = {
    {.name = "rapid reset", .role = SERVER, .send = rapid_reset, .rounds = 5000, RESET_BOUNDS},
    {.name = "rapid reset after GOAWAY",
     .role = SERVER,
     .setup = goaway,
     .send = rapid_reset,
     .rounds = 5000,
     RESET_BOUNDS},
    {.name = "rapid reset, answered at once",
     .served = 1,
     .role = SERVER,
     .configure = answered,
     .send = rapid_reset,
     .rounds = 5000,
     RESET_BOUNDS},
    {.name = "invalid requests, resets are not read",
     .role = SERVER,
     .send = invalid,
     .rounds = 5000,
     .mute = 1,
     RESET_BOUNDS},
    {.name = "made to reset by WINDOW_UPDATE of 0",
     .role = SERVER,
     .send = window_zero,
     .rounds = 5000,
     RESET_BOUNDS},
    {.name = "made to reset by WINDOW_UPDATE of 0 after GOAWAY",
     .role = SERVER,
     .setup = goaway,
     .send = window_zero,
     .rounds = 5000,
     RESET_BOUNDS},
    {.name = "made to reset by a window that overflows",
     .role = SERVER,
     .send = window_overflow,
     .rounds = 5000,
     RESET_BOUNDS},
    {.name = "made to reset by a window that overflows after GOAWAY",
     .role = SERVER,
     .setup = goaway,
     .send = window_overflow,
     .rounds = 5000,
     RESET_BOUNDS},
    {.name = "made to reset by PRIORITY of 4 octets",
     .role = SERVER,
     .send = priority_length,
     .rounds = 5000,
     RESET_BOUNDS},
    {.name = "PRIORITY that depends on itself",
     .role = SERVER,
     .send = priority_self,
     .rounds = 5000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1101,
     .heap = 32 * KIB,
     .events = 2,
     .frames = 1},
    {.name = "made to reset by DATA after the end",
     .role = SERVER,
     .send = data_after_end,
     .rounds = 5000,
     RESET_BOUNDS},
    {.name = "made to reset by HEADERS after the end",
     .role = SERVER,
     .send = headers_after_end,
     .rounds = 5000,
     RESET_BOUNDS},
    {.name = "made to reset by DATA that are too large",
     .role = SERVER,
     .send = data_too_large,
     .rounds = 500,
     RESET_BOUNDS},
    {.name = "made to reset by more body than content-length",
     .role = SERVER,
     .send = body_too_long,
     .rounds = 5000,
     RESET_BOUNDS},
    {.name = "streams beyond the limit",
     .role = SERVER,
     .send = over_limit,
     .rounds = 5000,
     .reason = "LIMIT_REFUSED",
     .end_by = 201,
     .heap = 128 * KIB,
     .events = 450,
     .frames = 102},
    {.name = "HEADERS on a stream that was reset",
     .role = SERVER,
     .send = headers_on_reset,
     .rounds = 5000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1002,
     .heap = 32 * KIB,
     .events = 2,
     .frames = 2},
    {.name = "DATA on a stream that was reset",
     .role = SERVER,
     .send = data_on_reset,
     .rounds = 5000,
     .heap = 32 * KIB,
     .events = 2,
     .frames = 20},
    {.name = "RST_STREAM on a stream that is closed",
     .role = SERVER,
     .send = reset_on_closed,
     .rounds = 5000,
     .reason = "LIMIT_RESETS",
     .end_by = 202,
     .heap = 32 * KIB,
     .events = 4,
     .frames = 1},
    {.name = "requests of a client are reset",
     .served = 1,
     .role = CLIENT,
     .setup = ask_many,
     .send = requests_are_reset,
     .rounds = 2000,
     .heap = 256 * KIB,
     .events = 2100,
     .frames = 2200},
    {.name = "resets as slow as they are allowed",
     .role = SERVER,
     .send = rapid_reset,
     .rounds = 20000,
     .step_ns = 50000000,
     .heap = 32 * KIB,
     .events = 60000,
     .frames = 1},
    {.name = NULL},
};
