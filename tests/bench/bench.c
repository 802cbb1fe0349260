/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEFAULT_ROUNDS = 21, MOST_ROUNDS = 1001 };
static const double SAMPLE_NS = 2e6; /* what a sample takes at least */

size_t bench_allocations, bench_live_octets;

void bench_require(int holds, const char *message)
{
    if (!holds) {
        fprintf(stderr, "bench: %s\n", message);
        exit(1);
    }
}

/* ---- The command line --------------------------------------------------------------------- */

int bench_option(struct bench_options *o, int argc, char **argv, int *at)
{
    const char *name = argv[*at];
    if (strcmp(name, "--rounds") == 0 && *at + 1 < argc) {
        o->rounds = atoi(argv[++*at]);
        bench_require(o->rounds >= 1 && o->rounds <= MOST_ROUNDS, "--rounds is 1 to 1001");
    } else if (strcmp(name, "--smoke") == 0) {
        o->smoke = 1;
    } else if (strcmp(name, "--count") == 0) {
        o->count = 1;
    } else {
        return 0;
    }
    ++*at;
    return 1;
}

void bench_options_end(struct bench_options *o)
{
    bench_require(!(o->smoke && o->count), "--smoke and --count exclude each other");
    if (o->rounds == 0 || o->smoke) {
        o->rounds = o->smoke ? 1 : DEFAULT_ROUNDS;
    }
}

/* ---- Memory ------------------------------------------------------------------------------- */

static void *taken(void *memory)
{
    bench_allocations++;
    bench_live_octets += memory != NULL ? malloc_usable_size(memory) : 0;
    return memory;
}

static void given(void *memory)
{
    bench_live_octets -= memory != NULL ? malloc_usable_size(memory) : 0;
}

void *bench_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    given(ptr);
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return taken(realloc(ptr, new_size));
}

static void *peer_malloc(size_t size, void *user)
{
    (void)user;
    return taken(malloc(size));
}

static void peer_free(void *ptr, void *user)
{
    (void)user;
    given(ptr);
    free(ptr);
}

static void *peer_calloc(size_t count, size_t size, void *user)
{
    (void)user;
    return taken(calloc(count, size));
}

static void *peer_realloc(void *ptr, size_t size, void *user)
{
    (void)user;
    given(ptr);
    return taken(realloc(ptr, size));
}

nghttp2_mem bench_peer_memory = {NULL, peer_malloc, peer_free, peer_calloc, peer_realloc};

/* ---- Measuring ---------------------------------------------------------------------------- */

struct measured {
    double ns[MOST_ROUNDS];
    int repeats; /* passes of a sample */
    double allocations;
};

static struct measured measured[BENCH_SIDES];

static double now_ns(void)
{
    struct timespec t;
    bench_require(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0, "no clock");
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the values. */
static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return values[count / 2];
}

static double sample(const struct bench_job *job, int side, int repeats)
{
    double begin = now_ns();
    for (int i = 0; i < repeats; i++) {
        job->pass(job->sides[side], job->input);
    }
    return (now_ns() - begin) / repeats;
}

/* The same work under a name of its own: a profiler that counts only inside it sees one pass, not
 * the warm-up before it. */
void bench_counted_pass(const struct bench_job *job, int side);
void bench_counted_pass(const struct bench_job *job, int side)
{
    job->pass(job->sides[side], job->input);
    bench_allocations = 0; /* after the call, so that it is no jump */
}

/* Called by this pointer, it keeps its name. */
static void (*const volatile counted_pass)(const struct bench_job *, int) = bench_counted_pass;

/* Passes to warm up; finds what a sample is. */
static void prepare(const struct bench_job *job, int side)
{
    struct measured *m = &measured[side];
    job->pass(job->sides[side], job->input);
    bench_allocations = 0;
    double once = sample(job, side, 1);
    m->allocations = (double)bench_allocations;
    m->repeats = (int)(SAMPLE_NS / (once + 1)) + 1;
}

static void print_numbers(const struct bench_number *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf(", \"%s\": %.4f, \"peer_%s\": %.4f", numbers[i].name, numbers[i].of[BENCH_OURS],
               numbers[i].name, numbers[i].of[BENCH_PEER]);
    }
}

static void print_job(const struct bench_job *job, int rounds, double ratio,
                      const struct bench_number *numbers, size_t count)
{
    double units = (double)job->units;
    double ns[BENCH_SIDES];
    for (int side = 0; side < BENCH_SIDES; side++) {
        ns[side] = median(measured[side].ns, rounds);
    }
    printf("{\"name\": \"%s\", \"unit\": \"%s\", \"units\": %zu, \"iterations\": %d, "
           "\"ns\": %.2f, \"min_ns\": %.2f, \"allocs\": %.3f, \"side\": \"%s\", \"peer\": \"%s\", "
           "\"peer_ns\": %.2f, \"peer_min_ns\": %.2f, \"peer_allocs\": %.3f, \"ratio\": %.3f",
           job->name, job->unit, job->units, rounds * measured[BENCH_OURS].repeats,
           ns[BENCH_OURS] / units, measured[BENCH_OURS].ns[0] / units,
           measured[BENCH_OURS].allocations / units, job->side_names[BENCH_OURS],
           job->side_names[BENCH_PEER], ns[BENCH_PEER] / units, measured[BENCH_PEER].ns[0] / units,
           measured[BENCH_PEER].allocations / units, ratio);
    print_numbers(numbers, count);
    printf(", \"compiler\": \"%s\"}\n", __VERSION__);
    (void)fflush(stdout);
}

static void count_passes(const struct bench_job *job)
{
    for (int side = 0; side < BENCH_SIDES; side++) {
        job->pass(job->sides[side], job->input);
        counted_pass(job, side);
        printf("{\"name\": \"%s\", \"side\": \"%s\", \"units\": %zu}\n", job->name,
               job->side_names[side], job->units);
    }
}

void bench_run(const struct bench_job *job, const struct bench_options *o,
               const struct bench_number *numbers, size_t count)
{
    double ratios[MOST_ROUNDS];
    if (o->count) {
        count_passes(job);
        return;
    }
    for (int side = 0; side < BENCH_SIDES; side++) {
        prepare(job, side);
        measured[side].repeats = o->smoke ? 1 : measured[side].repeats;
    }
    for (int i = 0; i < o->rounds; i++) {
        for (int side = 0; side < BENCH_SIDES; side++) {
            measured[side].ns[i] = sample(job, side, measured[side].repeats);
        }
        ratios[i] = measured[BENCH_PEER].ns[i] / measured[BENCH_OURS].ns[i];
    }
    print_job(job, o->rounds, median(ratios, o->rounds), numbers, count);
}

void bench_print(const char *name, const char *const side_names[BENCH_SIDES],
                 const struct bench_options *o, const struct bench_number *numbers, size_t count)
{
    if (o->count) {
        return;
    }
    printf("{\"name\": \"%s\", \"side\": \"%s\", \"peer\": \"%s\"", name, side_names[BENCH_OURS],
           side_names[BENCH_PEER]);
    print_numbers(numbers, count);
    printf(", \"compiler\": \"%s\"}\n", __VERSION__);
}
