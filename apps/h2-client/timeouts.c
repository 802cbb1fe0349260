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

/* Cancels what is overdue. A stream is closed once its RST_STREAM is on its way, which a server that
 * reads nothing can hold up: returns 1 when that has taken the limit once more. */
static int cancel_overdue(struct fetch *fetch, uint64_t now_ns, uint64_t limit_ns)
{
    int is_stuck = 0;

    for (struct request *request = fetch->active.first; request != NULL;
         request = request->next_active) {
        if (request->is_timed_out) {
            is_stuck |= is_overdue(request, now_ns, 2 * limit_ns);
        } else if (is_overdue(request, now_ns, limit_ns)) {
            request->is_timed_out = 1;
            fetch_cancel(fetch, request);
        }
    }
    return is_stuck;
}

void timeouts_check(struct fetch *fetch, uint64_t now_ns)
{
    uint64_t limit = fetch->options->timeout_ns;

    if (cancel_overdue(fetch, now_ns, limit)) {
        h2_conn_abort(fetch->conn, CONN_PROTOCOL, "no progress in the time of --timeout");
    } else if (fetch->active.count == 0 && now_ns > fetch->activity_ns &&
               now_ns - fetch->activity_ns > limit) {
        h2_conn_abort(fetch->conn, CONN_PROTOCOL, "the server lets no request begin");
    } else {
        h2_conn_wake(fetch->conn);
    }
}
