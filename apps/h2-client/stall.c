/* SPDX-License-Identifier: MIT */
#include "stall.h"

static uint64_t running_ns(const struct stall_clock *clock, uint64_t now_ns)
{
    return now_ns > clock->since_ns ? now_ns - clock->since_ns : 0;
}

void stall_set(struct stall_clock *clock, enum stall_cause cause, uint64_t now_ns)
{
    if (cause == clock->cause) {
        return;
    }
    if (clock->cause != STALL_NONE) {
        clock->total_ns[clock->cause] += running_ns(clock, now_ns);
    }
    clock->cause = cause;
    clock->since_ns = now_ns;
}

uint64_t stall_total_ns(const struct stall_clock *clock, enum stall_cause cause, uint64_t now_ns)
{
    uint64_t total = clock->total_ns[cause];

    return cause == clock->cause ? total + running_ns(clock, now_ns) : total;
}
