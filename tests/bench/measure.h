/* SPDX-License-Identifier: MIT */
/*
 * Work that both sides do, measured: rounds alternate between them, the ratio is the median of the
 * rounds' ratios; above 1 we are faster. One JSON line a work.
 */
#ifndef H2KIT_TESTS_BENCH_MEASURE_H
#define H2KIT_TESTS_BENCH_MEASURE_H

#include "sides.h"

struct work {
    const char *name;
    const char *unit; /* "request" */
    size_t units;     /* that a pass does */
    double (*pass)(const struct side *side,
                   const void *arg); /* octets copied, for each of bodies */
    const void *arg;
};

struct measure_options {
    int rounds;
    int smoke; /* one short round */
    int count; /* for a profiler: a pass to warm up and one in session_counted_pass() a side */
};

/* --rounds N, --smoke, --count; ends the program when there is anything else. */
struct measure_options measure_parse(int argc, char **argv);
void measure(const struct work *work, const struct measure_options *options);
/* A number that takes no time to find out, for both. Nothing when counting. */
void measure_size(const char *name, double ours, double peer,
                  const struct measure_options *options);

#endif
