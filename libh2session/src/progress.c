/* SPDX-License-Identifier: MIT */
#include "progress.h"

int h2session__progress_look(struct progress *p, const struct progress_rule *rule,
                             int32_t elapsed_ms, int waiting)
{
    int64_t patience = (int64_t)rule->grace_ms + p->balance_ms;
    int64_t gained = (int64_t)((uint64_t)p->moved * 1000 / rule->rate);
    patience = gained < rule->most_ms - patience ? patience + gained : rule->most_ms;
    patience -= waiting ? elapsed_ms : 0;
    patience = patience > 0 ? patience : 0;
    p->balance_ms = (int32_t)(patience - rule->grace_ms);
    if (waiting && patience == 0) {
        return -1;
    }
    p->moved = 0;
    return 0;
}
