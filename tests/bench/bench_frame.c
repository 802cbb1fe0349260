/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_frame [--rounds N] [--smoke | --count]
 *
 * One kind of frame over and over at a server with one open stream, answers and accounting against
 * floods included, with libh2session and with libnghttp2 in the same run. One JSON line a kind.
 */
#include <stdlib.h>
#include <string.h>

#include <h2frame/h2frame.h>

#include "corpus.h"
#include "measure.h"

enum { IN_A_ROW = 256, TIMES = 40, LARGEST = 16384 };

struct kind {
    const char *name;
    uint32_t type;
    uint32_t flags;
    uint32_t stream_id;
    uint32_t length;
};

static const struct kind KINDS[] = {
    {"frame.data-16384", H2FRAME_TYPE_DATA, 0, 1, 16384},
    {"frame.data-1024", H2FRAME_TYPE_DATA, 0, 1, 1024},
    {"frame.data-100", H2FRAME_TYPE_DATA, 0, 1, 100},
    {"frame.ping", H2FRAME_TYPE_PING, 0, 0, 8},
    {"frame.window-update-connection", H2FRAME_TYPE_WINDOW_UPDATE, 0, 0, 4},
    {"frame.window-update-stream", H2FRAME_TYPE_WINDOW_UPDATE, 0, 1, 4},
    {"frame.settings-empty", H2FRAME_TYPE_SETTINGS, 0, 0, 0},
};

static size_t put(uint8_t *to, const struct kind *k)
{
    h2frame_write_head(to, k->length, k->type, k->flags, k->stream_id);
    memset(to + H2FRAME_HEAD_LENGTH, 0, k->length);
    if (k->length >= 4) {
        to[H2FRAME_HEAD_LENGTH + 3] = 1; /* an increment */
    }
    return H2FRAME_HEAD_LENGTH + (size_t)k->length;
}

static void drop(void *ctx, const uint8_t *data, size_t length)
{
    (void)ctx;
    (void)data;
    (void)length;
}

/* Preface, SETTINGS and its ACK, and a POST on stream 1 that stays open. */
static void greet(const struct side *side, void *conn)
{
    static const uint8_t POST[] = {0x83, 0x86, 0x84, 0x01, 0x01, 'h'};
    uint8_t hello[128];
    size_t n = H2FRAME_PREFACE_LENGTH;
    memcpy(hello, h2frame_preface(), H2FRAME_PREFACE_LENGTH);
    n += put(hello + n, &(const struct kind){"", H2FRAME_TYPE_SETTINGS, 0, 0, 0});
    n += put(hello + n, &(const struct kind){"", H2FRAME_TYPE_SETTINGS, H2FRAME_FLAG_ACK, 0, 0});
    h2frame_write_head(hello + n, sizeof POST, H2FRAME_TYPE_HEADERS, H2FRAME_FLAG_END_HEADERS, 1);
    memcpy(hello + n + H2FRAME_HEAD_LENGTH, POST, sizeof POST);
    n += H2FRAME_HEAD_LENGTH + sizeof POST;
    side->send(conn, drop, NULL);
    side->receive(conn, hello, n);
    side->send(conn, drop, NULL);
}

static double repeat(const struct side *side, const void *arg)
{
    static uint8_t frames[IN_A_ROW * (H2FRAME_HEAD_LENGTH + LARGEST)];
    static const struct kind *built; /* what they are */
    const struct kind *k = arg;
    struct side_app app = {.body = 0};
    size_t size = H2FRAME_HEAD_LENGTH + (size_t)k->length;
    size_t length = IN_A_ROW * size;
    for (size_t i = 0; i < IN_A_ROW && built != k; i++) {
        (void)put(frames + i * size, k);
    }
    built = k;
    void *conn = side->open(SIDE_SERVER, &app);
    greet(side, conn);
    for (int i = 0; i < TIMES; i++) {
        side->receive(conn, frames, length);
        side->send(conn, drop, NULL);
    }
    side->close(conn);
    uint64_t octets = k->type == H2FRAME_TYPE_DATA ? (uint64_t)k->length * IN_A_ROW * TIMES : 0;
    bench_require(app.octets == octets, "octets got lost");
    return octets > 0 ? (double)app.copied / (double)octets : 0;
}

int main(int argc, char **argv)
{
    struct measure_options o = measure_parse(argc, argv);
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        const struct work work = {KINDS[i].name, "frame", IN_A_ROW * TIMES, repeat, &KINDS[i]};
        measure(&work, &o);
    }
    return 0;
}
