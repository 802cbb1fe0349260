/* SPDX-License-Identifier: MIT */
/*
 * Deadlines: SETTINGS ACK, completion of a field block, no stream open. Time comes in with recv,
 * sent and tick and never runs backwards here.
 */
#include "session.h"

void h2session__deadlines_time(h2session *s, uint64_t now_ns)
{
    if (!s->now_known) {
        s->now_known = 1;
        s->now_ns = now_ns;
        s->idle = s->streams.count == 0;
        s->idle_since_ns = now_ns;
    }
    if (now_ns > s->now_ns) {
        s->now_ns = now_ns;
    }
}

void h2session__deadlines_stream_count(h2session *s)
{
    if (s->streams.count > 0 || !s->now_known) {
        s->idle = 0;
    } else if (!s->idle) {
        s->idle = 1;
        s->idle_since_ns = s->now_ns;
    }
}

/* Two groups, so that a peer is not blamed for acknowledgements that did go out while newer ones
 * always wait behind a long body. */
void h2session__deadlines_ack_queued(h2session *s)
{
    struct acks *group = s->acks_old.count == 0 ? &s->acks_old : &s->acks_new;
    group->count++;
    group->mark = out_end(s);
}

/* How many frames are out is known at places of the output: behind all that was queued when the
 * last such place was passed. */
static void note_frames(h2session *s)
{
    if (s->out.bytes == 0) {
        s->frames_sent = s->out.frames;
    } else if (s->out.total_sent >= s->frames_mark) {
        s->frames_sent = s->frames_before;
    } else {
        return;
    }
    s->frames_before = s->out.frames;
    s->frames_mark = s->out.total_committed;
}

void h2session__deadlines_sent(h2session *s)
{
    if (s->settings.pending_count > 0 && !s->settings_waiting &&
        s->out.total_sent >= s->settings_mark) {
        s->settings_waiting = 1;
        s->settings_since_ns = s->now_ns;
    }
    h2session__ping_timer_sent(&s->ping_timer, s->out.total_sent, s->now_ns);
    note_frames(s);
    while (s->acks_old.count > 0 && s->out.total_sent >= s->acks_old.mark) {
        h2session__limits_acks_sent(&s->limits, s->acks_old.count);
        s->acks_old = s->acks_new;
        s->acks_new = (struct acks){.count = 0};
    }
}

void h2session__deadlines_acked(h2session *s)
{
    s->settings_waiting = s->settings.pending_count > 0;
    s->settings_since_ns = s->now_ns;
}

static uint64_t after(uint64_t since_ns, uint64_t timeout_ns)
{
    return timeout_ns > UINT64_MAX - since_ns ? UINT64_MAX : since_ns + timeout_ns;
}

struct deadline {
    uint32_t reason;
    uint64_t at_ns; /* UINT64_MAX: not running */
    uint64_t timeout_ns;
};

enum { DEADLINES = 3 };

static void collect(const h2session *s, struct deadline out[DEADLINES])
{
    const h2session_config *c = &s->config;
    int settings = s->settings_waiting && c->settings_ack_timeout_ns > 0;
    int block = s->block.kind != BLOCK_NONE && c->field_block_timeout_ns > 0;
    int idle = s->idle && c->idle_timeout_ns > 0;
    out[0] = (struct deadline){H2SESSION_REASON_TIMEOUT_SETTINGS_ACK,
                               settings ? after(s->settings_since_ns, c->settings_ack_timeout_ns)
                                        : UINT64_MAX,
                               c->settings_ack_timeout_ns};
    out[1] = (struct deadline){H2SESSION_REASON_TIMEOUT_FIELD_BLOCK,
                               block ? after(s->block.started_ns, c->field_block_timeout_ns)
                                     : UINT64_MAX,
                               c->field_block_timeout_ns};
    out[2] = (struct deadline){H2SESSION_REASON_TIMEOUT_IDLE,
                               idle ? after(s->idle_since_ns, c->idle_timeout_ns) : UINT64_MAX,
                               c->idle_timeout_ns};
}

uint64_t h2session_deadline_ns(const h2session *s)
{
    uint64_t first = UINT64_MAX;
    if (s == NULL || s->terminated || s->eof) {
        return first;
    }
    struct deadline all[DEADLINES];
    collect(s, all);
    for (int i = 0; i < DEADLINES; i++) {
        first = all[i].at_ns < first ? all[i].at_ns : first;
    }
    return first;
}

/* An idle connection ends without blame; the other deadlines are the peer's fault.
 * rfc: 9113#6.5.3 */
static int passed(h2session *s, const struct deadline *d)
{
    uint32_t code = H2FRAME_CODE_ENHANCE_YOUR_CALM;
    int failure = H2SESSION_ERR_TIMEOUT;
    if (d->reason == H2SESSION_REASON_TIMEOUT_SETTINGS_ACK) {
        code = H2FRAME_CODE_SETTINGS_TIMEOUT;
    } else if (d->reason == H2SESSION_REASON_TIMEOUT_IDLE) {
        code = H2FRAME_CODE_NO_ERROR;
        failure = 0;
    }
    const h2session_fault_event event = {
        .size = sizeof event,
        .scope = H2FRAME_SCOPE_CONNECTION,
        .code = code,
        .reason = d->reason,
        .value = s->now_ns - (d->at_ns - d->timeout_ns),
        .limit = d->timeout_ns,
    };
    h2session__fault_count(s, d->reason);
    int result = h2session__events_fault(s, &event);
    return result != 0 ? result : h2session__fault_terminate(s, failure, code, d->reason);
}

int h2session_tick(h2session *s, uint64_t now_ns)
{
    int result = s == NULL ? H2SESSION_ERR_USAGE : h2session__session_enter(s);
    if (result != 0) {
        return result;
    }
    h2session__deadlines_time(s, now_ns);
    struct deadline all[DEADLINES];
    collect(s, all);
    result = s->failed;
    for (int i = 0; i < DEADLINES && !s->terminated && !s->eof && result == 0; i++) {
        if (all[i].at_ns <= s->now_ns) {
            result = passed(s, &all[i]);
        }
    }
    if (!s->free_asked) {
        int reaped = h2session__streams_reap(s);
        result = result != 0 ? result : reaped;
    }
    return h2session__session_leave(s, result);
}
