/* SPDX-License-Identifier: MIT */
/* Floods of frames that belong to no stream, or do nothing to one. */
#include "attack.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, SERVER = H2SESSION_SERVER, CLIENT = H2SESSION_CLIENT };

static void head(struct fixture *f, uint32_t length, uint32_t type, uint32_t flags, uint32_t id)
{
    uint8_t octets[H2FRAME_HEAD_LENGTH];
    h2frame_write_head(octets, length, type, flags, id);
    octets_add(&f->in, octets, sizeof octets);
}

static void zeros(struct fixture *f, size_t length)
{
    static const uint8_t ZEROS[16384];
    octets_add(&f->in, ZEROS, length);
}

static void open_post(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS, 0);
}

static void hundred_gets(struct fixture *f)
{
    for (uint32_t i = 0; i < 100; i++) {
        peer_headers(f, attack_id(i), GET_FIELDS, END);
    }
}

static void ask(struct fixture *f)
{
    assert_int_equal(app_request(f, GET_FIELDS, NULL, NULL), 0);
}

/* ---- PING and SETTINGS ---- */

static void ping(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_ping(f, 0);
}

static void ping_ack(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_ping(f, H2FRAME_FLAG_ACK);
}

static void settings_empty(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_settings(f, 0, 0);
}

static void settings_of(struct fixture *f, uint32_t entries)
{
    head(f, entries * 6, H2FRAME_TYPE_SETTINGS, 0, 0);
    for (uint32_t i = 0; i < entries; i++) {
        const uint8_t entry[6] = {0, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 0, 0, (uint8_t)i, 1};
        octets_add(&f->in, entry, sizeof entry);
    }
}

static void settings_full(struct fixture *f, uint32_t i)
{
    (void)i;
    settings_of(f, 32);
}

static void settings_huge(struct fixture *f, uint32_t i)
{
    (void)i;
    settings_of(f, 2400);
}

/* Windows of all streams and the table of the encoder go up and down. */
static void settings_churn(struct fixture *f, uint32_t i)
{
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, i % 2 ? 0 : 65535);
    peer_settings(f, H2FRAME_SETTING_HEADER_TABLE_SIZE, i % 2 ? 0 : 4096);
}

static void settings_acks(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_ack(f);
}

/* ---- Frames without an effect ---- */

static void priority(struct fixture *f, uint32_t i)
{
    uint32_t on = attack_id(i * 7919 % 100);
    uint32_t of = attack_id(i * 104729 % 100);
    head(f, 5, H2FRAME_TYPE_PRIORITY, 0, on);
    const uint8_t payload[5] = {i % 3 ? 0 : 0x80, 0, (uint8_t)(of >> 8), (uint8_t)of, (uint8_t)i};
    octets_add(&f->in, payload, sizeof payload);
}

static void priority_update(struct fixture *f, uint32_t id)
{
    peer_frame(f, &(h2frame_frame){
                      .type = H2FRAME_TYPE_PRIORITY_UPDATE,
                      .prioritized_stream_id = id,
                      .payload = {(const uint8_t *)"u=1, i", 6},
                  });
}

static void priority_updates_idle(struct fixture *f, uint32_t i)
{
    priority_update(f, attack_id(i));
}

static void priority_updates_same(struct fixture *f, uint32_t i)
{
    (void)i;
    priority_update(f, 1);
}

static void unknown_large(struct fixture *f, uint32_t i)
{
    head(f, 16384, 0xee, 0xff, i % 2);
    zeros(f, 16384);
}

static void unknown_empty(struct fixture *f, uint32_t i)
{
    head(f, 0, 0xee, 0, i % 2);
}

static void altsvc_large(struct fixture *f, uint32_t i)
{
    head(f, 16384, H2FRAME_TYPE_ALTSVC, 0, i % 2);
    zeros(f, 16384);
}

static void origin_large(struct fixture *f, uint32_t i)
{
    head(f, 16384, H2FRAME_TYPE_ORIGIN, 0, i % 2);
    zeros(f, 16384);
}

static void window_on_connection(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_window(f, 0, 1);
}

static void window_on_streams(struct fixture *f, uint32_t i)
{
    peer_window(f, attack_id(i % 100), 1);
}

static void goaway_large(struct fixture *f, uint32_t i)
{
    (void)i;
    head(f, 16384, H2FRAME_TYPE_GOAWAY, 0, 0);
    zeros(f, 16384);
}

static void goaway_sinking(struct fixture *f, uint32_t i)
{
    peer_goaway(f, 0x7fffffff - i, 0);
}

static void data_empty(struct fixture *f, uint32_t i)
{
    (void)i;
    head(f, 0, H2FRAME_TYPE_DATA, 0, 1);
}

static void data_only_padding(struct fixture *f, uint32_t i)
{
    (void)i;
    head(f, 256, H2FRAME_TYPE_DATA, H2FRAME_FLAG_PADDED, 1);
    octets_add(&f->in, "\377", 1);
    zeros(f, 255);
}

static void headers_empty(struct fixture *f, uint32_t i)
{
    head(f, 0, H2FRAME_TYPE_HEADERS, 0, attack_id(i));
    head(f, 0, H2FRAME_TYPE_CONTINUATION, H2FRAME_FLAG_END_HEADERS, attack_id(i));
}

static void manual(struct fixture *f)
{
    f->config.flags = H2SESSION_MANUAL_CONSUME;
}

const struct attack FLOODS[] = {
    {.name = "PING, answers are not read",
     .role = SERVER,
     .send = ping,
     .rounds = 20000,
     .mute = 1,
     .reason = "LIMIT_ACKS",
     .end_by = 101,
     .heap = 96 * KIB,
     .events = 103,
     .frames = 0},
    {.name = "PING to a client, answers are not read",
     .role = CLIENT,
     .send = ping,
     .rounds = 20000,
     .mute = 1,
     .reason = "LIMIT_ACKS",
     .end_by = 101,
     .heap = 96 * KIB,
     .events = 103},
    {.name = "PING ACK",
     .role = SERVER,
     .send = ping_ack,
     .rounds = 20000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1001,
     .heap = 32 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "SETTINGS, answers are not read",
     .role = SERVER,
     .send = settings_empty,
     .rounds = 20000,
     .mute = 1,
     .reason = "LIMIT_ACKS",
     .end_by = 101,
     .heap = 96 * KIB,
     .events = 103},
    {.name = "SETTINGS of 32 entries, answers are not read",
     .role = SERVER,
     .send = settings_full,
     .rounds = 2000,
     .mute = 1,
     .reason = "LIMIT_ACKS",
     .end_by = 101,
     .heap = 96 * KIB,
     .events = 103},
    {.name = "SETTINGS",
     .role = SERVER,
     .send = settings_empty,
     .rounds = 20000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1001,
     .heap = 32 * KIB,
     .events = 1002,
     .frames = 1002},
    {.name = "SETTINGS of 2400 entries",
     .role = SERVER,
     .send = settings_huge,
     .rounds = 100,
     .reason = "SETTINGS_ENTRIES",
     .end_by = 1,
     .heap = 32 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "SETTINGS that move 100 windows",
     .role = SERVER,
     .setup = hundred_gets,
     .send = settings_churn,
     .rounds = 5000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 501,
     .heap = 128 * KIB,
     .events = 1302,
     .frames = 1002},
    {.name = "ACK of nothing",
     .role = SERVER,
     .send = settings_acks,
     .rounds = 100,
     .reason = "SETTINGS_ACK_UNEXPECTED",
     .end_by = 1,
     .heap = 32 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "PRIORITY among 100 streams",
     .role = SERVER,
     .setup = hundred_gets,
     .send = priority,
     .rounds = 20000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 2101,
     .heap = 128 * KIB,
     .events = 401,
     .frames = 1},
    {.name = "PRIORITY_UPDATE of idle streams",
     .role = SERVER,
     .send = priority_updates_idle,
     .rounds = 20000,
     .reason = "PRIORITY_UPDATE_IDLE",
     .end_by = 101,
     .heap = 64 * KIB,
     .events = 103,
     .frames = 1},
    {.name = "PRIORITY_UPDATE of one stream",
     .role = SERVER,
     .send = priority_updates_same,
     .rounds = 20000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1101,
     .heap = 64 * KIB,
     .events = 1103,
     .frames = 1},
    {.name = "unknown frames of 16 KiB",
     .role = SERVER,
     .setup = open_post,
     .send = unknown_large,
     .rounds = 2000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1111,
     .heap = 32 * KIB,
     .events = 4,
     .frames = 1},
    {.name = "unknown frames without payload",
     .role = SERVER,
     .setup = open_post,
     .send = unknown_empty,
     .rounds = 20000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1111,
     .heap = 32 * KIB,
     .events = 4,
     .frames = 1},
    {.name = "ALTSVC to a server",
     .role = SERVER,
     .setup = open_post,
     .send = altsvc_large,
     .rounds = 2000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1111,
     .heap = 32 * KIB,
     .events = 4,
     .frames = 1},
    {.name = "ORIGIN to a client",
     .role = CLIENT,
     .setup = ask,
     .send = origin_large,
     .rounds = 2000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1101,
     .heap = 32 * KIB,
     .events = 4,
     .frames = 2},
    {.name = "WINDOW_UPDATE of the connection",
     .role = SERVER,
     .send = window_on_connection,
     .rounds = 20000,
     .reason = "LIMIT_WINDOW_UPDATES",
     .end_by = 6,
     .heap = 32 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "WINDOW_UPDATE of 100 streams",
     .role = SERVER,
     .setup = hundred_gets,
     .send = window_on_streams,
     .rounds = 20000,
     .reason = "LIMIT_WINDOW_UPDATES",
     .end_by = 206,
     .heap = 128 * KIB,
     .events = 301,
     .frames = 1},
    {.name = "GOAWAY with 16 KiB of text",
     .role = CLIENT,
     .setup = ask,
     .send = goaway_large,
     .rounds = 2000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1002,
     .heap = 32 * KIB,
     .events = 1004,
     .frames = 2},
    {.name = "GOAWAY that names lower and lower streams",
     .role = SERVER,
     .send = goaway_sinking,
     .rounds = 5000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1002,
     .heap = 32 * KIB,
     .events = 1003,
     .frames = 1},
    {.name = "empty DATA",
     .role = SERVER,
     .setup = open_post,
     .send = data_empty,
     .rounds = 20000,
     .reason = "LIMIT_EMPTY_FRAMES",
     .end_by = 5,
     .heap = 32 * KIB,
     .events = 3,
     .frames = 1},
    {.name = "empty DATA that nobody takes",
     .role = SERVER,
     .configure = manual,
     .setup = open_post,
     .send = data_empty,
     .rounds = 20000,
     .reason = "LIMIT_EMPTY_FRAMES",
     .end_by = 5,
     .heap = 32 * KIB,
     .events = 3,
     .frames = 1},
    {.name = "DATA of padding only",
     .role = SERVER,
     .setup = open_post,
     .send = data_only_padding,
     .rounds = 20000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1001,
     .heap = 32 * KIB,
     .events = 3,
     .frames = 20},
    {.name = "empty HEADERS and CONTINUATION",
     .role = SERVER,
     .send = headers_empty,
     .rounds = 20000,
     .reason = "LIMIT_RESETS",
     .end_by = 201,
     .heap = 64 * KIB,
     .events = 202,
     .frames = 202},
    {.name = NULL},
};
