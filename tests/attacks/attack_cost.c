/* SPDX-License-Identifier: MIT */
/*
 * Runs every attack, and first what it is compared with, for a tool that counts instructions
 * (cost.py): it counts while a function of the session runs that takes octets in or gives them out,
 * callbacks included, and writes down what it has counted whenever attack_cost_one() returns. For
 * each of them a line is printed: octets received, what it is compared with, the name. Frames of a
 * flood arrive as a network brings them, many at a time.
 */
#include "attack.h"

#include <stdio.h>
#include <string.h>

enum { UPLOAD_FRAMES = 256, REQUESTS = 2000, BATCH = 16384 };

/* To the session a body costs nearly nothing: its octets are handed on as they stand. So the upload
 * that attacks are compared with is one whose octets the application looks at, once. */
static uint32_t body_hash;

static void look_at(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        body_hash = (body_hash ^ data[i]) * 16777619u;
    }
}

static void open_post(struct fixture *f)
{
    f->on_octets = look_at;
    peer_headers(f, 1, POST_FIELDS, 0);
}

static void upload(struct fixture *f, uint32_t i)
{
    (void)i;
    peer_data(f, 1, 16384, 0);
}

static void answered(struct fixture *f)
{
    f->answer = ":status 200|server something|x-more 0123456789012345678901234567890123456789";
}

static void request(struct fixture *f, uint32_t i)
{
    peer_headers(f, attack_id(i), GET_FIELDS, H2FRAME_FLAG_END_STREAM);
}

static const struct attack BASES[] = {
    {
        .name = "upload",
        .role = H2SESSION_SERVER,
        .setup = open_post,
        .send = upload,
        .rounds = UPLOAD_FRAMES,
        .heap = 64 * KIB,
        .events = 10 * UPLOAD_FRAMES,
        .frames = 2 * UPLOAD_FRAMES,
    },
    {
        .name = "requests",
        .served = 1,
        .role = H2SESSION_SERVER,
        .configure = answered,
        .send = request,
        .rounds = REQUESTS,
        .heap = 256 * KIB,
        .events = 10 * REQUESTS,
        .frames = 2 * REQUESTS,
    },
    {.name = NULL},
};

void attack_cost_one(const struct attack *a);

__attribute__((noinline)) void attack_cost_one(const struct attack *a)
{
    struct attack_run run = {.attack = a, .batch = a->served ? 0 : BATCH};
    attack_run(&run);
    attack_end(&run);
    printf("%llu\t%s\t%s\n", (unsigned long long)run.wire, a->served ? "requests" : "upload",
           a->name);
}

int main(void)
{
    for (const struct attack *a = BASES; a->name != NULL; a++) {
        attack_cost_one(a);
    }
    for (size_t i = 0; ATTACKS[i] != NULL; i++) {
        for (const struct attack *a = ATTACKS[i]; a->name != NULL; a++) {
            if (a->step_ns == 0) { /* those take time, not work */
                attack_cost_one(a);
            }
        }
    }
    return 0;
}
