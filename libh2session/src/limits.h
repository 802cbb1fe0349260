/* SPDX-License-Identifier: MIT */
/*
 * Budgets against floods: token buckets and counters over the limits of the configuration. Pure:
 * time is an argument. A charge never depends on payload length, goes on after GOAWAY, and does
 * not care which side sent the RST_STREAM. Exceeding a budget is CONNECTION ENHANCE_YOUR_CALM with
 * the reason of the limit, value = what was reached, limit = what is allowed.
 */
#ifndef H2SESSION_SRC_LIMITS_H
#define H2SESSION_SRC_LIMITS_H

#include "verdict.h"

static const uint64_t SECOND_NS = UINT64_C(1000000000);

/* Holds at most `burst` tokens, gains `rate` a second, starts full. Time may stand still; time
 * going backwards counts as standing still. No overflow for any 64-bit time. */
struct bucket {
    uint32_t burst;
    uint32_t rate;
    uint32_t tokens;
    uint64_t updated_ns;
    uint32_t started; /* updated_ns is valid */
};

void h2session__bucket_init(struct bucket *b, uint32_t burst, uint32_t rate);
/* Takes one token: 0, or -1 when there is none. */
int h2session__bucket_take(struct bucket *b, uint64_t now_ns);
/* How many there are. */
uint32_t h2session__bucket_tokens(const struct bucket *b, uint64_t now_ns);

struct limits {
    const h2session_config *config;
    struct bucket resets;
    struct bucket glitches;
    uint32_t refused;        /* streams refused since the last one that was accepted */
    uint32_t acks;           /* unsent acknowledgements */
    uint32_t priority_free;  /* frames that are not yet glitches */
    uint32_t extension_free; /* the same for ALTSVC, ORIGIN and unknown types */
    uint32_t empty;          /* frames without content in a row */
    uint32_t opened;         /* streams, at the time opened_ns */
    uint64_t opened_ns;
    uint64_t window_updates; /* received, */
    uint64_t window_allowed; /* and how many may be */
};

/* The configuration must stay where it is; values in it may change. */
void h2session__limits_init(struct limits *l, const h2session_config *config);

/* A stream was reset because of the peer: its RST_STREAM, or ours for its fault. */
struct verdict h2session__limits_reset(struct limits *l, uint64_t now_ns);
/* A frame that is legal but useless or suspicious. */
struct verdict h2session__limits_glitch(struct limits *l, uint64_t now_ns);
/* A stream beyond MAX_CONCURRENT_STREAMS was refused / one was accepted. */
struct verdict h2session__limits_refused(struct limits *l);
void h2session__limits_accepted(struct limits *l);
/* An acknowledgement was queued / so many of them have been sent. */
struct verdict h2session__limits_ack_queued(struct limits *l);
/* The same when it is within the limit; -1: nothing was counted. */
static inline int limits_ack_fits(struct limits *l)
{
    if (l->acks >= l->config->ack_queue_limit) {
        return -1;
    }
    l->acks++;
    return 0;
}
void h2session__limits_acks_sent(struct limits *l, uint32_t count);
/* A PRIORITY or PRIORITY_UPDATE frame, or one of an extension: free (0) up to a quota that grows
 * with each accepted stream, then a glitch (-1). */
int h2session__limits_priority(struct limits *l);
int h2session__limits_extension(struct limits *l);
/* A WINDOW_UPDATE frame: allowed in proportion to accepted streams and DATA sent. */
struct verdict h2session__limits_window_update(struct limits *l);
/* The same when it is within the limit; -1: nothing was counted. */
static inline int limits_window_update_fits(struct limits *l)
{
    if (l->window_updates >= l->window_allowed && l->config->window_update_free != 0) {
        return -1;
    }
    l->window_updates++;
    return 0;
}
void h2session__limits_data_sent(struct limits *l, uint32_t octets);
/* A frame without content that ends nothing / one of another kind came between. */
struct verdict h2session__limits_empty(struct limits *l);
static inline void limits_not_empty(struct limits *l)
{
    l->empty = 0;
}
/* The peer opens a stream: STREAM REFUSED_STREAM beyond so many at once. / The output was looked at:
 * what was opened before counts no more. */
struct verdict h2session__limits_opened(struct limits *l, uint64_t now_ns);
static inline void limits_output_taken(struct limits *l)
{
    l->opened = 0;
}

#endif
