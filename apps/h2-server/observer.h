/* SPDX-License-Identifier: MIT */
/*
 * Who is told of every request when it ends, exactly once: the access log, and the numbers of --admin.
 * Each thread has one.
 *
 * Invariants:
 * - One that is all zero is off: nothing is remembered for it and nothing told.
 * - Nothing that happens to the log changes what clients get.
 * - Other threads may read the counters, and the number of lines that were lost.
 */
#ifndef H2KIT_APPS_OBSERVER_H
#define H2KIT_APPS_OBSERVER_H

#include "access_line.h"
#include "counters.h"
#include "log_file.h"
#include "record.h"

struct observer_options {
    const char *access_log; /* path; "-": standard output; NULL: none */
    enum access_format format;
    uint32_t counts;
};

struct observer {
    uint32_t is_on;
    uint32_t logs;
    uint32_t counts;
    struct access_writer writer;
    struct log_file file;
    struct counters counters; /* of connections and faults also while it is off */
};

/* told: zero at first, the same for all threads. Returns 0, or an errno when the log cannot be
 * written. */
int observer_open(struct observer *observer, const struct observer_options *options,
                  struct loop *loop, const struct log *log, atomic_uint *told);
/* One that is all zero is fine. Its memory is used until the loop is closed. */
void observer_close(struct observer *observer);
/* The log was renamed. */
void observer_reopen(struct observer *observer);

/* A request has ended. entry: who and how; what the record has (NULL: nothing is known) is filled in
 * here. */
void observer_tell(struct observer *observer, const struct record *record,
                   struct access_entry *entry);

#endif
