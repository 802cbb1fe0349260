/* SPDX-License-Identifier: MIT */
/* The accounts of memory: one for each use, over one meter, over the application's hook; and what
 * their sum may be. */
#include "session.h"

enum { KIB = 1024, BASE = 1024 * KIB, PER_STREAM = 64 * KIB, BASE_SLACK = 256 * KIB };

/* The base grows with limits that were raised, so that they can be used. */
uint64_t h2session__accounts_limit(const h2session *s)
{
    const h2session_config *c = &s->config;
    if (c->memory_limit_bytes > 0) {
        return c->memory_limit_bytes;
    }
    uint64_t tables = (uint64_t)c->header_table_size + c->encoder_table_size;
    uint64_t base = (uint64_t)BASE_SLACK + c->output_limit_bytes + c->max_header_list_size +
                    c->extension_limit_bytes + 2 * (uint64_t)c->data_frame_limit_bytes + 4 * tables;
    base = base > BASE ? base : BASE;
    return base + (uint64_t)PER_STREAM * (s->local_count + s->remote_count);
}

struct memory h2session__accounts_memory(h2session *s, uint32_t account)
{
    struct memory memory;
    h2session__memory_init(&memory, h2session__account_resize, &s->accounts[account]);
    return memory;
}

void h2session__accounts_init(h2session *s, const struct memory *hook)
{
    h2session__meter_init(&s->meter, hook);
    for (uint32_t i = 0; i < ACCOUNTS; i++) {
        h2session__account_init(&s->accounts[i], &s->meter);
    }
    s->memory = h2session__accounts_memory(s, ACCOUNT_STREAMS);
    s->output_memory = h2session__accounts_memory(s, ACCOUNT_OUTPUT);
    (void)h2session__account_charge(&s->accounts[ACCOUNT_OTHER], sizeof *s);
    uint64_t frames = 2 * (uint64_t)s->config.output_frame_limit;
    s->frames_most = frames > 0 ? frames : UINT64_MAX;
    s->budget_least = h2session__accounts_limit(s);
}
