/* SPDX-License-Identifier: MIT */
/*
 * What the benchmarks share: the command line, rounds that alternate between us and the peer, and
 * memory that is counted.
 *
 * A pass is some work on an input, done by one side; the two sides do the same work. Rounds give
 * the time of a unit (a field, a request, a frame), and the ratio is the median of the ratios of
 * the rounds: above 1 we are faster. Under a profiler each side makes one pass to warm up and one
 * inside bench_counted_pass(). Whatever goes wrong ends the program with a message.
 */
#ifndef H2KIT_TESTS_BENCH_BENCH_H
#define H2KIT_TESTS_BENCH_BENCH_H

#include <nghttp2/nghttp2.h>
#include <stddef.h>

enum { BENCH_OURS = 0, BENCH_PEER = 1, BENCH_SIDES = 2 };

struct bench_options {
    int rounds;
    int smoke; /* one short round: whether all works, not how fast */
    int count; /* for a profiler */
};

/* Takes the options that all benchmarks have from the command line, at *at; moves *at behind it.
 * Returns 0 when it is another one. */
int bench_option(struct bench_options *o, int argc, char **argv, int *at);
/* After all options: what they leave open. */
void bench_options_end(struct bench_options *o);

struct bench_job {
    const char *name; /* "hpack.decode.stories" */
    const char *unit; /* "field" */
    size_t units;     /* of a pass */
    void (*pass)(const void *side, const void *input);
    const void *sides[BENCH_SIDES];
    const char *side_names[BENCH_SIDES]; /* of the peer with its version */
    const void *input;
};

/* A number beside the time, of each side: "wire_ratio". */
struct bench_number {
    const char *name;
    double of[BENCH_SIDES];
};

/* Runs the job and prints its JSON line, with the numbers; under a profiler, a line for each side. */
void bench_run(const struct bench_job *job, const struct bench_options *o,
               const struct bench_number *numbers, size_t count);
/* A line of numbers without a time. Prints nothing under a profiler. */
void bench_print(const char *name, const char *const side_names[BENCH_SIDES],
                 const struct bench_options *o, const struct bench_number *numbers, size_t count);

/* Ends the program with the message unless holds. */
void bench_require(int holds, const char *message);

/* Memory through these hooks is counted: calls that grew it, and octets that are in use, as the
 * allocator rounds them. */
extern size_t bench_allocations, bench_live_octets;
void *bench_resize(void *ctx, void *ptr, size_t old_size, size_t new_size);
extern nghttp2_mem bench_peer_memory;

#endif
