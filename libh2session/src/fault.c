/* SPDX-License-Identifier: MIT */
/*
 * The one translator of verdicts: into RST_STREAM or GOAWAY, the end of the stream or of the
 * session, and on_fault. Nothing else sends these frames because of something the peer did.
 */
#include "session.h"

int h2session__fault_terminate(h2session *s, int code, uint32_t h2_code, uint32_t reason)
{
    if (s->terminated) {
        return s->failed;
    }
    s->terminated = 1;
    s->failed = code;
    s->failing = 0;
    h2session__clock_terminated(s);
    uint32_t last = s->last_peer_id;
    if (last > s->goaway_sent_last) {
        last = s->goaway_sent_last; /* rfc: 9113#6.8 never grows */
    }
    (void)h2session__out_frame_goaway(s, last, h2_code, reason);
    s->block.kind = BLOCK_NONE;
    /* NO_ERROR would say that the messages are complete. */
    h2session__streams_end_all(s, h2_code == H2FRAME_CODE_NO_ERROR ? H2FRAME_CODE_CANCEL : h2_code,
                               reason);
    return s->failed;
}

void h2session__fault_settle(h2session *s)
{
    uint32_t reason = s->failed == H2SESSION_ERR_NOMEM ? H2SESSION_REASON_NO_MEMORY
                                                       : H2SESSION_REASON_APPLICATION;
    s->failing = 0;
    s->terminated = 0; /* a failure overrides a quiet end */
    (void)h2session__fault_terminate(s, s->failed, H2FRAME_CODE_INTERNAL_ERROR, reason);
}

void h2session__fault_count(h2session *s, uint32_t reason)
{
    if (!h2session__rule_counts_hit(&s->rule_counts, reason)) {
        const struct memory memory = h2session__accounts_memory(s, ACCOUNT_OTHER);
        h2session__rule_counts_add(&s->rule_counts, &memory, reason);
    }
}

static int report(h2session *s, struct verdict v, uint32_t stream_id, uint32_t forgiven)
{
    h2session__fault_count(s, v.reason);
    const h2session_fault_event event = {
        .size = sizeof event,
        .scope = v.scope,
        .code = v.code,
        .reason = v.reason,
        .stream_id = v.scope == VERDICT_STREAM ? stream_id : 0,
        .value = v.value,
        .limit = v.limit,
        .forgiven = forgiven,
    };
    return h2session__events_fault(s, &event);
}

int h2session__fault_may_forgive(const h2session *s, struct verdict v)
{
    return h2session__profile_forgives(s->config.profile, s->config.role, v.reason) ==
           FORGIVE_MESSAGE;
}

int h2session__fault_forgive(h2session *s, struct verdict v, uint32_t stream_id)
{
    int result = report(s, v, stream_id, 1);
    return result != 0 ? result : s->failed;
}

/* What the session fails with. A connection that was idle ends without blame. */
static int failure_of(struct verdict v)
{
    switch (v.reason) {
    case H2SESSION_REASON_TIMEOUT_IDLE:
    case H2SESSION_REASON_TIMEOUT_FIRST_REQUEST:
        return 0;
    case H2SESSION_REASON_TIMEOUT_SETTINGS_ACK:
    case H2SESSION_REASON_TIMEOUT_FIELD_BLOCK:
    case H2SESSION_REASON_TIMEOUT_OUTPUT:
        return H2SESSION_ERR_TIMEOUT;
    default:
        return v.code == H2FRAME_CODE_ENHANCE_YOUR_CALM ? H2SESSION_ERR_LIMIT : H2SESSION_ERR_PEER;
    }
}

static int apply_connection(h2session *s, struct verdict v)
{
    int result = report(s, v, 0, 0);
    if (result != 0) {
        return result;
    }
    return h2session__fault_terminate(s, failure_of(v), v.code, v.reason);
}

/* What a reset caused by the peer costs. Refusals have a budget of their own; a refusal by the
 * application is free, but a push that nobody asked for and nobody wants is at least useless. */
static struct verdict charge_fault(h2session *s, struct verdict v)
{
    switch (v.reason) {
    case H2SESSION_REASON_CONCURRENT_STREAMS:
    case H2SESSION_REASON_LIMIT_NEW_STREAMS:
    case H2SESSION_REASON_LIMIT_HANDLERS:
    case H2SESSION_REASON_LIMIT_PROMISED:
        return h2session__limits_refused(&s->limits);
    case H2SESSION_REASON_REFUSED_BY_APPLICATION:
        if (s->config.role == H2SESSION_SERVER) {
            return verdict_ok();
        }
        return h2session__limits_glitch(&s->limits, s->now_ns);
    case H2SESSION_REASON_PUSH_PARENT:
        return h2session__limits_glitch(&s->limits, s->now_ns);
    default:
        return h2session__limits_reset(&s->limits, s->now_ns);
    }
}

static int apply_stream(h2session *s, struct verdict v, uint32_t stream_id)
{
    struct stream *st = h2session__streams_find(s, stream_id);
    int result = report(s, v, stream_id, 0);
    if (result != 0 || s->terminated) {
        return result;
    }
    int reset_already = st != NULL && st->state == STATE_CLOSED; /* by the callback */
    if (st != NULL && !reset_already) {
        h2session__streams_end(s, st, v.code, v.reason, 0);
    }
    if (!reset_already) {
        result = h2session__out_frame_reset(s, stream_id, v.code);
    }
    if (result != 0 || s->terminated) {
        return result != 0 ? result : s->failed;
    }
    struct verdict budget = charge_fault(s, v);
    return budget.scope == VERDICT_CONNECTION ? h2session__fault_apply(s, budget, 0) : s->failed;
}

int h2session__fault_apply(h2session *s, struct verdict v, uint32_t stream_id)
{
    if (s->terminated) {
        return s->failed;
    }
    if (v.scope != VERDICT_STREAM && v.scope != VERDICT_CONNECTION) {
        return 0;
    }
    if (h2session__profile_forgives(s->config.profile, s->config.role, v.reason) == FORGIVE_GO_ON) {
        return h2session__fault_forgive(s, v, stream_id);
    }
    if (v.scope == VERDICT_STREAM) {
        return apply_stream(s, v, stream_id);
    }
    return apply_connection(s, v);
}

int h2session__fault_glitch(h2session *s, uint32_t reason)
{
    h2session__fault_count(s, reason);
    struct verdict v = h2session__limits_glitch(&s->limits, s->now_ns);
    return v.scope == VERDICT_OK && !s->terminated ? 0 : h2session__fault_apply(s, v, 0);
}

int h2session__fault_extension(h2session *s)
{
    return h2session__limits_extension(&s->limits) == 0
               ? 0
               : h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_EXTENSION);
}
