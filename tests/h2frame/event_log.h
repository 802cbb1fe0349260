/* SPDX-License-Identifier: MIT */
/*
 * What a parser says, as text: one line an event, the parts of a frame joined to one line.
 *
 * Two ways of cutting the same octets must give the same text, so tests and fuzz targets compare
 * texts. Every fragment is handed to the parser in memory of exactly its size that is overwritten
 * and freed afterwards: reading past it, or keeping a view too long, is seen by sanitizers or shows
 * in the text. Uses libc only. Breaks of the event contract (a changed head between parts, an
 * empty part in the middle, no end) abort the program.
 *
 *   DATA flags=9 stream=1 length=7 pad=2 payload=616263
 *   FAULT stream PROTOCOL_ERROR WINDOW_UPDATE_ZERO WINDOW_UPDATE stream=1 value=0 limit=0
 */
#ifndef TESTS_H2FRAME_EVENT_LOG_H
#define TESTS_H2FRAME_EVENT_LOG_H

#include <h2frame/h2frame.h>

struct event_log {
    char *text; /* NULL when empty, else ends with a line break and NUL */
    size_t length;
    size_t capacity;
    int is_open; /* between the first and the last part of a frame */
    h2frame_frame frame;
    uint8_t *body;
    size_t body_length;
};

/* Feeds data, cut at the ascending end offsets, and ends the log: a frame that is still open gets a
 * line that begins with PARTIAL. Returns 0 or the error of the parser. */
int event_log_run(struct event_log *log, h2frame_parser *parser, const uint8_t *data,
                  const size_t *cuts, size_t count);

/* One fragment; stops at an error. */
int event_log_feed(struct event_log *log, h2frame_parser *parser, const uint8_t *data,
                   size_t length);
void event_log_add(struct event_log *log, const h2frame_event *event);
void event_log_end(struct event_log *log);

const char *event_log_text(const struct event_log *log); /* never NULL */
void event_log_free(struct event_log *log);

#endif
