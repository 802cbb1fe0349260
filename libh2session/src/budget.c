/* SPDX-License-Identifier: MIT */
/*
 * What the connection may hold in memory. Everything the session allocates and everything the
 * application charges stands in the accounts of one meter; when the sum is over the budget after
 * an event of the peer, the connection ends. Payload that passes through costs nothing.
 */
#include "import.h"
#include "session.h"

static int too_much(h2session *s, uint32_t reason, uint64_t value, uint64_t limit)
{
    struct verdict v = verdict_connection(H2FRAME_CODE_ENHANCE_YOUR_CALM, reason);
    return h2session__fault_apply(s, verdict_with(v, value, limit), 0);
}

/* The application keeps to output_frame_limit, so what is above it the peer has caused. */
int h2session__budget_check(h2session *s)
{
    if (out_frames(s) > s->frames_most) {
        return too_much(s, H2SESSION_REASON_LIMIT_OUTPUT_FRAMES, out_frames(s), s->frames_most);
    }
    uint64_t limit = h2session__accounts_limit(s);
    return s->meter.live <= limit
               ? 0
               : too_much(s, H2SESSION_REASON_LIMIT_MEMORY, s->meter.live, limit);
}

int h2session__budget_output_is_full(const h2session *s)
{
    uint32_t frames = s->config.output_frame_limit;
    return out_bytes(s) >= s->config.output_limit_bytes || (frames > 0 && out_frames(s) >= frames);
}

int h2session_handler_done(h2session *s)
{
    if (s == NULL || s->handlers == 0) {
        return H2SESSION_ERR_USAGE;
    }
    s->handlers--;
    return 0;
}

int h2session_charge(h2session *s, uint64_t octets)
{
    if (s == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    if (h2session__account_charge(&s->accounts[ACCOUNT_APPLICATION], octets) != 0) {
        return H2SESSION_ERR_USAGE;
    }
    return h2session__session_submitted(s, s->failed != 0 ? s->failed : h2session__budget_check(s));
}

int h2session_release(h2session *s, uint64_t octets)
{
    if (s == NULL || h2session__account_release(&s->accounts[ACCOUNT_APPLICATION], octets) != 0) {
        return H2SESSION_ERR_USAGE;
    }
    return 0;
}

int h2session_memory(const h2session *s, h2session_memory_info *out)
{
    if (s == NULL || out == NULL || out->size < sizeof out->size) {
        return H2SESSION_ERR_USAGE;
    }
    const h2session_memory_info info = {
        .size = out->size,
        .live = s->meter.live,
        .peak = s->meter.peak,
        .limit = h2session__accounts_limit(s),
        .fields = s->accounts[ACCOUNT_FIELDS].live,
        .streams = s->accounts[ACCOUNT_STREAMS].live,
        .output = s->accounts[ACCOUNT_OUTPUT].live,
        .other = s->accounts[ACCOUNT_OTHER].live,
        .application = s->accounts[ACCOUNT_APPLICATION].live,
    };
    export_struct(out, &info, sizeof info, info.size);
    return 0;
}
