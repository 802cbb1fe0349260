/* SPDX-License-Identifier: MIT */
/*
 * One URI to be fetched: its state from the command line to its result.
 *
 *   WAITING --submitted--> ACTIVE --closed--> DONE
 *      ^                     |
 *      +---- not processed --+   (RFC 9113 8.7: safe to be sent again)
 *
 * Invariants:
 * - A DONE request has a result; failures have been told to the user by then.
 * - Body octets that came before it is this request's turn to write are held in memory and not
 *   given back to flow control, so that the stream's window is the most that is held.
 */
#ifndef H2KIT_CLIENT_REQUEST_H
#define H2KIT_CLIENT_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "exit_code.h"
#include "log.h"
#include "options.h"
#include "upload.h"
#include "uri.h"

enum { REQUEST_TRIES = 3 };

enum request_state { REQUEST_WAITING, REQUEST_ACTIVE, REQUEST_DONE };

struct request {
    const char *text; /* the URI as it was given */
    struct uri uri;
    enum request_state state;
    enum exit_code result;
    uint32_t refusals;    /* in a row, while refused_after stood */
    size_t refused_after; /* so many requests had come to their end */
    uint32_t stream_id;
    uint32_t status; /* of the final response, 0 before it */
    uint32_t is_complete;
    uint32_t is_discarded; /* the body is not wanted (--fail) */
    uint32_t is_timed_out;
    uint64_t activity_ns;
    struct upload upload;
    uint8_t *held;
    size_t held_length;
    size_t held_capacity;
};

/* Makes the requests for the URIs of the command line. Returns 0, or the exit status, having told
 * why; *out is to be given to requests_free() in either case. */
enum exit_code requests_read(struct request **out, size_t *count, const struct option_list *uris,
                             const struct log *log);
void requests_free(struct request *requests, size_t count);

/* Back to the state before it was submitted, for another try or for the end. */
void request_reset(struct request *request);
/* DONE, with this result. */
void request_end(struct request *request, enum exit_code result);
/* Keeps body octets. Returns 0, or -1 when out of memory. */
int request_hold(struct request *request, const uint8_t *data, size_t length);
void request_release_held(struct request *request);

#endif
