/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_hpack [--cases DIR] [--rounds N] [--smoke | --count] [CORPUS]
 *
 * Decodes and encodes field blocks, with us and with libnghttp2 in the same run: rounds alternate
 * between the two, and the ratio is the median of their ratios; above 1 we are faster. First it is
 * checked that every field comes back. One JSON line a case; bench.h tells of the options.
 *
 * --cases DIR   also the recorded stories in DIR/raw-data
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coders.h"

enum { STORIES_OF_SMOKE = 2, NAME_SIZE = 64 };

struct options {
    struct bench_options bench;
    const char *cases;
    const char *corpus; /* the only one, or NULL */
};

static const char *const PASS_NAMES[PASSES] = {"decode", "decode-plain", "encode"};

/* A corpus, and what is done with it. */
struct input {
    const struct corpus *corpus;
    int pass;
};

static void one_pass(const void *side, const void *input)
{
    const struct input *in = input;
    (void)coder_pass(side, in->corpus, in->pass);
}

static void measure(const struct corpus *c, int pass, const struct options *o)
{
    char name[NAME_SIZE];
    char peer[NAME_SIZE];
    const struct input input = {c, pass};
    const struct coder *coders[BENCH_SIDES] = {&CODER_OURS, &CODER_PEER};
    struct bench_number wire = {"wire_ratio", {0, 0}};
    (void)snprintf(name, sizeof name, "hpack.%s.%s", PASS_NAMES[pass], c->name);
    (void)snprintf(peer, sizeof peer, "%s %s", CODER_PEER.name, nghttp2_version(0)->version_str);
    const struct bench_job job = {.name = name,
                                  .unit = "field",
                                  .units = c->fields,
                                  .pass = one_pass,
                                  .sides = {coders[BENCH_OURS], coders[BENCH_PEER]},
                                  .side_names = {CODER_OURS.name, peer},
                                  .input = &input};
    for (int side = 0; side < BENCH_SIDES; side++) {
        wire.of[side] = (double)coder_pass(coders[side], c, pass) / (double)c->octets;
    }
    bench_run(&job, &o->bench, &wire, 1);
}

static void run(struct corpus *c, const struct options *o)
{
    corpus_write_wires(c);
    if (!o->bench.count) {
        coder_verify(&CODER_OURS, &CODER_PEER, c);
        coder_verify(&CODER_PEER, &CODER_OURS, c);
    }
    for (int pass = 0; pass < PASSES; pass++) {
        measure(c, pass, o);
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
    struct options o = {.cases = BENCH_CASES};
    for (int i = 1; i < argc;) {
        if (bench_option(&o.bench, argc, argv, &i)) {
            continue;
        }
        if (strcmp(argv[i], "--cases") == 0 && i + 1 < argc) {
            o.cases = argv[++i];
        } else if (argv[i][0] != '-' && o.corpus == NULL) {
            o.corpus = argv[i];
        } else {
            usage();
        }
        i++;
    }
    bench_options_end(&o.bench);
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
        corpus_add_stories(&c, o.cases, o.bench.smoke ? STORIES_OF_SMOKE : SIZE_MAX);
        run(&c, &o);
        found = 1;
    }
    bench_require(found, "there is no such corpus");
    return 0;
}
