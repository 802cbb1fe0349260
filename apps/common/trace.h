/* SPDX-License-Identifier: MIT */
/*
 * The frame log of --verbose: prints what an h2session's on_trace and on_fault report, one block of
 * lines a frame, with the time since the start.
 *
 *   [  0.002] send SETTINGS frame <length=12, flags=0x00, stream_id=0>
 *             (niv=2)
 *             [SETTINGS_MAX_HEADER_LIST_SIZE(0x06):262144]
 *             [SETTINGS_ENABLE_PUSH(0x02):0]
 *   [  0.005] recv (stream_id=1) :status: 200
 *   [  0.005] recv HEADERS frame <length=89, flags=0x04, stream_id=1>
 *
 * Fields that arrive are printed before the frame that completes them, fields that are sent after
 * their frame.
 *
 * Invariants:
 * - Text of the peer is escaped (escape.h): no octet of it can make a line or a colour of its own.
 * - A block is flushed when it is complete, so that the log shows how far a stopped program came.
 * - Names of frames, flags, settings and codes are those of libh2frame.
 */
#ifndef H2KIT_APPS_TRACE_H
#define H2KIT_APPS_TRACE_H

#include <stdint.h>
#include <stdio.h>

#include <h2session/h2session.h>

#include "log.h"

struct trace {
    FILE *out;
    uint64_t start_ns;      /* time zero, same clock as now_ns below */
    uint64_t connection_id; /* of a server: printed as "[id=1] " before each time; 0: none */
    uint32_t colour;        /* 1: with terminal colours */
};

/* 1 when the stream is a terminal that shows colours, and NO_COLOR is unset or empty. */
uint32_t trace_colour_wanted(FILE *out);

void trace_frame(const struct trace *trace, const h2session_trace_event *event, uint64_t now_ns);
void trace_fault(const struct trace *trace, const h2session_fault_event *event, uint64_t now_ns);
/* One line of the program's own, for example "Connected". */
void trace_note(const struct trace *trace, uint64_t now_ns, const char *format, ...)
    LOG_FORMAT(3, 4);

#endif
