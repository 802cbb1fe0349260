/* SPDX-License-Identifier: MIT */
/*
 * The functions of the library as a table, for the target session_api: each takes what it needs from
 * the input, mostly sense.
 */
#ifndef H2KIT_FUZZ_SESSION_API_H
#define H2KIT_FUZZ_SESSION_API_H

#include <h2session/h2session.h>

#include "input.h"

enum {
    API_IDS = 12, /* stream ids that are tried: 0 to 11 */
    API_CALL_COUNT = 29
};

struct api_run {
    struct input in;
    h2session *s; /* NULL once it has been freed */
    uint32_t role;
    uint64_t now_ns;
    size_t in_use;
    uint32_t opened;
    uint32_t closed;
    uint32_t calls;
    uint32_t inside;  /* calls inside callbacks */
    uint32_t running; /* handlers */
    uint32_t freed;
    int failed;
    hpack_encoder *encoder; /* the peer's */
};

/* 0 or an error of the library. */
extern int (*const API_CALLS[])(struct api_run *r);

uint32_t api_id(struct api_run *r);
/* A section that is mostly what is wanted: `first` fields from `from` on, then any others. Requests
 * begin at 0 and have 4, responses begin at 4 and have 1. */
size_t api_section(struct api_run *r, uint32_t from, uint32_t first, hpack_field out[8]);

/* Of the target: the body source of all messages; says what is wrong and aborts. */
int api_read_body(h2session *s, h2session_read_event *event, void *user);
void api_stop(const char *why, int number);

#endif
