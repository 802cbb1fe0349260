/* SPDX-License-Identifier: MIT */
/*
 * The frame log as one JSON object a line, for programs to read; docs/trace-format.md is its contract.
 * trace.h calls it for a trace whose format is TRACE_NDJSON.
 *
 * Invariants:
 * - Within a version of the format members and events are added, never changed or taken away.
 * - A line leaves with one flush. One that there is no memory for is left out whole.
 */
#ifndef H2KIT_APPS_TRACE_JSON_H
#define H2KIT_APPS_TRACE_JSON_H

#include "trace.h"

enum { TRACE_JSON_VERSION = 1 };

/* The first line. started is the wall clock at start_ns, in nanoseconds since 1970. */
void trace_json_begin(const struct trace *trace, const char *program, uint64_t started);

void trace_json_frame(const struct trace *trace, const h2session_trace_event *event,
                      uint64_t now_ns);
void trace_json_fault(const struct trace *trace, const h2session_fault_event *event,
                      uint64_t now_ns);
void trace_json_stream_closed(const struct trace *trace, const h2session_stream_closed_event *event,
                              uint64_t now_ns);
void trace_json_opened(const struct trace *trace, uint64_t now_ns, const char *peer,
                       const struct tls_info *tls);
void trace_json_ended(const struct trace *trace, uint64_t now_ns, const char *why);
void trace_json_http1_request(const struct trace *trace, uint64_t now_ns, const hpack_field *fields,
                              size_t count);
void trace_json_input(const struct trace *trace, uint64_t now_ns, const uint8_t *octets,
                      size_t length);
void trace_json_note(const struct trace *trace, uint64_t now_ns, const char *text);

#endif
