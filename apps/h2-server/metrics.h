/* SPDX-License-Identifier: MIT */
/*
 * The numbers of all threads as text, in the format OpenMetrics 1.0; docs/metrics.md has their names.
 *
 * Invariants:
 * - Names and labels come from the program alone; nothing of a client is in them, and their number has
 *   a bound.
 * - Within a family each combination of labels stands once. Families that grow with the reasons of
 *   faults have only those that occurred.
 */
#ifndef H2KIT_APPS_METRICS_H
#define H2KIT_APPS_METRICS_H

#include "observer.h"
#include "text_buffer.h"

#define METRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct metrics_source {
    const struct observer *const *observers; /* one a thread */
    size_t count;
    uint64_t started_ns; /* wall clock, since 1970 */
};

void metrics_write(struct text_buffer *text, const struct metrics_source *source);

#endif
