/* SPDX-License-Identifier: MIT */
/* The accounts of memory: one for each use, over one meter, over the application's hook. */
#include "session.h"

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
}
