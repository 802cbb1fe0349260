/* SPDX-License-Identifier: MIT */
/*
 * Deadlines: SETTINGS ACK, completion of a field block, no stream open.
 */
#include "session.h"

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
    h2session__clock_time(s, now_ns);
    struct deadline all[DEADLINES];
    collect(s, all);
    result = s->failed;
    for (int i = 0; i < DEADLINES && !s->terminated && !s->eof && result == 0; i++) {
        if (all[i].at_ns <= s->now_ns) {
            result = passed(s, &all[i]);
        }
    }
    if (!s->free_asked) {
        int settled = h2session__session_settle(s);
        result = result != 0 ? result : settled;
    }
    return h2session__session_leave(s, result);
}
