/* SPDX-License-Identifier: MIT */
#include "send_windows.h"

#include "check.h"
#include "flow.h"

void h2session__send_windows_init(struct send_windows *w, uint32_t initial)
{
    *w = (struct send_windows){.initial = initial};
}

int h2session__send_windows_charge(const struct send_windows *w, int32_t *ahead, uint32_t n)
{
    /* An empty frame may be sent whatever the window is. rfc: 9113#6.9.1 */
    if (n > 0 && (int64_t)n > send_window(w, *ahead)) {
        return -1;
    }
    *ahead -= (int32_t)n;
    return 0;
}

/* rfc: 9113#6.9.1 */
int h2session__send_windows_credit(struct send_windows *w, int32_t *ahead, uint32_t increment)
{
    if (send_window(w, *ahead) + (int64_t)increment > FLOW_MAX) {
        return -1;
    }
    *ahead += (int32_t)increment;
    w->highest = *ahead > w->highest ? *ahead : w->highest;
    RUN_CHECK(check_that(*ahead <= FLOW_MAX && w->highest >= 0));
    return 0;
}

/* rfc: 9113#6.9.2 */
int h2session__send_windows_change(struct send_windows *w, uint32_t initial)
{
    if (initial + w->highest > FLOW_MAX) {
        return -1;
    }
    w->initial = initial;
    return 0;
}
