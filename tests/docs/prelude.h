/* SPDX-License-Identifier: MIT */
/*
 * The names that the fragments in the documentation use without saying what they are. Nothing here
 * is linked: the fragments are only compiled.
 */
#ifndef H2KIT_TESTS_DOCS_PRELUDE_H
#define H2KIT_TESTS_DOCS_PRELUDE_H

#include <h2frame/h2frame.h>
#include <h2session/h2session.h>
#include <hpack/hpack.h>

#include <stdio.h>
#include <string.h>

/* libhpack, libh2frame */
extern hpack_decoder *decoder;
extern const hpack_field *fields;
extern const uint8_t *block;
extern h2frame_parser *parser;
extern const h2frame_event *event;

/* libh2session */
extern h2session *s, *session;
extern h2session_config config;
extern h2session_batch *b;
extern h2frame_bytes pieces[8];
extern uint32_t id;
extern int result;

/* octets of the transport, and the clock */
extern const uint8_t *data;
extern size_t length, consumed, written, count;
extern uint64_t now_ns;

/* what an application has */
struct item {
    const uint8_t *octets;
    size_t length, sent;
};
extern struct item *item;
size_t write_some(const h2frame_bytes *some, size_t n);
size_t read_some(const uint8_t **octets);
void wait_for(uint32_t wants, uint64_t deadline_ns);
void handle(const h2session_batch_event *event);
int is_cached(const void *user, const hpack_field *request, size_t n);
extern const h2session_message style_request, style_response;

#endif
