/* SPDX-License-Identifier: MIT */
/*
 * --har: the requests as an HTTP archive (HAR 1.2), which browsers and analysers read.
 *
 * - Sizes of headers are the octets of the field blocks on the wire, sizes of bodies those of DATA.
 * - Timings are milliseconds; dns, connect and ssl stand with the first request of a connection, as
 *   the format wants it, and are -1 with the others. blocked is the time from then on, or from when
 *   the request was wanted, until it was sent.
 * - Entries stand in the order in which the requests were sent. Those that were never sent are left
 *   out. What was pushed says so in its comment.
 * - Bodies are not kept.
 */
#ifndef H2KIT_CLIENT_HAR_H
#define H2KIT_CLIENT_HAR_H

#include <stdio.h>

#include "record.h"

/* wall_us: the time of day at book->start_ns, in microseconds since 1970. 0, or -1 when out of
 * memory. */
int har_write(FILE *out, const struct record_book *book, uint64_t wall_us);

enum { HAR_TIME_SIZE = 32 };

/* "2026-01-02T03:04:05.678Z" */
void har_time_text(uint64_t wall_us, char out[HAR_TIME_SIZE]);

#endif
