/* SPDX-License-Identifier: MIT */
/*
 * Deadlines: SETTINGS ACK, completion of a field block, no stream open, the end of a connection that
 * was terminated; and when to look at who is too slow.
 */
#include "session.h"

struct deadline {
    uint32_t reason;
    uint32_t code;
    uint64_t at_ns; /* UINT64_MAX: not running */
    uint64_t timeout_ns;
};

enum { DEADLINES = 3 };

/* Those that end the connection when nothing happens. rfc: 9113#6.5.3 */
static void collect(const h2session *s, struct deadline out[DEADLINES])
{
    const h2session_config *c = &s->config;
    const struct timer settings = {s->settings_since_ns,
                                   s->settings_waiting ? TIMER_RUNNING : TIMER_OFF};
    const struct timer block = {s->block.started_ns,
                                s->block.kind != BLOCK_NONE ? TIMER_RUNNING : TIMER_OFF};
    int is_new = !s->used && c->first_request_timeout_ns > 0;
    out[0] = (struct deadline){H2SESSION_REASON_TIMEOUT_SETTINGS_ACK, H2FRAME_CODE_SETTINGS_TIMEOUT,
                               timer_end(&settings, c->settings_ack_timeout_ns),
                               c->settings_ack_timeout_ns};
    out[1] =
        (struct deadline){H2SESSION_REASON_TIMEOUT_FIELD_BLOCK, H2FRAME_CODE_ENHANCE_YOUR_CALM,
                          timer_end(&block, c->field_block_timeout_ns), c->field_block_timeout_ns};
    uint64_t idle_ns = is_new ? c->first_request_timeout_ns : c->idle_timeout_ns;
    out[2] = (struct deadline){is_new ? H2SESSION_REASON_TIMEOUT_FIRST_REQUEST
                                      : H2SESSION_REASON_TIMEOUT_IDLE,
                               H2FRAME_CODE_NO_ERROR, timer_end(&s->idle, idle_ns), idle_ns};
}

static uint64_t close_deadline(const h2session *s)
{
    int waits = s->terminated && !s->close_now && s->out.bytes > 0;
    return waits ? timer_end(&s->closing, s->config.close_timeout_ns) : UINT64_MAX;
}

uint64_t h2session_deadline_ns(const h2session *s)
{
    if (s == NULL || !s->now_known) {
        return UINT64_MAX;
    }
    uint64_t first = s->terminated ? close_deadline(s) : h2session__stalls_deadline(s);
    if (s->terminated || s->eof) {
        return first;
    }
    struct deadline all[DEADLINES];
    collect(s, all);
    for (int i = 0; i < DEADLINES; i++) {
        first = all[i].at_ns < first ? all[i].at_ns : first;
    }
    return first;
}

static int look(h2session *s)
{
    if (close_deadline(s) <= s->now_ns) {
        s->close_now = 1;
    }
    int result = s->terminated ? s->failed : h2session__stalls_look(s);
    struct deadline all[DEADLINES];
    collect(s, all);
    for (int i = 0; i < DEADLINES && !s->terminated && !s->eof && result == 0; i++) {
        if (all[i].at_ns <= s->now_ns) {
            struct verdict v = verdict_connection(all[i].code, all[i].reason);
            uint64_t since_ns = all[i].at_ns - all[i].timeout_ns;
            v = verdict_with(v, s->now_ns - since_ns, all[i].timeout_ns);
            result = h2session__fault_apply(s, v, 0);
        }
    }
    return result;
}

int h2session_tick(h2session *s, uint64_t now_ns)
{
    int result = s == NULL ? H2SESSION_ERR_USAGE : h2session__session_enter(s);
    if (result != 0) {
        return result;
    }
    h2session__clock_time(s, now_ns);
    result = look(s);
    if (!s->free_asked) {
        int settled = session_settle(s);
        result = result != 0 ? result : settled;
    }
    return h2session__session_leave(s, result);
}
