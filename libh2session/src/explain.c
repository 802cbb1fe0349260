/* SPDX-License-Identifier: MIT */
/* Queries about what a connection has done, and how near it is to its limits. */
#include "import.h"
#include "session.h"

int h2session_stats(const h2session *s, h2session_stats_info *out)
{
    if (s == NULL || out == NULL || out->size < sizeof out->size) {
        return H2SESSION_ERR_USAGE;
    }
    const h2session_stats_info info = {
        .size = out->size,
        .octets_received = s->counters.octets_in,
        .octets_sent = s->out.total_sent,
        .frames_received = s->counters.frames_in,
        .frames_queued = s->out.frames,
        .body_received = s->counters.body_in,
        .body_queued = s->counters.body_out,
        .streams_local = s->counters.streams_local,
        .streams_remote = s->counters.streams_remote,
        .resets_received = s->counters.resets_in,
        .resets_sent = s->counters.resets_out,
        .window_updates_received = s->limits.window_updates,
        .handlers = s->handlers,
    };
    export_struct(out, &info, sizeof info, info.size);
    return 0;
}

/* A row of the answer: reason, used, limit, rate. */
struct use {
    uint64_t used;
    uint64_t limit;
    uint32_t rate;
};

static struct use of_bucket(const h2session *s, const struct bucket *b)
{
    uint32_t tokens = h2session__bucket_tokens(b, s->now_ns);
    return (struct use){b->burst - tokens, b->burst, b->rate};
}

static int use_of(const h2session *s, uint32_t reason, struct use *out)
{
    const h2session_config *c = &s->config;
    const struct limits *l = &s->limits;
    switch (reason) {
    case H2SESSION_REASON_LIMIT_RESETS:
        *out = of_bucket(s, &l->resets);
        return 0;
    case H2SESSION_REASON_LIMIT_GLITCHES:
        *out = of_bucket(s, &l->glitches);
        return 0;
    case H2SESSION_REASON_LIMIT_MEMORY:
        *out = (struct use){s->meter.live, h2session__accounts_limit(s), 0};
        return 0;
    case H2SESSION_REASON_LIMIT_WINDOW_UPDATES:
        *out =
            (struct use){l->window_updates, c->window_update_free > 0 ? l->window_allowed : 0, 0};
        return 0;
    case H2SESSION_REASON_LIMIT_NEW_STREAMS:
        *out =
            (struct use){l->opened, (uint64_t)c->new_stream_factor * c->max_concurrent_streams, 0};
        return 0;
    default:
        return -1;
    }
}

/* Those that are a count held against an option. */
static int count_of(const h2session *s, uint32_t reason, struct use *out)
{
    const h2session_config *c = &s->config;
    const struct {
        uint32_t reason;
        uint64_t used;
        uint64_t limit;
    } rows[] = {
        {H2SESSION_REASON_LIMIT_REFUSED, s->limits.refused, c->refused_limit},
        {H2SESSION_REASON_LIMIT_ACKS, s->limits.acks, c->ack_queue_limit},
        {H2SESSION_REASON_LIMIT_EMPTY_FRAMES, s->limits.empty, c->empty_frame_limit},
        {H2SESSION_REASON_LIMIT_OUTPUT_FRAMES, out_frames(s), 2 * (uint64_t)c->output_frame_limit},
        {H2SESSION_REASON_LIMIT_CONTINUATIONS, s->block.continuations, c->continuation_limit},
        {H2SESSION_REASON_CONCURRENT_STREAMS, s->remote_count, c->max_concurrent_streams},
        {H2SESSION_REASON_LIMIT_HANDLERS, (uint64_t)s->remote_count + s->handlers,
         c->max_concurrent_streams},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].reason == reason) {
            *out = (struct use){rows[i].used, rows[i].limit, 0};
            return 0;
        }
    }
    return -1;
}

int h2session_limit(const h2session *s, uint32_t reason, h2session_limit_info *out)
{
    struct use use;
    if (s == NULL || out == NULL || out->size < sizeof out->size ||
        (use_of(s, reason, &use) != 0 && count_of(s, reason, &use) != 0)) {
        return H2SESSION_ERR_USAGE;
    }
    const h2session_limit_info info = {
        .size = out->size,
        .reason = reason,
        .rate = use.rate,
        .used = use.used,
        .limit = use.limit,
    };
    export_struct(out, &info, sizeof info, info.size);
    return 0;
}
