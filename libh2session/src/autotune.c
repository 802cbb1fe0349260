/* SPDX-License-Identifier: MIT */
#include "autotune.h"

#include "check.h"

enum { ROUND_TRIPS = 2 };

void h2session__autotune_init(struct autotune *t, uint32_t size, uint32_t most)
{
    *t = (struct autotune){.size = size > 0 ? size : 1, .most = most};
}

/* Half a window has come in. */
static int must_grow(const struct autotune *t, uint64_t now_ns)
{
    return t->round_trip_ns > 0 && now_ns - t->since_ns < ROUND_TRIPS * t->round_trip_ns;
}

uint32_t h2session__autotune_received(struct autotune *t, uint32_t octets, uint64_t now_ns)
{
    uint32_t result = 0;
    if (t->size >= t->most) {
        return 0;
    }
    if (!t->begun) {
        t->begun = 1;
        t->since_ns = now_ns;
    }
    t->octets += octets;
    if (t->octets >= (t->size + UINT64_C(1)) / 2) {
        if (must_grow(t, now_ns)) {
            t->size = t->size < t->most / 2 ? t->size * 2 : t->most;
            result = AUTOTUNE_GREW;
        }
        t->octets = 0;
        t->since_ns = now_ns;
    }
    if (t->pings == 0 && (t->round_trip_ns == 0 || result != 0)) {
        t->pings = 1;
        t->pinged_ns = now_ns;
        result |= AUTOTUNE_PING;
    }
    RUN_CHECK(check_that(t->size <= t->most || t->most == 0));
    return result;
}

void h2session__autotune_ping_acked(struct autotune *t, uint64_t now_ns)
{
    if (t->pings == 0) {
        return;
    }
    uint64_t took_ns = now_ns > t->pinged_ns ? now_ns - t->pinged_ns : 1;
    t->pings = 0;
    if (t->round_trip_ns == 0 || took_ns < t->round_trip_ns) {
        t->round_trip_ns = took_ns;
    }
}
