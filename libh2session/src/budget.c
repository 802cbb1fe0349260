/* SPDX-License-Identifier: MIT */
/*
 * What the connection may hold in memory. Everything the session allocates and everything the
 * application charges stands in the accounts of one meter; when the sum is over the budget after
 * an event of the peer, the connection ends. Payload that passes through costs nothing.
 */
#include "import.h"
#include "session.h"

enum { KIB = 1024, BASE = 1024 * KIB, PER_STREAM = 64 * KIB, SLACK = 256 * KIB };

/* The base grows with limits that were raised, so that they can be used. */
static uint64_t budget(const h2session *s)
{
    const h2session_config *c = &s->config;
    if (c->memory_limit_bytes > 0) {
        return c->memory_limit_bytes;
    }
    uint64_t tables = (uint64_t)c->header_table_size + c->encoder_table_size;
    uint64_t base = (uint64_t)SLACK + c->output_limit_bytes + c->max_header_list_size +
                    c->extension_limit_bytes + 2 * (uint64_t)c->data_frame_limit_bytes + 4 * tables;
    base = base > BASE ? base : BASE;
    return base + (uint64_t)PER_STREAM * s->streams.count;
}

static int too_much(h2session *s, uint32_t reason, uint64_t value, uint64_t limit)
{
    struct verdict v = verdict_connection(H2FRAME_CODE_ENHANCE_YOUR_CALM, reason);
    return h2session__fault_apply(s, verdict_with(v, value, limit), 0);
}

/* The application keeps to output_frame_limit, so what is above it the peer has caused. */
int h2session__budget_check(h2session *s)
{
    uint64_t frames = 2 * (uint64_t)s->config.output_frame_limit;
    if (frames > 0 && out_frames(s) > frames) {
        return too_much(s, H2SESSION_REASON_LIMIT_OUTPUT_FRAMES, out_frames(s), frames);
    }
    uint64_t limit = budget(s);
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
        .limit = budget(s),
        .fields = s->accounts[ACCOUNT_FIELDS].live,
        .streams = s->accounts[ACCOUNT_STREAMS].live,
        .output = s->accounts[ACCOUNT_OUTPUT].live,
        .other = s->accounts[ACCOUNT_OTHER].live,
        .application = s->accounts[ACCOUNT_APPLICATION].live,
    };
    export_struct(out, &info, sizeof info, info.size);
    return 0;
}
