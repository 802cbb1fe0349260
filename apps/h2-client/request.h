/* SPDX-License-Identifier: MIT */
/*
 * One URI to be fetched: its state from the command line to its result.
 *
 *   WAITING --submitted--> ACTIVE --closed--> DONE
 *      ^                     |
 *      +---- not processed --+   (RFC 9113 8.7: safe to be sent again)
 *
 * Invariants:
 * - A DONE request has a result, in its record too; failures have been told to the user by then.
 * - A request does not move: streams and timers point to it.
 * - Body octets that came before it is this request's turn to write are held in memory and not
 *   given back to flow control, so that the stream's window is the most that is held.
 */
#ifndef H2KIT_CLIENT_REQUEST_H
#define H2KIT_CLIENT_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "client_options.h"
#include "decoder.h"
#include "exit_code.h"
#include "log.h"
#include "output.h"
#include "record.h"
#include "upload.h"
#include "uri.h"

enum { REQUEST_TRIES = 3 };

enum request_state { REQUEST_WAITING, REQUEST_ACTIVE, REQUEST_DONE };

struct request {
    char *text; /* the URI as it was given */
    struct uri uri;
    enum request_state state;
    enum exit_code result;
    uint32_t refusals;    /* and GOAWAYs, in a row, while refused_after stood */
    size_t refused_after; /* so many requests had come to their end */
    uint32_t stream_id;
    uint32_t status; /* of the final response, 0 before it */
    uint32_t is_complete;
    uint32_t is_discarded; /* the body is not wanted (--fail) */
    uint32_t is_timed_out;
    uint32_t is_aside;       /* no part of the plan: push.h, upgrade.h */
    uint32_t redirects;      /* that were followed */
    uint32_t is_redirected;  /* the answer is a redirect to be followed */
    uint32_t is_foreign;     /* its origin is not that of its URI on the command line */
    uint32_t as_get;         /* without body, whatever the command line says */
    char *next_text;         /* where a redirect leads, NULL: nowhere */
    uint32_t is_next_lost;   /* there was no memory to tell where */
    uint32_t direct_octets;  /* of the body that did not wait in memory, until is_wide */
    uint32_t is_wide;        /* its window has grown: bodies.c */
    uint32_t is_asset;       /* a page needs it: assets.h */
    struct page *page;       /* whose assets are wanted, NULL: none */
    struct decoder *decoder; /* of the body, NULL: it is as it comes */
    uint32_t number;         /* of its URI on the command line, from 1 on; 0: not from there */
    const char *priority;    /* RFC 9218, NULL: none */
    uint32_t weight;         /* RFC 7540, 0: none */
    uint32_t dependency;     /* number of the URI it depends on, 0: none */
    uint32_t is_exclusive;   /* as the only one that does */
    uint64_t activity_ns;
    struct upload upload;
    struct record *record; /* of the book, which outlives the request */
    struct output *output; /* where the body goes; NULL: that of all */
    struct output own_output;
    struct request *next_active;
    struct request *previous_active;
    uint8_t *held;
    size_t held_length;
    size_t held_capacity;
};

/* All that is asked for, in the order of the command line. */
struct request_list {
    struct request **items;
    size_t count;
    size_t capacity;
};

/* The requests that are on a stream. */
struct request_chain {
    struct request *first;
    uint32_t count;
};

/* The plan: a request for each URI of the command line. Returns 0, or the exit status, having told
 * why; the list is to be given to requests_clear() in either case. */
enum exit_code requests_plan(struct request_list *list, struct record_book *book,
                             const struct client_options *options, const struct log *log);
/* Adds a request. NULL with a reason when it is no URI, or memory ran out. */
struct request *requests_add(struct request_list *list, struct record_book *book, const char *text,
                             const char **why);
void requests_clear(struct request_list *list);

void request_link(struct request_chain *chain, struct request *request);
void request_unlink(struct request_chain *chain, struct request *request);

/* WAITING, as new: nothing of the answer is left, and the record is another one. */
void request_restart(struct request *request);
/* The same for another try with the same record. */
void request_reset(struct request *request);
/* DONE, with this result. Unless the record knows better how, it was complete or failed here. */
void request_end(struct request *request, enum exit_code result);
/* Keeps body octets. Returns 0, or -1 when out of memory. */
int request_hold(struct request *request, const uint8_t *data, size_t length);
void request_release_held(struct request *request);

#endif
