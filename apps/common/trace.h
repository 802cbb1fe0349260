/* SPDX-License-Identifier: MIT */
/*
 * The frame log of --verbose and --trace: prints what an h2session's on_trace and on_fault report, and
 * what else happens on a connection. As text it is one block of lines a frame, with the time since the
 * start:
 *
 *   [  0.002] send SETTINGS frame <length=12, flags=0x00, stream_id=0>
 *             (niv=2)
 *             [SETTINGS_MAX_HEADER_LIST_SIZE(0x06):262144]
 *             [SETTINGS_ENABLE_PUSH(0x02):0]
 *   [  0.005] recv (stream_id=1) :status: 200
 *   [  0.005] recv HEADERS frame <length=89, flags=0x04, stream_id=1>
 *
 * Fields that arrive are printed before the frame that completes them, fields that are sent after
 * their frame. The other format is one JSON object a line (trace_json.h).
 *
 * Invariants:
 * - Text of the peer is escaped (escape.h, json_text.h): no octet of it can make a line or a colour of
 *   its own. Nothing is left out or hidden.
 * - A block or line is flushed when it is complete, so that the log shows how far a stopped program
 *   came. Threads may share `out`: blocks do not mix.
 * - Names of frames, flags, settings and codes are those of libh2frame.
 */
#ifndef H2KIT_APPS_TRACE_H
#define H2KIT_APPS_TRACE_H

#include <stdint.h>
#include <stdio.h>

#include <h2session/h2session.h>

#include "log.h"
#include "tls_stream.h"

enum trace_format { TRACE_TEXT, TRACE_NDJSON };

struct trace {
    FILE *out;
    uint64_t start_ns;      /* time zero, same clock as now_ns below */
    uint64_t connection_id; /* of a server: printed as "[id=1] " before each time; 0: none */
    uint32_t colour;        /* 1: text with terminal colours */
    enum trace_format format;
    uint32_t hexdump; /* 1: trace_input() is wanted */
};

void trace_frame(const struct trace *trace, const h2session_trace_event *event, uint64_t now_ns);
void trace_fault(const struct trace *trace, const h2session_fault_event *event, uint64_t now_ns);
void trace_stream_closed(const struct trace *trace, const h2session_stream_closed_event *event,
                         uint64_t now_ns);
/* A connection is there; tls is NULL in cleartext. */
void trace_opened(const struct trace *trace, uint64_t now_ns, const char *peer,
                  const struct tls_info *tls);
/* A connection is gone; why is empty when it ended in order. */
void trace_ended(const struct trace *trace, uint64_t now_ns, const char *why);
/* The head of an HTTP/1.1 request that was received, as a field section. */
void trace_http1_request(const struct trace *trace, uint64_t now_ns, const hpack_field *fields,
                         size_t count);
/* Octets that were received, as the peer sent them before encryption. */
void trace_input(const struct trace *trace, uint64_t now_ns, const uint8_t *octets, size_t length);
/* One line of the program's own, for example "Connected". */
void trace_note(const struct trace *trace, uint64_t now_ns, const char *format, ...)
    LOG_FORMAT(3, 4);

#endif
