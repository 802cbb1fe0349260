/* SPDX-License-Identifier: MIT */
/* Peers that take their time, keep windows shut, or do not read. */
#include "attack.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, SERVER = H2SESSION_SERVER, CLIENT = H2SESSION_CLIENT };

static struct body bodies[100];

/* Every request gets a long body. */
static int give_body(struct fixture *f, const char *event, uint32_t id)
{
    if (strcmp(event, "request") == 0) {
        struct body *body = &bodies[id / 2 % 100];
        *body = (struct body){.length = 100 * MIB};
        int result = app_respond(f, id, ":status 200", body);
        assert_true(result == 0 || result == H2SESSION_ERR_OUTPUT_LIMIT);
    }
    return 0;
}

static void long_bodies(struct fixture *f)
{
    f->hook = give_body;
}

static void hundred_gets(struct fixture *f)
{
    for (uint32_t i = 0; i < 100; i++) {
        peer_headers(f, attack_id(i), GET_FIELDS, END);
    }
}

static void shut_windows(struct fixture *f)
{
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 0);
    hundred_gets(f);
}

static void wide_windows(struct fixture *f)
{
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 0x7fffffff);
    peer_window(f, 0, 0x7fffffff - 65535);
    hundred_gets(f);
}

static void dribble(struct fixture *f, uint32_t i)
{
    peer_window(f, attack_id(i % 100), 1);
    peer_window(f, 0, 1);
}

static void dribble_streams(struct fixture *f, uint32_t i)
{
    peer_window(f, attack_id(i % 100), 1);
}

static void nothing(struct fixture *f, uint32_t i)
{
    (void)f;
    (void)i;
}

static void gets(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), GET_FIELDS, END);
}

/* Answers that are small, but for a field that is never indexed. */
static void answered(struct fixture *f)
{
    f->answer = ":status 200|set-cookie 0123456789012345678901234567890123456789012345678901234567";
}

static void open_block(struct fixture *f)
{
    peer_raw(f, "000001 01 01 00000001 82");
}

static void ping(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_ping(f, 0);
}

static void hundred_posts(struct fixture *f)
{
    for (uint32_t i = 0; i < 100; i++) {
        peer_headers(f, attack_id(i), POST_FIELDS, 0);
    }
}

static void one_octet(struct fixture *f, uint32_t i)
{
    peer_data(f, attack_id(i % 100), 1, 0);
}

static void no_streams(struct fixture *f)
{
    peer_settings(f, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS, 0);
}

static void refused_by_limit(struct fixture *f, uint32_t i)
{
    (void)i;
    assert_int_equal(app_request(f, GET_FIELDS, NULL, NULL), H2SESSION_ERR_STREAM_LIMIT);
}

#define SECOND UINT64_C(1000000000)

const struct attack SLOW_PEERS[] = {
    {.name = "data dribble",
     .role = SERVER,
     .configure = long_bodies,
     .setup = shut_windows,
     .send = dribble,
     .rounds = 5000,
     .reason = "LIMIT_WINDOW_UPDATES",
     .end_by = 110,
     .heap = 512 * KIB,
     .events = 302,
     .frames = 320},
    {.name = "data dribble by the windows of streams",
     .role = SERVER,
     .configure = long_bodies,
     .setup = shut_windows,
     .send = dribble_streams,
     .rounds = 20000,
     .heap = 512 * KIB,
     .events = 302,
     .frames = 420,
     .reason = "LIMIT_WINDOW_UPDATES",
     .end_by = 220},
    {.name = "windows wide open, nothing is read",
     .served = 1,
     .role = SERVER,
     .configure = long_bodies,
     .setup = wide_windows,
     .send = nothing,
     .rounds = 100,
     .mute = 1,
     .heap = 512 * KIB,
     .events = 302},
    {.name = "small answers that are not read",
     .served = 1,
     .role = SERVER,
     .configure = answered,
     .send = gets,
     .rounds = 20000,
     .mute = 1,
     .reason = ATTACK_STALLS,
     .end_by = 8000,
     .heap = 512 * KIB,
     .events = 24000},
    {.name = "a block that is not finished",
     .role = SERVER,
     .setup = open_block,
     .send = nothing,
     .rounds = 20,
     .step_ns = SECOND,
     .reason = "TIMEOUT_FIELD_BLOCK",
     .end_by = 10,
     .heap = 32 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "PING keeps no idle connection open",
     .role = SERVER,
     .send = ping,
     .rounds = 20,
     .step_ns = 9 * SECOND,
     .reason = "TIMEOUT_FIRST_REQUEST",
     .end_by = 2,
     .heap = 32 * KIB,
     .events = 20,
     .frames = 10},
    {.name = "a server that allows no streams",
     .role = CLIENT,
     .setup = no_streams,
     .send = refused_by_limit,
     .rounds = 100,
     .step_ns = SECOND,
     .heap = 32 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "uploads of one octet a second",
     .role = SERVER,
     .setup = hundred_posts,
     .send = one_octet,
     .rounds = 500,
     .step_ns = SECOND,
     .reason = "TIMEOUT_IDLE", /* the streams were reset a minute before */
     .end_by = 71,
     .heap = 128 * KIB,
     .events = 600,
     .frames = 103},
    {.name = "shut windows, one octet in nine seconds",
     .role = SERVER,
     .configure = long_bodies,
     .setup = shut_windows,
     .send = dribble_streams,
     .rounds = 100,
     .step_ns = 9 * SECOND,
     .reason = "TIMEOUT_IDLE", /* the same */
     .end_by = 8,
     .heap = 512 * KIB,
     .events = 503,
     .frames = 304},
    {.name = NULL},
};
