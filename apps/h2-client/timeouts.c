/* SPDX-License-Identifier: MIT */
#include "timeouts.h"

/* One whose octets wait for their turn, or for our own input, does not wait for the server. */
static int is_overdue(const struct request *request, uint64_t now_ns, uint64_t limit_ns)
{
    uint64_t last = request->upload.read_ns > request->activity_ns ? request->upload.read_ns
                                                                   : request->activity_ns;

    return request->state == REQUEST_ACTIVE && request->held_length == 0 &&
           !request->upload.is_waiting && now_ns > last && now_ns - last > limit_ns;
}

void timeouts_check(struct fetch *fetch, uint64_t now_ns)
{
    uint64_t limit = fetch->options->timeout_ns;

    for (struct request *request = fetch->active.first; request != NULL;
         request = request->next_active) {
        if (is_overdue(request, now_ns, limit)) {
            request->is_timed_out = 1;
            fetch_cancel(fetch, request);
        }
    }
    if (fetch->active.count == 0 && now_ns > fetch->activity_ns &&
        now_ns - fetch->activity_ns > limit) {
        h2_conn_abort(fetch->conn, CONN_PROTOCOL, "the server lets no request begin");
    } else {
        h2_conn_wake(fetch->conn);
    }
}
