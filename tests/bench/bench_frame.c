/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_frame [--rounds N] [--smoke | --count]
 *
 * One kind of frame over and over at a server with one open stream, answers and accounting against
 * floods included, beside libnghttp2 in the same run. bench.h tells of the options.
 */
#include <stdio.h>
#include <stdlib.h>

#include "session_frames.h"

enum { NAME_SIZE = 64, FRAMES = 10000, FRAMES_SMOKE = 20 };

static void frames_pass(const void *side, const void *input)
{
    frames_to_server(side, input);
}

static void measure(int kind, const char *peer_name, const struct bench_options *o)
{
    struct frames f;
    char name[NAME_SIZE];
    frames_make(&f, kind, o->smoke ? FRAMES_SMOKE : FRAMES);
    (void)snprintf(name, sizeof name, "frame.%s", f.name);
    const struct bench_job job = {.name = name,
                                  .unit = "frame",
                                  .units = f.count,
                                  .pass = frames_pass,
                                  .sides = {&SESSION_OURS, &SESSION_PEER},
                                  .side_names = {SESSION_OURS.name, peer_name},
                                  .input = &f};
    bench_run(&job, o, NULL, 0);
    frames_free(&f);
}

int main(int argc, char **argv)
{
    struct bench_options o = {0, 0, 0};
    char peer_name[NAME_SIZE];
    for (int i = 1; i < argc;) {
        if (!bench_option(&o, argc, argv, &i)) {
            fprintf(stderr, "usage: bench_frame [--rounds N] [--smoke | --count]\n");
            return 2;
        }
    }
    bench_options_end(&o);
    (void)snprintf(peer_name, sizeof peer_name, "%s %s", SESSION_PEER.name,
                   nghttp2_version(0)->version_str);
    for (int kind = 0; kind < FRAME_KINDS; kind++) {
        measure(kind, peer_name, &o);
    }
    return 0;
}
