/* SPDX-License-Identifier: MIT */
/*
 * What happened when, as far as deadlines need it: when the connection became idle, when SETTINGS
 * and acknowledgements had been sent. Time comes in with recv, sent and tick and never runs
 * backwards here.
 */
#include "session.h"

void h2session__clock_time(h2session *s, uint64_t now_ns)
{
    if (!s->now_known || now_ns > s->now_ns) {
        s->now_known = 1;
        s->now_ns = now_ns;
    }
    s->timed = 1;
    timer_settle(&s->idle, s->now_ns);
    timer_settle(&s->closing, s->now_ns);
    if (!is_watched(s)) {
        s->looked_ns = s->now_ns;
        s->look_after_ms = 0;
    }
}

/* What is only promised to a client is not open; what a server has promised it owes.
 * rfc: 9113#5.1.2 */
void h2session__clock_stream_count(h2session *s)
{
    uint32_t promised = s->config.role == H2SESSION_CLIENT ? s->reserved_count : 0;
    if (s->streams.count > promised) {
        timer_stop(&s->idle);
    } else {
        timer_start(&s->idle, s->now_ns, (int)s->timed);
    }
}

void h2session__clock_terminated(h2session *s)
{
    timer_start(&s->closing, s->now_ns, (int)s->timed);
}

/* Two groups, so that a peer is not blamed for acknowledgements that did go out while newer ones
 * always wait behind a long body. */
void h2session__clock_ack_queued(h2session *s)
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

void h2session__clock_sent(h2session *s)
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

void h2session__clock_acked(h2session *s)
{
    s->settings_waiting = s->settings.pending_count > 0;
    s->settings_since_ns = s->now_ns;
}
