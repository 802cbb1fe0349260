/* SPDX-License-Identifier: MIT */
#include "descriptors.h"

#include <sys/resource.h>

enum { LEFT = 48, LEFT_OF_FEW = 4 /* a fourth */ };

static uint32_t limit_of(const struct rlimit *limit)
{
    return limit->rlim_cur == RLIM_INFINITY || limit->rlim_cur > UINT32_MAX
               ? UINT32_MAX
               : (uint32_t)limit->rlim_cur;
}

uint32_t descriptors_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return UINT32_MAX;
    }
    const struct rlimit before = limit;
    limit.rlim_cur = limit.rlim_max;
    return limit_of(setrlimit(RLIMIT_NOFILE, &limit) == 0 ? &limit : &before);
}

uint32_t descriptors_for_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return UINT32_MAX;
    }
    const uint32_t most = limit_of(&limit);
    return most - (most / LEFT_OF_FEW < LEFT ? most / LEFT_OF_FEW : LEFT);
}
