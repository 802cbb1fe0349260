/* SPDX-License-Identifier: MIT */
/*
 * What a rule says about something the peer did: a value, never mixed with a function's own
 * failure. Units return it; fault.c alone turns it into RST_STREAM, GOAWAY and on_fault.
 */
#ifndef H2SESSION_SRC_VERDICT_H
#define H2SESSION_SRC_VERDICT_H

#include <h2session/h2session.h>

enum { VERDICT_OK = 0, VERDICT_STREAM = 1, VERDICT_CONNECTION = 2, VERDICT_IGNORE = 3 };

struct verdict {
    uint32_t scope;  /* VERDICT_; STREAM and CONNECTION equal the H2FRAME_SCOPE_ values */
    uint32_t code;   /* H2FRAME_CODE_ */
    uint32_t reason; /* H2SESSION_REASON_ or H2FRAME_REASON_ */
    uint64_t value;  /* the number that was wrong, and what it was held against */
    uint64_t limit;
};

static inline struct verdict verdict_ok(void)
{
    return (struct verdict){VERDICT_OK, 0, 0, 0, 0};
}

static inline struct verdict verdict_stream(uint32_t code, uint32_t reason)
{
    return (struct verdict){VERDICT_STREAM, code, reason, 0, 0};
}

static inline struct verdict verdict_connection(uint32_t code, uint32_t reason)
{
    return (struct verdict){VERDICT_CONNECTION, code, reason, 0, 0};
}

/* A connection error PROTOCOL_ERROR, the code of most rules. */
static inline struct verdict verdict_protocol(uint32_t reason)
{
    return verdict_connection(H2FRAME_CODE_PROTOCOL_ERROR, reason);
}

static inline struct verdict verdict_with(struct verdict v, uint64_t value, uint64_t limit)
{
    v.value = value;
    v.limit = limit;
    return v;
}

/* A malformed message (RFC 9113 8.1.1), by the field at this position. */
static inline struct verdict verdict_malformed(uint32_t reason, size_t position)
{
    return verdict_with(verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, reason), position, 0);
}

/* Not an error; the frame has no effect. */
static inline struct verdict verdict_ignore(void)
{
    return (struct verdict){VERDICT_IGNORE, 0, 0, 0, 0};
}

#endif
