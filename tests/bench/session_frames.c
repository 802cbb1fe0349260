/* SPDX-License-Identifier: MIT */
#include "session_frames.h"

#include <stdlib.h>
#include <string.h>

enum { READ_SIZE = 65536, READ_FRAMES = 100 };

static void drop(void *ctx, const uint8_t *octets, size_t length)
{
    (void)octets;
    *(size_t *)ctx += length;
}

static const struct {
    const char *name;
    uint32_t length;
    uint8_t type, flags;
    uint8_t stream_id;
} KINDS[FRAME_KINDS] = {
    {"data-16k", 16384, 0, 0, 1},
    {"data-1k", 1024, 0, 0, 1},
    {"data-100", 100, 0, 0, 1},
    {"ping", 8, 6, 0, 0},
    {"window-update-connection", 4, 8, 0, 0},
    {"window-update-stream", 4, 8, 0, 1},
    {"settings-empty", 0, 4, 0, 0},
};

static size_t put_head(uint8_t *to, uint32_t length, uint8_t type, uint8_t flags, uint8_t stream_id)
{
    const uint8_t head[] = {(uint8_t)(length >> 16),
                            (uint8_t)(length >> 8),
                            (uint8_t)length,
                            type,
                            flags,
                            0,
                            0,
                            0,
                            stream_id};
    memcpy(to, head, sizeof head);
    return sizeof head;
}

/* The preface, empty SETTINGS and an ACK, a POST on stream 1. */
static void put_beginning(struct frames *f)
{
    static const uint8_t POST[] = {0x83, 0x87, 0x84, 0x01, 0x01, 'h'};
    static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    uint8_t *to = f->head;
    memcpy(to, PREFACE, sizeof PREFACE - 1);
    to += sizeof PREFACE - 1;
    to += put_head(to, 0, 4, 0, 0);
    to += put_head(to, 0, 4, 1, 0);
    f->greeting_length = (size_t)(to - f->head);
    to += put_head(to, sizeof POST, 1, 4, 1);
    memcpy(to, POST, sizeof POST);
    f->head_length = (size_t)(to - f->head) + sizeof POST;
}

void frames_make(struct frames *f, int kind, size_t count)
{
    memset(f, 0, sizeof *f);
    f->name = KINDS[kind].name;
    f->count = count;
    put_beginning(f);
    f->octets = calloc(count, 9 + (size_t)KINDS[kind].length);
    bench_require(f->octets != NULL, "out of memory");
    for (size_t i = 0; i < count; i++) {
        uint8_t *to = f->octets + f->length;
        f->length += put_head(to, KINDS[kind].length, KINDS[kind].type, KINDS[kind].flags,
                              KINDS[kind].stream_id);
        if (KINDS[kind].type == 8) {
            to[12] = 1; /* increment */
        }
        f->length += KINDS[kind].length;
    }
}

void frames_free(struct frames *f)
{
    free(f->octets);
}

void frames_to_server(const struct session_side *side, const struct frames *f)
{
    struct application app = {.silent = 1};
    size_t sent = 0;
    void *server = side->open(SESSION_SERVER, &app);
    side->send(server, drop, &sent);
    side->receive(server, f->head, f->head_length);
    /* So many that no side takes the answers for a flood. */
    size_t most = f->length / f->count * READ_FRAMES;
    most = most < READ_SIZE ? most : READ_SIZE;
    for (size_t at = 0; at < f->length; at += most) {
        size_t length = f->length - at < most ? f->length - at : most;
        side->receive(server, f->octets + at, length);
        side->send(server, drop, &sent);
    }
    side->close(server);
}
