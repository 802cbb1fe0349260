/* SPDX-License-Identifier: MIT */
/*
 * Peers that keep this side waiting: streams whose windows they do not open, bodies that they do
 * not send, octets that they do not take from the transport. What is looked at is progress against
 * a rate, every now and then, so that nothing has to be done when streams begin, stop and go on. When
 * the waiting began between two looks is not known: it may be charged from the first one on.
 *
 * A stream that waits for the application (no source, a source that said DEFER, a full window that
 * nobody consumes, input that a pause left with it) is not the peer's fault and costs no patience.
 */
#include "session.h"

enum { LOOKS_A_GRACE = 8, LOOK_MIN_MS = 100, LOOK_MAX_MS = 10000, MS_NS = 1000000 };

static int32_t in_ms(uint64_t ns)
{
    return ns / MS_NS < INT32_MAX ? (int32_t)(ns / MS_NS) : INT32_MAX;
}

static int32_t interval_ms(const h2session_config *c)
{
    int32_t ms = in_ms(c->progress_grace_ns) / LOOKS_A_GRACE;
    ms = ms > LOOK_MIN_MS ? ms : LOOK_MIN_MS;
    return ms < LOOK_MAX_MS ? ms : LOOK_MAX_MS;
}

static struct progress_rule rule_of(const h2session_config *c)
{
    int32_t grace = in_ms(c->progress_grace_ns);
    int32_t most = in_ms(c->progress_max_ns);
    return (struct progress_rule){
        .rate = c->progress_rate,
        .grace_ms = grace,
        .most_ms = most > grace ? most : grace,
    };
}

uint64_t h2session__stalls_deadline(const h2session *s)
{
    if (!is_watched(s) || !s->now_known) {
        return UINT64_MAX;
    }
    int32_t ms = s->look_after_ms > 0 ? s->look_after_ms : interval_ms(&s->config);
    uint64_t after_ns = (uint64_t)ms * MS_NS;
    return after_ns <= UINT64_MAX - s->looked_ns ? s->looked_ns + after_ns : UINT64_MAX;
}

/* Octets of a body wait for a window. */
static int waits_to_send(const h2session *s, const struct stream *st)
{
    if (st->sending == NULL || !h2session__stream_states_local_open(st->state)) {
        return 0;
    }
    int has_octets = st->sending->lend_length > 0;
    int may_ask = (st->flags & STREAM_BODY_PENDING) && !(st->flags & STREAM_DEFERRED);
    int is_blocked = s->send_flow.window <= 0 || h2session__streams_send_window(s, st) <= 0;
    return (has_octets || may_ask) && is_blocked;
}

/* The peer owes the rest of a message. Not while it could be waiting for the rest of ours: then both
 * sides talk, at whatever pace. A client waits for a response as long as it likes. */
static int waits_to_receive(const h2session *s, const struct stream *st)
{
    int server = s->config.role == H2SESSION_SERVER;
    int talks = (st->flags & STREAM_FINAL_SENT) && h2session__stream_states_local_open(st->state);
    return h2session__stream_states_remote_open(st->state) && (st->flags & STREAM_FINAL_RECEIVED) &&
           !talks && !h2session__streams_is_tunnel(st, server) && st->recv.window > 0 &&
           s->recv_flow.window > 0;
}

/* A look at one; *next_ms is lowered to when this patience will run out. */
static int look_at(struct progress *p, const struct progress_rule *rule, int32_t elapsed_ms,
                   int waits, int32_t *next_ms)
{
    int result = h2session__progress_look(p, rule, elapsed_ms, waits);
    int32_t left_ms = rule->grace_ms + p->balance_ms;
    if (waits && result == 0 && left_ms < *next_ms) {
        *next_ms = left_ms;
    }
    return result;
}

static void look_at_streams(h2session *s, const struct progress_rule *rule, int32_t elapsed_ms,
                            int32_t *next_ms)
{
    uint32_t position = 0;
    struct stream *st = h2session__stream_table_next(&s->streams, &position);
    for (; st != NULL; st = h2session__stream_table_next(&s->streams, &position)) {
        int waits = !s->paused && !(st->flags & STREAM_SLOW) &&
                    (waits_to_send(s, st) || waits_to_receive(s, st));
        st->flags &= ~(uint32_t)STREAM_STALLED;
        if (look_at(&st->progress, rule, elapsed_ms, waits, next_ms) != 0) {
            st->flags |= STREAM_STALLED;
        }
    }
}

static struct verdict too_slow(uint32_t scope, uint32_t reason, const struct progress *p,
                               const h2session_config *c)
{
    struct verdict v = {.scope = scope, .code = H2FRAME_CODE_ENHANCE_YOUR_CALM, .reason = reason};
    uint64_t rate = (uint64_t)p->moved * 1000 / (uint64_t)interval_ms(c);
    return verdict_with(v, rate, c->progress_rate);
}

/* A callback may change the table in the middle of the walk. Who is missed then is found by the next
 * look, because patience does not come back by itself. */
static int end_stalled(h2session *s)
{
    uint32_t position = 0;
    int result = 0;
    struct stream *st = h2session__stream_table_next(&s->streams, &position);
    while (st != NULL && result == 0 && !s->free_asked) {
        if (st->flags & STREAM_STALLED) {
            st->flags &= ~(uint32_t)STREAM_STALLED;
            result =
                h2session__fault_apply(s,
                                       too_slow(VERDICT_STREAM, H2SESSION_REASON_TIMEOUT_PROGRESS,
                                                &st->progress, &s->config),
                                       st->id);
            position--; /* removing it may have moved another one to its place */
        }
        st = h2session__stream_table_next(&s->streams, &position);
    }
    return result;
}

int h2session__stalls_look(h2session *s)
{
    if (h2session__stalls_deadline(s) > s->now_ns) {
        return 0;
    }
    const struct progress_rule rule = rule_of(&s->config);
    int32_t next_ms = interval_ms(&s->config);
    /* If nobody looked for longer, it may be this side that stood still. */
    int32_t elapsed_ms = in_ms(s->now_ns - s->looked_ns);
    elapsed_ms = elapsed_ms < next_ms ? elapsed_ms : next_ms;
    s->looked_ns = s->now_ns;
    if (look_at(&s->output_progress, &rule, elapsed_ms, s->out.bytes > 0, &next_ms) != 0) {
        return h2session__fault_apply(s,
                                      too_slow(VERDICT_CONNECTION, H2SESSION_REASON_TIMEOUT_OUTPUT,
                                               &s->output_progress, &s->config),
                                      0);
    }
    look_at_streams(s, &rule, elapsed_ms, &next_ms);
    s->look_after_ms = next_ms;
    return end_stalled(s);
}

int h2session_set_stream_slow(h2session *s, uint32_t stream_id, uint32_t slow)
{
    struct stream *st = s == NULL ? NULL : h2session__streams_find(s, stream_id);
    if (st == NULL) {
        return s == NULL ? H2SESSION_ERR_USAGE : H2SESSION_ERR_STREAM_UNKNOWN;
    }
    st->flags &= ~(uint32_t)STREAM_SLOW;
    st->flags |= slow ? (uint32_t)STREAM_SLOW : 0;
    return 0;
}
