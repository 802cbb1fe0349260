/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <nghttp2/nghttp2.h>

#include "corpus.h"

enum { DEFAULT_ROUNDS = 21, MOST_ROUNDS = 1001 };

struct measured {
    double ns[MOST_ROUNDS];
    double allocations;
    double copied;
};

static struct measured ours, peer;

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

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return values[count / 2];
}

static void usage(const char *program)
{
    fprintf(stderr, "usage: %s [--rounds N] [--smoke | --count]\n", program);
    exit(2);
}

struct measure_options measure_parse(int argc, char **argv)
{
    struct measure_options o = {DEFAULT_ROUNDS, 0, 0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
            o.rounds = atoi(argv[++i]);
        } else if (strcmp(argv[i], "--smoke") == 0) {
            o.smoke = 1;
        } else if (strcmp(argv[i], "--count") == 0) {
            o.count = 1;
        } else {
            usage(argv[0]);
        }
    }
    if (o.rounds < 1 || o.rounds > MOST_ROUNDS || (o.smoke && o.count)) {
        usage(argv[0]);
    }
    o.rounds = o.smoke ? 1 : o.rounds;
    return o;
}

static void warm_up(struct measured *m, const struct work *work, const struct side *side)
{
    (void)work->pass(side, work->arg);
    side_allocations = 0;
    m->copied = work->pass(side, work->arg);
    m->allocations = (double)side_allocations / (double)work->units;
}

static double sample(const struct work *work, const struct side *side)
{
    double begin = now_ns();
    (void)work->pass(side, work->arg);
    return (now_ns() - begin) / (double)work->units;
}

static void count(const struct work *work)
{
    const struct side *sides[] = {&SIDE_OURS, &SIDE_PEER};
    for (int i = 0; i < 2; i++) {
        (void)work->pass(sides[i], work->arg);
        (void)session_counted_pass(work->pass, work->arg, sides[i]);
        printf("{\"name\": \"%s\", \"coder\": \"%s\", \"units\": %zu}\n", work->name,
               sides[i]->name, work->units);
    }
}

void measure(const struct work *work, const struct measure_options *o)
{
    double ratios[MOST_ROUNDS];
    if (o->count) {
        count(work);
        return;
    }
    warm_up(&ours, work, &SIDE_OURS);
    warm_up(&peer, work, &SIDE_PEER);
    for (int i = 0; i < o->rounds; i++) {
        ours.ns[i] = sample(work, &SIDE_OURS);
        peer.ns[i] = sample(work, &SIDE_PEER);
        ratios[i] = peer.ns[i] / ours.ns[i];
    }
    printf("{\"name\": \"%s\", \"unit\": \"%s\", \"iterations\": %zu, \"ns_per_unit\": %.2f, "
           "\"min_ns_per_unit\": %.2f, \"allocs_per_unit\": %.3f, \"copied_per_octet\": %.3f, "
           "\"peer\": \"%s %s\", \"peer_ns_per_unit\": %.2f, \"peer_min_ns_per_unit\": %.2f, "
           "\"peer_allocs_per_unit\": %.3f, \"ratio\": %.3f, \"compiler\": \"%s\"}\n",
           work->name, work->unit, work->units * (size_t)o->rounds, median(ours.ns, o->rounds),
           ours.ns[0], ours.allocations, ours.copied, SIDE_PEER.name,
           nghttp2_version(0)->version_str, median(peer.ns, o->rounds), peer.ns[0],
           peer.allocations, median(ratios, o->rounds), __VERSION__);
    (void)fflush(stdout);
}

void measure_size(const char *name, double our_octets, double peer_octets,
                  const struct measure_options *o)
{
    if (!o->count) {
        printf("{\"name\": \"%s\", \"unit\": \"octets\", \"octets\": %.0f, \"peer\": \"%s %s\", "
               "\"peer_octets\": %.0f, \"ratio\": %.3f, \"compiler\": \"%s\"}\n",
               name, our_octets, SIDE_PEER.name, nghttp2_version(0)->version_str, peer_octets,
               peer_octets / our_octets, __VERSION__);
    }
}
