/* SPDX-License-Identifier: MIT */
/*
 * --stat: one line for each connection and each request, for people.
 *
 *   connection 1: 127.0.0.1:8080 h2c, name 21us, TCP 180us
 *     id       sent      first       done       took  code       size    stalled  URI
 *      1      +51us     +801us     +900us      849us   200         12          -  http://...
 *
 * Times of requests begin with the open connection. Requests stand in the order in which they came
 * to their end; "*" marks what was pushed.
 */
#ifndef H2KIT_CLIENT_REPORT_TABLE_H
#define H2KIT_CLIENT_REPORT_TABLE_H

#include <stdio.h>

#include "record.h"

/* Text of the peer is escaped. 0, or -1 when out of memory. */
int report_table(FILE *out, const struct record_book *book);

enum { REPORT_TIME_SIZE = 24, REPORT_COUNT_SIZE = 24 };

/* "0us", "950us", "1.25ms", "12.50s". */
void report_time_text(uint64_t time_ns, char out[REPORT_TIME_SIZE]);
/* "0", "1023", "1.5K", "12M". */
void report_size_text(uint64_t octets, char out[REPORT_COUNT_SIZE]);

#endif
