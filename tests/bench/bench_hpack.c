/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_hpack [--cases DIR] [--rounds N] [--smoke | --count] [CORPUS]
 *
 * Decodes and encodes field blocks, with us and with libnghttp2 in the same run: rounds alternate
 * between the two, and the ratio is the median of their ratios; above 1 we are faster. First it is
 * checked that every field comes back. One JSON line a case.
 *
 * --cases DIR   also the recorded stories in DIR/raw-data
 * --smoke       one short round: whether all works, not how fast
 * --count       for a profiler: each coder makes one pass to warm up and one in the function
 *               coder_counted_pass(), in the order of the lines
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "coders.h"

enum { DEFAULT_ROUNDS = 21, MOST_ROUNDS = 1001, STORIES_OF_SMOKE = 2 };
static const double SAMPLE_NS = 2e6; /* what a sample takes at least */

struct options {
    const char *cases;
    const char *corpus; /* the only one, or NULL */
    int rounds;
    int smoke;
    int count;
};

/* What one coder took, per pass. */
struct measured {
    double ns[MOST_ROUNDS];
    int repeats; /* passes of a sample */
    size_t wire_octets;
    double allocations_per_block;
};

static const char *const PASS_NAMES[PASSES] = {"decode", "decode-plain", "encode"};
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

/* Sorts the values. */
static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return values[count / 2];
}

static double sample(const struct coder *coder, const struct corpus *c, int pass, int repeats)
{
    double begin = now_ns();
    for (int i = 0; i < repeats; i++) {
        (void)coder_pass(coder, c, pass);
    }
    return (now_ns() - begin) / repeats;
}

/* Passes to warm up; finds what a sample is. */
static void prepare(struct measured *m, const struct coder *coder, const struct corpus *c, int pass)
{
    coder_allocations = 0;
    m->wire_octets = coder_pass(coder, c, pass);
    m->allocations_per_block = (double)coder_allocations / (double)c->count;
    m->repeats = (int)(SAMPLE_NS / (sample(coder, c, pass, 1) + 1)) + 1;
}

static void print_case(const struct corpus *c, int pass, int rounds, double ratio)
{
    double fields = (double)c->fields;
    double octets = (double)c->octets;
    double our_ns = median(ours.ns, rounds);
    double peer_ns = median(peer.ns, rounds);
    printf("{\"name\": \"hpack.%s.%s\", \"iterations\": %d, \"fields\": %zu, \"blocks\": %zu, "
           "\"ns_per_field\": %.2f, \"min_ns_per_field\": %.2f, \"bytes_per_s\": %.0f, "
           "\"wire_ratio\": %.4f, \"allocs_per_block\": %.3f, "
           "\"peer\": \"%s %s\", \"peer_ns_per_field\": %.2f, \"peer_min_ns_per_field\": %.2f, "
           "\"peer_wire_ratio\": %.4f, \"peer_allocs_per_block\": %.3f, "
           "\"ratio\": %.3f, \"compiler\": \"%s\"}\n",
           PASS_NAMES[pass], c->name, rounds * ours.repeats, c->fields, c->count, our_ns / fields,
           ours.ns[0] / fields, octets / our_ns * 1e9, (double)ours.wire_octets / octets,
           ours.allocations_per_block, CODER_PEER.name, nghttp2_version(0)->version_str,
           peer_ns / fields, peer.ns[0] / fields, (double)peer.wire_octets / octets,
           peer.allocations_per_block, ratio, __VERSION__);
    (void)fflush(stdout);
}

static void measure(const struct corpus *c, int pass, const struct options *o)
{
    double ratios[MOST_ROUNDS];
    prepare(&ours, &CODER_OURS, c, pass);
    prepare(&peer, &CODER_PEER, c, pass);
    if (o->smoke) {
        ours.repeats = 1;
        peer.repeats = 1;
    }
    for (int i = 0; i < o->rounds; i++) {
        ours.ns[i] = sample(&CODER_OURS, c, pass, ours.repeats);
        peer.ns[i] = sample(&CODER_PEER, c, pass, peer.repeats);
        ratios[i] = peer.ns[i] / ours.ns[i];
    }
    print_case(c, pass, o->rounds, median(ratios, o->rounds));
}

static void count(const struct corpus *c, int pass)
{
    const struct coder *coders[] = {&CODER_OURS, &CODER_PEER};
    for (int i = 0; i < 2; i++) {
        (void)coder_pass(coders[i], c, pass);
        (void)coder_counted_pass(coders[i], c, pass);
        printf("{\"name\": \"hpack.%s.%s\", \"coder\": \"%s\", \"fields\": %zu}\n",
               PASS_NAMES[pass], c->name, coders[i]->name, c->fields);
    }
}

static void run(struct corpus *c, const struct options *o)
{
    corpus_write_wires(c);
    if (!o->count) {
        coder_verify(&CODER_OURS, &CODER_PEER, c);
        coder_verify(&CODER_PEER, &CODER_OURS, c);
    }
    for (int pass = 0; pass < PASSES; pass++) {
        if (o->count) {
            count(c, pass);
        } else {
            measure(c, pass, o);
        }
    }
    corpus_free(c);
}

static void usage(void)
{
    fprintf(stderr, "usage: bench_hpack [--cases DIR] [--rounds N] [--smoke | --count] [CORPUS]\n");
    exit(2);
}

static struct options parse(int argc, char **argv)
{
    struct options o = {BENCH_CASES, NULL, DEFAULT_ROUNDS, 0, 0};
    for (int i = 1; i < argc; i++) {
        int has_value = i + 1 < argc;
        if (strcmp(argv[i], "--cases") == 0 && has_value) {
            o.cases = argv[++i];
        } else if (strcmp(argv[i], "--rounds") == 0 && has_value) {
            o.rounds = atoi(argv[++i]);
        } else if (strcmp(argv[i], "--smoke") == 0) {
            o.smoke = 1;
        } else if (strcmp(argv[i], "--count") == 0) {
            o.count = 1;
        } else if (argv[i][0] != '-' && o.corpus == NULL) {
            o.corpus = argv[i];
        } else {
            usage();
        }
    }
    if (o.rounds < 1 || o.rounds > MOST_ROUNDS || (o.smoke && o.count)) {
        usage();
    }
    o.rounds = o.smoke ? 1 : o.rounds;
    return o;
}

static int is_wanted(const struct options *o, const char *name)
{
    return o->corpus == NULL || strcmp(o->corpus, name) == 0;
}

int main(int argc, char **argv)
{
    struct options o = parse(argc, argv);
    int found = 0;
    for (size_t i = 0; i < CORPUS_MAKERS; i++) {
        if (is_wanted(&o, CORPUS_MAKER[i].name)) {
            struct corpus c = {0};
            c.name = CORPUS_MAKER[i].name;
            CORPUS_MAKER[i].make(&c);
            run(&c, &o);
            found = 1;
        }
    }
    if (o.cases[0] != '\0' && is_wanted(&o, "stories")) {
        struct corpus c = {0};
        c.name = "stories";
        corpus_add_stories(&c, o.cases, o.smoke ? STORIES_OF_SMOKE : SIZE_MAX);
        run(&c, &o);
        found = 1;
    }
    bench_require(found, "there is no such corpus");
    return 0;
}
