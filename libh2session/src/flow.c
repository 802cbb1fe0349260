/* SPDX-License-Identifier: MIT */
#include "flow.h"

#include "check.h"

void h2session__flow_init(struct flow *f, uint32_t size)
{
    *f = (struct flow){.window = (int32_t)size, .size = (int32_t)size, .pending = 0};
    RUN_CHECK(h2session__flow_check(f));
}

/* rfc: 9113#6.9.2 */
int h2session__flow_shift(struct flow *f, int64_t delta)
{
    RUN_CHECK(h2session__flow_check(f));
    if (delta > FLOW_MAX - f->window) {
        return -1;
    }
    f->window = (int32_t)(f->window + delta);
    int64_t size = f->size + delta;
    f->size = size < 0 ? 0 : (int32_t)(size > FLOW_MAX ? FLOW_MAX : size);
    f->pending += f->size - size; /* keeps the sum; 0 unless the size had been set */
    RUN_CHECK(h2session__flow_check(f));
    return 0;
}

uint32_t h2session__flow_announce(struct flow *f)
{
    int64_t increment = f->pending;
    if (increment > FLOW_MAX - f->window) {
        increment = FLOW_MAX - f->window;
    }
    if (increment > FLOW_MAX) {
        increment = FLOW_MAX;
    }
    f->pending -= increment;
    f->window += (int32_t)increment; /* the sum is in range */
    RUN_CHECK(h2session__flow_check(f));
    return (uint32_t)increment;
}

uint32_t h2session__flow_resize(struct flow *f, uint32_t size)
{
    RUN_CHECK(h2session__flow_check(f));
    int64_t delta = (int64_t)size - f->size;
    f->size = (int32_t)size;
    f->pending += delta;
    RUN_CHECK(h2session__flow_check(f));
    return delta > 0 && f->pending > 0 ? h2session__flow_announce(f) : 0;
}

void h2session__flow_check(const struct flow *f)
{
    check_that(f->window >= -FLOW_MAX);
    check_that(f->size >= 0);
    check_that(f->pending >= -2 * FLOW_MAX);
}
