/* SPDX-License-Identifier: MIT */
/*
 * What is known of each request and of each connection, for the reports: when things happened, how
 * large they were, how they ended.
 *
 * Invariants:
 * - Times are on the clock of loop_now_ns(); 0: it has not happened. They never go down in the
 *   order queued, sent, first, done.
 * - A record belongs to one try on one connection; `tries` says how many there were before. What a
 *   redirect leads to, and what is pushed, has a record of its own.
 * - Records and connections stay where they are until the book is cleared; they stand in the book in
 *   the order in which they were begun.
 */
#ifndef H2KIT_CLIENT_RECORD_H
#define H2KIT_CLIENT_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include <hpack/hpack.h>

#include "exit_code.h"
#include "stall.h"

enum { RECORD_ADDRESS_SIZE = 64, RECORD_NAME_SIZE = 48, RECORD_TEXT_SIZE = 256 };

struct conn_record {
    struct conn_record *next;
    uint32_t id; /* from 1 on */
    uint64_t start_ns;
    uint64_t resolved_ns;
    uint64_t connected_ns;
    uint64_t open_ns; /* TLS is done, or with cleartext the same as connected */
    uint64_t end_ns;
    char address[RECORD_ADDRESS_SIZE];
    char protocol[RECORD_NAME_SIZE];    /* "h2", or "h2c" without TLS */
    char tls_version[RECORD_NAME_SIZE]; /* "" without TLS */
    char tls_cipher[RECORD_NAME_SIZE];
    const char *tls_kernel; /* which records are the kernel's; NULL without --ktls */
};

/* How a request came to its end. */
enum record_end {
    RECORD_OPEN = 0,     /* it did not */
    RECORD_COMPLETE = 1, /* the whole answer is there */
    RECORD_RESET = 2,    /* RST_STREAM, of the server with by_peer, else of ours */
    RECORD_LOST = 3,     /* the connection ended, or never came about */
    RECORD_FAILED = 4    /* on this side: fields, files, memory, time */
};

/* A copy of a field section. */
struct record_fields {
    hpack_field *items; /* point into octets */
    size_t count;
    char *octets;
};

struct record {
    struct record *next;
    char *uri;
    char method[RECORD_NAME_SIZE];
    const struct conn_record *connection; /* NULL: there was none */
    uint32_t stream_id;
    uint32_t parent_id; /* pushed: the stream that it was promised on; else 0 */
    uint32_t tries;
    uint32_t status; /* of the final response, 0: there was none */

    uint64_t queued_ns;    /* wanted, and could be sent as soon as the server lets us */
    uint64_t sent_ns;      /* its HEADERS were handed to the connection, or were promised */
    uint64_t body_sent_ns; /* the last octet of the request's body was */
    uint64_t first_ns;     /* first field section of the answer */
    uint64_t done_ns;

    /* Octets of payloads on the wire; bodies without padding. */
    uint64_t request_header;
    uint64_t request_body;
    uint64_t response_header;
    uint64_t response_body;
    uint64_t decoded_body; /* octets after content decoding, 0: there was none */

    struct stall_clock sending;   /* of the request; also STALL_STREAMS, before it is sent */
    struct stall_clock receiving; /* of the answer: by our own windows */

    enum record_end end;
    uint32_t end_code;   /* H2FRAME_CODE_ of a reset */
    uint32_t end_reason; /* H2SESSION_REASON_ */
    uint32_t by_peer;
    enum exit_code exit_code;
    char message[RECORD_TEXT_SIZE]; /* what the user was told, "" when nothing */

    struct record_fields request_fields; /* only when the book keeps fields */
    struct record_fields response_fields;
};

struct record_book {
    uint32_t keeps_fields;
    uint64_t start_ns;      /* of the program */
    uint64_t start_wall_us; /* the time of day then, since 1970 */
    struct record *first;
    struct record *last;
    struct conn_record *first_connection;
    struct conn_record *last_connection;
    size_t count;
};

/* A new record, or connection, at the end of the book. NULL when out of memory. */
struct record *record_new(struct record_book *book, const char *uri);
struct conn_record *record_new_connection(struct record_book *book);
void record_book_clear(struct record_book *book);

/* Forgets a try, for another one: what is kept is the URI, the time of queueing and the tries. */
void record_again(struct record *record);

/* Copies a section over what was there, if the book keeps fields. 0, or -1 when out of memory. */
int record_keep_fields(const struct record_book *book, struct record_fields *out,
                       const hpack_field *fields, size_t count);
/* Value of the first field of that name, or NULL. */
const hpack_field *record_find_field(const struct record_fields *fields, const char *name);

/* The records that have come to their end, by the time of that; *count says how many. NULL when
 * out of memory or when there are none; to be freed. */
struct record **record_sorted(const struct record_book *book, size_t *count);

/* How long a request stood still for this cause, in either direction. */
uint64_t record_stalled_ns(const struct record *record, enum stall_cause cause);

#endif
