/* SPDX-License-Identifier: MIT */
/* Field blocks that never end, cost more than they weigh, or say nothing. */
#include "attack.h"

#include <stdlib.h>
#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, SERVER = H2SESSION_SERVER, CLIENT = H2SESSION_CLIENT };
enum { OPEN = 0, WHOLE = H2FRAME_FLAG_END_HEADERS };

static void block(struct fixture *f, uint32_t type, uint32_t id, uint32_t flags,
                  const struct octets *payload)
{
    uint8_t octets[H2FRAME_HEAD_LENGTH];
    h2frame_write_head(octets, (uint32_t)payload->length, type, flags, id);
    octets_add(&f->in, octets, sizeof octets);
    octets_add(&f->in, payload->data, payload->length);
}

static void octets_again(struct octets *o, const void *step, size_t n, size_t times)
{
    size_t from = o->length;
    if (times > 0) {
        octets_add(o, step, n);
    }
    for (size_t have = n; have < n * times;) {
        size_t more = have < n * times - have ? have : n * times - have;
        octets_room(o, more + 1);
        octets_add(o, o->data + from, more);
        have += more;
    }
}

/* Octets of a payload: `lead` and then `unit` again and again, `size` at the most. */
static struct octets filled(const char *lead, const char *unit, size_t size)
{
    uint8_t first[4096];
    uint8_t step[4096];
    struct octets payload = {.length = 0};
    octets_add(&payload, first, test_hex(lead, first, sizeof first));
    size_t n = test_hex(unit, step, sizeof step);
    size_t left = size > payload.length ? size - payload.length : 0;
    octets_again(&payload, step, n, n > 0 ? left / n : 0);
    return payload;
}

static void headers(struct fixture *f, uint32_t id, uint32_t flags, struct octets payload)
{
    block(f, H2FRAME_TYPE_HEADERS, id, flags, &payload);
    free(payload.data);
}

static void continued(struct fixture *f, uint32_t id, uint32_t flags, struct octets payload)
{
    block(f, H2FRAME_TYPE_CONTINUATION, id, flags, &payload);
    free(payload.data);
}

/* The pseudo-fields of GET, none of them indexed. */
#define GET_HEX "82 87 84 0101 61"

static void continuation(struct fixture *f, uint32_t i, const char *unit, size_t size)
{
    if (i == 0) {
        headers(f, 1, OPEN, filled(GET_HEX, unit, size));
    } else {
        continued(f, 1, OPEN, filled("", unit, size));
    }
}

static void continuation_empty(struct fixture *f, uint32_t i)
{
    continuation(f, i, "", 0);
}

static void continuation_1(struct fixture *f, uint32_t i)
{
    continuation(f, i, "82", i == 0 ? 0 : 1);
}

static void continuation_100(struct fixture *f, uint32_t i)
{
    continuation(f, i, "00 01 61 01 62", 100);
}

static void continuation_16384(struct fixture *f, uint32_t i)
{
    continuation(f, i, "00 01 61 01 62", 16384);
}

static void nameless(struct fixture *f, uint32_t i)
{
    headers(f, attack_id(i), OPEN, filled(GET_HEX, "00 00 00", 16384));
    continued(f, attack_id(i), WHOLE, filled("", "00 00 00", 8192));
}

static void nameless_huffman(struct fixture *f, uint32_t i)
{
    headers(f, attack_id(i), OPEN, filled(GET_HEX, "00 80 80", 16384));
    continued(f, attack_id(i), WHOLE, filled("", "00 80 80", 8192));
}

/* One small entry of the table, referred to thousands of times. */
static void many_references(struct fixture *f, uint32_t i)
{
    headers(f, attack_id(i), WHOLE,
            filled(i == 0 ? GET_HEX "40 01 61 01 62" : GET_HEX, "be", 16000));
}

static void many_crumbs(struct fixture *f, uint32_t i)
{
    headers(f, attack_id(i), WHOLE, filled(i == 0 ? GET_HEX "60 01 61" : GET_HEX, "be", 4000));
}

static void many_static(struct fixture *f, uint32_t i)
{
    headers(f, attack_id(i), WHOLE, filled(GET_HEX, "90", 4000));
}

/* One large entry of the table, referred to thousands of times. */
static void large_references(struct fixture *f, uint32_t i)
{
    if (i > 0) {
        headers(f, attack_id(i), WHOLE, filled(GET_HEX, "be", 4000));
        return;
    }
    struct octets payload = {.length = 0};
    uint8_t lead[64];
    octets_add(&payload, lead, test_hex(GET_HEX "40 01 61 7f dd1e", lead, sizeof lead));
    octets_again(&payload, "v", 1, 4060);
    octets_again(&payload, "\xbe", 1, 11000);
    block(f, H2FRAME_TYPE_HEADERS, 1, WHOLE, &payload);
    free(payload.data);
}

/* Below the limits as often as possible: the largest work that is allowed. */
static void as_many_as_allowed(struct fixture *f, uint32_t i)
{
    headers(f, attack_id(i), WHOLE | END,
            filled(i == 0 ? GET_HEX "40 01 61 01 62" : GET_HEX, "be", 6 + 120));
}

static void sizes_of_table(struct fixture *f, uint32_t i)
{
    headers(f, attack_id(i), WHOLE, filled("", "20 3fe11f", 16000));
}

/* Literals of one octet value, coded with the shortest and the longest codes. */
static void huffman(struct fixture *f, uint32_t i, const char *unit)
{
    uint8_t step[64];
    struct octets payload = {.length = 0};
    uint8_t lead[64];
    octets_add(&payload, lead, test_hex(GET_HEX "00 01 61 ff 8177", lead, sizeof lead));
    size_t n = test_hex(unit, step, sizeof step);
    octets_again(&payload, step, n, 15360 / n);
    block(f, H2FRAME_TYPE_HEADERS, attack_id(i), WHOLE | END, &payload);
    free(payload.data);
}

static void huffman_short(struct fixture *f, uint32_t i)
{
    huffman(f, i, "0000000000"); /* "0" is five zeros */
}

static void huffman_long(struct fixture *f, uint32_t i)
{
    /* Four times the thirty bits of octet 249, 0x3ffffffe. */
    huffman(f, i, "fffffffbffffffef ffffffbffffffe");
}

static void numbers_without_end(struct fixture *f, uint32_t i)
{
    headers(f, attack_id(i), WHOLE, filled("7f", "80", 16000));
}

/* Trailers, again and again: each is a block that has to be decoded. */
static void trailers(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), POST_FIELDS, 0);
    peer_headers(f, attack_id(i), "x-a b", END);
    peer_headers(f, attack_id(i), "x-a b", END);
}

static void ask(struct fixture *f)
{
    assert_int_equal(app_request(f, GET_FIELDS, NULL, NULL), 0);
}

static void interim(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_headers(f, 1, ":status 103|link a", 0);
}

static void response_bomb(struct fixture *f, uint32_t i)
{
    headers(f, 1, WHOLE, filled(i == 0 ? "88 40 01 61 01 62" : "", "be", 2000));
}

static void promise(struct fixture *f, uint32_t i)
{
    const h2frame_frame frame = {
        .type = H2FRAME_TYPE_PUSH_PROMISE,
        .flags = H2FRAME_FLAG_END_HEADERS,
        .stream_id = 1,
        .promised_stream_id = 2 + 2 * i,
        .payload = {(const uint8_t *)"\x82\x87\x84\x01\x01\x61", 6},
    };
    peer_frame(f, &frame);
}

/* The peer asks for a table of four gigabytes. */
static void huge_table(struct fixture *f, uint32_t i)
{
    if (i == 0) {
        peer_settings(f, H2FRAME_SETTING_HEADER_TABLE_SIZE, UINT32_MAX);
    }
    peer_headers(f, attack_id(i), GET_FIELDS, END);
}

static void answered(struct fixture *f)
{
    f->answer = ":status 200|server something|x-more 0123456789012345678901234567890123456789";
}

const struct attack HEADER_BOMBS[] = {
    {.name = "CONTINUATION without payload",
     .role = SERVER,
     .send = continuation_empty,
     .rounds = 20000,
     .reason = "LIMIT_EMPTY_FRAMES",
     .end_by = 6,
     .heap = 64 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "CONTINUATION of 1 octet",
     .role = SERVER,
     .send = continuation_1,
     .rounds = 20000,
     .reason = "LIMIT_CONTINUATIONS",
     .end_by = 10,
     .heap = 64 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "CONTINUATION of 100 octets",
     .role = SERVER,
     .send = continuation_100,
     .rounds = 20000,
     .reason = "LIMIT_CONTINUATIONS",
     .end_by = 10,
     .heap = 64 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "CONTINUATION of 16384 octets",
     .role = SERVER,
     .send = continuation_16384,
     .rounds = 250,
     .reason = "LIMIT_FIELD_BLOCK",
     .end_by = 5,
     .heap = 192 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "fields without name and value",
     .role = SERVER,
     .send = nameless,
     .rounds = 250,
     .reason = "LIMIT_RESETS",
     .end_by = 201,
     .heap = 160 * KIB,
     .events = 202,
     .frames = 202},
    {.name = "fields without name and value, Huffman",
     .role = SERVER,
     .send = nameless_huffman,
     .rounds = 250,
     .reason = "LIMIT_RESETS",
     .end_by = 201,
     .heap = 160 * KIB,
     .events = 202,
     .frames = 202},
    {.name = "many references to a small entry",
     .role = SERVER,
     .send = many_references,
     .rounds = 250,
     .reason = "LIMIT_RESETS",
     .end_by = 201,
     .heap = 160 * KIB,
     .events = 202,
     .frames = 202},
    {.name = "many crumbs of a cookie",
     .role = SERVER,
     .send = many_crumbs,
     .rounds = 250,
     .reason = "LIMIT_RESETS",
     .end_by = 201,
     .heap = 160 * KIB,
     .events = 202,
     .frames = 202},
    {.name = "many references to a static entry",
     .role = SERVER,
     .send = many_static,
     .rounds = 250,
     .reason = "LIMIT_RESETS",
     .end_by = 201,
     .heap = 160 * KIB,
     .events = 202,
     .frames = 202},
    {.name = "many references to a large entry",
     .role = SERVER,
     .send = large_references,
     .rounds = 250,
     .reason = "LIMIT_RESETS",
     .end_by = 201,
     .heap = 160 * KIB,
     .events = 202,
     .frames = 202},
    {.name = "as many references as are allowed",
     .served = 1,
     .role = SERVER,
     .configure = answered,
     .send = as_many_as_allowed,
     .rounds = 2000,
     .heap = 96 * KIB,
     .events = 6000,
     .frames = 2000},
    {.name = "sizes of the table without end",
     .role = SERVER,
     .send = sizes_of_table,
     .rounds = 100,
     .reason = "COMPRESSION",
     .end_by = 1,
     .heap = 64 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "numbers without end",
     .role = SERVER,
     .send = numbers_without_end,
     .rounds = 100,
     .reason = "COMPRESSION",
     .end_by = 1,
     .heap = 64 * KIB,
     .events = 1,
     .frames = 1},
    {.name = "the shortest Huffman codes",
     .role = SERVER,
     .configure = answered,
     .send = huffman_short,
     .rounds = 250,
     .heap = 192 * KIB,
     .events = 1500,
     .frames = 500},
    {.name = "the longest Huffman codes",
     .role = SERVER,
     .configure = answered,
     .send = huffman_long,
     .rounds = 250,
     .heap = 192 * KIB,
     .events = 1500,
     .frames = 500},
    {.name = "trailers after the end",
     .role = SERVER,
     .send = trailers,
     .rounds = 2000,
     .reason = "LIMIT_RESETS",
     .end_by = 201,
     .heap = 128 * KIB,
     .events = 1300,
     .frames = 310},
    {.name = "interim responses",
     .role = CLIENT,
     .setup = ask,
     .send = interim,
     .rounds = 20000,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1100,
     .heap = 64 * KIB,
     .events = 40,
     .frames = 3},
    {.name = "a response with many references",
     .role = CLIENT,
     .setup = ask,
     .send = response_bomb,
     .rounds = 1200,
     .reason = "LIMIT_GLITCHES",
     .end_by = 1002,
     .heap = 160 * KIB,
     .events = 4,
     .frames = 4},
    {.name = "promises that nobody asked for",
     .role = CLIENT,
     .setup = ask,
     .send = promise,
     .rounds = 250,
     .reason = "PUSH_DISABLED",
     .end_by = 1,
     .heap = 64 * KIB,
     .events = 3,
     .frames = 3},
    {.name = "a table of 2^32-1 octets is asked for",
     .served = 1,
     .role = SERVER,
     .configure = answered,
     .send = huge_table,
     .rounds = 2000,
     .heap = 64 * KIB,
     .events = 6001,
     .frames = 2001},
    {.name = NULL},
};
