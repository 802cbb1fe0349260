/* SPDX-License-Identifier: MIT */
/*
 * One stream: state, windows, the message being received, the body being sent. Belongs to the
 * session, which holds it in the stream table while the protocol knows it, and in the list of
 * ended streams from stream_end() until on_stream_closed has been called.
 *
 * Invariants: in the table exactly while state is not CLOSED; queued in the scheduler only when
 * there is something to send and the stream window allows it; while the output has not been sent
 * up to lent_mark, lent octets are in use: the source is not asked and the end is not told. What is
 * for the time after the end shares its place with what is not needed then.
 */
#ifndef H2SESSION_SRC_STREAM_H
#define H2SESSION_SRC_STREAM_H

#include "flow.h"
#include "progress.h"
#include "scheduler.h"
#include "stream_states.h"

enum {
    STREAM_ANNOUNCED = 0x1,      /* the application knows it: on_stream_closed is owed */
    STREAM_MESSAGE_ENDED = 0x2,  /* the peer's message is complete: on_stream_end has told it */
    STREAM_ASKED = 0x4,          /* its body source is running */
    STREAM_FINAL_RECEIVED = 0x8, /* request or final response received */
    STREAM_FINAL_SENT = 0x10,    /* request or final response submitted */
    STREAM_NO_CONTENT = 0x20,    /* the message received must have no body */
    STREAM_BODY_PENDING = 0x40,  /* a body source is not at its end */
    STREAM_DEFERRED = 0x80,      /* it said DEFER */
    STREAM_TRAILERS_DUE = 0x100, /* body ended with BODY_TRAILERS */
    STREAM_LOCAL_INITIATED = 0x200,
    STREAM_TUNNEL = 0x400,        /* CONNECT that was answered with 2xx */
    STREAM_PRIORITY_SET = 0x1000, /* by the application: signals of the peer do not count */
    STREAM_WINDOW_SET = 0x2000,   /* its receiving window, by the application */
    STREAM_SLOW = 0x4000,         /* may be as slow as it likes */
    STREAM_STALLED = 0x8000       /* too slow, and about to end */
};

/* Copy of a field section that waits for the body to end. */
struct trailers;

/* The body being sent, of a stream that has a source for one. */
struct sending {
    h2session_read_function read;
    void *read_user;
    const uint8_t *lend; /* rest of what the source lent */
    size_t lend_length;
    struct trailers *trailers;
    uint64_t lent_mark;  /* place in the output up to which lent octets stand */
    int64_t body_left;   /* octets that content-length still promises; -1: not given */
    uint32_t lend_flags; /* H2SESSION_BODY_ that go with the end of what was lent */
    uint8_t place;       /* in its slab */
};

struct stream {
    uint32_t id;
    uint32_t state; /* STATE_ */
    uint32_t flags; /* STREAM_ */
    uint8_t method; /* HTTP_METHOD_ of the request */
    uint8_t place;  /* in its slab */
    uint8_t end_remote;
    uint8_t origin; /* of a client's request: its place in push_origins.h, or 0 */
    uint32_t informational_count;
    int32_t send_ahead;  /* of INITIAL_WINDOW_SIZE: see send_windows.h */
    uint32_t unconsumed; /* with MANUAL_CONSUME: handed out, not consumed */
    union {
        struct flow recv;
        struct { /* after the end */
            uint32_t end_code;
            uint32_t end_reason;
        };
    };
    union {
        struct scheduled node;
        struct stream *next_ended; /* after the end */
    };
    void *user;
    struct sending *sending;  /* NULL: no source */
    int64_t content_length;   /* of the message being received; -1: not given */
    uint64_t received;        /* body octets */
    struct progress progress; /* body octets of both directions */
};

/* Many may be open, so one should stay small. */
_Static_assert(sizeof(void *) > 8 || sizeof(struct stream) <= 112, "a stream has grown");

/* Where the output must have got to before the source may be asked and the end be told. */
static inline uint64_t stream_lent_mark(const struct stream *st)
{
    return st->sending != NULL ? st->sending->lent_mark : 0;
}

#endif
