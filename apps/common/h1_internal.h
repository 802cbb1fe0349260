/* SPDX-License-Identifier: MIT */
/*
 * What h1_conn.c (exchanges), h1_parse.c (llhttp) and h1_answer.c (output) share.
 *
 * Invariant: between exchanges nothing of one is set, and output is empty.
 */
#ifndef H2KIT_APPS_H1_INTERNAL_H
#define H2KIT_APPS_H1_INTERNAL_H

#include <llhttp.h>

#include "h1_buffer.h"
#include "h1_conn.h"

enum h1_state {
    H1_STATE_HEAD,     /* between exchanges, or in a head */
    H1_STATE_EXCHANGE, /* a request, or a refusal, and its answer */
    H1_STATE_UPGRADED,
    H1_STATE_CLOSED
};

struct h1_exchange {
    uint32_t told;           /* on_request came: on_done is owed */
    uint32_t refused;        /* there is no request, just an answer */
    uint32_t input_complete; /* the whole request is here */
    uint32_t answered;       /* an answer was submitted */
    uint32_t source_ended;   /* all of it is in the output */
    uint32_t deferred;
    uint32_t is_head;
    uint32_t minor;
    uint32_t expects; /* 100 (Continue) */
    uint32_t chunks;  /* the answer goes out in chunks */
    uint32_t counts;  /* it has a length; so much is left: */
    uint64_t left;
    int64_t content_length; /* of the request */
    h2session_read_function read;
    void *read_user;
    uint32_t takes_trailers;
    const hpack_field *trailers; /* to be sent; NULL: none */
    size_t trailer_count;
    const uint8_t *lent; /* by the source, and not in the output yet */
    size_t lent_left;
    uint32_t lent_ends; /* nothing comes after it */
};

struct h1_conn {
    struct h1_config config;
    struct h1_callbacks callbacks;
    void *user;
    enum h1_state state;
    enum h1_error error;
    uint32_t keep; /* another exchange may follow */
    uint32_t stopping;
    uint32_t input_ended;
    uint32_t parsed_head; /* by llhttp */
    uint32_t message_ended;
    uint32_t blank_lines; /* before a head */
    uint32_t was_full;    /* the body waited for the application */
    int body_status;      /* why the body is refused; 0: it is not */
    struct h1_scan scan;
    struct h1_head head;
    size_t field_capacity;
    llhttp_t parser;
    struct h1_buffer in;
    struct h1_buffer out;
    struct h1_exchange x;
    uint64_t requests;
    uint64_t ended_at;  /* the input */
    uint64_t since;     /* the state began; with a body: it could flow */
    uint64_t body;      /* octets of it so far */
    uint64_t body_mark; /* octets at `since` */
    uint64_t framing;   /* octets around it */
    size_t held;        /* told and not consumed */
    uint32_t out_waits; /* for the client to take output, or for its turn to be made */
    uint64_t out_since; /* it does, or since octets were taken last */
    uint64_t patience;  /* from then on */
};

/* Parses a head that is there as a whole; the parser goes on with the body. Returns 0, the status to
 * refuse the request with, or -1 when out of memory. */
int h1__parse_head(struct h1_conn *c, char *text, size_t length);
/* What the head was read into. */
void h1__free_fields(struct h1_conn *c);
/* The connection ends now; the first error counts. */
void h1__close(struct h1_conn *c, enum h1_error error);
/* Puts more of the answer into the output, when that is empty. */
void h1__fill(struct h1_conn *c);
/* Adds text to the output; -1 when out of memory, and closed then. */
int h1__add(struct h1_conn *c, const void *text, size_t length);

#endif
