/* SPDX-License-Identifier: MIT */
#include "observer.h"

#include <string.h>
#include <time.h>

static int open_log(struct observer *o, const struct observer_options *options, struct loop *loop,
                    const struct log *log, atomic_uint *told)
{
    const struct log_file_config config = {
        .path = options->access_log,
        .what = "access log",
        .log = log,
        .told = told,
        .loop = loop,
    };
    const int error = log_file_open(&o->file, &config);
    o->logs = error == 0;
    o->writer.format = options->format;
    return error;
}

int observer_open(struct observer *o, const struct observer_options *options, struct loop *loop,
                  const struct log *log, atomic_uint *told)
{
    memset(o, 0, sizeof *o);
    const int error = options->access_log == NULL ? 0 : open_log(o, options, loop, log, told);
    o->counts = options->counts;
    o->is_on = o->logs || o->counts;
    return error;
}

void observer_close(struct observer *o)
{
    if (o->logs) {
        log_file_close(&o->file);
    }
    o->is_on = 0;
    o->logs = 0;
}

void observer_reopen(struct observer *o)
{
    if (o->logs) {
        log_file_reopen(&o->file);
    }
}

static void fill_in(struct access_entry *entry, const struct record *record, uint64_t now_ns)
{
    if (record == NULL) {
        return;
    }
    entry->duration_ns = now_ns - record->begun_ns;
    entry->body_octets += record->body_octets;
    entry->protocol = record->protocol;
    memcpy(entry->texts, record->texts, sizeof entry->texts);
    memcpy(entry->lengths, record->lengths, sizeof entry->lengths);
    if (entry->status == 0) {
        entry->status = record->status;
    }
}

/* The wall clock when it began: it may have been set since, the other one never is. */
static uint64_t begun_at(const struct access_entry *entry)
{
    enum { NS = 1000000000 };
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * NS + (uint64_t)now.tv_nsec - entry->duration_ns;
}

static void log_line(struct observer *o, struct access_entry *entry)
{
    entry->begun_ns = begun_at(entry);
    do {
        access_line(log_file_begin(&o->file), &o->writer, entry);
    } while (log_file_end(&o->file) == 1);
}

void observer_tell(struct observer *o, const struct record *record, struct access_entry *entry)
{
    if (!o->is_on) {
        return;
    }
    fill_in(entry, record, loop_now_ns());
    if (o->counts) {
        counters_request(&o->counters, entry);
    }
    if (o->logs) {
        log_line(o, entry);
    }
}
